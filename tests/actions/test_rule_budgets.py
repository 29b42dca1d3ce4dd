"""Budgets of earning rules: what all members together get by a rule, in a period or at all."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from app.actions.audit_ledger import audit_settlements
from app.db import budgets
from app.loyalty.facts import Fact, Gone, Order, Thing
from app.loyalty.judging.in_turn import judge_in_turn
from app.loyalty.members.budgets import Pot
from app.loyalty.members.history import History, MemberEvent, MemberOrder
from app.loyalty.terms.campaigns import Campaign
from app.loyalty.terms.programme import Version
from app.loyalty.terms.rule_budget import Period, RuleBudget, RulePot
from app.loyalty.terms.rules import AmountRule, EventRule, FirstOrderRule, KthOrderRule, PerOrderRule, ReviewRule, Rule
from tests.actions.test_at_once import at_once
from tests.factories.facts import event, line, order, refund, review
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import programme, version

EVER = RuleBudget("spring", 150)
MONTHLY = RuleBudget("spring", 150, Period.MONTH)


def bought(id: str, price: str = "100.00", back: str = "", paid: str = "2025-05-05", by: str = "") -> Order:
    """An order by a customer of its own, named after the order; of ``back`` euros given back on 20 May."""
    return order(
        id, price, paid, customer=by or f"by-{id}", updated="2025-05-20" if back else paid,
        refunds=(refund("2025-05-20", back),) if back else (),
    )  # fmt: skip


def shared(id: str, at: str = "2025-05-06") -> Fact:
    return event(id, "share", at, f"by-{id}")


def approved(id: str, by: str, at: str = "2025-05-07") -> Fact:
    return review(id, at=at, customer=f"by-{by}")


def spent(ours: House) -> Mapping[Pot, int]:
    with ours.reading() as scope:
        return {pot: used for pot, used in budgets.spent(scope).items() if used}


def unsettled(ours: House) -> list[object]:
    """What would be posted if everybody were settled again."""
    with ours.reading("2025-08-30") as scope:
        return list(audit_settlements(scope, UUID(int=0))[0])


def a_point(per_minor: int = 100, budget: RuleBudget = EVER) -> AmountRule:
    return AmountRule(Decimal(1), per_minor, budget=budget)


@pytest.mark.parametrize(
    ("rules", "told", "points", "used"),
    (
        # Every order is for 100.00 where nothing else is said; the budget holds 150.
        pytest.param(
            [a_point()], [bought("a"), bought("b"), bought("c")], {"a": 100, "b": 50, "c": 0}, {"": 150},
            id="a point per euro: 100, then 50, then none",
        ),
        pytest.param(
            [a_point()], [bought("a"), bought("b"), bought("a", back="40.00"), bought("c")],
            {"a": 60, "b": 50, "c": 40}, {"": 150}, id="what a refund gives back is there for the next",
        ),
        pytest.param(
            [a_point(budget=MONTHLY)], [bought("a"), bought("b"), bought("c", paid="2025-06-01")],
            {"a": 100, "b": 50, "c": 100}, {"2025-05": 150, "2025-06": 100}, id="each month has a budget of its own",
        ),
        pytest.param(
            [a_point(budget=RuleBudget("spring", 150, Period.DAY))],
            [bought("a"), bought("b"), bought("c", paid="2025-05-06")],
            {"a": 100, "b": 50, "c": 100}, {"2025-05-05": 150, "2025-05-06": 100}, id="or each day",
        ),
        pytest.param(
            [a_point(budget=RuleBudget("spring", 150, Period.YEAR))],
            [bought("a"), bought("b", paid="2025-06-01"), bought("c", paid="2026-01-02")],
            {"a": 100, "b": 50, "c": 100}, {"2025": 150, "2026": 100}, id="or each year",
        ),
        pytest.param(
            [FirstOrderRule(100, budget=EVER), a_point(1000, RuleBudget("other", 15))],
            [bought("a"), bought("b"), bought("c")], {"a": 110, "b": 55, "c": 0}, {"": 150, "other": 15},
            id="rules have budgets of their own: 100 + 10, 50 + 5, none",
        ),
        pytest.param(
            [PerOrderRule(80, budget=EVER), AmountRule(Decimal(1), 1000)], [bought("a"), bought("b")],
            {"a": 90, "b": 80}, {"": 150}, id="beside a rule without: 80 + 10, 70 + 10",
        ),
        pytest.param(
            [KthOrderRule(100, 2, budget=EVER)],
            [bought("a", by="x"), bought("b", by="x", paid="2025-05-06"), bought("c", by="y"),
             bought("d", by="y", paid="2025-05-06")],
            {"b": 100, "d": 50}, {"": 150}, id="stamp cards: 100, then 50",
        ),
    ),
)  # fmt: skip
def test_orders_earn_by_a_rule_as_long_as_its_budget_lasts(
    db: Engine, rules: Sequence[Rule], told: Sequence[Order], points: Mapping[str, int], used: Mapping[str, int]
) -> None:
    ours = house(db, version(earn=rules))
    for each in (*told, *told):  # told again, nothing changes
        ours.settle("2026-02-01", each)

    buyers = {each.id: each.customer.id for each in told if each.customer is not None and each.customer.id is not None}
    assert {id: ours.settlement(buyers[id], f"order:{id}@").posted for id in points} == points
    pots = {RulePot("other") if name == "other" else RulePot("spring", name): total for name, total in used.items()}
    assert spent(ours) == pots
    assert (unsettled(ours), ours.breaches()) == ([], [])


def test_reviews_and_events_take_from_budgets_and_give_back_what_is_taken_back(db: Engine) -> None:
    of_reviews = ReviewRule(20, photo_points=10, budget=RuleBudget("reviews", 30))
    ours = house(db, version(earn=[of_reviews, EventRule("share", 5, budget=RuleBudget("shares", 8, Period.MONTH))]))
    ours.settle("2025-05-10", *(bought(id) for id in "abc"))
    ours.settle("2025-05-10", approved("r1", "a"))
    ours.settle("2025-05-10", approved("r2", "b"))
    ours.settle("2025-05-10", approved("r3", "c"))
    ours.settle("2025-05-10", *(shared(id) for id in "abc"))

    assert [ours.settlement(f"by-{by}", "review:").posted for by in "abc"] == [20, 10, 0]
    assert ours.settlement("by-c", "review:").reason == "BUDGET_USED_UP"
    assert [ours.settlement(f"by-{by}", "event:").posted for by in "abc"] == [5, 3, 0]
    assert ours.settlement("by-b", "event:").breakdown == [
        {"rule": "event", "event": "share", "amount": 3},
        {"rule": "budget", "of": "shares", "wanted": 5, "granted": 3, "budget": 8, "reason": "BUDGET_USED_UP"},
    ]

    ours.settle("2025-05-11", Gone(Thing.EVENT, "a", instant("2025-05-11")))
    ours.settle("2025-05-11", shared("d"), shared("e", "2025-06-02"))
    assert [ours.settlement(f"by-{by}", "event:").posted for by in "abcde"] == [0, 3, 0, 5, 5]
    assert spent(ours) == {RulePot("reviews"): 30, RulePot("shares", "2025-05"): 8, RulePot("shares", "2025-06"): 5}
    kept = ours.member("by-d")
    ours.merge("2025-05-12", "by-d", "by-b")
    assert [ours.settlement(kept, f"event:{id}@").posted for id in "bd"] == [3, 5]
    assert (unsettled(ours), ours.breaches()) == ([], [])


def test_a_campaign_multiplies_first_and_each_budget_is_kept(db: Engine) -> None:
    """100 points, doubled from a budget of 70, of a rule with a budget of 150: 100 + 70 are 170, of which 150 are."""
    may = Campaign("may", instant("2025-05-01"), instant("2025-06-01"), (2, 1), budget=70)
    ours = house(db, replace(version(earn=[a_point()]), campaigns=(may,)))
    ours.settle("2025-05-10", bought("a"))

    settled = ours.settlement("by-a", "order:a@")
    assert settled.posted == 150
    assert [part.get("granted") for part in settled.breakdown] == [None, 70, 150]
    assert spent(ours) == {"may": 70, RulePot("spring"): 150}


def test_of_a_page_of_orders_the_one_paid_first_takes_what_is_left_whatever_the_members_ids_are(db: Engine) -> None:
    ours = house(db, version(earn=[a_point()]))
    days = {"a": "2025-05-07", "b": "2025-05-05", "c": "2025-05-08", "d": "2025-05-06"}
    ours.settle("2025-05-10", *(bought(id, paid=day) for id, day in days.items()))

    assert {id: ours.settlement(f"by-{id}", f"order:{id}@").posted for id in days} == {
        "b": 100,
        "d": 50,
        "a": 0,
        "c": 0,
    }
    assert (spent(ours), unsettled(ours)) == ({RulePot("spring"): 150}, [])


def test_orders_of_many_at_once_never_get_more_together_than_there_is(postgres_engine: Engine) -> None:
    ours = house(postgres_engine, version(earn=[a_point()]))
    names = [f"o{n}" for n in range(6)]
    ours.join(*(f"by-{name}" for name in names))
    answers = at_once([lambda name=name: len(ours.settle("2025-05-10", bought(name))) for name in names])  # type: ignore[misc]

    assert answers == [1] * 6
    earned = [ours.settlement(f"by-{name}", f"order:{name}@").posted for name in names]
    assert sorted(earned) == [0] * 4 + [50, 100]
    assert (spent(ours), unsettled(ours), ours.breaches()) == ({RulePot("spring"): 150}, [], [])


# -- judged in turn, without a database --------------------------------------------------------------------------------

_PAID = st.tuples(
    st.integers(0, 2),
    st.integers(1, 28),
    st.sampled_from((0, 3000, 7000, 10000)),
    st.sampled_from((0, 2000, 9000)),
    st.booleans(),
)


def _promised(budget: int) -> Version:
    campaign = Campaign("may", instant("2025-05-01"), instant("2025-06-01"), (2, 1), budget=budget // 2 + 1)
    rules: list[Rule] = [
        a_point(budget=RuleBudget("spring", budget)),
        EventRule("share", 7, budget=RuleBudget("shares", budget)),
    ]
    return replace(version(earn=rules), campaigns=(campaign,))


def _histories(told: Sequence[tuple[int, int, int, int, bool]]) -> list[History]:
    """Three members with their orders, one a day, and a share beside some of them."""
    orders: dict[int, list[MemberOrder]] = {0: [], 1: [], 2: []}
    events: dict[int, list[MemberEvent]] = {0: [], 1: [], 2: []}
    for number, (member, day, cents, back, shares) in enumerate(told):
        paid = f"2025-05-{day:02}"
        refunds = (refund("2025-05-28T23", f"{min(back, cents) / 100:.2f}"),) if back else ()
        found = order(f"o{number}", paid=paid, lines=[line(f"{cents / 100:.2f}")], refunds=refunds)
        orders[member].append(MemberOrder("s1", found))
        if shares:
            events[member].append(MemberEvent("s1", f"e{number}", "share", instant(paid)))
    return [History(f"m{each}", tuple(orders[each]), events=tuple(events[each])) for each in orders]


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 300), st.lists(_PAID, max_size=6), st.lists(_PAID, max_size=4))
def test_no_budget_is_overspent_and_nobodys_place_among_the_members_matters(
    budget: int,
    first: list[tuple[int, int, int, int, bool]],
    later: list[tuple[int, int, int, int, bool]],
) -> None:
    ours = programme(_promised(budget))
    as_of = instant("2025-06-30")
    most = {"may": budget // 2 + 1, RulePot("spring"): budget, RulePot("shares"): budget}
    found = []
    for places in permutations(range(3)):
        kept: dict[object, dict[Pot, object]] = {}
        spent_so_far: dict[Pot, int] = {}
        for told in (first, first + later):
            histories = [_histories(told)[place] for place in places]
            _, changes = judge_in_turn(histories, ours, as_of, kept, spent_so_far)  # type: ignore[arg-type]
            kept |= {source: dict(grants) for source, grants in changes.items()}
            spent_so_far = {}
            for grants in kept.values():
                for pot, grant in grants.items():
                    spent_so_far[pot] = spent_so_far.get(pot, 0) + grant.used  # type: ignore[attr-defined]
            assert all(total <= most[pot] for pot, total in spent_so_far.items())
        found.append(kept)
    assert all(each == found[0] for each in found)
