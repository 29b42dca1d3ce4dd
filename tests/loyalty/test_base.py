"""The base: money paid for goods, sentence by sentence, and that refunds never leave anything behind."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.loyalty.base import NOTHING, discounted_goods, earning_base, goods_all_refunded
from app.loyalty.facts import CodeUse, Line, Order, Refund, RefundLine
from app.loyalty.members.history import MemberOrder, valued
from app.loyalty.money import Rounding
from app.loyalty.terms.programme import EarningBase, Shop
from tests.factories.facts import line, order, refund
from tests.factories.instants import instant
from tests.factories.programmes import programme, version
from tests.loyalty.examples import many
from tests.loyalty.notebook import Notebook

LATER = "2025-03-01"
THREE = (line("10.00", "l1", "p1"), line("20.00", "l2", "p2"), line("30.00", "l3", "p3"))


def _lines(made: Order, *, as_of: str | None = None, tax: bool = False, shipping: bool = False) -> list[int]:
    base = earning_base(made, instant(as_of) if as_of else None, tax=tax, shipping=shipping)
    return [paid.amount_minor for paid in base.lines]


def _total(made: Order, *, tax: bool = False, shipping: bool = False, as_of: str | None = None) -> int:
    return earning_base(made, instant(as_of) if as_of else None, tax=tax, shipping=shipping).total_minor


# -- what has no base ------------------------------------------------------------------------------------------------


def test_a_cancelled_order_has_no_base() -> None:
    cancelled = order(cancelled=LATER)
    assert earning_base(cancelled, None, tax=True, shipping=True) == NOTHING
    assert _total(cancelled, as_of="2025-02-20") == 1000
    assert _total(cancelled, as_of=LATER) == 0


def test_an_unpaid_order_is_no_order_in_its_place() -> None:
    assert valued([MemberOrder("s1", order(paid=None))], programme()) == []


def test_an_order_in_another_currency_than_its_shop_has_no_base() -> None:
    (found,) = valued([MemberOrder("s1", order(price="10.00", currency="USD"))], programme())
    assert (found.in_currency, found.base) == (False, NOTHING)


def test_an_order_from_before_the_programme_has_a_base_without_tax_and_shipping() -> None:
    policy = EarningBase(tax=True, shipping=True)
    early = order(paid="2025-02-01", placed="2024-12-31", tax="2.00", shipping="5.00")
    (found,) = valued([MemberOrder("s1", early)], programme(version(base=policy)))
    assert (found.version, found.base.total_minor) == (None, 1000)


# -- 1 and 2: goods and discounts ------------------------------------------------------------------------------------


def test_gift_cards_are_no_goods() -> None:
    bought = order(lines=(line("50.00", "l1", gift_card=True), line("10.00", "l2")))
    assert _lines(bought) == [1000]


def test_a_line_costs_its_price_less_its_discount_and_never_less_than_nothing() -> None:
    assert _lines(order(lines=(line("10.00", discount="3.00"), line("5.00", "l2", discount="6.00")))) == [700, 0]


def test_discounts_credit_and_codes_are_added_up_and_spread_over_the_goods() -> None:
    made = order(lines=THREE, discount="1.00", credit="2.00", codes=(("c1", "2.00"), ("c2", "1.00")))
    assert _lines(made) == [900, 1800, 2700]


def test_discounts_beyond_the_goods_stop_at_the_goods() -> None:
    assert _lines(order(lines=THREE, discount="99.00", credit="99.00")) == [0, 0, 0]


def test_a_discount_does_not_fall_on_gift_cards() -> None:
    made = order(lines=(line("90.00", "l1", gift_card=True), line("10.00", "l2")), discount="5.00")
    assert _lines(made) == [500]


def test_cents_left_over_from_a_discount_come_off_the_earlier_of_equal_lines() -> None:
    equal = tuple(line("1.00", f"l{number}") for number in range(3))
    assert _lines(order(lines=equal, discount="1.00")) == [66, 67, 67]


# -- 3 and 4: refunds ------------------------------------------------------------------------------------------------


def test_what_a_refund_names_comes_off_that_line() -> None:
    assert _lines(order(lines=THREE, refunds=(refund(LATER, lines=(("l2", "5.00"),)),))) == [1000, 1500, 3000]


def test_what_exceeds_a_line_is_taken_from_the_rest_in_proportion() -> None:
    # 25.00 on a line of 10.00: 15.00 more over 20.00 and 30.00, that is 6.00 and 9.00.
    assert _lines(order(lines=THREE, refunds=(refund(LATER, lines=(("l1", "25.00"),)),))) == [0, 1400, 2100]


def test_what_names_an_unknown_line_is_taken_from_all() -> None:
    assert _lines(order(lines=THREE, refunds=(refund(LATER, lines=(("l9", "6.00"),)),))) == [900, 1800, 2700]


def test_what_names_a_gift_card_is_ignored() -> None:
    lines = (line("50.00", "g", gift_card=True), line("10.00", "l2"))
    assert _lines(order(lines=lines, refunds=(refund(LATER, lines=(("g", "50.00"),)),))) == [1000]


def test_a_refunds_amount_is_read_only_where_it_names_no_lines() -> None:
    assert _lines(order(lines=THREE, refunds=(refund(LATER, "6.00"),))) == [900, 1800, 2700]
    named = refund(LATER, "6.00", lines=(("l1", "1.00"),))
    assert _lines(order(lines=THREE, refunds=(named,))) == [900, 2000, 3000]


def test_unattributed_refunds_are_spread_once_over_what_named_refunds_left() -> None:
    equal = tuple(line("1.00", f"l{number}") for number in range(3))
    halves = (refund(LATER, "0.01", id="r1"), refund(LATER, "0.01", id="r2"))
    # Spread one by one both cents would come off the first lines' remainders anew; at once, the first two lines pay.
    assert _lines(order(lines=equal, refunds=halves)) == [99, 99, 100]
    named_first = (refund(LATER, "3.00", id="r1"), refund("2025-04-01", id="r2", lines=(("l2", "20.00"),)))
    # Line 2 goes by its name; the 3.00 are spread over 10.00 and 30.00.
    assert _lines(order(lines=THREE, refunds=named_first)) == [925, 0, 2775]


def test_refunds_beyond_the_goods_come_off_counted_tax_and_then_counted_shipping() -> None:
    made = order(price="10.00", tax="2.00", shipping="5.00")
    beyond = {
        amount: earning_base(replace(made, refunds=(refund(LATER, amount),)), None, tax=True, shipping=True).total_minor
        for amount in ("10.00", "11.50", "13.00", "17.00", "40.00")
    }
    assert beyond == {"10.00": 700, "11.50": 550, "13.00": 400, "17.00": 0, "40.00": 0}
    only_shipping = replace(made, refunds=(refund(LATER, "11.00"),))
    assert _total(only_shipping, shipping=True) == 400


# -- 5: tax, shipping, tips ------------------------------------------------------------------------------------------


def test_tax_and_shipping_count_only_where_the_policy_says_so() -> None:
    made = order(price="10.00", tax="2.00", shipping="5.00", tip="3.00")
    counted = [_total(made, tax=tax, shipping=shipping) for tax in (False, True) for shipping in (False, True)]
    assert counted == [1000, 1500, 1200, 1700]


def test_tax_and_shipping_count_less_what_refunds_name_for_them_and_never_below_nothing() -> None:
    made = order(price="10.00", tax="2.00", shipping="5.00", refunds=(refund(LATER, tax="0.50", shipping="9.00"),))
    assert _total(made, tax=True, shipping=True) == 1150
    assert _total(made) == 1000


def test_counted_tax_belongs_to_the_lines_it_is_spread_over() -> None:
    made = order(lines=THREE, tax="6.00")
    assert _lines(made, tax=True) == [1100, 2200, 3300]
    without_first = replace(made, refunds=(refund(LATER, lines=(("l1", "10.00"),), tax="1.00"),))
    assert _lines(without_first, tax=True) == [0, 2200, 3300]


def test_counted_tax_goes_with_shipping_where_no_goods_are_left() -> None:
    made = order(price="10.00", tax="2.00", refunds=(refund(LATER, lines=(("l1", "10.00"),)),))
    base = earning_base(made, None, tax=True, shipping=False)
    assert ([paid.amount_minor for paid in base.lines], base.shipping_minor) == ([0], 200)


def test_refunds_count_from_their_own_date() -> None:
    made = order(refunds=(refund("2025-03-01", "4.00", id="r1"), refund("2025-04-01", "6.00", id="r2")))
    assert [_total(made, as_of=at) for at in ("2025-02-28", "2025-03-01", "2025-03-31", "2025-04-01")] == [
        1000, 600, 600, 0,
    ]  # fmt: skip


# -- all goods refunded ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("made", "all_refunded"),
    (
        pytest.param(order(), False, id="nothing refunded"),
        pytest.param(order(refunds=(refund(LATER, "9.99"),)), False, id="a cent left"),
        pytest.param(order(refunds=(refund(LATER, "10.00"),)), True, id="the last cent refunded"),
        pytest.param(order(discount="10.00"), False, id="goods that cost nothing were never refunded"),
        pytest.param(order(discount="4.00", refunds=(refund(LATER, "6.00"),)), True, id="all that was paid for goods"),
        pytest.param(
            order(shipping="5.00", refunds=(refund(LATER, shipping="5.00"),)), False, id="only shipping refunded"
        ),
        pytest.param(
            order(lines=(line("9.00", gift_card=True),), refunds=(refund(LATER, "9.00"),)), False, id="a gift card"
        ),
    ),
)
def test_all_goods_are_refunded_when_they_cost_something_and_nothing_of_it_is_left(
    made: Order,
    all_refunded: bool,  # noqa: FBT001 - the answer expected
) -> None:
    assert goods_all_refunded(made) is all_refunded


# -- properties ------------------------------------------------------------------------------------------------------

CURRENCIES = ("JPY", "EUR", "KWD")
CENTS = st.integers(0, 100_000)
POLICIES = st.builds(EarningBase, tax=st.booleans(), shipping=st.booleans())


@st.composite
def _orders(draw: st.DrawFn, currency: str | None = None) -> Order:
    rows = draw(st.lists(st.tuples(CENTS, CENTS, st.booleans()), min_size=1, max_size=5))
    lines = tuple(
        Line(f"l{number}", f"p{number}", 1, price, min(off, price) // 3, gift_card)
        for number, (price, off, gift_card) in enumerate(rows)
    )
    return replace(
        order(),
        currency=currency or draw(st.sampled_from(CURRENCIES)),
        lines=lines,
        discount_minor=draw(CENTS) // 4,
        credit_minor=draw(CENTS) // 8,
        codes=tuple(
            CodeUse(f"c{number}", amount // 8) for number, amount in enumerate(draw(st.lists(CENTS, max_size=2)))
        ),
        tax_minor=draw(CENTS) // 5,
        shipping_minor=draw(CENTS) // 10,
        tip_minor=draw(CENTS),
    )


@st.composite
def _refunds(draw: st.DrawFn) -> tuple[Refund, ...]:
    found = []
    for number in range(draw(st.integers(0, 4))):
        names = draw(st.lists(st.sampled_from(["l0", "l1", "l2", "l9"]), max_size=2))
        found.append(
            Refund(
                f"r{number}", instant(LATER) + timedelta(days=number),
                tuple(RefundLine(name, draw(CENTS) // 2) for name in names),
                draw(CENTS) // 2, draw(CENTS) // 20, draw(CENTS) // 10,
            )
        )  # fmt: skip
    return tuple(found)


def _pieces(draw: st.DrawFn, amount: int) -> list[int]:
    """Cut an amount into pieces that add up to it."""
    cuts = sorted(draw(st.lists(st.integers(0, amount), max_size=4)))
    ends = [0, *cuts, amount]
    return [end - begin for begin, end in pairwise(ends)]


@st.composite
def _refunded_in_pieces(draw: st.DrawFn) -> Order:
    """Return an order whose goods, tax and shipping were all given back, in some split and by any of the roads."""
    made = draw(_orders())
    costs = discounted_goods(made)
    goods = [each for each in made.lines if not each.gift_card]
    parts: list[tuple[str | None, int]] = []
    if draw(st.booleans()):
        parts += [(each.id, piece) for each, cost in zip(goods, costs, strict=True) for piece in _pieces(draw, cost)]
    else:
        parts += [(None, piece) for piece in _pieces(draw, sum(costs))]
    refunds = [
        Refund(
            f"g{number}", instant(LATER) + timedelta(hours=number),
            (RefundLine(name, piece),) if name else (), 0 if name else piece,
        )
        for number, (name, piece) in enumerate(parts)
    ]  # fmt: skip
    refunds += [
        Refund(f"t{number}", instant(LATER), tax_minor=piece)
        for number, piece in enumerate(_pieces(draw, made.tax_minor))
    ]
    refunds += [
        Refund(f"s{number}", instant(LATER), shipping_minor=piece)
        for number, piece in enumerate(_pieces(draw, made.shipping_minor))
    ]
    return replace(made, refunds=tuple(draw(st.permutations(refunds))))


@many
@given(_refunded_in_pieces(), POLICIES, st.sampled_from(Rounding))
def test_however_a_full_refund_is_split_nothing_is_left_of_base_and_points(
    made: Order,
    policy: EarningBase,
    rounding: Rounding,
) -> None:
    assert _total(made, tax=policy.tax, shipping=policy.shipping) == 0
    rules = replace(version(base=policy), rounding=rounding)
    book = Notebook(programme(rules, shops=(Shop("s1", "UTC", made.currency),)))
    # The order as it was bought, then each refund as it came, then the last snapshot once more.
    for count in range(len(made.refunds) + 1):
        snapshot = replace(made, refunds=made.refunds[:count], updated_at=instant(LATER) + timedelta(days=count))
        book.tell("2026-01-01", snapshot)
    book.tell("2026-01-02", made)
    assert (book.amounts, book.moved()) == ((0, 0, 0, 0), {})


@many
@given(_orders(), _refunds(), POLICIES)
def test_a_refund_never_raises_the_base_and_the_base_is_never_below_nothing(
    made: Order,
    refunds: Sequence[Refund],
    policy: EarningBase,
) -> None:
    before = _total(made, tax=policy.tax, shipping=policy.shipping)
    for count in range(1, len(refunds) + 1):
        base = earning_base(
            replace(made, refunds=tuple(refunds[:count])), None, tax=policy.tax, shipping=policy.shipping
        )
        assert min([*(paid.amount_minor for paid in base.lines), base.shipping_minor]) >= 0
        assert base.total_minor <= before
        before = base.total_minor


@many
@given(_orders(), _refunds(), st.randoms(use_true_random=False))
def test_the_order_in_which_refunds_are_listed_changes_nothing(
    made: Order, refunds: Sequence[Refund], chance: Random
) -> None:
    listed = list(refunds)
    chance.shuffle(listed)
    one, other = (replace(made, refunds=tuple(each)) for each in (refunds, listed))
    assert earning_base(one, None, tax=True, shipping=True) == earning_base(other, None, tax=True, shipping=True)


@many
@given(_orders())
def test_goods_and_base_agree_where_nothing_was_refunded(made: Order) -> None:
    goods = sum(each.net_minor for each in made.lines if not each.gift_card)
    off = made.discount_minor + made.credit_minor + sum(use.amount_minor for use in made.codes)
    assert _total(made) == sum(discounted_goods(made)) == max(0, goods - off)
    assert _total(made, tax=True, shipping=True) == _total(made) + made.tax_minor + made.shipping_minor
