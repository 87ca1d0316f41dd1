"""Hours in which an area is softer."""

import sqlalchemy as sa
from alembic import op

revision = '0025'
down_revision = '0024'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table('area_rule', schema=None) as batch_op:
        batch_op.add_column(sa.Column('soft_from', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('soft_to', sa.String(), nullable=True))
        batch_op.add_column(sa.Column('soft_most', sa.Integer(), nullable=True))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table('area_rule', schema=None) as batch_op:
        for column in ('soft_most', 'soft_to', 'soft_from'):
            batch_op.drop_column(column)
