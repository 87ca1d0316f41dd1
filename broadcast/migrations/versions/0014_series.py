"""Slots that come back."""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table('series',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('slot', sa.Integer(), nullable=False),
    sa.Column('starts', sa.DateTime(), nullable=False),
    sa.Column('rule', sa.String(), nullable=False),
    sa.Column('lunar_days', sa.JSON(), nullable=False),
    sa.Column('except_holidays', sa.Boolean(), nullable=False),
    sa.Column('except_mourning', sa.Boolean(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['by'], ['person.id'], ),
    sa.ForeignKeyConstraint(['slot'], ['slot.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    with op.batch_alter_table('slot', schema=None) as batch_op:
        batch_op.add_column(sa.Column('series', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('series_day', sa.String(), server_default='', nullable=False))
        batch_op.create_index(batch_op.f('ix_slot_series'), ['series'], unique=False)


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table('slot', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_slot_series'))
        batch_op.drop_column('series_day')
        batch_op.drop_column('series')
    op.drop_table('series')
