"""Points from elsewhere come as lots with dates of their own."""

from sqlalchemy import Engine

from app.loyalty.terms.programme import Expiry, Level, Measure, Window, WindowKind
from tests.factories.houses import house
from tests.factories.programmes import ladder, version


def test_the_policy_of_the_import_counts_from_the_day_points_were_earned(db: Engine) -> None:
    ours = house(db, version("2024-01-01T00", expiry=Expiry(5)), version(expiry=Expiry(90)))
    ours.join("ada")
    ours.bring("2025-02-01", "ada", "i1", 30, "2024-12-01")
    [lot] = ours.shown("ada")["lots"]
    assert (lot["release_at"], lot["expires_at"]) == ("2024-12-01T12:00:00Z", "2025-03-02T00:00:00Z")


def test_an_end_that_was_brought_along_is_kept_and_one_that_is_over_ends_at_once(db: Engine) -> None:
    ours = house(db, version(expiry=Expiry(90)))
    ours.join("ada")
    ours.bring("2025-02-01", "ada", "i1", 30, "2024-12-01", "2025-02-01T12:00:01")
    ours.bring("2025-02-01", "ada", "i2", 20, "2024-12-01", "2025-02-01T12:00:00")
    assert ours.amounts("ada") == (0, 30, 0, 0)
    assert ours.shown("ada")["totals"]["expired"] == 20
    ours.tend("2025-02-01T12:00:01")
    assert ours.amounts("ada") == (0, 0, 0, 0)
    assert ours.breaches() == []


def test_points_to_be_earned_later_wait_for_their_day(db: Engine) -> None:
    ours = house(db)
    ours.join("ada")
    ours.bring("2025-02-01", "ada", "i1", 30, "2025-02-03")
    assert ours.amounts("ada") == (30, 0, 0, 0)
    ours.tend("2025-02-03")
    assert ours.amounts("ada") == (0, 30, 0, 0)
    assert ours.breaches() == []


def test_an_import_counts_in_the_year_it_was_earned(db: Engine) -> None:
    tiers = ladder(Level("silver", 50), measure=Measure.POINTS, window=Window(WindowKind.CALENDAR_YEAR))
    ours = house(db, version("2024-01-01T00", tiers=tiers))
    ours.join("ada")
    ours.bring("2025-02-01", "ada", "i1", 50, "2024-12-01")
    assert ours.row("ada").tier is None
    ours.bring("2025-02-01", "ada", "i2", 50, "2025-01-05")
    assert ours.row("ada").tier == "silver"


def test_the_same_row_of_a_file_counts_once(db: Engine) -> None:
    ours = house(db)
    ours.join("ada")
    answers = [ours.bring("2025-02-01", "ada", "i1", 30, "2024-12-01").repeated for _ in range(3)]
    assert answers == [False, True, True]
    assert ours.bring("2025-02-01", "ada", "i1", 31, "2024-12-01").refused == "KEY_REUSED"
    assert ours.amounts("ada") == (0, 30, 0, 0)
