"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = '0001'
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table('alarm',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('areas', sa.JSON(), nullable=False),
    sa.Column('siren', sa.String(), nullable=False),
    sa.Column('words', sa.String(), nullable=False),
    sa.Column('raised_by', sa.Integer(), nullable=False),
    sa.Column('raised_name', sa.String(), nullable=False),
    sa.Column('raised_at', sa.DateTime(), nullable=False),
    sa.Column('until', sa.DateTime(), nullable=False),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('alarm', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_alarm_raised_at'), ['raised_at'], unique=False)

    op.create_table('clip',
    sa.Column('sha256', sa.String(), nullable=False),
    sa.Column('seconds', sa.Float(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('sha256')
    )
    op.create_table('delivery',
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('receiver', sa.String(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('area', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('planned_at', sa.DateTime(), nullable=False),
    sa.Column('seconds', sa.Float(), nullable=False),
    sa.Column('news_at', sa.DateTime(), nullable=False),
    sa.Column('started_at', sa.DateTime(), nullable=True),
    sa.Column('start_error_ms', sa.Float(), nullable=True),
    sa.Column('played_ms', sa.Integer(), nullable=True),
    sa.Column('why', sa.String(), nullable=False),
    sa.PrimaryKeyConstraint('subject', 'receiver')
    )
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.create_index('delivery_day', ['planned_at'], unique=False)
        batch_op.create_index('delivery_waiting', ['receiver', 'state'], unique=False)
        batch_op.create_index(batch_op.f('ix_delivery_area'), ['area'], unique=False)

    op.create_table('journal',
    sa.Column('receiver', sa.String(), nullable=False),
    sa.Column('journal', sa.String(), nullable=False),
    sa.Column('up_to', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('receiver', 'journal')
    )
    op.create_table('person',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('login', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('areas', sa.JSON(), nullable=False),
    sa.Column('password_hash', sa.String(), nullable=False),
    sa.Column('active', sa.Boolean(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_person_login'), ['login'], unique=True)

    op.create_table('plan',
    sa.Column('target', sa.String(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('airings', sa.Integer(), nullable=False),
    sa.Column('envelope', sa.LargeBinary(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('published_number', sa.BigInteger(), nullable=False),
    sa.PrimaryKeyConstraint('target')
    )
    op.create_table('receiver',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('area', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('public_key', sa.String(), nullable=False),
    sa.Column('volume', sa.Integer(), nullable=False),
    sa.Column('alarm_volume', sa.Integer(), nullable=False),
    sa.Column('enrolled_at', sa.DateTime(), nullable=False),
    sa.Column('heard_at', sa.DateTime(), nullable=True),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('receiver', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_receiver_area'), ['area'], unique=False)

    op.create_table('report',
    sa.Column('receiver', sa.String(), nullable=False),
    sa.Column('journal', sa.String(), nullable=False),
    sa.Column('number', sa.BigInteger(), nullable=False),
    sa.Column('subject', sa.String(), nullable=False),
    sa.Column('payload', sa.LargeBinary(), nullable=False),
    sa.Column('taken_at', sa.DateTime(), nullable=False),
    sa.PrimaryKeyConstraint('receiver', 'journal', 'number')
    )
    with op.batch_alter_table('report', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_report_subject'), ['subject'], unique=False)

    op.create_table('bulletin',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('origin', sa.String(), nullable=False),
    sa.Column('author', sa.Integer(), nullable=False),
    sa.Column('area', sa.String(), nullable=False),
    sa.Column('updated_at', sa.DateTime(), nullable=False),
    sa.Column('valid_until', sa.DateTime(), nullable=True),
    sa.Column('upload_name', sa.String(), nullable=False),
    sa.Column('clip', sa.String(), nullable=True),
    sa.Column('engine', sa.String(), nullable=False),
    sa.Column('voice', sa.String(), nullable=False),
    sa.Column('fell_back', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['author'], ['person.id'], ),
    sa.ForeignKeyConstraint(['clip'], ['clip.sha256'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('bulletin', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_bulletin_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_bulletin_updated_at'), ['updated_at'], unique=False)

    op.create_table('slot',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('bulletin', sa.Integer(), nullable=False),
    sa.Column('areas', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('placed_by', sa.Integer(), nullable=False),
    sa.Column('placed_at', sa.DateTime(), nullable=False),
    sa.Column('withdrawn_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['bulletin'], ['bulletin.id'], ),
    sa.ForeignKeyConstraint(['placed_by'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('slot', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_slot_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_slot_bulletin'), ['bulletin'], unique=False)

    op.create_table('airing',
    sa.Column('id', sa.String(), nullable=False),
    sa.Column('slot', sa.Integer(), nullable=False),
    sa.Column('bulletin', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('areas', sa.JSON(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('ends', sa.DateTime(), nullable=False),
    sa.Column('clip', sa.String(), nullable=False),
    sa.Column('seconds', sa.Float(), nullable=False),
    sa.Column('size', sa.Integer(), nullable=False),
    sa.Column('quiet_hours_confirmed', sa.Boolean(), nullable=False),
    sa.Column('valid_until', sa.DateTime(), nullable=True),
    sa.Column('withdrawn', sa.Boolean(), nullable=False),
    sa.Column('numbers', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['bulletin'], ['bulletin.id'], ),
    sa.ForeignKeyConstraint(['clip'], ['clip.sha256'], ),
    sa.ForeignKeyConstraint(['slot'], ['slot.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('airing', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_airing_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_airing_ends'), ['ends'], unique=False)
        batch_op.create_index(batch_op.f('ix_airing_slot'), ['slot'], unique=False)



def downgrade() -> None:
    """Back."""
    with op.batch_alter_table('airing', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_airing_slot'))
        batch_op.drop_index(batch_op.f('ix_airing_ends'))
        batch_op.drop_index(batch_op.f('ix_airing_at'))

    op.drop_table('airing')
    with op.batch_alter_table('slot', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_slot_bulletin'))
        batch_op.drop_index(batch_op.f('ix_slot_at'))

    op.drop_table('slot')
    with op.batch_alter_table('bulletin', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bulletin_updated_at'))
        batch_op.drop_index(batch_op.f('ix_bulletin_area'))

    op.drop_table('bulletin')
    with op.batch_alter_table('report', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_report_subject'))

    op.drop_table('report')
    with op.batch_alter_table('receiver', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_receiver_area'))

    op.drop_table('receiver')
    op.drop_table('plan')
    with op.batch_alter_table('person', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_person_login'))

    op.drop_table('person')
    op.drop_table('journal')
    with op.batch_alter_table('delivery', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_delivery_area'))
        batch_op.drop_index('delivery_waiting')
        batch_op.drop_index('delivery_day')

    op.drop_table('delivery')
    op.drop_table('clip')
    with op.batch_alter_table('alarm', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_alarm_raised_at'))

    op.drop_table('alarm')
