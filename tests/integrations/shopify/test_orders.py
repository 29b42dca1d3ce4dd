"""What an order of Shopify's comes to: every amount once, in the shop's currency, by webhook and by GraphQL alike."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.loyalty.facts import CodeUse, Customer, Line, Order, Place, Refund, RefundLine, Traces
from app.loyalty.money import exponent
from integrations.platform import ANOTHER_SHOP, Malformed, Translation
from integrations.shopify.refunds import BESIDE_THE_LINES
from integrations.shopify.translate import translate
from tests.integrations.shopify.shops import PROFILE, body

SHIRT, SOCKS = "14300000000001", "14300000000002"
PAID = "orders/paid/two-lines-a-sale-and-a-code"
REFUNDED = "orders/updated/one-pair-and-the-shipping-refunded"


def order(name: str) -> Order:
    topic = name.rpartition("/")[0]
    return only(translate(topic, body(name), PROFILE))


def only(seen: Translation) -> Order:
    assert isinstance(seen, tuple), seen
    (fact,) = seen
    assert isinstance(fact, Order)
    return fact


def changed(name: str, **fields: object) -> Translation:
    document = {**json.loads(body(name)), **fields}
    return translate("orders/updated", json.dumps(document).encode(), PROFILE)


def tidewell(id_: str, product: str, quantity: int, price: int, discount: int, variant: str = "8100000007001") -> Line:
    """Return a line as the webhooks of this shop tell it."""
    return Line(id_, product, quantity, price, discount, variant=variant, labels=("vendor:Tidewell",))


def goods(one: Order) -> int:
    return sum(line.net_minor for line in one.lines if not line.gift_card)


def test_an_order_is_read_whole() -> None:
    assert order(PAID) == Order(
        id="5912345670001",
        name="#1001",
        customer=Customer(id="7412258816291", email="maren@example.com", name="Maren Holt", locale="en-US"),
        updated_at=datetime(2026, 10, 4, 14, 2, 11, tzinfo=UTC),
        placed_at=datetime(2026, 10, 4, 14, 2, 11, tzinfo=UTC),
        paid_at=datetime(2026, 10, 4, 14, 2, 11, tzinfo=UTC),
        cancelled_at=None,
        currency="USD",
        lines=(
            tidewell(SHIRT, "8100000000001", 2, 5000, 1400),
            tidewell(SOCKS, "8100000000002", 3, 3000, 300, variant="8100000007002"),
        ),
        channel="web",
        payment="shopify_payments",
        has_catalogue=True,
        shipping_minor=500,
        tax_minor=544,
        codes=(CodeUse("KZ-AUTUMN"),),
    )


def test_discounts_are_counted_once_although_they_are_told_four_times() -> None:
    """On the line, on its allocations, on the code and on the order's total."""
    paid = order(PAID)
    assert goods(paid) == 6300  # subtotal_price
    assert paid.discount_minor == 0
    assert [code.amount_minor for code in paid.codes] == [0]


def test_a_line_discount_without_allocations_counts_too() -> None:
    document = json.loads(body(PAID))
    for line in document["line_items"]:
        line["discount_allocations"] = []
    seen = only(translate("orders/paid", json.dumps(document).encode(), PROFILE))
    assert [line.discount_minor for line in seen.lines] == [1000, 0]


def test_a_refund_names_its_line_its_shipping_and_their_tax() -> None:
    assert order(REFUNDED).refunds == (
        Refund(
            id="930000000001",
            at=datetime(2026, 10, 9, 12, 30, tzinfo=UTC),
            lines=(RefundLine(SOCKS, 900),),
            shipping_minor=500,
            tax_minor=112,
        ),
    )


def test_the_lines_of_a_refunded_order_are_those_that_were_bought() -> None:
    assert order(REFUNDED).lines == order(PAID).lines


def test_an_order_that_was_asked_for_says_what_its_webhook_said() -> None:
    assert order("kizuna/order/one-pair-and-the-shipping-refunded") == order(REFUNDED)


def test_a_tip_is_no_line_whether_it_is_marked_or_not() -> None:
    told = order("orders/paid/a-gift-card-and-a-tip")
    assert [(line.id, line.gift_card) for line in told.lines] == [("14300000000005", True), ("14300000000006", False)]
    assert told.tip_minor == 600
    assert goods(told) == 1000
    asked = order("kizuna/order/a-gift-card-and-a-tip")
    assert (asked.lines, asked.tip_minor) == (told.lines, told.tip_minor)


def test_a_refunded_tip_takes_nothing_from_the_goods() -> None:
    document = json.loads(body("orders/paid/a-gift-card-and-a-tip"))
    document["refunds"] = [
        {
            "id": 1,
            "created_at": "2026-10-09T08:30:00-04:00",
            "refund_line_items": [{"line_item_id": 14300000000007, "quantity": 1, "subtotal": 6.0, "total_tax": 0.0}],
            "transactions": [{"kind": "refund", "status": "success", "amount": "6.00", "currency": "USD"}],
        }
    ]
    (refund,) = only(translate("orders/updated", json.dumps(document).encode(), PROFILE)).refunds
    assert (refund.lines, refund.amount_minor, refund.tax_minor) == ((), 0, 0)


def test_money_given_back_for_no_line_is_told_as_such() -> None:
    (refund,) = order("orders/updated/ten-dollars-refunded-for-no-line").refunds
    assert (refund.lines, refund.amount_minor, refund.shipping_minor) == ((), 1000, 0)


def test_money_beyond_the_lines_counts_for_no_line() -> None:
    (refund,) = order("orders/updated/a-pair-refunded-with-goodwill").refunds
    assert refund.lines == (RefundLine(SOCKS, 900), RefundLine(BESIDE_THE_LINES, 300))


def test_a_fee_the_merchant_keeps_does_not_keep_the_goods_sold() -> None:
    (refund,) = order("orders/updated/a-pair-refunded-less-a-fee").refunds
    assert refund.lines == (RefundLine(SOCKS, 900),)


def test_goods_taken_back_before_money_moves_are_taken_back() -> None:
    document = json.loads(body(REFUNDED))
    document["refunds"][0]["transactions"] = []
    (refund,) = only(translate("orders/updated", json.dumps(document).encode(), PROFILE)).refunds
    assert refund.lines == (RefundLine(SOCKS, 900),)


@pytest.mark.parametrize(("status", "minor"), (("success", 1000), ("pending", 1000), ("failure", 0), ("error", 0)))
def test_money_that_never_moved_was_not_given_back(status: str, minor: int) -> None:
    document = json.loads(body("orders/updated/ten-dollars-refunded-for-no-line"))
    document["refunds"][0]["transactions"][0]["status"] = status
    (refund,) = only(translate("orders/updated", json.dumps(document).encode(), PROFILE)).refunds
    assert refund.amount_minor == minor


def test_shipping_given_back_is_read_from_the_adjustment_where_no_line_tells_it() -> None:
    document = json.loads(body(REFUNDED))
    document["refunds"][0]["refund_shipping_lines"] = []
    assert only(translate("orders/updated", json.dumps(document).encode(), PROFILE)).refunds == order(REFUNDED).refunds


@pytest.mark.parametrize(
    ("source", "renewed"),
    (("pos", False), ("shopify_draft_order", False), ("subscription_contract_checkout_one", True), (None, False)),
)
def test_an_order_from_the_till_a_draft_or_a_subscription_is_an_order(source: str | None, renewed: bool) -> None:  # noqa: FBT001 - a column of the table
    seen = only(changed(PAID, source_name=source))
    assert seen == replace(order(PAID), channel=source, renewal=renewed)


def test_a_return_paid_out_as_store_credit_takes_back_what_its_goods_gave() -> None:
    document = json.loads(body(REFUNDED))
    for refund in document["refunds"]:
        refund["transactions"] = [{**each, "gateway": "shopify_store_credit"} for each in refund["transactions"]]
    assert only(changed(REFUNDED, refunds=document["refunds"])).refunds == order(REFUNDED).refunds
    for refund in document["refunds"]:
        refund["transactions"] = []  # the credit is told nowhere in the order
    assert only(changed(REFUNDED, refunds=document["refunds"])).refunds == order(REFUNDED).refunds


def test_a_piece_edited_away_leaves_with_its_discount_and_its_tax() -> None:
    edited = order("orders/updated/one-shirt-edited-away")
    assert edited.lines[0] == tidewell(SHIRT, "8100000000001", 1, 2500, 700)
    assert edited.tax_minor == 144 + 216 + 40


def test_a_cancelled_order_tells_when_and_what_was_given_back() -> None:
    cancelled = order("orders/cancelled/before-it-was-sent")
    assert cancelled.cancelled_at == datetime(2026, 10, 4, 16, 0, tzinfo=UTC)
    assert cancelled.paid_at is not None
    (refund,) = cancelled.refunds
    assert sum(line.amount_minor for line in refund.lines) == goods(cancelled)


@pytest.mark.parametrize("status", ("pending", "authorized", "partially_paid", "expired", "voided", None))
def test_an_order_whose_money_did_not_all_come_is_not_paid(status: str | None) -> None:
    assert only(changed(PAID, financial_status=status)).paid_at is None


@pytest.mark.parametrize("status", ("paid", "PAID", "partially_refunded", "refunded"))
def test_an_order_whose_money_came_is_paid_also_when_some_went_back(status: str) -> None:
    assert only(changed(PAID, financial_status=status)).paid_at == order(PAID).placed_at


def test_an_order_keeps_its_place_however_often_it_changes() -> None:
    assert order(REFUNDED).paid_at == order(PAID).paid_at == order("orders/updated/one-shirt-edited-away").paid_at


def test_an_imported_order_is_dated_as_the_merchant_sees_it() -> None:
    imported = only(changed(PAID, processed_at="2024-02-29T23:30:00-05:00"))
    assert imported.placed_at == imported.paid_at == datetime(2024, 3, 1, 4, 30, tzinfo=UTC)


def test_a_guest_is_known_by_e_mail_only() -> None:
    assert order("orders/paid/a-guest").customer == Customer(id=None, email="guest@example.com")
    assert only(changed("orders/paid/a-guest", email=None, contact_email=None)).customer is None
    assert only(changed("orders/paid/a-guest", email="not an address", contact_email="")).customer is None


def test_a_customer_without_protected_fields_is_known_by_id() -> None:
    assert order("orders/paid/a-customer-without-protected-fields").customer == Customer(
        id="7412258816291", locale="en-US"
    )


def test_a_test_order_says_so() -> None:
    assert order("orders/paid/a-test-order").test
    assert not order(PAID).test


# ── Tax inside prices ────────────────────────────────────────────────────────


def test_tax_inside_prices_comes_out_of_goods_and_shipping() -> None:
    one = order("orders/paid/prices-with-tax-inside")
    assert goods(one) == 10000 - 1597
    assert (one.shipping_minor, one.tax_minor) == (500, 1692)


def test_a_full_refund_with_tax_inside_takes_exactly_the_goods() -> None:
    one = order("orders/updated/prices-with-tax-inside-refunded")
    (refund,) = one.refunds
    assert sum(line.amount_minor for line in refund.lines) == goods(one)
    assert (refund.shipping_minor, refund.tax_minor) == (one.shipping_minor, one.tax_minor)


def test_tax_inside_prices_that_no_line_explains_is_spread_over_the_goods() -> None:
    document = json.loads(body("orders/paid/prices-with-tax-inside"))
    for line in document["line_items"] + document["shipping_lines"]:
        line["tax_lines"] = []
    one = only(translate("orders/paid", json.dumps(document).encode(), PROFILE))
    assert goods(one) == 10000 - 1692
    assert one.tax_minor == 1692


# ── Currencies ───────────────────────────────────────────────────────────────


def test_yen_have_no_decimals() -> None:
    assert order("orders/paid/yen").lines[0] == tidewell("14300000000012", "8100000000001", 2, 9600, 960)


def test_dinars_have_three() -> None:
    assert order("orders/paid/dinars").lines[0] == tidewell("14300000000013", "8100000000001", 3, 12375, 1375)


def test_amounts_are_the_shop_s_also_where_the_shopper_paid_in_another_currency() -> None:
    one = order("orders/updated/paid-and-refunded-in-another-currency")
    assert goods(one) == 2500
    assert one.refunds[0].amount_minor == 500


def test_the_shop_s_amount_is_preferred_to_the_plain_one() -> None:
    document = json.loads(body("orders/updated/one-pair-and-the-shipping-refunded"))
    document["refunds"][0]["refund_line_items"][0]["subtotal"] = 99.0
    (refund,) = only(translate("orders/updated", json.dumps(document).encode(), PROFILE)).refunds
    assert refund.lines[0].amount_minor == 900


@pytest.mark.parametrize(
    ("number", "minor"), (("9.0", 900), ("9", 900), ("8.999999999999998", 900), ("9e0", 900), ("0.9e1", 900))
)
def test_json_numbers_become_exact_amounts(number: str, minor: int) -> None:
    document = json.loads(body(REFUNDED))
    item = document["refunds"][0]["refund_line_items"][0]
    del item["subtotal_set"]
    item["subtotal"] = "@@"
    text = json.dumps(document).replace('"@@"', number)
    assert only(translate("orders/updated", text.encode(), PROFILE)).refunds[0].lines[0].amount_minor == 900


@given(
    currency=st.sampled_from(("JPY", "USD", "KWD")),
    lines=st.lists(
        st.tuples(st.integers(1, 9), st.integers(0, 50_000), st.lists(st.integers(0, 2_000), max_size=3)),
        min_size=1,
        max_size=5,
    ),
)
def test_goods_are_prices_less_allocations_in_every_currency(
    currency: str, lines: list[tuple[int, int, list[int]]]
) -> None:
    def money(minor: int) -> dict[str, object]:
        return {"shop_money": {"amount": f"{Decimal(minor).scaleb(-exponent(currency)):f}"}}

    document = {
        **json.loads(body(PAID)),
        "currency": currency,
        "line_items": [
            {
                "id": index + 1,
                "product_id": 1,
                "quantity": pieces,
                "current_quantity": pieces,
                "price_set": money(price),
                "discount_allocations": [{"amount_set": money(part)} for part in parts],
            }
            for index, (pieces, price, parts) in enumerate(lines)
        ],
        "shipping_lines": [],
        "total_tax": "0",
        "total_tax_set": None,
        "total_tip_received": "0",
    }
    one = only(translate("orders/paid", json.dumps(document).encode(), PROFILE))
    assert goods(one) == sum(max(0, pieces * price - sum(parts)) for pieces, price, parts in lines)


# ── What cannot be ───────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "fields",
    (
        {"id": "not a number"},
        {"id": -1},
        {"id": True},
        {"updated_at": None},
        {"updated_at": "soon"},
        {"currency": "usd"},
        {"currency": None},
        {"line_items": {"a": 1}},
        {"line_items": [1]},
        {"line_items": [{"id": 1, "quantity": -1, "price": "1.00"}]},
        {"line_items": [{"id": 1, "quantity": 1.5, "price": "1.00"}]},
        {"line_items": [{"id": 1, "quantity": 1, "price": "-1.00"}]},
        {"line_items": [{"id": 1, "quantity": 1, "price": "1,00"}]},
        {"line_items": [{"id": 1, "quantity": 1, "price": "0x1f"}]},
        {"line_items": [{"id": 1, "quantity": 1, "price": "9" * 30}]},
        {"line_items": [{"id": 1, "quantity": 10**6, "price": "9999999.00"}]},
        {"refunds": [{"id": 1, "created_at": "2026-10-09T08:30:00-04:00", "refund_line_items": [{}]}]},
        {"discount_codes": "KZ"},
        {"customer": "Maren"},
        {"customer": {"id": None}},
    ),
)
def test_what_no_order_can_say_is_malformed(fields: dict[str, Any]) -> None:
    assert isinstance(changed(PAID, **fields), Malformed)


def test_another_shop_s_order_is_not_taken_for_ours() -> None:
    """The header that names the shop is not signed; the order's page, in the signed body, names it."""
    other = replace(PROFILE, domain="other.myshopify.com", external_id="99")
    assert translate("orders/paid", body(PAID), other) == Malformed(ANOTHER_SHOP)


def test_at_a_domain_of_its_own_the_shop_s_number_tells() -> None:
    page = "https://tidewell.example/99/orders/1/authenticate?key=0"
    assert changed(PAID, order_status_url=page) == Malformed(ANOTHER_SHOP)


@pytest.mark.parametrize("page", ("https://tidewell.example/61280042/orders/1/authenticate?key=0", None, 5, "nowhere"))
def test_a_page_at_a_domain_of_the_shop_s_own_tells_nothing(page: object) -> None:
    assert not isinstance(changed(PAID, order_status_url=page), Malformed)


def test_a_webhook_tells_where_the_order_goes_where_the_app_may_see_it() -> None:
    goes = {"address1": "Flat St 2", "zip": "10115", "country_code": "DE"}
    assert only(changed(PAID, shipping_address=goes, browser_ip="9.9.9.9")).traces == Traces(
        "flatst2/10115/de", "9.9.9.9"
    )
    browser = {"user_agent": "Browser/1"}
    assert only(changed(PAID, browser_ip="9.9.9.9", client_details=browser)).traces.device == "9.9.9.9 Browser/1"
    withheld = changed(PAID, shipping_address={"address1": None}, billing_address=None, browser_ip=None)
    assert only(withheld).traces == Traces()


def test_only_the_codes_of_where_an_order_goes_are_read() -> None:
    goes = {"address1": "4 Quay Lane", "zip": "03801", "country_code": "US", "province_code": "NH"}
    bills = {"country_code": "JP", "province_code": "JP-13"}
    assert only(changed(PAID, shipping_address=goes, billing_address=bills)).place == Place("US", "NH")
    assert only(changed(PAID, shipping_address=None, billing_address=bills)).place == Place("JP", "13")
    assert only(changed(PAID, shipping_address={"country_code": None})).place is None
