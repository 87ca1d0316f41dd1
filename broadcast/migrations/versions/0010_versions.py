"""What a bulletin tells of itself, its versions, who heard and decided them, where two people are demanded."""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table('bulletin', schema=None) as batch_op:
        for name, default in (('category', ''), ('source', ''), ('issued_by', ''), ('language', 'vi')):
            batch_op.add_column(sa.Column(name, sa.String(), server_default=default, nullable=False))
        for name in ('areas', 'tags', 'writers'):
            batch_op.add_column(sa.Column(name, sa.JSON(), server_default='[]', nullable=False))
        batch_op.create_index(batch_op.f('ix_bulletin_state'), ['state'], unique=False)
    with op.batch_alter_table('slot', schema=None) as batch_op:
        batch_op.add_column(sa.Column('version', sa.Integer(), server_default='0', nullable=False))
    op.create_table('version',
    sa.Column('bulletin', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('hash', sa.String(), nullable=False),
    sa.Column('title', sa.String(), nullable=False),
    sa.Column('text', sa.String(), nullable=False),
    sa.Column('clip', sa.String(), nullable=False),
    sa.Column('level', sa.String(), nullable=False),
    sa.Column('category', sa.String(), nullable=False),
    sa.Column('source', sa.String(), nullable=False),
    sa.Column('issued_by', sa.String(), nullable=False),
    sa.Column('valid_until', sa.DateTime(), nullable=True),
    sa.Column('areas', sa.JSON(), nullable=False),
    sa.Column('language', sa.String(), nullable=False),
    sa.Column('tags', sa.JSON(), nullable=False),
    sa.Column('writers', sa.JSON(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['bulletin'], ['bulletin.id'], ),
    sa.ForeignKeyConstraint(['by'], ['person.id'], ),
    sa.ForeignKeyConstraint(['clip'], ['clip.sha256'], ),
    sa.PrimaryKeyConstraint('bulletin', 'number')
    )
    op.create_table('decision',
    sa.Column('bulletin', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('verdict', sa.String(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.Column('reason', sa.String(), nullable=False),
    sa.Column('waived', sa.String(), nullable=False),
    sa.ForeignKeyConstraint(['bulletin', 'number'], ['version.bulletin', 'version.number'], ),
    sa.ForeignKeyConstraint(['by'], ['person.id'], ),
    sa.PrimaryKeyConstraint('bulletin', 'number')
    )
    op.create_table('hearing',
    sa.Column('bulletin', sa.Integer(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('person', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['bulletin', 'number'], ['version.bulletin', 'version.number'], ),
    sa.ForeignKeyConstraint(['person'], ['person.id'], ),
    sa.PrimaryKeyConstraint('bulletin', 'number', 'person')
    )
    op.create_table('two_people',
    sa.Column('area', sa.String(), nullable=False),
    sa.Column('by', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['by'], ['person.id'], ),
    sa.PrimaryKeyConstraint('area')
    )
    # a version that was approved must be the one that airs, whoever gets at the file
    if op.get_bind().dialect.name == 'sqlite':
        for what in ('UPDATE', 'DELETE'):
            op.execute(
                f"CREATE TRIGGER version_no_{what.lower()} BEFORE {what} ON version "
                "BEGIN SELECT RAISE(ABORT, 'a version is never changed'); END"
            )


def downgrade() -> None:
    """Back."""
    for table in ('two_people', 'hearing', 'decision', 'version'):
        op.drop_table(table)
    with op.batch_alter_table('slot', schema=None) as batch_op:
        batch_op.drop_column('version')
    with op.batch_alter_table('bulletin', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_bulletin_state'))
        for name in ('category', 'source', 'issued_by', 'language', 'areas', 'tags', 'writers'):
            batch_op.drop_column(name)
