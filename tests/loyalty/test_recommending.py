"""What is named to somebody and by what evidence: counts worked by hand, and what is never named."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.loyalty.publishing.soundness import problems
from app.loyalty.redeeming.recommending import (
    Basket,
    GoesWith,
    Pair,
    Rhythm,
    RunsOut,
    Tally,
    basket,
    gaps,
    median,
    recommended,
)
from app.loyalty.terms.conditions import Goods
from app.loyalty.terms.recommending import Recommending
from tests.factories.facts import line, order, refund
from tests.factories.instants import instant
from tests.factories.programmes import version
from tests.loyalty.examples import many

NOW = instant("2025-06-01")
TERMS = Recommending(
    durable=Goods(products=("pot",), labels=("type:furniture",)), together_orders=3, together_percent=40, repeats=3
)


def had(day: str, *products: str, labels: tuple[str, ...] = ()) -> Basket:
    return Basket("s1", instant(day), dict.fromkeys(products, labels))


def test_a_basket_is_what_is_left_of_a_paid_order() -> None:
    lines = [line("10.00", "l1", "tea"), line("5.00", "l2", "cup"), line("9.00", "l3", None), line("0", "l4", "gift")]
    bought = order(lines=lines, refunds=[refund("2025-03-01", lines=[("l2", "5.00")])])
    assert basket("s1", bought, NOW) == had("2025-02-01", "tea")
    assert basket("s1", bought, instant("2025-02-02")) == had("2025-02-01", "tea", "cup")
    assert basket("s1", order(paid=None), NOW) is None
    assert basket("s1", order(cancelled="2025-02-03"), NOW) is None


def test_pairs_are_counted_over_orders_and_need_both_thresholds() -> None:
    """Tea is in five orders, three of them with a pot (60 %); the pot in seven, three with tea (42 %)."""
    tally = Tally()
    for _ in range(3):
        tally.take([had("2025-02-01", "tea", "pot"), had("2025-03-01", "pot")])
    tally.take([had("2025-02-01", "tea"), had("2025-02-02", "tea", "rare"), had("2025-02-03", "pot")])
    assert tally.found(TERMS) == [Pair("pot", "tea", 3, 7), Pair("tea", "pot", 3, 5)]
    strict = Recommending(together_orders=3, together_percent=50)
    assert tally.found(strict) == [Pair("tea", "pot", 3, 5)]
    assert tally.found(Recommending(together_orders=4, together_percent=1)) == []


def test_a_rhythm_is_the_median_of_the_whole_days_between_purchases() -> None:
    """Ada after 10, 20 and 30 days; ben after 40: of 10, 20, 30, 40 the smaller of the two in the middle."""
    tally = Tally()
    ada = [had(day, "tea") for day in ("2025-01-01", "2025-01-11", "2025-01-31", "2025-03-02")]
    tally.take([*reversed(ada), had("2025-03-02T15", "tea")])  # twice in a day is once
    tally.take([had("2025-01-01", "tea", "cup"), had("2025-02-10", "tea")])
    assert tally.rhythms(TERMS) == [Rhythm("tea", 20, 4)]
    assert tally.rhythms(Recommending(repeats=5)) == []


@many
@given(numbers=st.lists(st.integers(1, 50), min_size=1, max_size=30))
def test_the_median_is_the_smaller_middle_of_the_sorted_numbers(numbers: list[int]) -> None:
    assert median(Counter(numbers)) == sorted(numbers)[(len(numbers) - 1) // 2]


# fmt: off
RUNNING: tuple[tuple[str, tuple[str, ...], tuple[int, int, int, int] | None], ...] = (
    # bought by ada last before 1 June             ago, days, own, repeats
    ("own rhythm of 30 days, due on 4 June",       ("2025-04-05", "2025-05-05"), (27, 30, 1, 1)),
    ("one day earlier it is not named yet",        ("2025-04-06", "2025-05-06"), None),
    ("own rhythm, late by less than one rhythm",   ("2025-03-04", "2025-04-03"), (59, 30, 1, 1)),
    ("late by a whole rhythm: wanted no more",     ("2025-03-03", "2025-04-02"), None),
    ("bought once: the shop's rhythm of 20 days",  ("2025-05-12",), (20, 20, 0, 9)),
    ("bought once and too early",                  ("2025-05-20",), None),
)
# fmt: on


@pytest.mark.parametrize(("days", "told"), [row[1:] for row in RUNNING], ids=[row[0] for row in RUNNING])
def test_what_runs_out_is_named_around_its_day(days: Sequence[str], told: tuple[int, int, int, int] | None) -> None:
    found = recommended(TERMS, [had(day, "tea") for day in days], [], {"tea": Rhythm("tea", 20, 9)}, NOW)
    assert found == ((RunsOut("tea", *told),) if told else ())


def test_durable_goods_are_named_neither_again_nor_beside_what_is_owned() -> None:
    pairs = [Pair("tea", "pot", 9, 10), Pair("tea", "cup", 5, 10), Pair("pot", "cup", 6, 10), Pair("tea", "mat", 5, 10)]
    mine = [had("2025-05-12", "tea", "pot"), had("2025-05-12", "sofa", labels=("type:furniture",))]
    rhythms = {name: Rhythm(name, 20, 9) for name in ("pot", "sofa")}
    found = recommended(TERMS, mine, pairs, rhythms, NOW)
    assert found == (GoesWith("cup", "pot", 6, 10), GoesWith("mat", "tea", 5, 10))
    assert recommended(TERMS, [had("2025-05-12", "tea")], pairs, {}, NOW)[0] == GoesWith("pot", "tea", 9, 10)
    assert recommended(TERMS, [], pairs, rhythms, NOW) == ()


PRODUCTS = ("tea", "pot", "cup", "mat")
BASKETS = st.lists(
    st.builds(
        lambda day, goods: had(f"2025-{4 + day // 28:02}-{1 + day % 28:02}", *goods),
        st.integers(0, 55),
        st.lists(st.sampled_from(PRODUCTS), min_size=1, max_size=3, unique=True),
    ),
    max_size=6,
)


@many
@given(mine=BASKETS, others=st.lists(BASKETS, max_size=4), data=st.data())
def test_no_owned_durable_is_ever_named_and_the_order_of_hearing_changes_nothing(
    mine: list[Basket], others: list[list[Basket]], data: st.DataObject
) -> None:
    terms = Recommending(durable=Goods(products=("pot",)), together_orders=1, together_percent=1, repeats=1, shown=3)

    def named(own: list[Basket], all_of: list[list[Basket]]) -> object:
        tally = Tally()
        for one in all_of:
            tally.take(one)
        rhythms = {each.product: each for each in tally.rhythms(terms)}
        return recommended(terms, own, tally.found(terms), rhythms, NOW)

    found = named(mine, [mine, *others])
    owned = {product for each in mine for product in each.goods}
    assert isinstance(found, tuple)
    assert len(found) <= 3
    for one in found:
        if isinstance(one, GoesWith):
            assert (one.product in owned, one.bought in owned, 1 <= one.together <= one.orders) == (False, True, True)
        else:
            assert one.product in owned - {"pot"}
    shuffled = data.draw(st.permutations([data.draw(st.permutations(one)) for one in (mine, *others)]))
    assert named(data.draw(st.permutations(mine)), [list(one) for one in shuffled]) == found


def test_a_gap_needs_two_days() -> None:
    assert gaps([had("2025-02-01", "tea"), had("2025-02-01T15", "tea")]) == {}


def test_counts_that_tell_of_somebodys_own_order_are_not_asked_for() -> None:
    wrong = Recommending(Goods(), together_orders=2, together_percent=101, repeats=0)
    found = [
        (".".join(map(str, problem.path)), problem.code) for problem in problems(replace(version(), recommend=wrong))
    ]
    assert found == [
        ("recommend.repeats", "TOO_SMALL"),
        ("recommend.together_orders", "TOO_SMALL"),
        ("recommend.together_percent", "TOO_LARGE"),
        ("recommend.durable", "EMPTY"),
    ]
