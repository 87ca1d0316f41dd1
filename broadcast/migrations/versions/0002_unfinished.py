"""Sound that was asked for and is not there yet."""

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table('unfinished',
    sa.Column('bulletin', sa.Integer(), nullable=False),
    sa.Column('person', sa.Integer(), nullable=False),
    sa.Column('kind', sa.String(), nullable=False),
    sa.Column('words', sa.String(), nullable=False),
    sa.Column('engine', sa.String(), nullable=False),
    sa.Column('voice', sa.String(), nullable=False),
    sa.Column('rate', sa.Float(), nullable=False),
    sa.Column('asked_at', sa.DateTime(), nullable=False),
    sa.Column('restarts', sa.Integer(), nullable=False),
    sa.Column('left_off', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['bulletin'], ['bulletin.id'], ),
    sa.ForeignKeyConstraint(['person'], ['person.id'], ),
    sa.PrimaryKeyConstraint('bulletin')
    )


def downgrade() -> None:
    """Back."""
    op.drop_table('unfinished')
