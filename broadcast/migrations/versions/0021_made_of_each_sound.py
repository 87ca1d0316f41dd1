"""What each sound of a programme was made of, also those that are not its newest."""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward. What was put together before must be put together again: which sound its parts are of is not known."""
    op.drop_table('made_of')
    op.create_table('made_of',
    sa.Column('bulletin', sa.Integer(), nullable=False),
    sa.Column('clip', sa.String(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('part', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['bulletin'], ['bulletin.id'], ),
    sa.ForeignKeyConstraint(['clip'], ['clip.sha256'], ),
    sa.ForeignKeyConstraint(['part'], ['bulletin.id'], ),
    sa.PrimaryKeyConstraint('bulletin', 'clip', 'place')
    )
    op.create_index(op.f('ix_made_of_part'), 'made_of', ['part'], unique=False)
    op.execute("UPDATE programme SET made_edition = 0")


def downgrade() -> None:
    """Back."""
    op.drop_table('made_of')
    op.create_table('made_of',
    sa.Column('bulletin', sa.Integer(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.Column('part', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['bulletin'], ['bulletin.id'], ),
    sa.ForeignKeyConstraint(['part'], ['bulletin.id'], ),
    sa.PrimaryKeyConstraint('bulletin', 'place')
    )
    op.create_index(op.f('ix_made_of_part'), 'made_of', ['part'], unique=False)
    op.execute("UPDATE programme SET made_edition = 0")
