"""A person has roles in areas, instead of one role in all of theirs."""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward: what someone was in each of their areas, they are still."""
    grant = op.create_table('person_grant',
    sa.Column('person', sa.Integer(), nullable=False),
    sa.Column('role', sa.String(), nullable=False),
    sa.Column('area', sa.String(), nullable=False),
    sa.Column('place', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['person'], ['person.id'], ),
    sa.PrimaryKeyConstraint('person', 'role', 'area')
    )
    person = sa.table('person', sa.column('id', sa.Integer), sa.column('role', sa.String), sa.column('areas', sa.JSON))
    there = op.get_bind().execute(sa.select(person.c.id, person.c.role, person.c.areas)).all()
    rows = [
        {'person': id_, 'role': role, 'area': area, 'place': place}
        for id_, role, areas in there
        for place, area in enumerate(dict.fromkeys(areas))
    ]
    if rows:
        op.bulk_insert(grant, rows)
    # not in batch: SQLite would make the table anew, and what points to it hinders that
    op.drop_column('person', 'role')
    op.drop_column('person', 'areas')
