"""Series that were changed: where they are aimed since, and why a guard was passed."""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table('series', schema=None) as batch_op:
        batch_op.add_column(sa.Column('areas', sa.JSON(), server_default='[]', nullable=False))
        batch_op.add_column(sa.Column('reason', sa.String(), server_default='', nullable=False))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table('series', schema=None) as batch_op:
        batch_op.drop_column('reason')
        batch_op.drop_column('areas')
