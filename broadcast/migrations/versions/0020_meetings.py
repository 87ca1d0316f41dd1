"""Priority slots that meet in a commune, and which of them sounds first."""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table('meeting',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('area', sa.String(), nullable=False),
    sa.Column('above_slot', sa.Integer(), nullable=False),
    sa.Column('own_slot', sa.Integer(), nullable=False),
    sa.Column('first', sa.String(), nullable=False),
    sa.Column('rule', sa.String(), nullable=False),
    sa.Column('later_slot', sa.Integer(), nullable=True),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=True),
    sa.Column('ordered_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['above_slot'], ['slot.id'], ),
    sa.ForeignKeyConstraint(['by'], ['person.id'], ),
    sa.ForeignKeyConstraint(['later_slot'], ['slot.id'], ),
    sa.ForeignKeyConstraint(['own_slot'], ['slot.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('area', 'above_slot', 'own_slot')
    )
    with op.batch_alter_table('meeting', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_meeting_above_slot'), ['above_slot'], unique=False)
        batch_op.create_index(batch_op.f('ix_meeting_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_meeting_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_meeting_own_slot'), ['own_slot'], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_table('meeting')
