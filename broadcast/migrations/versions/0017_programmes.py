"""Programmes, what each was put together from, usual ones of areas, and sounds of areas."""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table('programme',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('area', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=True),
    sa.Column('slot_s', sa.Float(), nullable=False),
    sa.Column('gap_s', sa.Float(), nullable=False),
    sa.Column('fade_s', sa.Float(), nullable=False),
    sa.Column('parts', sa.JSON(), nullable=False),
    sa.Column('edition', sa.Integer(), nullable=False),
    sa.Column('bulletin', sa.Integer(), nullable=True),
    sa.Column('made_edition', sa.Integer(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=False),
    sa.Column('changed_by', sa.Integer(), nullable=False),
    sa.Column('changed_at', sa.DateTime(), nullable=False),
    sa.Column('removed_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['bulletin'], ['bulletin.id'], ),
    sa.ForeignKeyConstraint(['by'], ['person.id'], ),
    sa.ForeignKeyConstraint(['changed_by'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    for column in ('area', 'bulletin', 'changed_at'):
        op.create_index(op.f(f'ix_programme_{column}'), 'programme', [column], unique=False)
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
    op.create_table('programme_pattern',
    sa.Column('area', sa.String(), nullable=False),
    sa.Column('key', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('hour', sa.String(), nullable=False),
    sa.Column('slot_s', sa.Float(), nullable=False),
    sa.Column('gap_s', sa.Float(), nullable=False),
    sa.Column('fade_s', sa.Float(), nullable=False),
    sa.Column('parts', sa.JSON(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['by'], ['person.id'], ),
    sa.PrimaryKeyConstraint('area', 'key')
    )
    op.create_table('area_sound',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('area', sa.String(), nullable=False),
    sa.Column('name', sa.String(), nullable=False),
    sa.Column('clip', sa.String(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('removed_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['by'], ['person.id'], ),
    sa.ForeignKeyConstraint(['clip'], ['clip.sha256'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index(op.f('ix_area_sound_area'), 'area_sound', ['area'], unique=False)


def downgrade() -> None:
    """Back."""
    for table in ('area_sound', 'programme_pattern', 'made_of', 'programme'):
        op.drop_table(table)
