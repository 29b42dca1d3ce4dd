"""Budgets of campaigns: what all orders together get more, whoever buys, however often and at once it is told."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from threading import Barrier
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from app.actions import settle_facts as verb
from app.actions.audit_ledger import audit_settlements
from app.db import budgets
from app.loyalty.facts import Order
from app.loyalty.members.budgets import Pot
from app.loyalty.terms.campaigns import Campaign
from app.loyalty.terms.conditions import Goods
from app.loyalty.terms.programme import Level, Measure, Version
from tests.actions.test_at_once import at_once
from tests.factories.facts import line, order, refund
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import ladder, version

DOUBLE = Campaign("may", instant("2025-05-01"), instant("2025-06-01"), (2, 1), budget=150)


def promised(*campaigns: Campaign) -> Version:
    """A point per euro, and campaigns."""
    return replace(version(), campaigns=campaigns or (DOUBLE,))


def bought(id: str, price: str = "100.00", back: str = "", *, cancelled: bool = False, placed: str = "") -> Order:
    """An order of May by a customer of its own, named after the order; of ``back`` euros given back later."""
    day = placed or "2025-05-05"
    return order(
        id, price, day, customer=f"by-{id}", updated="2025-05-20" if back or cancelled else day,
        refunds=(refund("2025-05-20", back),) if back else (), cancelled="2025-05-20" if cancelled else None,
    )  # fmt: skip


def earned(ours: House, *ids: str) -> list[int]:
    """What these orders have given their buyers."""
    return [ours.settlement(f"by-{id}", f"order:{id}@").posted for id in ids]


def spent(ours: House) -> Mapping[Pot, int]:
    with ours.reading() as scope:
        return budgets.spent(scope)


def unsettled(ours: House) -> list[object]:
    """What would be posted if everybody were settled again."""
    with ours.reading("2025-05-30") as scope:
        return list(audit_settlements(scope, UUID(int=0))[0])


@pytest.mark.parametrize(
    ("told", "points", "used"),
    (
        # Each order is for 100.00 where nothing else is said: 100 points, and 100 more while the budget of 150 lasts.
        pytest.param([bought("a")], {"a": 200}, 100, id="enough for the first"),
        pytest.param(
            [bought("a"), bought("b"), bought("c")], {"a": 200, "b": 150, "c": 100}, 150, id="then 50, then none",
        ),
        pytest.param(
            [bought("a", placed="2025-04-30"), bought("b"), bought("c")], {"a": 100, "b": 200, "c": 150}, 150,
            id="an order outside the window takes nothing",
        ),
        pytest.param(
            [bought("a"), bought("b"), bought("a", back="50.00"), bought("c")], {"a": 100, "b": 150, "c": 150}, 150,
            id="what a refund gives back is there for the next, not for who was cut short",
        ),
        pytest.param(
            [bought("a"), bought("b"), bought("a", cancelled=True), bought("c")], {"a": 0, "b": 150, "c": 200}, 150,
            id="a cancelled order gives back all it had",
        ),
        pytest.param(
            [bought("a", back="50.00"), bought("b")], {"a": 100, "b": 200}, 150,
            id="an order heard of after its refund takes what is left of it: 50",
        ),
        pytest.param(
            [bought("a"), bought("b"), bought("a", "120.00", back="0.01"), bought("c")],
            {"a": 219, "b": 150, "c": 100}, 150, id="an order that grew finds nothing more: 119.99 is 119 and 100",
        ),
        pytest.param(
            [bought("a"), replace(bought("a", "120.00"), updated_at=instant("2025-05-20"))], {"a": 240}, 120,
            id="an order that grew takes what is left",
        ),
        pytest.param(
            [bought("a"), bought("a", back="80.00"), bought("b", "130.00"),
             replace(bought("a"), updated_at=instant("2025-05-21"))],
            {"a": 120, "b": 260}, 150, id="who gives back and wants it again finds what is left: 20",
        ),
        pytest.param([bought("a"), bought("a"), bought("b"), bought("a"), bought("b")], {"a": 200, "b": 150}, 150,
                     id="told again, nothing changes"),
    ),
)  # fmt: skip
def test_orders_get_more_as_long_as_the_budget_lasts(
    db: Engine, told: Sequence[Order], points: Mapping[str, int], used: int
) -> None:
    ours = house(db, promised())
    for each in told:
        ours.settle("2025-05-25", each)

    assert dict(zip(points, earned(ours, *points), strict=True)) == points
    assert spent(ours) == {"may": used}
    assert unsettled(ours) == []
    assert ours.breaches() == []


def test_the_judgement_says_that_the_budget_was_used_up(db: Engine) -> None:
    ours = house(db, promised())
    ours.settle("2025-05-10", bought("a"))
    ours.settle("2025-05-10", bought("b"))

    full, cut = (ours.settlement(f"by-{id}", f"order:{id}@").breakdown for id in ("a", "b"))
    assert full[1] == {"rule": "campaign", "campaign": "may", "wanted": 100, "granted": 100, "budget": 150}
    assert (cut[0]["amount"], cut[0]["before_budget"]) == (150, 200)
    assert cut[1] == {
        "rule": "campaign", "campaign": "may", "wanted": 100, "granted": 50, "budget": 150, "reason": "BUDGET_USED_UP",
    }  # fmt: skip


def test_an_order_that_only_the_campaign_would_have_paid_says_why_it_got_nothing(db: Engine) -> None:
    ours = house(db, promised(replace(DOUBLE, budget=1)))
    for id in ("a", "b"):
        ours.settle("2025-05-10", bought(id, "0.50"))

    settled = ours.settlement("by-b", "order:b@")
    assert earned(ours, "a", "b") == [1, 0]
    assert settled.reason == "BUDGET_USED_UP"


def test_each_campaign_pays_what_it_adds_to_those_before_it(db: Engine) -> None:
    """Tea is doubled without end, everything doubled from a budget: of 60.00 for tea and 40.00 for cups."""
    tea = Campaign("tea", DOUBLE.starts_at, DOUBLE.ends_at, (2, 1), goods=Goods(products=("p1",)))
    ours = house(db, promised(DOUBLE, tea))
    lines = (line("60.00", "l1", "p1"), line("40.00", "l2", "p2"))
    ours.settle("2025-05-10", replace(bought("a"), lines=lines))

    # Without the budget 120 + 40; with it 240 + 80, of which 150 are in it.
    assert (earned(ours, "a"), spent(ours)) == ([160 + 150], {"may": 150})


def test_a_later_version_may_give_the_campaign_more_and_counts_on(db: Engine) -> None:
    ours = house(db, promised())
    for id in ("a", "b"):
        ours.settle("2025-05-10", bought(id))
    ours.publish("2025-05-10", replace(promised(replace(DOUBLE, budget=210)), starts_at=instant("2025-05-11")))
    ours.settle("2025-05-12", bought("c", placed="2025-05-12"))

    assert earned(ours, "a", "b", "c") == [200, 150, 160]
    assert spent(ours) == {"may": 210}
    assert unsettled(ours) == []


def test_a_refund_does_not_undo_the_tier_that_the_order_led_to(db: Engine) -> None:
    """180 points lead to silver, which doubles: a later order keeps that when the first gives its extra back."""
    silver = ladder(Level("silver", 180, (2, 1)), measure=Measure.POINTS)
    ours = house(db, replace(promised(), tiers=silver))
    ours.settle("2025-05-10", bought("a"))
    later = order("z", "10.00", "2025-06-05", customer="by-a")
    ours.settle("2025-06-06", later)
    before = ours.settlement("by-a", "order:z@").posted
    back = replace(bought("a"), refunds=(refund("2025-06-06", "90.00"),), updated_at=instant("2025-06-07"))
    ours.settle("2025-06-07", back)

    assert (before, earned(ours, "a"), ours.settlement("by-a", "order:z@").posted) == (20, [20], 20)
    assert spent(ours) == {"may": 10}


def test_a_merge_takes_nothing_anew_and_loses_nothing(db: Engine) -> None:
    ours = house(db, promised())
    for id in ("a", "b"):
        ours.settle("2025-05-10", bought(id))
    kept = ours.member("by-a")
    ours.merge("2025-05-11", "by-a", "by-b")

    assert [ours.settlement(kept, f"order:{id}@").posted for id in ("a", "b")] == [200, 150]
    assert (spent(ours), ours.breaches()) == ({"may": 150}, [])
    ours.settle("2025-05-12", bought("b", back="50.00"))
    assert spent(ours) == {"may": 150}  # 50 of the 50 that were left are what it still deserves


def test_orders_of_many_at_once_never_get_more_together_than_there_is(db: Engine) -> None:
    ours = house(db, promised(replace(DOUBLE, budget=250)))
    names = [f"o{n}" for n in range(8)]
    ours.join(*(f"by-{name}" for name in names))
    answers = at_once([lambda name=name: len(ours.settle("2025-05-10", bought(name))) for name in names])  # type: ignore[misc]

    assert answers == [1] * 8
    assert sorted(earned(ours, *names)) == [100] * 5 + [150, 200, 200]
    assert (spent(ours), unsettled(ours), ours.breaches()) == ({"may": 250}, [], [])


_TOLD = st.tuples(
    st.sampled_from("abc"),
    st.sampled_from(("20.00", "70.00", "100.00")),
    st.sampled_from(("", "5.00", "50.00")),
    st.sampled_from((False, False, False, True)),
    st.sampled_from(("2025-05-05", "2025-05-06")),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    budget=st.integers(1, 200),
    pages=st.lists(st.lists(_TOLD, min_size=1, max_size=4), max_size=6),
)
def test_whatever_is_told_in_whatever_order_and_however_often_no_budget_is_overspent(
    db: Engine, budget: int, pages: list[list[tuple[str, str, str, bool, str]]]
) -> None:
    ours = house(db, promised(replace(DOUBLE, budget=budget)))
    for number, page in enumerate(pages):
        facts = [
            replace(
                bought(name, price, back, cancelled=cancelled, placed=day), updated_at=instant(f"2025-05-{10 + number}")
            )
            for name, price, back, cancelled, day in page
        ]
        for _ in range(2):
            ours.settle("2025-05-30", *facts)
            assert spent(ours).get("may", 0) <= budget
    names = sorted({name for page in pages for name, *_ in page})
    extra = sum(
        part["granted"]
        for name in names
        for part in ours.settlement(f"by-{name}", f"order:{name}@").breakdown
        if part["rule"] == "campaign"
    )
    assert extra == spent(ours).get("may", 0)
    assert (unsettled(ours), ours.breaches()) == ([], [])


def test_without_the_lock_orders_at_once_would_overspend_so_the_lock_is_what_holds(
    postgres_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proof that the test above can fail: nobody waits for the programme, and all read before anybody writes."""
    ours = house(postgres_engine, promised(replace(DOUBLE, budget=250)))
    names = [f"o{n}" for n in range(4)]
    ours.join(*(f"by-{name}" for name in names))
    everybody_has_read = Barrier(len(names), timeout=10)
    read = budgets.spent

    def read_and_wait(scope: object) -> dict[Pot, int]:
        found = read(scope)  # type: ignore[arg-type]
        everybody_has_read.wait()
        return found

    with monkeypatch.context() as without:
        without.setattr(verb, "one_at_a_time", lambda _: None)
        without.setattr(budgets, "spent", read_and_wait)
        at_once([lambda name=name: len(ours.settle("2025-05-10", bought(name))) for name in names])  # type: ignore[misc]
    assert spent(ours) == {"may": 400}
