"""Versions: published once, never in the past, never changed, judged by the order's own day."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import Engine, func, select

from app.actions.publish_programme import publish_programme, roll_back_programme
from app.db import drafts, programmes
from app.db.tables import MemberRow, VersionRow
from app.loyalty.errors import StartsInPastError, UnknownVersionError
from app.loyalty.publishing.soundness import UnsoundProgrammeError
from app.loyalty.terms.programme import Level, Reward
from app.loyalty.terms.rules import AmountRule, SignUpRule
from tests.factories.facts import order, refund, sign_up
from tests.factories.houses import house
from tests.factories.instants import instant
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


def test_an_unsound_version_is_refused_with_everything_that_is_wrong_and_nothing_is_stored(db: Engine) -> None:
    ours = house(db)
    wrong = version("2025-03-01T00", earn=[AmountRule(Decimal(1), 0)], rewards=[Reward("r", 1, level="gold")])
    with ours.unit("2025-02-01") as scope, pytest.raises(UnsoundProgrammeError) as refused:
        publish_programme(scope, wrong, by="staff")
    assert [(problem.path, problem.code) for problem in refused.value.problems] == [
        (("earn", 0, "per_minor"), "TOO_SMALL"),
        (("rewards", 0), "CANNOT_OFFER"),
    ]
    assert refused.value.numbers() == {"problems": 2}
    with ours.reading() as scope:
        assert len(programmes.load(scope.session, ours.programme_id).versions) == 1


def test_going_back_publishes_the_old_content_again_and_keeps_what_was_judged_meanwhile(db: Engine) -> None:
    ours = house(db, version())
    ours.publish("2025-02-01", version("2025-02-01T12", earn=[TWO]))
    ours.settle("2025-02-02T13", order("o1", "10.00", "2025-02-02"))
    with ours.unit("2025-02-03") as scope:
        assert roll_back_programme(scope, 1, at=scope.now, by="staff") == 3
    ours.settle("2025-02-04T13", order("o2", "10.00", "2025-02-04"), order("o3", "10.00", "2025-02-02T18"))
    assert [ours.settlement("ada", f"order:{name}").version for name in ("o1", "o2", "o3")] == [2, 3, 2]
    assert ours.amounts("ada") == (0, 50, 0, 0)
    with ours.reading() as scope:
        first, _, third = programmes.load(scope.session, ours.programme_id).versions
    assert replace(third, number=1, starts_at=first.starts_at) == first


def test_there_is_no_going_back_to_what_never_was_or_into_the_past(db: Engine) -> None:
    ours = house(db)
    with ours.unit("2025-02-03") as scope:
        with pytest.raises(UnknownVersionError) as unknown:
            roll_back_programme(scope, 9, at=scope.now, by="staff")
        with pytest.raises(StartsInPastError):
            roll_back_programme(scope, 1, at=instant("2025-02-02"), by="staff")
    assert unknown.value.numbers() == {"version": 9}


def test_a_draft_is_kept_and_changed_and_judges_nothing(db: Engine) -> None:
    ours, theirs = house(db, version()), house(db, version())
    with ours.unit("2025-02-01") as scope:
        drafts.keep(scope, "spring", version("2025-02-01T00", earn=[]), None, by="staff")
    with ours.unit("2025-02-02") as scope:
        drafts.keep(scope, "spring", version("2025-02-01T00", earn=[TWO]), instant("2025-04-01"), by="staff")
    ours.settle("2025-02-03T13", order("o1", "10.00", "2025-02-03"))
    assert ours.amounts("ada") == (0, 10, 0, 0)
    with ours.reading() as scope:
        found = drafts.find(scope, "spring")
        assert found is not None
        assert (found.content.earn, found.starts_at, found.saved_at) == (
            (TWO,),
            instant("2025-04-01"),
            instant("2025-02-02"),
        )
        assert list(drafts.names(scope)) == ["spring"]
    with theirs.reading() as scope:
        assert (drafts.find(scope, "spring"), list(drafts.names(scope))) == (None, [])
    with ours.unit("2025-02-04") as scope:
        drafts.forget(scope, "spring")
        assert list(drafts.names(scope)) == []
