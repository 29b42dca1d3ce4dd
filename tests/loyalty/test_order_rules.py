"""What orders earn: one table a kind of rule, worked by hand."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

import pytest

from app.loyalty.facts import Line, Order
from app.loyalty.money import Rounding
from app.loyalty.terms.campaigns import Campaign
from app.loyalty.terms.conditions import Goods, Orders
from app.loyalty.terms.programme import EarningBase, Version
from app.loyalty.terms.rules import AmountRule, FirstOrderRule, KthOrderRule, PerOrderRule, RenewalRule, Rule
from tests.factories.facts import line, order, refund
from tests.factories.instants import instant
from tests.factories.programmes import ONE_PER_EURO, programme, version
from tests.loyalty.notebook import Notebook

TEA = replace(line("10.00", "l1", "p1"), variant="v1", labels=("category:tea", "tag:new"))
CUP = replace(line("6.00", "l2", "p2"), variant="v2", labels=("category:cups",))
BASKET = order(lines=(TEA, CUP), shipping="4.00")
WITH_SHIPPING = EarningBase(shipping=True)


def _due(rules: Sequence[Rule], bought: Order, judged_by: Version | None = None) -> int:
    book = Notebook(programme(replace(judged_by or version(), earn=tuple(rules))))
    book.tell("2025-06-01", bought)
    return book.due(f"order:{bought.id}")


# -- for some goods ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("goods", "due"),
    (
        pytest.param(Goods(), 20, id="everything and shipping: 10 + 6 + 4"),
        pytest.param(Goods(products=("p1",)), 10, id="one product, no shipping"),
        pytest.param(Goods(variants=("v2",)), 6, id="one variant"),
        pytest.param(Goods(labels=("category:tea",)), 10, id="one category"),
        pytest.param(Goods(products=("p2",), labels=("tag:new",)), 16, id="a product or a tag"),
        pytest.param(Goods(labels=("category:coffee",)), 0, id="none of them"),
    ),
)
def test_a_rule_for_some_goods_earns_for_their_lines_alone(goods: Goods, due: int) -> None:
    rule = replace(ONE_PER_EURO, goods=goods)

    assert _due((rule,), BASKET, version(base=WITH_SHIPPING)) == due


def test_a_line_earns_by_every_rule_it_fits_and_the_order_is_rounded_once() -> None:
    general = AmountRule(Decimal("0.5"), 100)
    tea = AmountRule(Decimal("0.25"), 100, goods=Goods(products=("p1",)), id="tea")
    bought = order(lines=(line("1.00", "l1", "p1"), line("2.50", "l2", "p2")))

    # 3.50 × 0.5 = 1.75 and 1.00 × 0.25 = 0.25 are 2 together; rounded each by itself they would be 1 and 0.
    assert _due((general, tea), bought) == 2


def test_what_is_refunded_of_a_line_is_taken_from_the_rule_that_gave_for_it() -> None:
    rule = replace(ONE_PER_EURO, goods=Goods(products=("p1",)))

    def left_after(refunded: str) -> int:
        return _due((rule,), replace(BASKET, refunds=(refund("2025-02-02", lines=((refunded, "6.00"),)),)))

    assert (left_after("l1"), left_after("l2")) == (4, 10)


# -- for some orders ---------------------------------------------------------------------------------------------------

TILL = replace(order(), channel="pos", payment="cash", shown_currency="USD", tags=("wholesale", "spring"))


@pytest.mark.parametrize(
    ("orders", "due"),
    (
        pytest.param(Orders(), 10, id="all"),
        pytest.param(Orders(channels=("pos", "web")), 10, id="its channel"),
        pytest.param(Orders(channels=("web",)), 0, id="another channel"),
        pytest.param(Orders(payments=("cash",)), 10, id="its payment"),
        pytest.param(Orders(payments=("card",)), 0, id="another payment"),
        pytest.param(Orders(currencies=("USD",)), 10, id="the currency the shopper paid in"),
        pytest.param(Orders(currencies=("EUR",)), 0, id="not the shop's own, where another was shown"),
        pytest.param(Orders(tags=("spring",)), 10, id="one of its tags"),
        pytest.param(Orders(channels=("pos",), tags=("retail",)), 0, id="all conditions must hold"),
    ),
)
def test_a_rule_for_some_orders_earns_for_them_alone(orders: Orders, due: int) -> None:
    assert _due((replace(ONE_PER_EURO, orders=orders),), TILL) == due
    assert _due((FirstOrderRule(10, orders=orders),), TILL) == due


def test_a_rate_by_channel_is_two_rules() -> None:
    """Three per cent back at the till, two by card elsewhere."""
    rules = (
        AmountRule(Decimal(3), 100, orders=Orders(channels=("pos",)), id="till"),
        AmountRule(Decimal(2), 100, orders=Orders(channels=("web",)), id="web"),
    )

    assert (_due(rules, TILL), _due(rules, replace(TILL, channel="web"))) == (30, 20)


# -- campaigns ---------------------------------------------------------------------------------------------------------


def _campaign(times: tuple[int, int], **about: Goods | Orders) -> Campaign:
    made = Campaign("may", instant("2025-02-01"), instant("2025-03-01"), times)
    return replace(made, **about)  # type: ignore[arg-type]  # keyword by keyword


@pytest.mark.parametrize(
    ("campaigns", "due"),
    (
        pytest.param((), 20, id="none: 10 + 6 + 4"),
        pytest.param((_campaign((2, 1)),), 40, id="double, shipping too"),
        pytest.param((_campaign((2, 1), goods=Goods(labels=("category:tea",))),), 30, id="tea double"),
        pytest.param((_campaign((2, 1)), _campaign((3, 2))), 60, id="two multiply with each other"),
        pytest.param((_campaign((2, 1), orders=Orders(channels=("pos",))),), 20, id="only at the till"),
    ),
)
def test_campaigns_multiply_what_they_are_about(campaigns: tuple[Campaign, ...], due: int) -> None:
    judged_by = replace(version(base=WITH_SHIPPING), campaigns=campaigns)

    assert _due((ONE_PER_EURO,), BASKET, judged_by) == due


@pytest.mark.parametrize(
    ("placed", "due"),
    (("2025-01-31T23:59:59", 10), ("2025-02-01", 20), ("2025-02-28T23:59:59", 20), ("2025-03-01", 10)),
)
def test_a_bonus_day_multiplies_only_inside_its_window(placed: str, due: int) -> None:
    judged_by = replace(version(), campaigns=(_campaign((2, 1)),))

    assert _due((ONE_PER_EURO,), order(placed=placed, paid="2025-03-02"), judged_by) == due


# -- whole orders ------------------------------------------------------------------------------------------------------

RENEWED = replace(order("o1", "25.00"), renewal=True)


@pytest.mark.parametrize(
    ("rule", "bought", "due"),
    (
        pytest.param(PerOrderRule(7), order(price="0.01"), 7, id="any order"),
        pytest.param(PerOrderRule(7), order(price="0.00"), 0, id="none that cost nothing"),
        pytest.param(PerOrderRule(7, 2000), order(price="20.00"), 7, id="just the least amount"),
        pytest.param(PerOrderRule(7, 2000), order(price="19.99"), 0, id="a cent below"),
        pytest.param(
            PerOrderRule(7, 2000), order(price="20.00", refunds=(refund("2025-02-02", "0.01"),)), 0,
            id="refunded below",
        ),
        pytest.param(RenewalRule(9), RENEWED, 9, id="a renewal"),
        pytest.param(RenewalRule(9), order(price="25.00"), 0, id="no renewal"),
        pytest.param(RenewalRule(9), replace(RENEWED, cancelled_at=instant("2025-02-02")), 0, id="a cancelled one"),
        pytest.param(FirstOrderRule(5), order(), 5, id="the first"),
        pytest.param(KthOrderRule(5, 2), order(), 0, id="not the second"),
    ),
)  # fmt: skip
def test_a_whole_order_earns_what_its_rule_says_while_something_of_it_is_kept(
    rule: Rule, bought: Order, due: int
) -> None:
    assert _due((rule,), bought) == due


def test_ten_orders_fill_one_stamp_card() -> None:
    book = Notebook(programme(version(earn=(KthOrderRule(100, 10),))))
    for day in range(1, 11):
        book.tell(f"2025-02-{day:02}", order(f"o{day:02}", paid=f"2025-02-{day:02}"))

    assert book.amounts == (0, 100, 0, 0)
    assert book.lots() == [("order:o10", 100)]


def test_bonuses_are_added_after_the_caps_of_the_amount() -> None:
    rules = (replace(ONE_PER_EURO, max_per_order=8), FirstOrderRule(5), PerOrderRule(2))

    assert _due(rules, order(price="30.00")) == 15


def test_halves_go_up_once_an_order_and_not_once_a_rule() -> None:
    rules = (AmountRule(Decimal("0.25"), 100), AmountRule(Decimal("0.25"), 100, id="second"))
    judged_by = replace(version(), rounding=Rounding.HALF_UP)

    # 1.00 × 0.25 twice is 0.5, which goes up to 1.
    assert _due(rules, order(price="1.00"), judged_by) == 1


def _lines(count: int) -> tuple[Line, ...]:
    return tuple(line("0.50", f"l{number}", f"p{number}") for number in range(count))


def test_many_lines_with_rates_of_their_own_are_rounded_once() -> None:
    rule = AmountRule(Decimal(1), 100, products={f"p{number}": Decimal("1.5") for number in range(3)})

    # Three lines at 0.75 and one at 0.50: 2.75.
    assert _due((rule,), order(lines=_lines(4))) == 2
