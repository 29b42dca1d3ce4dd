"""The night's count of what goes together, and what a member is then named, with rows as evidence."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, select

from app.db import recommendations
from app.db.tables import PairRow, RhythmRow
from app.loyalty.redeeming.recommending import GoesWith, Pair, RunsOut
from app.loyalty.terms.conditions import Goods
from app.loyalty.terms.recommending import Recommending
from jobs.recommend import recount
from jobs.schedule import perform
from tests.factories.facts import line, order
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import version
from tests.factories.works import Clock, works

TERMS = Recommending(durable=Goods(products=("pot",)), together_orders=3, together_percent=40, repeats=3, days=200)
NOW = "2025-06-01"


def founded(db: Engine, shops: tuple[str, ...] = ("s1",)) -> House:
    """Five have tea, three of them with a pot, and four of those bought tea again after 30 days."""
    ours = house(db, replace(version(), recommend=TERMS), zones=dict.fromkeys(shops, "UTC"))
    for number, name in enumerate("abcde"):
        goods = [line("10.00", "l1", "tea"), *([line("40.00", "l2", "pot")] if number < 3 else [])]
        ours.settle(NOW, order(f"o{name}", paid="2025-04-01", customer=name, lines=goods))
        if number < 4:
            ours.settle(NOW, order(f"p{name}", paid="2025-05-01", customer=name, lines=[line("10.00", "l1", "tea")]))
    return ours


def named(ours: House, name: str, now: str = NOW, shop: str = "s1") -> object:
    with ours.reading(now) as scope:
        return recommendations.recommendations(scope, TERMS, ours.shop_ids[shop], ours.member(name))


def test_what_is_counted_over_all_orders_is_named_with_its_counts(db: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recommendations, "PAGE", 2)
    ours = founded(db)
    assert recount(works(db, clock=Clock(instant(NOW))), ours.programme_id) == 2
    with ours.reading() as scope:
        pairs = scope.session.scalars(select(PairRow).where(PairRow.programme_id == ours.programme_id)).all()
        rhythm = scope.session.scalars(select(RhythmRow).where(RhythmRow.programme_id == ours.programme_id)).one()
    # Tea is in nine orders, three of them with a pot: that is below 40 in a hundred.
    assert [Pair(one.product, one.other, one.together, one.orders) for one in pairs] == [Pair("pot", "tea", 3, 3)]
    assert (rhythm.product, rhythm.days, rhythm.repeats) == ("tea", 30, 4)


def test_who_has_the_durable_is_not_named_it_and_who_has_not_is(db: Engine) -> None:
    ours = founded(db)
    loose = replace(TERMS, together_percent=30)
    ours.publish("2025-05-31", replace(version("2025-05-31"), recommend=loose))
    jobs = works(db, clock=Clock(instant(NOW)))
    assert recount(jobs, ours.programme_id) == 3
    assert named(ours, "a") == (RunsOut("tea", 31, 30, 1, 1),)
    assert named(ours, "d") == (RunsOut("tea", 31, 30, 1, 1), GoesWith("pot", "tea", 3, 9))
    assert named(ours, "e", "2025-05-01") == (RunsOut("tea", 30, 30, 0, 4), GoesWith("pot", "tea", 3, 9))


def test_shops_of_one_programme_are_counted_apart(db: Engine) -> None:
    ours = founded(db, ("s1", "s2"))
    recount(works(db, clock=Clock(instant(NOW))), ours.programme_id)
    assert named(ours, "a", shop="s2") == ()


def test_a_repeat_counts_the_same_and_what_is_switched_off_goes(db: Engine) -> None:
    ours = founded(db)
    jobs = works(db, clock=Clock(instant(NOW)))
    perform(jobs, "recommend")
    first = recount(jobs, ours.programme_id)
    assert recount(jobs, ours.programme_id) == first > 0
    ours.publish(NOW, version(NOW))
    assert recount(jobs, ours.programme_id) == 0
    with ours.reading() as scope:
        left = scope.session.scalar(
            select(func.count()).select_from(RhythmRow).where(RhythmRow.programme_id == ours.programme_id)
        )
    assert left == 0
