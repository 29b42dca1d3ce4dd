"""A PostgreSQL database goes from test to test: emptied of its rows, and kept only where nothing but rows had changed.

To make a database and to drop it costs a second of a processor, more than most tests that use one; to empty one costs a
hundredth.
"""

from dataclasses import dataclass
from typing import Final, LiteralString

import psycopg
from psycopg import sql

_KEPT: Final = "alembic_version"
"""The one table that the migrations leave rows in."""
_MANY: Final = 5_000
"""Rows a test may leave: their space stays, and what was large is slow, or planned for as large."""

_FORM: Final[LiteralString] = """
SELECT md5(string_agg(thing, ',' ORDER BY thing)) FROM (
    SELECT concat('class', oid, '.', xmin) FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat('column', a.attrelid, '.', a.attnum, '.', a.xmin)
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat('default', oid, '.', xmin) FROM pg_attrdef
    UNION ALL SELECT concat('trigger', oid, '.', xmin) FROM pg_trigger
    UNION ALL SELECT concat('policy', oid, '.', xmin) FROM pg_policy
    UNION ALL SELECT concat('check', oid, '.', xmin) FROM pg_constraint WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT concat('index', indexrelid, '.', i.xmin)
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE c.relnamespace = 'public'::regnamespace
    UNION ALL SELECT concat('function', oid, '.', xmin) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT concat('type', oid, '.', xmin) FROM pg_type WHERE typnamespace = 'public'::regnamespace
    UNION ALL SELECT concat('schema', oid, '.', xmin) FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'
    UNION ALL SELECT concat('extension', oid, '.', xmin) FROM pg_extension
    UNION ALL SELECT concat('granted', oid, '.', xmin) FROM pg_default_acl
    UNION ALL SELECT concat('large', oid, '.', xmin) FROM pg_largeobject_metadata
    UNION ALL SELECT concat('set', setdatabase, '.', setrole, '.', s.xmin)
        FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = current_database()
    UNION ALL SELECT concat('database', oid, '.', xmin) FROM pg_database WHERE datname = current_database()
    UNION ALL SELECT concat('version', version_num) FROM alembic_version
) AS things (thing)
"""
"""Whatever alters a thing writes its row anew, and so shows; vacuuming and analysing do not."""
_LEAVE: Final[LiteralString] = """
SELECT count(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


@dataclass(frozen=True, slots=True)
class Lent:
    """The database ``name``, at libpq's ``address``, and the ``form`` it was made in."""

    name: str
    address: str
    form: str

    @classmethod
    def fresh(cls, name: str, address: str) -> "Lent":
        """Look at a database just made."""
        with psycopg.connect(address, autocommit=True) as connection:
            return cls(name, address, _form(connection))

    def emptied(self) -> bool:
        """End whoever is still in there and remove all rows; False where it is not to be lent again."""
        try:
            with psycopg.connect(self.address) as connection:
                connection.execute(_LEAVE)
                if _form(connection) != self.form:
                    return False
                connection.execute("SET session_replication_role = replica")  # nobody's triggers keep the rows
                return _emptied(connection)
        except psycopg.Error:  # it is gone, or our role may not do this
            return False


def _form(connection: psycopg.Connection) -> str:
    row = connection.execute(_FORM).fetchone()
    return str(row and row[0])


def _emptied(connection: psycopg.Connection) -> bool:
    tables = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND relname <> %s",
        (_KEPT,),
    ).fetchall()
    holds = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})").format(name, sql.Identifier(name)) for (name,) in tables
    )
    rows = 0
    for (name,) in connection.execute(holds).fetchall():
        rows += connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name))).rowcount
    return rows <= _MANY
