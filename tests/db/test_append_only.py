"""History is only ever added to: the tables themselves refuse every change, whoever asks."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from app.actions.write_note import Written, write_note
from app.db import service_cases
from app.db.members import new_id
from app.db.notes import Reader
from app.loyalty.hearing.recovery import Step
from app.loyalty.terms.programme import Reward
from tests.factories.facts import order
from tests.factories.houses import house
from tests.factories.programmes import version

HISTORY = ("transactions", "postings", "lots", "programme_versions", "merges", "service_case_steps", "member_notes")


def lived_in(db: Engine) -> None:
    ours = house(db, version(rewards=[Reward("r", 5)]))
    ours.settle("2025-02-01T13", order())
    ours.redeem("2025-02-02", "ada", "k1")
    ours.join("ben")
    ours.merge("2025-02-03", "ada", "ben")
    with ours.unit("2025-02-04") as scope:
        service_cases.take(scope, new_id(), new_id(), Step.ANSWERED, "staff", "sorry")
        write_note(scope, ours.member("ada"), Reader("staff", manager=False), Written(new_id(), "likes tea"))


def rows(db: Engine, table: str) -> list[tuple[object, ...]]:
    with db.connect() as connection:
        return sorted(tuple(map(str, row)) for row in connection.execute(text(f"SELECT * FROM {table}")))  # noqa: S608


def test_rows_of_history_can_neither_be_changed_nor_removed(db: Engine) -> None:
    lived_in(db)
    for table in HISTORY:
        before = rows(db, table)
        assert before, table
        for change in ("UPDATE {table} SET programme_id = programme_id", "DELETE FROM {table}"):
            with pytest.raises(DBAPIError, match=f"{table} is append-only"), db.begin() as connection:
                connection.execute(text(change.format(table=table)))
            assert rows(db, table) == before, change.format(table=table)


def test_tables_of_history_cannot_be_emptied(postgres_engine: Engine) -> None:
    """SQLite has no TRUNCATE: there it is a DELETE."""
    lived_in(postgres_engine)
    for table in HISTORY:
        with (
            pytest.raises(DBAPIError, match=f"{table} is append-only"),
            postgres_engine.begin() as connection,
        ):
            connection.execute(text(f"TRUNCATE {table} CASCADE"))
        assert rows(postgres_engine, table), table


def test_a_row_replaced_is_a_row_changed(db: Engine) -> None:
    lived_in(db)
    replace = "INSERT OR REPLACE INTO lots SELECT * FROM lots"
    if db.dialect.name == "postgresql":
        replace = "INSERT INTO lots SELECT * FROM lots ON CONFLICT (programme_id, member_id, lot) DO UPDATE SET lot = 9"
    before = rows(db, "lots")
    with pytest.raises(DBAPIError, match="append-only"), db.begin() as connection:
        connection.execute(text(replace))
    assert rows(db, "lots") == before
