"""Turns a store's order, with its refunds where they are known, into an Order fact."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from app.loyalty.facts import CodeUse, Customer, Line, Order, Refund, RefundLine, Traces
from integrations.places import first_place
from integrations.reading import (
    UnreadableError,
    currency_code,
    email,
    identifier,
    instant,
    items,
    mapping,
    minor,
    optional_identifier,
    optional_instant,
    text,
    word,
)
from integrations.traces import first_told, traces
from integrations.woocommerce.goods import filed

IGNORED_STATUSES = frozenset({"checkout-draft", "auto-draft"})
"""A visitor opened the checkout; the buyer may never order (WooCommerce 8 sends these)."""

_QUANTITY = re.compile(r"-?[0-9]{1,9}", re.ASCII)
_UNDONE = frozenset({"cancelled", "failed", "trash"})
"""Orders that no longer stand. Each of these states also gives a coupon its use back."""


RENEWS = "_subscription_renewal"
"""The meta by which WooCommerce Subscriptions marks an order that renews a subscription; its value is which."""
PAID_BY = "kizuna_payment"
"""The meta in which a payment plugin, or a few lines of the shop's own, may name the card or account."""


def order_fact(
    body: Mapping[str, object],
    refunds: Sequence[Mapping[str, object]],
    products: Sequence[Mapping[str, object]] | None = None,
) -> Order:
    """Return the order as it stands, refunded by ``refunds`` (what ``orders/<id>/refunds`` answers).

    ``products`` are its products as the catalogue has them, where that was asked: then its lines are filed.

    Money follows wc/v3: a line's ``subtotal`` is before and its ``total`` after every coupon, both without tax, so the
    codes themselves take nothing more off. ``tax_minor`` is the tax of the goods: shipping's tax goes with neither.
    Raises UnreadableError.
    """
    currency = currency_code(body.get("currency"), "currency")
    placed_at = instant(body.get("date_created_gmt"), "date_created_gmt")
    updated_at = optional_instant(body.get("date_modified_gmt"), "date_modified_gmt") or placed_at
    status = word(body.get("status"), "status")
    lines = items(body.get("line_items"), "line_items")
    return Order(
        id=identifier(body.get("id"), "id"),
        name=text(body.get("number")),
        customer=_customer(body),
        updated_at=updated_at,
        placed_at=placed_at,
        # "Paid" is the date of payment: cash on delivery is "processing" for days without one.
        paid_at=optional_instant(body.get("date_paid_gmt"), "date_paid_gmt"),
        # The store keeps no date of cancelling; the order as it stands is at least as old as that.
        cancelled_at=updated_at if status in _UNDONE else None,
        cancel_dated=status not in _UNDONE,
        currency=currency,
        lines=tuple(filed(_line(line, currency), products) for line in lines if not _is_deduction(line, currency)),
        discount_minor=_deductions(body, lines, currency),
        shipping_minor=max(0, minor(body.get("shipping_total", "0"), currency, "shipping_total")),
        tax_minor=max(0, sum(minor(line.get("total_tax", "0"), currency, "total_tax") for line in lines)),
        codes=tuple(_codes(body)),
        refunds=_refunds(body, refunds, currency, updated_at),
        traces=_traces(body),
        place=first_place(body, "shipping", "billing"),
        channel=text(body.get("created_via")) or None,
        payment=text(body.get("payment_method")) or None,
        renewal=_is_renewal(body),
        has_catalogue=True,
    )


def names_refunds(body: Mapping[str, object]) -> bool:
    """Whether the order says that money went back; it never says for which lines."""
    return bool(items(body.get("refunds"), "refunds"))


def _customer(body: Mapping[str, object]) -> Customer | None:
    """Return who ordered, None if nobody is named.

    A signed-in shopper is named by the account alone: the billing e-mail is whatever was typed at the checkout, be it
    another member's. The account's own address comes with the customer.
    """
    billing = mapping(body.get("billing") or {}, "billing")
    name = " ".join(filter(None, (text(billing.get("first_name")), text(billing.get("last_name"))))) or None
    account = optional_identifier(body.get("customer_id"), "customer_id")
    if account is not None:
        return Customer(id=account, name=name)
    address = email(billing.get("email"))
    return Customer(id=None, email=address, name=name) if address else None


def _traces(body: Mapping[str, object]) -> Traces:
    goes = first_told(body, "shipping", "billing")
    address, browser = body.get("customer_ip_address"), body.get("customer_user_agent")
    found = traces(goes.get("address_1"), goes.get("postcode"), goes.get("country"), address, browser)
    hung = items(body.get("meta_data"), "meta_data")
    paid_by = next((text(meta.get("value")) for meta in hung if meta.get("key") == PAID_BY), "")
    return replace(found, payment=paid_by or None)


def _line(line: Mapping[str, object], currency: str) -> Line:
    """Return one line of goods. A variation counts as its product: that is what is reviewed and what rules name."""
    total = minor(line.get("total"), currency, "line_items[].total")
    price = max(total, minor(line.get("subtotal", line.get("total")), currency, "line_items[].subtotal"))
    return Line(
        id=identifier(line.get("id"), "line_items[].id"),
        product=optional_identifier(line.get("product_id"), "line_items[].product_id"),
        quantity=_quantity(line.get("quantity")),
        price_minor=price,
        discount_minor=price - total,
        variant=optional_identifier(line.get("variation_id"), "line_items[].variation_id"),
    )


def _is_renewal(body: Mapping[str, object]) -> bool:
    return any(meta.get("key") == RENEWS and meta.get("value") for meta in items(body.get("meta_data"), "meta_data"))


def _quantity(value: object) -> int:
    """Return how many; shops that sell by weight write fractions, which are no fewer than one piece."""
    whole = str(value).partition(".")[0]
    if not _QUANTITY.fullmatch(whole):
        raise UnreadableError("line_items[].quantity is no number")
    return max(1, int(whole))


def _is_deduction(line: Mapping[str, object], currency: str) -> bool:
    return minor(line.get("total"), currency, "line_items[].total") < 0


def _deductions(body: Mapping[str, object], lines: Sequence[Mapping[str, object]], currency: str) -> int:
    """Return what negative fees and negative lines take off: how many plugins write discounts and paid-in credit."""
    fees = items(body.get("fee_lines"), "fee_lines")
    totals = [minor(each.get("total"), currency, "total") for each in (*fees, *lines)]
    return -sum(total for total in totals if total < 0)


def _codes(body: Mapping[str, object]) -> Sequence[CodeUse]:
    """Return the coupon codes on the order. What they took off is in the lines already."""
    coupons = items(body.get("coupon_lines"), "coupon_lines")
    return [CodeUse(code) for code in (text(coupon.get("code")) for coupon in coupons) if code]


def _refunds(
    body: Mapping[str, object], refunds: Sequence[Mapping[str, object]], currency: str, updated_at: datetime
) -> tuple[Refund, ...]:
    """Return every refund that either the order or the list of refunds names, oldest first."""
    detailed = {refund.id: refund for refund in (_refund(each, currency) for each in refunds)}
    for each in items(body.get("refunds"), "refunds"):
        number = identifier(each.get("id"), "refunds[].id")
        if number not in detailed:  # Made between the two questions: all that is known is how much.
            amount = -minor(each.get("total"), currency, "refunds[].total")
            detailed[number] = Refund(id=number, at=updated_at, amount_minor=max(0, amount))
    return tuple(sorted(detailed.values(), key=lambda refund: (refund.at, refund.id)))


def _refund(body: Mapping[str, object], currency: str) -> Refund:
    """Return one refund. What it gives back per line is written as negative amounts, ``amount`` as a positive one.

    Money beside the named lines (some goodwill on top, or pieces put back into stock for nothing) becomes a line that
    names no line of the order, which is how a fact says "so much more, for no line".
    """
    named = [line for line in items(body.get("line_items"), "refunds[].line_items") if _given(line, "total", currency)]
    goods = tuple(RefundLine(_refunded_line(line), _given(line, "total", currency)) for line in named)
    parts = {key: items(body.get(key), f"refunds[].{key}") for key in ("line_items", "shipping_lines", "fee_lines")}
    money = {key: sum(_given(each, "total", currency) for each in found) for key, found in parts.items()}
    taxes = {key: sum(_given(each, "total_tax", currency) for each in found) for key, found in parts.items()}
    amount = abs(minor(body.get("amount"), currency, "refunds[].amount"))
    rest = max(0, amount - sum(money.values()) - sum(taxes.values()))
    return Refund(
        id=identifier(body.get("id"), "refunds[].id"),
        at=instant(body.get("date_created_gmt"), "refunds[].date_created_gmt"),
        lines=(*goods, RefundLine("", rest)) if goods and rest else goods,
        amount_minor=0 if goods else rest,
        shipping_minor=money["shipping_lines"],
        tax_minor=taxes["line_items"],
    )


def _given(line: Mapping[str, object], field: str, currency: str) -> int:
    """Return what a refund's line gives back, as a positive amount."""
    return max(0, -minor(line.get(field) or "0", currency, f"refunds[].{field}"))


def _refunded_line(line: Mapping[str, object]) -> str:
    """Return the id of the order's line a refund's line stands for, "" where it does not say."""
    for meta in items(line.get("meta_data"), "refunds[].line_items[].meta_data"):
        if meta.get("key") == "_refunded_item_id":
            return optional_identifier(meta.get("value"), "_refunded_item_id") or ""
    return ""
