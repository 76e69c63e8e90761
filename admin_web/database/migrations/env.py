"""Runs the migrations on the connection that admin_web.database.migrate hands in; there is no other way to start it."""

from typing import cast

from alembic import context
from sqlalchemy import Connection

from admin_web.database.schema import METADATA

connection = cast(Connection, context.config.attributes["connection"])
context.configure(
    connection=connection,
    target_metadata=METADATA,
    compare_type=True,
    render_as_batch=connection.dialect.name == "sqlite",
    transactional_ddl=True,  # both engines undo DDL; a migration that fails leaves the school as it was
)
context.run_migrations()
