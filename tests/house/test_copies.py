"""A story that is told once is the same in every test, and what one test adds to it no other one sees."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from app.db.tables import Base
from app.db.unit import make_engine, reading
from tests.factories.copies import held
from tests.factories.facts import order, sign_up
from tests.factories.houses import house
from tests.servers.databases import Databases


@pytest.fixture
def others(databases: Databases) -> Iterator[tuple[Engine, Engine]]:
    """Two more databases of the engine's kind, with nothing in them."""
    with databases.migrated() as first, databases.migrated() as second:
        engines = make_engine(first), make_engine(second)
        yield engines
        for each in engines:
            each.dispose()


def rows(engine: Engine) -> dict[str, list[str]]:
    with reading(engine) as session:
        return {table.name: sorted(map(repr, session.execute(select(table)))) for table in Base.metadata.sorted_tables}


def test_every_row_is_held_and_each_database_goes_on_by_itself(
    engine: Engine, others: tuple[Engine, Engine], tmp_path: Path
) -> None:
    ours = house(engine)
    ours.settle("2025-02-01T13", sign_up(), order())
    told = rows(engine)
    fill = held(engine, tmp_path)
    ours.settle("2025-02-02T13", order("told later"))

    one, other = others
    fill(one)
    assert rows(one) == told
    assert sum(bool(found) for found in told.values()) >= 8
    ours.engine = one
    ours.settle("2025-02-03T13", order("told on", updated="2025-02-03"))
    assert ours.breaches() == []

    fill(other)
    assert rows(other) == told
    assert rows(one) != told
