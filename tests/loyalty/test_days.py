"""Local days: clocks that jump, days that never were, and windows of months."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.loyalty.days import DAY, after_days, day_start, leaves_rolling_window, local_day, months_before, zone
from tests.factories.instants import instant
from tests.loyalty.examples import few, many

ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Asia/Beirut", "Asia/Tokyo", "Asia/Kathmandu",
    "Pacific/Apia", "Pacific/Kiritimati", "Australia/Lord_Howe", "Africa/Cairo", "America/Havana", "Etc/GMT+12",
)  # fmt: skip
DAYS = st.dates(date(2005, 1, 1), date(2035, 12, 31))
INSTANTS = st.datetimes(datetime(2005, 1, 1), datetime(2035, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001 - hypothesis wants bounds without a zone


@pytest.mark.parametrize(
    ("zone_name", "day", "starts"),
    (
        pytest.param("Europe/Berlin", "2025-03-30", "2025-03-29T23", id="the day of the jump begins in winter time"),
        pytest.param("Europe/Berlin", "2025-03-31", "2025-03-30T22", id="the day after it in summer time"),
        pytest.param("Europe/Berlin", "2025-10-27", "2025-10-26T23", id="and back in autumn"),
        pytest.param("America/Sao_Paulo", "2018-11-04", "2018-11-04T03", id="Sao Paulo skipped midnight"),
        pytest.param("Asia/Beirut", "2024-03-31", "2024-03-30T22", id="Beirut skips midnight"),
        pytest.param("Pacific/Apia", "2011-12-29", "2011-12-29T10", id="Apia before its lost day"),
        pytest.param("Pacific/Apia", "2011-12-31", "2011-12-30T10", id="Apia after its lost day"),
        pytest.param("Pacific/Kiritimati", "2025-01-01", "2024-12-31T10", id="fourteen hours ahead"),
        pytest.param("Etc/GMT+12", "2025-01-01", "2025-01-01T12", id="twelve hours behind"),
        pytest.param("Asia/Kathmandu", "2025-01-01", "2024-12-31T18:15:00", id="a quarter of an hour"),
        pytest.param("America/Havana", "2025-11-02", "2025-11-02T04", id="where midnight comes twice the first counts"),
    ),
)
def test_a_local_day_begins_at_its_first_instant_that_exists(zone_name: str, day: str, starts: str) -> None:
    assert day_start(date.fromisoformat(day), zone_name) == instant(starts)


def test_the_day_that_apia_never_had_begins_with_the_next() -> None:
    lost, after = date(2011, 12, 30), date(2011, 12, 31)
    assert day_start(lost, "Pacific/Apia") == day_start(after, "Pacific/Apia")


@pytest.mark.parametrize(("zone_name", "day", "hours"), (
    ("Europe/Berlin", date(2025, 3, 30), 23),
    ("Europe/Berlin", date(2025, 10, 26), 25),
    ("Australia/Lord_Howe", date(2025, 4, 6), 24.5),
    ("Asia/Beirut", date(2024, 3, 31), 23),
    ("Asia/Tokyo", date(2025, 3, 30), 24),
))  # fmt: skip
def test_days_are_as_long_as_their_clocks_make_them(zone_name: str, day: date, hours: float) -> None:
    assert day_start(day + DAY, zone_name) - day_start(day, zone_name) == timedelta(hours=hours)


@many
@given(DAYS, st.sampled_from(ZONES))
def test_the_first_instant_of_a_day_is_in_it_and_a_second_earlier_is_not(day: date, zone_name: str) -> None:
    start = day_start(day, zone_name)
    assert start.tzinfo is UTC
    assert local_day(start - timedelta(seconds=1), zone_name) < day
    exists = (zone_name, day) != ("Pacific/Apia", date(2011, 12, 30))
    assert local_day(start, zone_name) == (day if exists else day + DAY)


@many
@given(INSTANTS, st.sampled_from(ZONES))
def test_every_instant_lies_in_its_own_local_day(at: datetime, zone_name: str) -> None:
    day = local_day(at, zone_name)
    assert day_start(day, zone_name) <= at < day_start(day + DAY, zone_name)
    assert day == at.astimezone(zone(zone_name)).date()


@many
@given(INSTANTS, st.integers(0, 800), st.sampled_from(ZONES))
def test_the_last_good_day_is_good_to_its_end(at: datetime, days: int, zone_name: str) -> None:
    ends = after_days(at, days, zone_name, end_of_day=True)
    last_good = local_day(at, zone_name) + timedelta(days=days)
    assert ends == day_start(last_good + DAY, zone_name)
    assert local_day(ends - timedelta(seconds=1), zone_name) <= last_good
    assert local_day(ends, zone_name) > last_good


@pytest.mark.parametrize(("at", "days", "ends"), (
    ("2025-03-29T12", 1, "2025-03-30T22:00:00"),
    ("2025-10-25T12", 1, "2025-10-26T23:00:00"),
    ("2025-03-29T23:30:00", 0, "2025-03-30T22:00:00"),
    ("2024-02-28T12", 1, "2024-02-29T23:00:00"),
))  # fmt: skip
def test_days_to_the_end_of_the_day_follow_the_local_calendar(at: str, days: int, ends: str) -> None:
    assert after_days(instant(at), days, "Europe/Berlin", end_of_day=True) == instant(ends)


@pytest.mark.parametrize("at", ("2025-03-29T12", "2025-10-25T12", "2024-02-28T12"))
def test_days_of_hours_do_not_care_for_clocks(at: str) -> None:
    assert after_days(instant(at), 2, "Europe/Berlin", end_of_day=False) == instant(at) + timedelta(hours=48)


@pytest.mark.parametrize(("day", "months", "before"), (
    ("2025-03-31", 1, "2025-02-28"),
    ("2024-03-31", 1, "2024-02-29"),
    ("2024-02-29", 12, "2023-02-28"),
    ("2024-02-29", 48, "2020-02-29"),
    ("2025-01-15", 1, "2024-12-15"),
    ("2025-12-31", 12, "2024-12-31"),
    ("2025-05-31", 6, "2024-11-30"),
    ("2025-05-30", 0, "2025-05-30"),
    ("2025-01-31", -1, "2025-02-28"),
))  # fmt: skip
def test_a_month_earlier_has_the_same_day_number_or_is_the_months_last(day: str, months: int, before: str) -> None:
    assert months_before(date.fromisoformat(day), months) == date.fromisoformat(before)


@few
@given(DAYS, st.integers(1, 30))
def test_months_before_agrees_with_counting_months_one_by_one(day: date, months: int) -> None:
    year, month = day.year, day.month
    for _ in range(months):
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    last = (date(year + month // 12, month % 12 + 1, 1) - DAY).day
    assert months_before(day, months) == date(year, month, min(day.day, last))


@many
@given(DAYS, st.integers(1, 30))
def test_a_day_leaves_a_rolling_window_on_the_first_day_whose_window_lacks_it(day: date, months: int) -> None:
    leaves = leaves_rolling_window(day, months)

    def inside(today: date) -> bool:
        return months_before(today, months) < day <= today

    assert inside(leaves - DAY)
    assert not any(inside(leaves + timedelta(days=later)) for later in range(40))


@pytest.mark.parametrize(("day", "months"), (
    (date(2024, 2, 29), 12), (date(2023, 2, 28), 12), (date(2025, 1, 31), 1), (date(2025, 8, 31), 6),
    (date(2024, 3, 1), 1), (date(2025, 12, 31), 2),
))  # fmt: skip
def test_no_day_of_the_window_was_missed_before_it_is_left(day: date, months: int) -> None:
    days = [day + timedelta(days=number) for number in range(31 * months + 5)]
    inside = [months_before(today, months) < day <= today for today in days]
    assert days[inside.index(False)] == leaves_rolling_window(day, months)
    assert True not in inside[inside.index(False) :]
