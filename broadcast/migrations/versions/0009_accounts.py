"""Links to choose a password, sessions, second factors."""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward: everybody keeps their password; nobody has a second factor yet; all log in once more."""
    op.add_column('person', sa.Column('must_change', sa.Boolean(), nullable=False, server_default=sa.false()))
    for name in ('email', 'oidc_subject', 'totp_secret'):
        op.add_column('person', sa.Column(name, sa.String(), nullable=False, server_default=''))
    op.add_column('person', sa.Column('totp_step', sa.BigInteger(), nullable=False, server_default='0'))
    op.create_table('ticket',
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('person', sa.Integer(), nullable=False),
    sa.Column('made_by', sa.Integer(), nullable=True),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('ends_at', sa.DateTime(), nullable=False),
    sa.Column('used_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['made_by'], ['person.id'], ),
    sa.ForeignKeyConstraint(['person'], ['person.id'], ),
    sa.PrimaryKeyConstraint('token_hash')
    )
    op.create_index('ix_ticket_person', 'ticket', ['person'], unique=False)
    op.create_table('person_session',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('token_hash', sa.String(), nullable=False),
    sa.Column('person', sa.Integer(), nullable=False),
    sa.Column('how', sa.String(), nullable=False),
    sa.Column('address', sa.String(), nullable=False),
    sa.Column('agent', sa.String(), nullable=False),
    sa.Column('made_at', sa.DateTime(), nullable=False),
    sa.Column('seen_at', sa.DateTime(), nullable=False),
    sa.Column('ended_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['person'], ['person.id'], ),
    sa.PrimaryKeyConstraint('id')
    )
    op.create_index('ix_person_session_token_hash', 'person_session', ['token_hash'], unique=True)
    op.create_index('ix_person_session_person', 'person_session', ['person'], unique=False)
    op.create_table('recovery_code',
    sa.Column('person', sa.Integer(), nullable=False),
    sa.Column('recovery_hash', sa.String(), nullable=False),
    sa.Column('used_at', sa.DateTime(), nullable=True),
    sa.ForeignKeyConstraint(['person'], ['person.id'], ),
    sa.PrimaryKeyConstraint('person', 'recovery_hash')
    )
