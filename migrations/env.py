"""How Alembic reaches the database: a connection or address handed over, `-x url=…`, or the settings."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection, Engine, TypeDecorator, create_engine, event, make_url, pool, text

from app.db.tables import Base
from app.settings import settings

_LOCK_TIMEOUT = "4s"
"""Of PostgreSQL. A migration that cannot have a table at once must not make the shops' webhooks queue behind it."""
_ONE_AT_A_TIME = 0x6B697A756E61
"""PostgreSQL's advisory lock of those who migrate ("kizuna"): two releases at once wait for each other."""
_SQLITE_PATIENCE_S = 60


def _url() -> str:
    given = context.get_x_argument(as_dictionary=True).get("url") or context.config.attributes.get("url")
    return str(given or settings().database_url)


def _engine(url: str) -> Engine:
    """An engine for migrations alone: on SQLite with whole transactions, and without foreign keys.

    Batch migrations copy a table and drop the old one, which must not drop what points to it. They are checked after.
    """
    sqlite = make_url(url).get_backend_name() == "sqlite"
    engine = create_engine(url, poolclass=pool.NullPool, connect_args={"timeout": _SQLITE_PATIENCE_S} if sqlite else {})
    if sqlite:

        @event.listens_for(engine, "connect")
        def _whole_transactions(connection: Any, _record: object) -> None:  # noqa: ANN401  the driver's own
            connection.isolation_level = None
            connection.execute("PRAGMA foreign_keys=OFF")

        @event.listens_for(engine, "begin")
        def _begin(connection: Connection) -> None:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _render(kind: str, thing: object, _: AutogenContext) -> str | Literal[False]:
    """Write our own column types as what they are in the database, so that old migrations need no code of today."""
    if kind == "type" and isinstance(thing, TypeDecorator):
        return f"sa.{thing.impl_instance!r}"
    return False


def _configure(**options: Any) -> None:  # noqa: ANN401  Alembic takes two dozen kinds
    context.configure(
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=_render,
        compare_server_default=True,
        transactional_ddl=True,
        transaction_per_migration=True,
        **options,
    )


def _migrate(connection: Connection) -> None:
    _configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


def _online() -> None:
    handed_over: Connection | None = context.config.attributes.get("connection")
    if handed_over is not None:
        _migrate(handed_over)
        return
    with _engine(_url()).connect() as connection:
        if connection.dialect.name == "postgresql":
            with connection.begin():  # both last as long as the connection, which is ours alone
                connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _ONE_AT_A_TIME})
                connection.execute(text(f"SET lock_timeout = '{_LOCK_TIMEOUT}'"))
        _migrate(connection)
        if connection.dialect.name == "sqlite":
            _check_foreign_keys(connection)


def _check_foreign_keys(connection: Connection) -> None:
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(5)
    if orphans:
        message = f"The migrations left rows that point nowhere (table, row, parent): {orphans}"
        raise RuntimeError(message)


if context.is_offline_mode():
    _configure(url=_url(), literal_binds=True, dialect_opts={"paramstyle": "named"})
    with context.begin_transaction():
        context.run_migrations()
else:
    _online()
