"""Versions: published once, never in the past, never changed, judged by the order's own day."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, select

from app.actions.publish_programme import publish_programme
from app.db import programmes
from app.db.tables import MemberRow, VersionRow
from app.loyalty.errors import StartsInPastError
from app.loyalty.programme import Level
from app.loyalty.rules import AmountRule, SignUpRule
from tests.factories.facts import order, refund, sign_up
from tests.factories.houses import house
from tests.factories.programmes import ONE_PER_EURO, ladder, version

TWO = AmountRule(ONE_PER_EURO.points * 2, 100)


def test_a_version_begins_now_or_later(db: Engine) -> None:
    ours = house(db)
    with ours.unit("2025-02-01") as scope:
        with pytest.raises(StartsInPastError):
            publish_programme(scope, version("2025-02-01T11:59:59"), by="staff")
        assert publish_programme(scope, version("2025-02-01T12"), by="staff") == 2
        assert publish_programme(scope, version("2025-02-01T12"), by="staff") == 3


def test_what_is_read_is_what_was_published(db: Engine) -> None:
    told = version(
        "2025-03-01T00", earn=[TWO, SignUpRule(7)], tiers=ladder(Level("a", 1, (3, 2), 5, "Ä")), pending_days=3
    )
    ours = house(db, version())
    ours.publish("2025-02-01", told)
    with ours.reading() as scope:
        read = programmes.load(scope.session, ours.programme_id).version(2)
    assert read == replace(told, number=2)


def test_a_refund_is_judged_by_the_rule_that_awarded(db: Engine) -> None:
    ours = house(db, version())
    ours.settle("2025-02-01T13", order(price="100.00"))
    ours.publish("2025-02-02", version("2025-02-03T00", earn=[TWO]))
    ours.settle("2025-02-04", order(price="100.00", updated="2025-02-04", refunds=[refund("2025-02-04", "40.00")]))
    ours.settle("2025-02-04", order("o2", "10.00", paid="2025-02-04"))
    assert ours.amounts("ada") == (0, 80, 0, 0)
    assert ours.settlement("ada", "order:o1").version == 1
    assert ours.settlement("ada", "order:o2").version == 2


def test_publishing_makes_the_start_a_moment_for_every_member(db: Engine) -> None:
    ours = house(db)
    ours.settle("2025-02-01T13", order(price="100.00"), sign_up("ben"))
    ours.publish("2025-02-02", version("2025-03-01T00", tiers=ladder(Level("gold", 10000, entry_reward=5))))
    with ours.reading() as scope:
        due = scope.session.scalar(
            select(func.count()).where(MemberRow.programme_id == ours.programme_id, MemberRow.due_at.is_not(None))
        )
    assert due == 2
    ours.tend("2025-02-28T23:59:59")
    assert ours.row("ada").tier is None
    ours.tend("2025-03-01T00")
    assert (ours.row("ada").tier, ours.amounts("ada")[1]) == ("gold", 105)


def test_numbers_have_no_gap_and_no_twin_per_programme(db: Engine) -> None:
    ours, theirs = house(db), house(db)
    ours.publish("2025-02-01", version("2025-03-01T00"), version("2025-03-01T00"))
    theirs.publish("2025-02-01", version("2025-03-01T00"))
    with ours.reading() as scope:
        numbers = {
            each.programme_id: sorted(
                scope.session.scalars(select(VersionRow.number).where(VersionRow.programme_id == each.programme_id))
            )
            for each in (ours, theirs)
        }
    assert numbers == {ours.programme_id: [1, 2, 3], theirs.programme_id: [1, 2]}
