"""Segments: one table a kind of condition, worked by hand, and scores that everybody can recount."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.loyalty.facts import Order, Place
from app.loyalty.judging.earning import judge
from app.loyalty.members.history import History, MemberOrder, MemberSignUp
from app.loyalty.members.shopping import shopper_now
from app.loyalty.publishing.soundness import problems
from app.loyalty.terms.campaigns import Campaign
from app.loyalty.terms.conditions import Goods, Orders
from app.loyalty.terms.programme import Level, Reward, Version
from app.loyalty.terms.segments import (
    GROUPS,
    Among,
    Answered,
    Bought,
    Condition,
    Frequency,
    Group,
    Joined,
    Located,
    Points,
    Recency,
    Score,
    Scores,
    Segment,
    Shopper,
    Spending,
    Standing,
    Tagged,
    Tier,
    belongs,
    lacking,
)
from app.loyalty.terms.segments.scales import Census, cuts, measured, score
from app.loyalty.terms.segments.standing import group_of
from tests.factories.facts import line, order, refund
from tests.factories.instants import instant
from tests.factories.programmes import HOME, ladder, programme, version
from tests.loyalty.examples import many

NOW = "2025-06-01"
TEA = replace(line("30.00", "l1", "p1"), labels=("category:tea",))
CUP = replace(line("12.00", "l2", "p2"), labels=("category:cups",))
CUP_BACK = refund("2025-05-25", lines=[("l2", "12.00")])
TILL = replace(order("o3", paid="2025-05-22", lines=(TEA, CUP), refunds=[CUP_BACK]), channel="pos", tags=("gift",))
BOUGHT = (
    order("o1", "10.00", "2025-01-02"),
    order("o2", "20.00", "2025-03-02T11:59:59"),
    TILL,
    order("o4", "99.00", "2025-05-30", refunds=[refund("2025-05-31", "99.00")]),
    order("o5", "50.00", "2025-05-31", cancelled="2025-05-31T13"),
    order("o6", "70.00", None),
)
"""Three purchases are left on 1 June: 10.00 of 150 days before, 20.00 of 91, and 30.00 of ten, its cup given back."""


ONTARIO = Place("CA", "ON")
ANSWERS = (
    Answered("nps", 3, instant("2025-05-31")), Answered("nps", 10, instant("2025-04-01")),
    Answered("csat", 5, instant("2025-06-02")),
)  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "place", "tags", "holds"),
    (
        # Ada lives in Ontario; the shop has tagged her VIP and given her a role.
        pytest.param(Located(("CA", "US")), ONTARIO, (), True, id="one of the countries"),
        pytest.param(Located(("US",)), ONTARIO, (), False, id="none of the countries"),
        pytest.param(Located(regions=("CA-QC", "CA-ON")), ONTARIO, (), True, id="one of the regions"),
        pytest.param(Located(regions=("US-ON",)), ONTARIO, (), False, id="a region of another country"),
        pytest.param(Located(("JP",), ("CA-ON",)), ONTARIO, (), True, id="a country or a region"),
        pytest.param(Located(("CA",)), Place("CA"), (), True, id="a country without a region"),
        pytest.param(Located(regions=("CA-ON",)), Place("CA"), (), False, id="no region told"),
        pytest.param(Located(("CA",)), None, (), False, id="nothing told of a place"),
        pytest.param(Tagged(("vip",)), None, ("VIP", "role:wholesale"), True, id="a tag, in whatever case"),
        pytest.param(Tagged(("gold", "role:wholesale")), None, ("VIP", "role:wholesale"), True, id="one of the tags"),
        pytest.param(Tagged(("vi",)), None, ("VIP",), False, id="a part of a tag is none"),
        pytest.param(Tagged(("vip",)), None, (), False, id="no tags"),
    ),
)
def test_a_place_and_tags_are_what_the_shop_says_of_a_customer(
    condition: Located | Tagged, place: Place | None, tags: tuple[str, ...], *, holds: bool
) -> None:
    told = Shopper(instant(NOW), place=place, tags=frozenset(tags))
    assert condition.look(told).holds is holds
    assert belongs(Segment("s", (condition,)), told, {}) is holds
    assert belongs(Segment("s", none=(condition,)), told, {}) is not holds


def ada(orders: Sequence[Order] = BOUGHT, at: str = NOW) -> Shopper:
    told = tuple(MemberOrder("s1", one) for one in orders)
    history = History("ada", told, sign_up=MemberSignUp("s1", instant("2025-01-01")))
    return replace(
        shopper_now(history, programme(), instant(at), level="gold", points=60), scores=Scores(5, 3, 3), answers=ANSWERS
    )


def in_it(*conditions: Condition, shopper: Shopper | None = None) -> bool:
    return belongs(Segment("s", conditions), shopper or ada(), {})


# fmt: off
TABLE: tuple[tuple[Condition, bool], ...] = (
    (Recency(most_days=10), True),                          # exactly ten days are ten
    (Recency(most_days=9), False),                          # what was refunded or cancelled is no purchase
    (Recency(least_days=10), True),
    (Recency(least_days=11), False),
    (Frequency(3, 3), True),
    (Frequency(4), False),
    (Frequency(1, 1, days=90), True),                       # 91 days ago is not within 90
    (Frequency(2, 2, days=92), True),
    (Frequency(0, 0, days=10), True),                       # exactly ten days ago is no longer within ten
    (Spending(6000, 6000), True),                           # 10 + 20 + 30
    (Spending(6001), False),
    (Spending(3000, 3000, days=30), True),
    (Points(60, 60), True),
    (Points(61), False),
    (Tier(("gold", "silver")), True),
    (Tier(("silver",)), False),
    (Joined(151, 151), True),
    (Joined(most_days=150), False),
    (Bought(Goods(labels=("category:tea",))), True),
    (Bought(Goods(labels=("category:cups",))), False),      # bought and given back
    (Bought(Goods(labels=("category:cups",)), least=0, most=0), True),
    (Bought(Goods(products=("p1",)), least=3), True),
    (Bought(orders=Orders(channels=("pos",), tags=("gift",))), True),
    (Bought(orders=Orders(channels=("pos",)), least=2), False),
    (Bought(Goods(products=("p1",)), least=2, most=2, days=92), True),
    (Score("nps", most=6), True),                           # the latest answer counts: 3 of 31 May
    (Score("nps", 7), False),
    (Score("nps", 9, days=300), False),
    (Score("csat"), False),                                 # answered only later
    (Score("nps", 3, 3, days=1), False),                    # exactly a day ago is no longer within one
    (Standing((Group.PROMISING,)), True),                   # latest fifth, middle strength
    (Standing((Group.CHAMPIONS, Group.LOST)), False),
    (Standing(recency=(4, 5), value=(3, 3)), True),
    (Standing(frequency=(4, 5)), False),
)
# fmt: on


@pytest.mark.parametrize(("condition", "holds"), TABLE, ids=repr)
def test_a_condition_is_judged_by_what_is_left_of_the_purchases_at_the_instant(
    condition: Condition, *, holds: bool
) -> None:
    assert in_it(condition) is holds


def test_a_past_instant_is_judged_by_what_was_dated_by_then() -> None:
    """On 31 May at noon the fourth order is given back and the fifth just paid."""
    assert in_it(Frequency(4, 4), Spending(11000, 11000), shopper=ada(at="2025-05-31"))
    assert in_it(Spending(15900, 15900), shopper=ada(at="2025-05-30T13"))


def test_who_never_bought_is_in_no_recency_but_in_a_frequency_of_nothing() -> None:
    nobody = replace(ada(()), scores=None)
    assert not in_it(Recency(), shopper=nobody)
    assert not in_it(Standing(), shopper=nobody)
    assert in_it(Frequency(most=0), Bought(least=0, most=0), shopper=nobody)


def test_all_any_none_and_segments_of_segments() -> None:
    known = {
        "gold": Segment("gold", (Tier(("gold",)),)),
        "mixed": Segment("mixed", (Among("gold"),), (Frequency(9), Spending(1)), (Points(100),)),
        "other": Segment("other", none=(Among("mixed"),)),
    }
    shopper = ada()
    assert [belongs(known[name], shopper, known) for name in known] == [True, True, False]
    rich = replace(shopper, points=100)
    assert [belongs(known[name], rich, known) for name in known] == [True, False, True]
    assert lacking(known["mixed"], replace(shopper, level=None), known) is not None


@pytest.mark.parametrize(
    ("segment", "told"),
    (
        (Segment("s", (Tier(("gold",)), Frequency(5))), ("frequency", {"have": 3, "need": 5, "missing": 2})),
        (Segment("s", (Spending(10_000),)), ("spending", {"have": 6000, "need": 10000, "missing": 4000})),
        (Segment("s", (Recency(most_days=7),)), ("recency", {"have": 10, "most": 7})),
        (Segment("s", (Tier(("silver",)),)), ("tier", {})),
        (Segment("s", any=(Points(99), Frequency(9))), ("points", {"have": 60, "need": 99, "missing": 39})),
        (Segment("s", none=(Frequency(1),)), ("none", {})),
    ),
)
def test_what_keeps_somebody_out_is_told_with_what_is_missing(segment: Segment, told: object) -> None:
    found = lacking(segment, ada(), {})
    assert found is not None
    assert (found[0], found[1].numbers()) == told


CONDITIONS = st.sampled_from([condition for condition, _ in TABLE])
SETS = st.lists(CONDITIONS, max_size=3).map(tuple)


@many
@given(everything=SETS, some=SETS, nothing=SETS)
def test_somebody_is_in_exactly_if_nothing_is_lacking(
    everything: tuple[Condition, ...], some: tuple[Condition, ...], nothing: tuple[Condition, ...]
) -> None:
    segment, shopper = Segment("s", everything, some, nothing), ada()
    plainly = (
        all(in_it(one) for one in everything)
        and (not some or any(in_it(one) for one in some))
        and not any(in_it(one) for one in nothing)
    )
    assert belongs(segment, shopper, {}) is plainly
    assert (lacking(segment, shopper, {}) is None) is plainly


# -- scores ------------------------------------------------------------------------------------------------------------


def test_scores_of_ten_members_worked_by_hand() -> None:
    values = [10, 20, 20, 20, 50, 60, 70, 70, 70, 100]
    marks = cuts(values)
    # A fifth of ten are two. Smaller than 20 is one member (no whole fifth), than 50 four, than 70 six, than 100 nine.
    assert [score(value, marks) for value in values] == [1, 1, 1, 1, 3, 3, 4, 4, 4, 5]
    assert cuts([]) == ()


@many
@given(values=st.lists(st.integers(-5, 40), min_size=1, max_size=60))
def test_a_score_is_one_more_than_the_fifths_of_members_with_less(values: list[int]) -> None:
    marks = cuts(values)
    for value in values:
        fewer = sum(1 for other in values if other < value)
        assert score(value, marks) == 1 + 5 * fewer // len(values)


def test_every_pair_of_scores_belongs_to_exactly_one_group() -> None:
    for recency, strength in product(range(1, 6), repeat=2):
        fitting = [
            group
            for group, (last, weight) in GROUPS.items()
            if last[0] <= recency <= last[1] and weight[0] <= strength <= weight[1]
        ]
        assert fitting == [group_of(Scores(recency, strength, strength))]
    assert set(GROUPS) == set(Group)


def test_a_census_counts_buyers_only() -> None:
    census = Census()
    census.take(ada())
    census.take(replace(ada(()), scores=None))
    scales = census.scales()
    assert scales.scores(measured(ada())) == Scores(1, 1, 1)
    assert scales.scores(measured(ada(()))) is None


# -- campaigns for a segment -------------------------------------------------------------------------------------------

SECOND = Segment("again", (Frequency(1, 1), Tier(("silver",))))


def for_segment(segment: Segment) -> Version:
    made = Campaign("c", instant("2025-01-01T00"), instant("2025-12-01"), (2, 1), segment=segment.id)
    tiers = ladder(Level("silver", 1000))
    return replace(version(tiers=tiers), campaigns=(made,), segments=(segment,))


def due(segment: Segment, orders: Sequence[Order]) -> dict[str, int]:
    told = History("ada", tuple(MemberOrder("s1", one) for one in orders))
    judged = judge(told, programme(for_segment(segment), shops=(HOME,)), instant("2026-01-01"))
    return {source.text(): found.amount for source, found in judged.dues.items()}


def test_a_campaign_is_for_who_is_in_its_segment_as_the_order_is_paid_by_the_orders_before() -> None:
    orders = [order(f"o{n}", "10.00", f"2025-02-0{n}") for n in (1, 2, 3)]
    found = due(SECOND, orders)
    assert sorted(found.values()) == [10, 10, 20]
    assert found == due(SECOND, list(reversed(orders)))
    # The first order is given back before the third is paid: now the third has one before it as well.
    orders[0] = replace(orders[0], refunds=(refund("2025-02-02T18", "10.00"),))
    assert sorted(due(Segment("again", (Frequency(1, 1),)), orders).values()) == [0, 20, 20]


@many
@given(
    days=st.lists(st.integers(1, 28), min_size=1, max_size=6, unique=True),
    refunded=st.integers(0, 5),
    data=st.data(),
)
def test_what_orders_earn_in_a_campaign_for_a_segment_does_not_hang_on_when_they_are_heard_of(
    days: list[int], refunded: int, data: st.DataObject
) -> None:
    orders = [
        order(
            f"o{n}", "10.00", f"2025-02-{day:02}", refunds=[refund("2025-02-15T13", "10.00")] if n == refunded else ()
        )
        for n, day in enumerate(days)
    ]
    segment = Segment("again", any=(Frequency(2), Recency(most_days=3)))
    assert due(segment, orders) == due(segment, data.draw(st.permutations(orders)))


# -- what is sound -----------------------------------------------------------------------------------------------------


def told(promised: Version) -> list[tuple[str, str]]:
    return [(".".join(map(str, problem.path)), problem.code) for problem in problems(promised)]


def test_segments_are_written_so_that_they_can_be_judged() -> None:
    wrong = (
        Segment("a"),
        Segment("a", (Frequency(3, 2), Recency(5, 4), Spending(5, 4))),
        Segment("standing:mine", (Tier(("gold",)), Among("later"), Among("standing:lost"))),
        Segment("asked", (Score("nobody"),)),
        Segment("later", (Standing(recency=(3, 2)), Standing(value=(0, 5)), Bought(days=0))),
        Segment("there", (Located(("Canada",)), Located(regions=("ON",)), Located(), Tagged(()))),
    )
    assert told(replace(version(), segments=wrong)) == [
        ("segments.4.all.2.days", "TOO_SMALL"),
        ("segments.0", "EMPTY"),
        ("segments.1.id", "TWICE"),
        ("segments.1.all.0.most", "NOTHING_BETWEEN"),
        ("segments.1.all.1.most_days", "NOTHING_BETWEEN"),
        ("segments.1.all.2.most_minor", "NOTHING_BETWEEN"),
        ("segments.2.id", "RESERVED"),
        ("segments.2.all.0.levels", "UNKNOWN_LEVEL"),
        ("segments.2.all.1.segment", "UNKNOWN_SEGMENT"),
        ("segments.3.all.0.survey", "UNKNOWN_SURVEY"),
        ("segments.4.all.0.recency", "NO_SCORES"),
        ("segments.4.all.1.value", "NO_SCORES"),
        ("segments.5.all.0.countries", "NO_PLACE"),
        ("segments.5.all.1.regions", "NO_PLACE"),
        ("segments.5.all.2.countries", "EMPTY"),
        ("segments.5.all.3.tags", "EMPTY"),
    ]


def test_what_is_judged_for_one_member_asks_nothing_of_all_members_and_a_campaign_nothing_of_balances() -> None:
    segments = (
        Segment("rich", (Points(100),)), Segment("best", (Among("standing:champions"),)),
        Segment("here", (Located(("CA",)),)), Segment("vip", none=(Tagged(("vip",)),)),
    )  # fmt: skip
    campaigns = tuple(
        replace(for_segment(SECOND).campaigns[0], id=name, segment=name)
        for name in ("rich", "best", "nobody", "here", "vip")
    )
    rewards = [Reward("r", 1, segment="rich"), Reward("q", 1, segment="standing:lost")]
    assert told(replace(version(rewards=rewards), segments=segments, campaigns=campaigns)) == [
        ("rewards.1.segment", "NEEDS_ALL_MEMBERS"),
        ("campaigns.0.segment", "NOT_FROM_HISTORY"),
        ("campaigns.1.segment", "NEEDS_ALL_MEMBERS"),
        ("campaigns.2.segment", "UNKNOWN_SEGMENT"),
        ("campaigns.3.segment", "NOT_FROM_HISTORY"),
        ("campaigns.4.segment", "NOT_FROM_HISTORY"),
    ]
