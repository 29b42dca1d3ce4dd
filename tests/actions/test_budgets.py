"""Budgets of money: whatever is asked, given, returned or chosen, what is out is never worth more."""

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from app.actions.conclude_redemption import code_is_gone, end_redemption
from app.actions.give_reward import give_reward
from app.db.tables import RedemptionRow
from app.loyalty.ledger.books import Stage
from app.loyalty.redeeming.redemptions import Ask
from app.loyalty.terms.programme import Reward
from app.loyalty.terms.rewards import AmountOff
from app.loyalty.terms.variable import Variable
from tests.actions.test_at_once import at_once
from tests.factories.facts import order
from tests.factories.houses import House, house
from tests.factories.programmes import version

NAMES = ("ada", "ben", "cas")
CHOSEN = Variable(10, None, 10, 100, 10)
"""Ten points are 1.00."""


def budgeted(db: Engine, budget: int) -> House:
    """Three members with 100 points each, and a reward of chosen points with a budget in minor units."""
    ours = house(db, version(rewards=[Reward("r", 0, AmountOff(1), variable=CHOSEN, budget_minor=budget)]))
    for name in NAMES:
        ours.settle("2025-02-01T13", order(f"o-{name}", "100.00", customer=name))
    return ours


def out(ours: House) -> int:
    """What is out and not given back, in minor units."""
    with ours.reading() as scope:
        total = scope.session.scalar(
            select(func.sum(RedemptionRow.value_minor)).where(
                RedemptionRow.programme_id == ours.programme_id, RedemptionRow.state != "given_back"
            )
        )
    return int(total or 0)


def test_of_all_who_ask_at_once_only_so_many_get_it_as_the_budget_pays(db: Engine) -> None:
    ours = budgeted(db, 500)
    asks = [(name, f"{name}-{n}") for n in range(3) for name in NAMES]
    answers = at_once(
        [lambda name=name, key=key: ours.redeem("2025-02-02", name, key, points=20).refused for name, key in asks]  # type: ignore[misc]
    )
    assert Counter(answers) == {None: 2, "OFFER_SPENT": 7}
    assert out(ours) == 400
    left = ours.redeem("2025-02-02", "ada", "more", points=20)
    assert dict(left.numbers) == {"have_minor": 100, "need_minor": 200, "missing_minor": 100}
    assert ours.redeem("2025-02-02", "ada", "less", points=10).refused is None
    assert ours.breaches() == []


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    budget=st.integers(0, 900),
    steps=st.lists(
        st.tuples(st.sampled_from(NAMES), st.sampled_from((10, 20, 50)), st.sampled_from(("ask", "give", "return"))),
        max_size=10,
    ),
)
def test_no_budget_is_ever_overspent(db: Engine, budget: int, steps: list[tuple[str, int, str]]) -> None:
    ours = budgeted(db, budget)
    held: list[str] = []
    for number, (name, points, what) in enumerate(steps):
        key = f"k{number}"
        if what == "return" and held:
            with ours.unit("2025-02-02") as scope:
                end_redemption(scope, held[0], Stage.RETURNED)
                code_is_gone(scope, held.pop(0), Stage.RETURNED)
        elif what == "give":
            request = ours.request(key, "gift", ours.member(name), reward="r", points=points)
            with ours.unit("2025-02-02") as scope:
                refused = give_reward(scope, ours.shop_id, request, Ask(key, key, "r", points)).refused
            held += [] if refused else [key]
        else:
            held += [] if ours.redeem("2025-02-02", name, key, points=points).refused else [key]
        assert out(ours) <= budget
