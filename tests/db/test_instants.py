"""Instants are aware and in UTC, in and out, on both engines."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import DateTime, Engine, insert, select
from sqlalchemy.exc import StatementError

from app.db.tables import Base, TickRow
from app.db.tables.base import UTCDateTime


def keep(db: Engine, at: datetime, period: str) -> datetime:
    with db.begin() as connection:
        connection.execute(insert(TickRow).values(job="test", period=period, at=at))
        found: datetime = connection.execute(select(TickRow.at).where(TickRow.period == period)).scalar_one()
    return found


@pytest.mark.parametrize(
    "at",
    (
        datetime(2025, 3, 30, 2, 30, tzinfo=ZoneInfo("Europe/Berlin")),
        datetime(2025, 10, 26, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1),
        datetime(2025, 1, 1, 0, 0, 0, 123456, tzinfo=timezone(timedelta(hours=14))),
        datetime(1999, 12, 31, 23, 59, 59, tzinfo=timezone(-timedelta(hours=9, minutes=30))),
    ),
)
def test_an_instant_comes_back_as_the_same_instant_in_utc(db: Engine, at: datetime) -> None:
    found = keep(db, at, at.isoformat())
    assert found == at.astimezone(UTC)
    assert found.tzinfo is UTC


def test_an_instant_without_a_zone_is_refused(db: Engine) -> None:
    with pytest.raises(StatementError, match="needs its zone"):
        keep(db, datetime(2025, 1, 1), "naive")  # noqa: DTZ001 - this is what must not get in


def test_instants_sort_in_order_of_time_whatever_zone_they_were_written_in(db: Engine) -> None:
    tokyo = datetime(2025, 1, 1, 8, 59, tzinfo=ZoneInfo("Asia/Tokyo"))
    for at, period in ((datetime(2025, 1, 1, tzinfo=UTC), "second"), (tokyo, "first")):
        keep(db, at, period)
    with db.connect() as connection:
        query = select(TickRow.period).where(TickRow.period.in_(("first", "second"))).order_by(TickRow.at)
        assert list(connection.scalars(query)) == ["first", "second"]


def test_every_column_that_holds_an_instant_is_of_the_one_type() -> None:
    columns = [column for table in Base.metadata.sorted_tables for column in table.columns]
    assert len([column for column in columns if isinstance(column.type, UTCDateTime)]) > 30
    assert [column for column in columns if isinstance(column.type, DateTime)] == []
