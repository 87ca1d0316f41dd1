"""How far somebody new is through the first steps."""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table('tour',
    sa.Column('person', sa.Integer(), nullable=False),
    sa.Column('step', sa.Integer(), nullable=False),
    sa.Column('place', sa.String(), server_default='', nullable=False),
    sa.Column('has_left', sa.Boolean(), server_default='0', nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['person'], ['person.id'], ),
    sa.PrimaryKeyConstraint('person')
    )


def downgrade() -> None:
    """Back."""
    op.drop_table('tour')
