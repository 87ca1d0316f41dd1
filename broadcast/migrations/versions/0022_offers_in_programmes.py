"""What comes from above may be taken into a programme."""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    with op.batch_alter_table('offer_answer', schema=None) as batch_op:
        batch_op.add_column(sa.Column('programme', sa.Integer(), nullable=True))
        batch_op.create_foreign_key('fk_offer_answer_programme', 'programme', ['programme'], ['id'])


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table('offer_answer', schema=None) as batch_op:
        batch_op.drop_constraint('fk_offer_answer_programme', type_='foreignkey')
        batch_op.drop_column('programme')
