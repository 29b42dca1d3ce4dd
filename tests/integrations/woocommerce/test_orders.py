"""Orders as stores write them: many currencies, taxes, fees, coupons, refunds, and what was paid for goods."""

from datetime import UTC, datetime

import pytest

from app.loyalty.base import discounted_goods
from app.loyalty.facts import CodeUse, Customer, Gone, Order, Refund, RefundLine, SignUp, Thing, Traces
from integrations.platform import Ignored, Malformed, Refetch, Translation
from integrations.woocommerce import topics
from integrations.woocommerce.translate import translate
from tests.integrations.woocommerce.bodies import Body, encoded, line, order, refund, refunded
from tests.integrations.woocommerce.recorded import SHOP


def read(body: object, topic: str = "order.updated") -> Translation:
    return translate(topic, encoded(body), SHOP)


def only_order(seen: Translation) -> Order:
    assert isinstance(seen, tuple), seen
    (fact,) = seen
    assert isinstance(fact, Order)
    return fact


def fetched(body: Body, *refunds: Body) -> Order:
    return only_order(read({"order": body, "refunds": list(refunds)}, topics.FETCHED_ORDER))


# ── Money ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("currency", "total", "minor"),
    (
        ("JPY", "1500", 1500),
        ("JPY", "1500.00", 1500),
        ("USD", "18", 1800),
        ("USD", "25.420", 2542),
        ("USD", "25.425", 2543),
        ("KWD", "1.250", 1250),
        ("KWD", "1.25", 1250),
        ("EUR", "0.00", 0),
    ),
)
def test_an_amount_is_the_currencys_however_many_decimals_the_store_shows(
    currency: str, total: str, minor: int
) -> None:
    seen = only_order(read(order(currency=currency, line_items=[line(1, total)])))
    assert seen.lines[0].net_minor == minor


@pytest.mark.parametrize("total", ("1,5", "1e3", "0x1f", "", "NaN", "9" * 30, "-", "٣", None, True, [], "1.2.3"))
def test_what_is_no_plain_amount_is_malformed(total: object) -> None:
    assert read(order(line_items=[{**line(1, "1.00"), "total": total}])) == Malformed(
        f"line_items[].total {_why(total)}"
    )


def _why(total: object) -> str:
    if total is None or isinstance(total, (bool, list)):
        return "is no amount"
    return "is no plain decimal number"


def test_a_coupon_is_in_the_lines_already_and_counts_once() -> None:
    seen = only_order(
        read(
            order(
                line_items=[line(1, "20.00", "25.00"), line(2, "8.00", "10.00")],
                discount_total="7.00",
                coupon_lines=[{"id": 5, "code": "kz-abc", "discount": "7", "discount_tax": "0"}],
            )
        )
    )
    assert [(each.price_minor, each.discount_minor) for each in seen.lines] == [(2500, 500), (1000, 200)]
    assert seen.codes == (CodeUse("kz-abc", 0),)
    assert seen.discount_minor == 0
    assert sum(discounted_goods(seen)) == 2800


def test_prices_with_tax_inside_are_sent_without_it_and_the_tax_apart() -> None:
    seen = only_order(
        read(
            order(
                prices_include_tax=True,
                currency="EUR",
                line_items=[line(1, "18.43", "23.04", tax="3.50")],
                shipping_total="4.20",
                shipping_tax="0.80",
                total_tax="4.30",
            )
        )
    )
    assert sum(discounted_goods(seen)) == 1843
    assert seen.tax_minor == 350, "the tax of the goods; shipping's tax is no part of it"
    assert sum(discounted_goods(seen)) + seen.tax_minor == 2193, "what the shopper paid for goods"
    assert seen.shipping_minor == 420


def test_a_negative_fee_is_a_discount_and_a_positive_one_no_goods() -> None:
    fees = [{"id": 3, "name": "Club", "total": "-4.00"}, {"id": 4, "name": "Gift wrap", "total": "2.50"}]
    seen = only_order(read(order(fee_lines=fees)))
    assert seen.discount_minor == 400
    assert sum(discounted_goods(seen)) == 2100


def test_a_negative_line_takes_off_and_is_no_goods() -> None:
    seen = only_order(read(order(line_items=[line(1, "25.00"), line(2, "-5.00")])))
    assert [each.id for each in seen.lines] == ["1"]
    assert seen.discount_minor == 500


def test_a_line_dearer_than_its_list_price_has_no_discount() -> None:
    seen = only_order(read(order(line_items=[line(1, "30.00", "25.00")])))
    assert (seen.lines[0].price_minor, seen.lines[0].discount_minor) == (3000, 0)


# ── Who and when ─────────────────────────────────────────────────────────────


def test_a_signed_in_shopper_is_not_known_by_the_address_they_typed() -> None:
    billing = {"first_name": "Bob", "last_name": "", "email": "alice@example.test"}
    assert only_order(read(order(customer_id=3, billing=billing))).customer == Customer(id="3", name="Bob")


def test_a_guest_is_known_by_the_address_alone() -> None:
    billing = {"first_name": "Gus", "last_name": "Bench", "email": " gus@example.test "}
    seen = only_order(read(order(customer_id=0, billing=billing)))
    assert seen.customer == Customer(id=None, email="gus@example.test", name="Gus Bench")


@pytest.mark.parametrize("address", ("", None, "nobody", "a b@example.test", "@", 7))
def test_an_order_at_the_counter_names_nobody(address: object) -> None:
    assert only_order(read(order(customer_id=0, billing={"email": address}))).customer is None


def test_processing_is_not_paid() -> None:
    assert only_order(read(order(status="processing", date_paid_gmt=None))).paid_at is None


def test_an_order_put_on_hold_after_payment_stays_paid() -> None:
    assert only_order(read(order(status="on-hold"))).paid_at == datetime(2026, 11, 22, 12, 0, 5, tzinfo=UTC)


@pytest.mark.parametrize("status", ("cancelled", "failed", "trash"))
def test_an_order_that_no_longer_stands_is_cancelled_as_of_its_last_change(status: str) -> None:
    assert only_order(read(order(status=status))).cancelled_at == datetime(2026, 11, 22, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize("status", ("pending", "processing", "on-hold", "completed", "refunded", "packed-by-plugin"))
def test_any_other_status_is_not_cancelled(status: str) -> None:
    assert only_order(read(order(status=status))).cancelled_at is None


@pytest.mark.parametrize("status", ("checkout-draft", "auto-draft"))
def test_a_checkout_that_was_only_opened_is_no_order(status: str) -> None:
    assert read(order(status=status)) == Ignored("NOT_ORDERED_YET")
    assert read({"order": order(status=status), "refunds": []}, topics.FETCHED_ORDER) == Ignored("NOT_ORDERED_YET")


def test_the_number_is_for_people_and_the_id_is_the_key() -> None:
    seen = only_order(read(order(id=70, number="2026-0007")))
    assert (seen.id, seen.name) == ("70", "2026-0007")


# ── Refunds ──────────────────────────────────────────────────────────────────


def test_an_order_that_names_refunds_has_to_be_asked_for() -> None:
    named = order(refunds=[{"id": 26, "reason": "one mug", "total": "-12.50"}])
    assert read(named) == Refetch(Thing.ORDER, "70")


def test_a_refund_by_line_takes_its_line() -> None:
    seen = fetched(
        order(line_items=[line(5, "25.00"), line(6, "25.00")]), refund(26, "12.50", line_items=[refunded(5, "-12.50")])
    )
    assert seen.refunds == (
        Refund("26", datetime(2026, 11, 22, 13, tzinfo=UTC), lines=(RefundLine("5", 1250),), amount_minor=0),
    )


def test_a_refund_of_an_amount_names_no_line() -> None:
    (only,) = fetched(order(), refund(27, "3.00")).refunds
    assert (only.lines, only.amount_minor) == ((), 300)


def test_a_refund_gives_back_shipping_and_tax_apart_from_goods() -> None:
    (only,) = fetched(
        order(),
        refund(
            28,
            "36.50",
            line_items=[refunded(1, "-25.00", "-2.50")],
            shipping_lines=[{"id": 3, "total": "-8.00", "total_tax": "-1.00"}],
        ),
    ).refunds
    assert only == Refund(
        "28", datetime(2026, 11, 22, 13, tzinfo=UTC), (RefundLine("1", 2500),), 0, shipping_minor=800, tax_minor=250
    )


def test_shipping_alone_given_back_touches_no_goods() -> None:
    (only,) = fetched(order(), refund(29, "5.00", shipping_lines=[{"id": 3, "total": "-5.00"}])).refunds
    assert (only.lines, only.amount_minor, only.shipping_minor) == ((), 0, 500)


def test_goodwill_on_top_of_a_line_names_no_line_of_the_order() -> None:
    (only,) = fetched(order(), refund(30, "15.00", line_items=[refunded(1, "-12.50")])).refunds
    assert only.lines == (RefundLine("1", 1250), RefundLine("", 250))


def test_a_piece_put_back_into_stock_for_nothing_hides_no_amount() -> None:
    (only,) = fetched(order(), refund(31, "4.00", line_items=[refunded(1, "0.00")])).refunds
    assert (only.lines, only.amount_minor) == ((), 400)


def test_a_refund_made_between_two_questions_is_known_by_its_amount() -> None:
    seen = fetched(
        order(refunds=[{"id": 33, "total": "-2.00"}, {"id": 32, "total": "-12.50"}]),
        refund(32, "12.50", line_items=[refunded(1, "-12.50")]),
    )
    assert [(each.id, each.amount_minor, len(each.lines)) for each in seen.refunds] == [("33", 200, 0), ("32", 0, 1)]


def test_refunds_come_oldest_first() -> None:
    late = {**refund(41, "1.00"), "date_created_gmt": "2026-11-22T15:00:00"}
    early = {**refund(42, "1.00"), "date_created_gmt": "2026-11-22T14:00:00"}
    assert [each.id for each in fetched(order(), late, early).refunds] == ["42", "41"]


# ── Odd bodies ───────────────────────────────────────────────────────────────


def test_an_order_deleted_before_its_delivery_says_nothing() -> None:
    error = {"code": "woocommerce_rest_shop_order_invalid_id", "message": "Invalid ID.", "data": {"status": 404}}
    assert read(error, "order.created") == Ignored("DELETED_BEFORE_DELIVERY")


def test_an_order_under_the_topic_of_customers_is_not_believed() -> None:
    assert read(order(), "customer.created") == Malformed("role is missing")


@pytest.mark.parametrize(
    ("meta", "tags"),
    (
        (None, ()),
        ("no list", ()),
        ([1, {"key": "kizuna_tags"}, {"key": "tags", "value": "not ours"}], ()),
        ([{"key": "kizuna_tags", "value": "vip,, Press , vip"}], ("Press", "vip")),
        ([{"key": "kizuna_tags", "value": ["vip", 7]}], ("vip",)),
        ([{"key": "kizuna_tags", "value": {"a": "vip"}}], ()),
        ([{"key": "kizuna_tags", "value": "old"}, {"key": "kizuna_tags", "value": "new"}], ("new",)),
    ),
)
def test_a_customers_tags_are_the_role_and_what_the_store_wrote_in_one_field_of_its_meta(
    meta: object, tags: tuple[str, ...]
) -> None:
    body = {"id": 5, "role": "wholesale", "email": "erin@example.test", "date_created_gmt": "2026-11-22T12:44:25"}
    said = read({**body, "meta_data": meta}, "customer.updated")
    assert isinstance(said, tuple)
    assert isinstance(said[0], SignUp)
    assert said[0].customer.tags == ("role:wholesale", *tags)


def test_what_is_gone_is_gone_since_the_store_said_so() -> None:
    body = {"thing": "order", "id": "70", "at": "2026-11-22T12:50:00"}
    assert read(body, topics.FETCHED_GONE) == (Gone(Thing.ORDER, "70", datetime(2026, 11, 22, 12, 50, tzinfo=UTC)),)


def test_an_unknown_thing_cannot_be_gone() -> None:
    body = {"thing": "planet", "id": "70", "at": "2026-11-22T12:50:00"}
    assert read(body, topics.FETCHED_GONE) == Malformed("thing is unknown")


# ── Where it goes and comes from ─────────────────────────────────────────────


def test_an_order_tells_where_it_goes_and_from_where_it_was_placed() -> None:
    home, flat = ({"address_1": street, "postcode": "10115", "country": "DE"} for street in ("Home St 1", "Flat St 2"))
    told = fetched(order(billing=home, shipping=flat, customer_ip_address="9.9.9.9"))
    assert told.traces == Traces("flatst2/10115/de", "9.9.9.9")
    assert fetched(order(billing=home, shipping={"address_1": ""})).traces == Traces("homest1/10115/de")
    assert fetched(order(shipping=[], customer_ip_address=7)).traces == Traces()


def test_an_order_tells_the_device_and_what_a_payment_plugin_says_of_the_card() -> None:
    paid = [{"key": "other", "value": "1"}, {"key": "kizuna_payment", "value": "card-1"}]
    told = fetched(order(customer_ip_address="9.9.9.9", customer_user_agent="Browser/1", meta_data=paid)).traces
    assert (told.device, told.payment) == ("9.9.9.9 Browser/1", "card-1")
