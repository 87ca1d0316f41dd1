"""How things are read: in an area, in a bulletin."""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table('lexicon',
    sa.Column('area', sa.String(), nullable=False),
    sa.Column('written', sa.String(), nullable=False),
    sa.Column('words', sa.String(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['by'], ['person.id'], ),
    sa.PrimaryKeyConstraint('area', 'written')
    )
    with op.batch_alter_table('bulletin', schema=None) as batch_op:
        batch_op.add_column(sa.Column('readings', sa.JSON(), server_default='{}', nullable=False))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table('bulletin', schema=None) as batch_op:
        batch_op.drop_column('readings')
    op.drop_table('lexicon')
