"""What areas say of their hours, and why somebody passed them."""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table('area_rule',
    sa.Column('area', sa.String(), nullable=False),
    sa.Column('quiet_from', sa.String(), nullable=True),
    sa.Column('quiet_to', sa.String(), nullable=True),
    sa.Column('longest_min', sa.Integer(), nullable=True),
    sa.Column('by', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(['by'], ['person.id'], ),
    sa.PrimaryKeyConstraint('area')
    )
    with op.batch_alter_table('slot', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reason', sa.String(), server_default='', nullable=False))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table('slot', schema=None) as batch_op:
        batch_op.drop_column('reason')
    op.drop_table('area_rule')
