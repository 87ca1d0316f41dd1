"""What waits for an answer is found without looking through all that came."""

from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_index('offer_open', 'offer', ['state', 'deadline'], unique=False)


def downgrade() -> None:
    """Back."""
    op.drop_index('offer_open', table_name='offer')
