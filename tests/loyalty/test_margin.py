"""No code is promised that could leave less of an order than the floor: worked by hand, and held for every order."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.files.sentences import sentence
from app.loyalty.publishing.soundness import problems
from app.loyalty.terms.conditions import Goods
from app.loyalty.terms.costs import Cost, costs
from app.loyalty.terms.margin import Breach, GoodsMargin, MarginGuard, breach, takes_off
from app.loyalty.terms.programme import FriendReward, Reward, Version
from app.loyalty.terms.rewards import (
    AmountOff,
    CodeGift,
    Donation,
    FreeProduct,
    FreeShipping,
    GiftCard,
    Percentage,
    StoreCredit,
)
from app.loyalty.terms.variable import Variable
from tests.factories.programmes import version
from tests.loyalty.examples import many

GUARD = MarginGuard(4000, 1500, (GoodsMargin(Goods(labels=("type:books",)), 3500),), shipping_minor=500)
"""Books leave the least, 35 %; 15 % must stay: a code may take off 20 % of an order."""
CHOSEN = Variable(100, 1000, 100, 100, 100)


def needs(minimum: int) -> Breach:
    return Breach("NEEDS_MINIMUM", minimum_minor=minimum)


# fmt: off
TABLE: tuple[tuple[Reward, Breach | None], ...] = (
    (Reward("r", 1, AmountOff(500), minimum_minor=2500), None),              # 5.00 of 25.00 are 20 %
    (Reward("r", 1, AmountOff(500), minimum_minor=2499), needs(2500)),
    (Reward("r", 1, AmountOff(501)), needs(2505)),
    (Reward("r", 1, FreeProduct("p", 1200), minimum_minor=5999), needs(6000)),
    (Reward("r", 1, FreeShipping(), minimum_minor=2500), None),              # a parcel costs 5.00
    (Reward("r", 1, FreeShipping()), needs(2500)),
    (Reward("r", 1, Percentage(2000)), None),
    (Reward("r", 1, Percentage(2001)), Breach("ABOVE_MARGIN", basis_points=2000)),
    (Reward("r", 1, Percentage(5000), minimum_minor=5000, maximum_minor=1000), None),
    (Reward("r", 1, Percentage(5000), minimum_minor=4999, maximum_minor=1000), needs(5000)),
    (Reward("r", 0, AmountOff(1), variable=CHOSEN), needs(5000)),            # at most 1000 points are 10.00
    (Reward("r", 0, AmountOff(1), variable=replace(CHOSEN, maximum=None)), Breach("NEEDS_MAXIMUM")),
    (Reward("r", 1, StoreCredit(900)), None),
    (Reward("r", 1, GiftCard(900)), None),
    (Reward("r", 1, Donation("trees", 900)), None),
)
# fmt: on


@pytest.mark.parametrize(("reward", "found"), TABLE)
def test_a_code_is_held_against_the_thinnest_margin_and_the_smallest_order(
    reward: Reward, found: Breach | None
) -> None:
    assert breach(reward.gives, reward.minimum_minor, GUARD, reward.variable, reward.maximum_minor) == found


GIFTS = st.one_of(
    st.builds(AmountOff, st.integers(1, 5000)),
    st.builds(Percentage, st.integers(1, 10_000)),
    st.builds(FreeProduct, st.just("p"), st.integers(1, 5000)),
    st.just(FreeShipping()),
)


@many
@given(
    gift=GIFTS,
    minimum=st.integers(0, 20_000),
    cap=st.none() | st.integers(1, 3000),
    margins=st.lists(st.integers(1, 9000), min_size=1, max_size=3),
    share=st.integers(0, 9999),
    shipping=st.integers(0, 900),
    above=st.integers(0, 50_000),
)
def test_what_is_promised_never_leaves_less_than_the_floor(
    gift: CodeGift, minimum: int, cap: int | None, margins: list[int], share: int, shipping: int, above: int
) -> None:
    """Where the guard objects, what it says would do is done."""
    floor = min(margins) * share // 10_000
    some = tuple(GoodsMargin(Goods(products=("x",)), each) for each in margins[1:])
    guard = MarginGuard(margins[0], floor, some, shipping)
    maximum = cap if isinstance(gift, Percentage) else None
    assert guard.room > 0
    found = breach(gift, minimum, guard, None, maximum)
    if found and found.basis_points:
        gift = Percentage(found.basis_points)
    elif found and found.minimum_minor:
        minimum = found.minimum_minor
    assert breach(gift, minimum, guard, None, maximum) is None
    total = max(1, minimum + above)
    off = takes_off(gift, None, maximum, guard)
    if isinstance(gift, Percentage):
        part = total * gift.basis_points // 10_000
        off = part if off is None else min(part, off)
    assert off is not None
    left = Fraction(total * min(margins), 10_000) - off
    assert left >= Fraction(total * floor, 10_000)


def told(promised: Version) -> list[tuple[str, str]]:
    return [(".".join(map(str, problem.path)), problem.code) for problem in problems(promised)]


def test_a_version_that_would_sell_under_the_floor_is_not_published_and_says_what_would_do() -> None:
    rewards = [Reward("a", 1, AmountOff(500)), Reward("b", 1, Percentage(3000)), Reward("c", 1, Percentage(2000))]
    friend = FriendReward(AmountOff(1000), minimum_minor=4000)
    promised = replace(version(rewards=rewards), margin=GUARD, friend_reward=friend)
    found = problems(promised)
    too_small = (
        "is too small an order for what is taken off: under the margins given it would be sold below the floor; make it"
    )
    assert [sentence(promised, problem, "EUR") for problem in found] == [
        f"rewards[0].minimum {too_small} 25.00 EUR or more.",
        "rewards[1].gives takes off more than the margins leave; take off 2000 basis points or less.",
        f"friend_reward.minimum {too_small} 50.00 EUR or more.",
    ]
    assert told(replace(promised, margin=replace(GUARD, floor_basis_points=3500))) == [
        ("margin.floor_basis_points", "NO_ROOM")
    ]
    assert told(replace(version(), margin=replace(GUARD, some=(GoodsMargin(Goods(), 1),)))) == [
        ("margin.some.0.goods", "EMPTY"), ("margin.floor_basis_points", "NO_ROOM"),
    ]  # fmt: skip


def test_what_rewards_cost_is_worked_out() -> None:
    rewards = (
        Reward("five", 100, AmountOff(500), minimum_minor=2500),
        Reward("mug", 300, FreeProduct("p", 1200), minimum_minor=6000),
        Reward("ten", 200, Percentage(1000)),
        Reward("card", 400, GiftCard(2000)),
        Reward("any", 0, AmountOff(1), variable=CHOSEN),
    )
    assert list(costs(rewards, GUARD)) == [
        Cost("five", 100, 500, 2500, 1500),
        Cost("mug", 300, 720, 6000, 1500),  # what the shop pays for it, at the usual 40 %
        Cost("ten", 200, None, 0, 2500),
        Cost("card", 400, 2000, 0, None),
        Cost("any", 100, 1000, 0, None),
    ]


def test_a_budget_needs_a_worth_that_ends() -> None:
    fine = [
        Reward("a", 1, AmountOff(5), budget_minor=0),
        Reward("b", 1, Percentage(5), maximum_minor=9, budget_minor=9),
    ]
    assert told(version(rewards=fine)) == []
    assert told(version(rewards=[Reward("a", 1, Percentage(5), budget_minor=9)])) == [("rewards.0", "CANNOT_OFFER")]
