"""What a commune heard of an airing is found by both, not by walking all it ever heard."""

from alembic import op

revision = '0026'
down_revision = '0025'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_index('delivery_subject_area', 'delivery', ['subject', 'area'])


def downgrade() -> None:
    """Back."""
    op.drop_index('delivery_subject_area', table_name='delivery')
