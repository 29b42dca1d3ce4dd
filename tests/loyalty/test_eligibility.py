"""Who may have a reward when: one table of askings, hand-worked, and what every refusal says is missing."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.loyalty.effects import DiscountKind
from app.loyalty.errors import LoyaltyError
from app.loyalty.publishing.offering import Abilities, faults, missing
from app.loyalty.publishing.soundness import problems
from app.loyalty.redeeming.eligibility import Asker, check
from app.loyalty.terms.programme import Level, Reward, Version
from app.loyalty.terms.rewards import AmountOff, FreeShipping, Percentage
from app.loyalty.terms.variable import Variable
from tests.factories.facts import order
from tests.factories.instants import instant
from tests.factories.programmes import ladder, programme, version
from tests.loyalty.notebook import Notebook

NOW = "2025-03-10T12"
TIERS = ladder(Level("silver", 5000), Level("gold", 20000))
CHOSEN = Variable(minimum=20, maximum=60, step=10, value_minor=5, per_points=10)
NOBODY = Asker("silver", instant("2025-02-01T12"))
"""Silver since 37 days; there is no stock taken."""


def offered(**terms: Any) -> Version:  # noqa: ANN401 - whatever a reward takes
    return version(tiers=TIERS, rewards=[Reward("r", 30, AmountOff(300), **terms)])


def rich(promised: Version) -> Notebook:
    """Ada has 100 points at NOW."""
    book = Notebook(programme(promised))
    book.tell("2025-02-01T13", order(price="100.00"))
    return book


# fmt: off
TABLE: tuple[tuple[dict[str, Any], Asker, tuple[str, dict[str, object]] | None], ...] = (
    # terms of a reward for 30 of 100 points        the asker                      refusal and its numbers
    ({},                                            NOBODY,                        None),
    ({"level": "gold", "stock": 0},                 NOBODY,                        ("TIER_TOO_LOW", {"need": "gold"})),
    ({"opens_at": instant("2025-03-10T12")},        NOBODY,                        None),
    ({"opens_at": instant("2025-03-10T12:00:01")},  NOBODY,
     ("NOT_YET_OPEN", {"opens_at": "2025-03-10T12:00:01Z"})),
    ({"closes_at": instant("2025-03-10T12:00:01")}, NOBODY,                        None),
    ({"closes_at": instant("2025-03-10T12")},       NOBODY,
     ("OFFER_CLOSED", {"closed_at": "2025-03-10T12:00:00Z"})),
    ({"levels": ("silver",)},                       NOBODY,                        None),
    ({"levels": ("silver",)},                       replace(NOBODY, level="gold"),
     ("TIER_NOT_LISTED", {"need": "silver"})),
    ({"levels": ("silver", "gold")},                replace(NOBODY, level=None),
     ("TIER_NOT_LISTED", {"need": "silver,gold"})),
    ({"member_days": 37},                           NOBODY,                        None),
    ({"member_days": 38},                           NOBODY,
     ("MEMBER_TOO_NEW", {"have_days": 37, "need_days": 38, "missing_days": 1})),
    ({"member_days": 1},                            Asker(),
     ("MEMBER_TOO_NEW", {"have_days": 0, "need_days": 1, "missing_days": 1})),
    ({"stock": 3},                                  replace(NOBODY, taken=2),      None),
    ({"stock": 3},                                  replace(NOBODY, taken=3),
     ("SOLD_OUT", {"limit": 3, "used": 3})),
    ({"stock": 3},                                  replace(NOBODY, taken=5),
     ("SOLD_OUT", {"limit": 3, "used": 5})),
)
# fmt: on


@pytest.mark.parametrize(("terms", "asker", "refused"), TABLE)
def test_who_may_have_it(terms: dict[str, Any], asker: Asker, refused: tuple[str, dict[str, object]] | None) -> None:
    promised = offered(**terms)
    book = rich(promised)
    if refused is None:
        assert check(book.books, promised, "r", asker, instant(NOW)).id == "r"
        return
    with pytest.raises(LoyaltyError) as caught:
        check(book.books, promised, "r", asker, instant(NOW))
    assert (caught.value.code, caught.value.numbers()) == refused


def test_what_the_format_checks_is_checked_first() -> None:
    """Unknown, then the tier, then the points; only then what a merchant added."""
    promised = offered(level="gold", stock=0, opens_at=instant("2030-01-01"), limit=1)
    poor = Notebook(programme(promised))
    codes = []
    for level, given_points in ((None, 0), ("gold", 0), ("gold", 30)):
        if given_points:
            poor.tell("2025-03-01", order(price="30.00"))
        with pytest.raises(LoyaltyError) as caught:
            check(poor.books, promised, "r", Asker(level), instant(NOW))
        codes.append(caught.value.code)
    assert codes == ["TIER_TOO_LOW", "INSUFFICIENT_POINTS", "NOT_YET_OPEN"]


def refusal(book: Notebook, now: str, key: str, points: int | None = None) -> tuple[str, dict[str, object]] | None:
    """Ask for the reward; None where it was given."""
    try:
        book.redeem(now, key, points=points)
    except LoyaltyError as error:
        return (error.code, dict(error.numbers()))
    return None


def test_a_member_has_it_so_often_and_what_was_given_back_does_not_count() -> None:
    book = rich(offered(limit=2))
    assert refusal(book, "2025-03-01", "k1") is None
    assert refusal(book, "2025-03-02", "k2") is None
    assert refusal(book, "2025-03-03", "k3") == ("LIMIT_REACHED", {"limit": 2, "used": 2})
    book.give_back("2025-03-04", "k1")
    assert refusal(book, "2025-03-05", "k4") is None


def test_so_often_in_any_number_of_days_says_when_there_is_one_more() -> None:
    book = rich(offered(limit=1, limit_days=7))
    assert refusal(book, "2025-03-01T10", "k1") is None
    assert refusal(book, "2025-03-08T09:59:59", "k2") == (
        "LIMIT_REACHED", {"limit": 1, "used": 1, "opens_at": "2025-03-08T10:00:00Z"},
    )  # fmt: skip
    assert refusal(book, "2025-03-08T10", "k3") is None


# points asked of 100, at 5 minor units per 10 points, from 20 to 60 by 10
CHOICES = (
    (20, 10, None),
    (60, 30, None),
    (30, 15, None),
    (None, 0, ("POINTS_NOT_OFFERED", {"minimum": 20, "step": 10, "maximum": 60})),
    (10, 0, ("POINTS_NOT_OFFERED", {"minimum": 20, "step": 10, "maximum": 60})),
    (25, 0, ("POINTS_NOT_OFFERED", {"minimum": 20, "step": 10, "maximum": 60})),
    (70, 0, ("POINTS_NOT_OFFERED", {"minimum": 20, "step": 10, "maximum": 60})),
    (110, 0, ("INSUFFICIENT_POINTS", {"have": 100, "need": 110, "missing": 10})),
)


@pytest.mark.parametrize(("points", "value", "refused"), CHOICES)
def test_the_shopper_chooses_how_many_points(
    points: int | None, value: int, refused: tuple[str, dict[str, object]] | None
) -> None:
    book = rich(offered(variable=CHOSEN))
    assert refusal(book, NOW, "k1", points) == refused
    if refused is None:
        assert points is not None
        one = book.redemption("k1")
        assert (one.cost, one.value_minor, sum(part.amount for part in one.parts)) == (points, value, points)
        assert book.books.available == 100 - points


@given(
    minimum=st.integers(1, 500), step=st.integers(1, 500), value=st.integers(1, 400), per=st.integers(1, 400),
    times=st.integers(0, 50),
)  # fmt: skip
def test_what_is_exact_is_worth_the_same_together_as_apart(
    minimum: int, step: int, value: int, per: int, times: int
) -> None:
    terms = Variable(minimum, None, step, value, per)
    points = minimum + times * step
    assert terms.checked(points) == points
    if terms.is_exact:
        assert terms.value(points) * per == points * value
        assert terms.value(points) == terms.value(minimum) + times * terms.value(step)


def week(days: int) -> datetime:
    return instant("2025-01-01") + timedelta(days=days)


@pytest.mark.parametrize(
    ("reward", "why"),
    (
        (Reward("r", -1), "COST_BELOW_ZERO"),
        (Reward("r", 1, AmountOff(5), maximum_minor=500), "MAXIMUM_WITHOUT_PERCENTAGE"),
        (Reward("r", 1, Percentage(1000), maximum_minor=0), "MAXIMUM_NOT_ABOVE_ZERO"),
        (Reward("r", 1, limit=0), "LIMIT_NOT_ABOVE_ZERO"),
        (Reward("r", 1, limit_days=3), "DAYS_WITHOUT_LIMIT"),
        (Reward("r", 1, stock=-1), "STOCK_BELOW_ZERO"),
        (Reward("r", 1, opens_at=week(7), closes_at=week(7)), "CLOSES_BEFORE_IT_OPENS"),
        (Reward("r", 1, level="platinum"), "UNKNOWN_TIER"),
        (Reward("r", 1, levels=("gold", "platinum")), "UNKNOWN_TIER"),
        (Reward("r", 1, FreeShipping(), variable=CHOSEN), "NO_SUM_TO_CHOOSE"),
        (Reward("r", 1, AmountOff(1), variable=Variable(10, None, 5, 1, 10)), "AMOUNTS_NOT_EXACT"),
        (Reward("r", 1, AmountOff(1), variable=Variable(20, 10, 10, 1, 10)), "AMOUNTS_NOT_EXACT"),
    ),
)
def test_terms_that_cannot_be_kept_are_not_published(reward: Reward, why: str) -> None:
    assert list(faults(version(tiers=TIERS, rewards=[reward]))) == [(0, why)]
    assert problems(version(tiers=TIERS, rewards=[reward])) != []


def test_two_rewards_of_one_id_are_not_published() -> None:
    assert list(faults(version(rewards=[Reward("r", 1), Reward("r", 2)]))) == [(1, "ID_TWICE")]


def test_a_maximum_is_promised_only_where_a_platform_can_keep_it() -> None:
    """Neither platform's percentage codes have one, so such a reward is refused there rather than given without it."""
    capped = Reward("r", 10, Percentage(1000), maximum_minor=500)
    everything = frozenset(DiscountKind)
    assert missing(capped, Abilities(everything, caps=False)) == "maximum_minor"
    assert missing(capped, Abilities(everything, caps=True)) is None
    promised = version(rewards=[capped])
    assert list(faults(promised, [Abilities(everything)])) == [(0, "NO_SHOP_CAN:maximum_minor")]
    assert list(faults(promised, [Abilities(everything), Abilities(everything, caps=True)])) == []
