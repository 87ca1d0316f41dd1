"""Who was chosen to read, how loud a sound was and is, what sounds when, how fast each voice reads."""

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward."""
    op.create_table('pace',
    sa.Column('engine', sa.String(), nullable=False),
    sa.Column('voice', sa.String(), nullable=False),
    sa.Column('samples', sa.JSON(), nullable=False),
    sa.PrimaryKeyConstraint('engine', 'voice')
    )
    op.create_table('spoken',
    sa.Column('bulletin', sa.Integer(), nullable=False),
    sa.Column('clip', sa.String(), nullable=False),
    sa.Column('lead_s', sa.Float(), nullable=False),
    sa.Column('lines', sa.JSON(), nullable=False),
    sa.ForeignKeyConstraint(['bulletin'], ['bulletin.id'], ),
    sa.PrimaryKeyConstraint('bulletin')
    )
    with op.batch_alter_table('bulletin', schema=None) as batch_op:
        batch_op.add_column(sa.Column('raw', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('chosen_engine', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('chosen_voice', sa.String(), server_default='', nullable=False))
        batch_op.add_column(sa.Column('chosen_rate', sa.Float(), server_default='1', nullable=False))
    with op.batch_alter_table('clip', schema=None) as batch_op:
        batch_op.add_column(sa.Column('before_lufs', sa.Float(), nullable=True))
        batch_op.add_column(sa.Column('integrated_lufs', sa.Float(), nullable=True))
        batch_op.add_column(sa.Column('true_peak_db', sa.Float(), nullable=True))
        batch_op.add_column(sa.Column('masked', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Back."""
    with op.batch_alter_table('clip', schema=None) as batch_op:
        batch_op.drop_column('masked')
        batch_op.drop_column('true_peak_db')
        batch_op.drop_column('integrated_lufs')
        batch_op.drop_column('before_lufs')
    with op.batch_alter_table('bulletin', schema=None) as batch_op:
        batch_op.drop_column('chosen_rate')
        batch_op.drop_column('chosen_voice')
        batch_op.drop_column('chosen_engine')
        batch_op.drop_column('raw')
    op.drop_table('spoken')
    op.drop_table('pace')
