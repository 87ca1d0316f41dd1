"""What comes to communes from above, and what they make of it."""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table('offer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slot', sa.Integer(), nullable=False),
    sa.Column('area', sa.String(), nullable=False),
    sa.Column('state', sa.String(), nullable=False),
    sa.Column('airs', sa.Boolean(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('deadline', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['slot'], ['slot.id'], ),
    sa.PrimaryKeyConstraint('id'),
    sa.UniqueConstraint('slot', 'area')
    )
    with op.batch_alter_table('offer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_offer_area'), ['area'], unique=False)
        batch_op.create_index(batch_op.f('ix_offer_at'), ['at'], unique=False)
        batch_op.create_index(batch_op.f('ix_offer_slot'), ['slot'], unique=False)
    op.create_table('offer_answer',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('offer', sa.Integer(), nullable=False),
    sa.Column('area', sa.String(), nullable=False),
    sa.Column('answer', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('own_slot', sa.Integer(), nullable=True),
    sa.ForeignKeyConstraint(['by'], ['person.id'], ),
    sa.ForeignKeyConstraint(['offer'], ['offer.id'], ),
    sa.ForeignKeyConstraint(['own_slot'], ['slot.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('offer_answer', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_offer_answer_offer'), ['offer'], unique=False)
    with op.batch_alter_table('area_rule', schema=None) as batch_op:
        batch_op.add_column(sa.Column('untouched_airs', sa.Boolean(), nullable=True))
        batch_op.add_column(sa.Column('answer_min', sa.Integer(), nullable=True))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table('area_rule', schema=None) as batch_op:
        batch_op.drop_column('answer_min')
        batch_op.drop_column('untouched_airs')
    op.drop_table('offer_answer')
    op.drop_table('offer')
