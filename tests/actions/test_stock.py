"""Rewards of which there are only so many: all members share them, and what is given back is there again."""

from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from app.actions.conclude_redemption import code_is_gone, end_redemption
from app.db.tables import RedemptionRow, StockRow
from app.loyalty.effects import DiscountKind
from app.loyalty.ledger.books import Stage
from app.loyalty.publishing.offering import Abilities
from app.loyalty.terms.programme import Reward
from app.loyalty.terms.rewards import AmountOff, Percentage
from app.loyalty.terms.variable import Variable
from tests.actions.test_at_once import at_once
from tests.factories.facts import order
from tests.factories.houses import House, house
from tests.factories.programmes import version

NAMES = ("ada", "ben", "cas", "dot")


def stocked(db: Engine, stock: int) -> House:
    """Four members with 100 points each, and so many of a reward for 10."""
    ours = house(db, version(rewards=[Reward("r", 10, AmountOff(100), stock=stock, code_days=5)]))
    for name in NAMES:
        ours.settle("2025-02-01T13", order(f"o-{name}", "100.00", customer=name))
    return ours


def give_back(ours: House, now: str, key: str) -> None:
    with ours.unit(now) as scope:
        end_redemption(scope, key, Stage.RETURNED)
        code_is_gone(scope, key, Stage.RETURNED)


def test_of_twelve_who_ask_for_the_last_three_at_once_exactly_three_get_them(db: Engine) -> None:
    ours = stocked(db, 3)
    asks = [(name, f"{name}-{n}") for n in range(3) for name in NAMES]
    answers = at_once([lambda name=name, key=key: ours.redeem("2025-02-02", name, key).refused for name, key in asks])  # type: ignore[misc]
    assert Counter(answers) == {None: 3, "SOLD_OUT": 9}
    assert sum(ours.amounts(name)[2] for name in NAMES) == 30
    assert ours.breaches() == []
    with ours.reading() as scope:
        asked = scope.session.scalar(select(StockRow.amount).where(StockRow.programme_id == ours.programme_id))
    assert asked == 12


def test_a_refusal_says_how_many_there_were(db: Engine) -> None:
    ours = stocked(db, 1)
    ours.redeem("2025-02-02", "ada", "k1")
    answer = ours.redeem("2025-02-02", "ben", "k2")
    assert (answer.refused, dict(answer.numbers)) == ("SOLD_OUT", {"limit": 1, "used": 1})
    assert ours.amounts("ben") == (0, 100, 0, 0)


def test_what_is_given_back_or_runs_out_is_there_for_the_next(db: Engine) -> None:
    ours = stocked(db, 1)
    ours.redeem("2025-02-02", "ada", "k1")
    give_back(ours, "2025-02-03", "k1")
    assert ours.redeem("2025-02-03", "ben", "k2").refused is None
    assert ours.redeem("2025-02-04", "cas", "k3").refused == "SOLD_OUT"
    ours.tend("2025-02-09")  # five days after: ben's code has run out
    assert ours.redeem("2025-02-09", "cas", "k4").refused is None


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    stock=st.integers(0, 3),
    steps=st.lists(st.tuples(st.sampled_from(NAMES), st.booleans()), min_size=1, max_size=12),
)
def test_whatever_is_asked_and_given_back_there_are_never_more_out_than_there_are(
    db: Engine, stock: int, steps: list[tuple[str, bool]]
) -> None:
    ours = stocked(db, stock)
    out: list[str] = []
    for number, (name, returns) in enumerate(steps):
        key = f"k{number}"
        if returns and out:
            give_back(ours, "2025-02-02", out.pop(0))
            continue
        refused = ours.redeem("2025-02-02", name, key).refused
        assert refused == (None if len(out) < stock else "SOLD_OUT")
        out += [] if refused else [key]
    with ours.reading() as scope:
        held = scope.session.scalar(
            select(func.count())
            .select_from(RedemptionRow)
            .where(RedemptionRow.programme_id == ours.programme_id, RedemptionRow.state == "held")
        )
    assert held == len(out) <= stock


def test_chosen_points_are_held_and_their_worth_is_kept(db: Engine) -> None:
    chosen = Reward("r", 0, AmountOff(1), variable=Variable(10, None, 5, 1, 5))
    ours = house(db, version(rewards=[chosen]))
    ours.settle("2025-02-01T13", order(price="100.00"))
    assert ours.redeem("2025-02-02", "ada", "k1", points=45).refused is None
    row = ours.redemption("k1")
    assert (row.cost, row.value_minor, ours.amounts("ada")) == (45, 9, (0, 55, 45, 0))
    assert ours.redeem("2025-02-02", "ada", "k1", points=50).refused == "KEY_REUSED"


def test_a_shop_that_cannot_give_it_says_so_and_holds_nothing(db: Engine) -> None:
    ours = house(db, version(rewards=[Reward("r", 10, Percentage(1000), maximum_minor=500)]))
    ours.settle("2025-02-01T13", order(price="100.00"))
    plain = Abilities(frozenset(DiscountKind))
    answer = ours.redeem("2025-02-02", "ada", "k1", abilities=plain)
    assert (answer.refused, dict(answer.numbers)) == ("NOT_AT_THIS_SHOP", {"reward": "r", "need": "maximum_minor"})
    assert (
        ours.redeem("2025-02-02", "ada", "k2", abilities=Abilities(frozenset(DiscountKind), caps=True)).refused is None
    )
    assert ours.amounts("ada") == (0, 90, 10, 0)
