"""Run by Alembic: applies the steps on the connection that the store hands over."""

from alembic import context
from sqlmodel import SQLModel

from broadcast import records
from broadcast.tables import (
    account_records,
    air_records,
    finding_records,
    listening_records,
    offer_records,
    programme_records,
    template_records,
    version_records,
    warning_records,
)

TABLES = (
    account_records,
    air_records,
    finding_records,
    listening_records,
    offer_records,
    programme_records,
    records,
    template_records,
    version_records,
    warning_records,
)
"""Importing them is what fills the metadata."""

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
