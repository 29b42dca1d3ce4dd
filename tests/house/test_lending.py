"""A PostgreSQL database that goes from test to test is as good as new, or does not go."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.servers.databases import PostgresDatabases
from tests.servers.lending import Lent

LEFT = "INSERT INTO shoppers_of_before VALUES (1)"
KEEPING = """
CREATE TABLE alembic_version (version_num text);
INSERT INTO alembic_version VALUES ('0007');
CREATE TABLE shoppers_of_before (n int);
CREATE FUNCTION refused() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'history stays'; END $$;
CREATE TRIGGER kept BEFORE DELETE ON shoppers_of_before FOR EACH ROW EXECUTE FUNCTION refused();
"""


CHANGES = (
    "CREATE TABLE another (n int)",
    "ALTER TABLE shoppers_of_before ADD COLUMN m int",
    "ALTER TABLE shoppers_of_before DISABLE TRIGGER ALL",
    "ALTER TABLE shoppers_of_before ENABLE ROW LEVEL SECURITY",
    "CREATE POLICY nobodys ON shoppers_of_before USING (false)",
    "CREATE INDEX of_before ON shoppers_of_before (n)",
    "CREATE OR REPLACE FUNCTION refused() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN OLD; END'",
    "GRANT SELECT ON shoppers_of_before TO PUBLIC",
    "UPDATE alembic_version SET version_num = '0001'",
    "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET work_mem = 64', current_database()); END $$",
    "INSERT INTO shoppers_of_before SELECT generate_series(1, 6000)",
)


@pytest.fixture
def lent(postgres_databases: PostgresDatabases) -> Iterator[Lent]:
    """A database with a table that keeps its rows, as our history does."""
    with postgres_databases.empty() as url:
        address = url.replace("postgresql+psycopg", "postgresql")
        with psycopg.connect(address) as connection:
            connection.execute(KEEPING)
        yield Lent.fresh("lent", address)


def test_the_next_test_finds_no_row_and_nobody_of_the_one_before(lent: Lent) -> None:
    left_open = psycopg.connect(lent.address, autocommit=True)
    left_open.execute(LEFT)

    assert lent.emptied()

    with psycopg.connect(lent.address) as connection:
        assert connection.execute("SELECT count(*) FROM shoppers_of_before").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
        connection.execute(LEFT)
        with pytest.raises(psycopg.errors.RaiseException):  # what keeps the rows stands as before
            connection.execute("DELETE FROM shoppers_of_before")
    with pytest.raises(psycopg.OperationalError):
        left_open.execute("SELECT 1")
    left_open.close()


def test_what_is_no_longer_as_the_migrations_left_it_is_not_lent_again(lent: Lent) -> None:
    for change in CHANGES:
        before = Lent.fresh(lent.name, lent.address)
        assert before.emptied(), f"before {change}"
        with psycopg.connect(lent.address) as connection:
            connection.execute(change.encode())
        assert not before.emptied(), change
    assert not Lent("gone", lent.address.replace("kizuna_test", "kizuna_gone"), lent.form).emptied()


def test_a_database_comes_back_and_two_at_once_are_two(postgres_databases: PostgresDatabases) -> None:
    with postgres_databases.migrated() as one, postgres_databases.migrated() as other:
        assert one != other
    with postgres_databases.migrated() as again:
        assert again in {one, other}
