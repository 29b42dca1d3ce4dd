"""Staff give and take by hand: with a name, a reason and a limit."""

from sqlalchemy import Engine, select

from app.db.tables import DeedRow
from app.loyalty.terms.programme import Clawback, Expiry, Level, Measure, Reward
from tests.factories.facts import order, refund
from tests.factories.houses import house
from tests.factories.programmes import ladder, version


def test_points_given_are_there_at_once_and_end_by_the_policy_of_the_day(db: Engine) -> None:
    ours = house(db, version(pending_days=10, expiry=Expiry(30)))
    ours.join("ada")
    assert ours.adjust("2025-02-01", "ada", "a1", 40).refused is None
    [lot] = ours.shown("ada")["lots"]
    assert lot == {
        "source": "adjust:a1",
        "remaining": 40,
        "release_at": "2025-02-01T12:00:00Z",
        "expires_at": "2025-03-04T00:00:00Z",
    }


def test_points_are_taken_soonest_to_expire_first_and_never_beyond_what_is_there(db: Engine) -> None:
    ours = house(db, version(), version("2025-02-02T00", expiry=Expiry(30)))
    ours.join("ada")
    ours.adjust("2025-02-01", "ada", "a1", 40)
    ours.adjust("2025-02-03", "ada", "a2", 40)
    refused = ours.adjust("2025-02-04", "ada", "a3", -81)
    assert (refused.refused, dict(refused.numbers)) == ("INSUFFICIENT_POINTS", {"have": 80, "need": 81, "missing": 1})
    ours.adjust("2025-02-04", "ada", "a4", -50)
    assert [(lot["source"], lot["remaining"]) for lot in ours.shown("ada")["lots"]] == [("adjust:a1", 30)]
    assert ours.shown("ada")["totals"]["granted"] == 30


def test_who_did_it_and_why_is_kept_once(db: Engine) -> None:
    ours = house(db)
    ours.join("ada")
    ours.adjust("2025-02-01", "ada", "a1", 40)
    ours.adjust("2025-02-01", "ada", "a1", 40)
    ours.adjust("2025-02-01", "ada", "a2", -99)
    with ours.reading() as scope:
        deeds = scope.session.scalars(select(DeedRow).where(DeedRow.programme_id == ours.programme_id)).all()
    assert [(deed.actor, deed.why, deed.detail) for deed in deeds] == [
        ("staff", "because", {"amount": 40, "key": "a1"})
    ]


def test_goodwill_pays_debt_first(db: Engine) -> None:
    ours = house(db, version(clawback=Clawback.OWE, rewards=[Reward("r", 100)]))
    ours.settle("2025-02-01T13", order(price="100.00"))
    ours.redeem("2025-02-02", "ada", "k1")
    ours.settle("2025-02-03", order(price="100.00", updated="2025-02-03", refunds=[refund("2025-02-03", "100.00")]))
    assert ours.amounts("ada") == (0, 0, 100, 100)
    ours.adjust("2025-02-04", "ada", "a1", 130)
    assert ours.amounts("ada") == (0, 30, 100, 0)
    assert ours.breaches() == []


def test_both_signs_count_for_a_tier_by_points(db: Engine) -> None:
    ours = house(db, version(tiers=ladder(Level("silver", 50), measure=Measure.POINTS)))
    ours.join("ada")
    ours.adjust("2025-02-01", "ada", "a1", 50)
    assert ours.row("ada").tier == "silver"
    ours.adjust("2025-02-02", "ada", "a2", -1)
    assert ours.row("ada").tier == "silver"
    ours.tend("2025-02-03T00")
    assert ours.row("ada").tier is None


def test_nothing_given_is_nothing_done(db: Engine) -> None:
    ours = house(db)
    ours.join("ada")
    assert ours.adjust("2025-02-01", "ada", "a1", 0).refused is None
    assert ours.bring("2025-02-01", "ada", "i1", 0, "2025-01-01").refused is None
    assert ours.amounts("ada") == (0, 0, 0, 0)
    assert ours.row("ada").number == 0


def test_a_key_may_hold_any_sign(db: Engine) -> None:
    """An address or a time in a key is no shop: the lot is found again under its own name."""
    ours = house(db)
    ours.join("ada")
    ours.adjust("2025-02-01", "ada", "goodwill@2025", 40)
    ours.adjust("2025-02-02", "ada", "and again", 1)
    assert [lot["source"] for lot in ours.shown("ada")["lots"]] == ["adjust:and again", "adjust:goodwill@2025"]
