"""Reasons that answer what is warned about in a bulletin."""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table('warning_answer',
    sa.Column('bulletin', sa.Integer(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('area', sa.String(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['bulletin'], ['bulletin.id'], ),
    sa.ForeignKeyConstraint(['by'], ['person.id'], ),
    sa.PrimaryKeyConstraint('bulletin', 'key')
    )


def downgrade() -> None:
    """Back."""
    op.drop_table('warning_answer')
