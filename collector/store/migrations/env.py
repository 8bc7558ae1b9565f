"""What Alembic runs around the migrations: they work on the connection and in the transaction given to them."""

from __future__ import annotations

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    transactional_ddl=True,  # true of SQLite too, since BEGIN is ours
)
context.run_migrations()
