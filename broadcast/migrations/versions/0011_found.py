"""What bulletins are found by, made for those that are there."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    found = op.create_table('found',
    sa.Column('bulletin', sa.Integer(), nullable=False),
    sa.Column('folded', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['bulletin'], ['bulletin.id'], ),
    sa.PrimaryKeyConstraint('bulletin')
    )
    op.create_table('meant',
    sa.Column('bulletin', sa.Integer(), nullable=False),
    sa.Column('area', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['bulletin'], ['bulletin.id'], ),
    sa.PrimaryKeyConstraint('bulletin', 'area')
    )
    op.create_index(op.f('ix_meant_area'), 'meant', ['area'], unique=False)
    rows = op.get_bind().execute(sa.text('SELECT id, title, text, upload_name FROM bulletin')).all()
    if rows:
        op.bulk_insert(found, [{'bulletin': id_, 'folded': _folded(' '.join(words))} for id_, *words in rows])


def downgrade() -> None:
    """Back."""
    op.drop_table('meant')
    op.drop_table('found')


def _folded(text: str) -> str:
    plain = unicodedata.normalize('NFD', text.replace('Đ', 'D').replace('đ', 'd'))
    return ' '.join(''.join(c for c in plain if not unicodedata.combining(c)).casefold().split())
