"""History is never rewritten: the database itself refuses it, on both engines."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from app.db.unit import unit_of_work
from tests.factories.facts import order
from tests.factories.houses import house

HISTORY = ("transactions", "postings", "lots", "programme_versions")
CHANGES = {
    "transactions": "UPDATE transactions SET source = 'order:other'",
    "postings": "UPDATE postings SET amount = amount + 1",
    "lots": "UPDATE lots SET expires_at = NULL",
    "programme_versions": "UPDATE programme_versions SET published_by = 'somebody else'",
}


@pytest.mark.parametrize("table", HISTORY)
def test_no_row_of_history_can_be_changed(db: Engine, table: str) -> None:
    house(db).settle("2025-02-01", order(price="40.00"))

    with pytest.raises(DBAPIError, match="append-only"), unit_of_work(db) as session:
        session.execute(text(CHANGES[table]))


@pytest.mark.parametrize("table", HISTORY)
def test_no_row_of_history_can_be_removed(db: Engine, table: str) -> None:
    house(db).settle("2025-02-01", order(price="40.00"))

    with pytest.raises(DBAPIError, match="append-only"), unit_of_work(db) as session:
        session.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - a name of our own


@pytest.mark.parametrize("table", HISTORY)
def test_history_cannot_be_emptied_at_once(postgres_engine: Engine, table: str) -> None:
    house(postgres_engine).settle("2025-02-01", order(price="40.00"))

    with pytest.raises(DBAPIError, match="append-only"), unit_of_work(postgres_engine) as session:
        session.execute(text(f"TRUNCATE {table}"))


def test_the_database_refuses_to_overdraw_a_lot(db: Engine) -> None:
    house(db).settle("2025-02-01", order(price="40.00"))

    with pytest.raises(DBAPIError, match="not_overdrawn"), unit_of_work(db) as session:
        session.execute(text("UPDATE balances SET amount = amount - 41 WHERE account = 'available'"))
