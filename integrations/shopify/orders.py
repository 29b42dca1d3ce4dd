"""An order as a shop of Shopify states it, by webhook or by GraphQL, turned into an ``Order`` fact.

Nothing is counted twice:

- A line's discounts are its ``discount_allocations``: what *every* discount, of the line or of the order, took off
  this line. ``total_discount`` is the line's own part of the same money (Shopify's reference: "provides the same
  information"), so the larger of the two counts, never both. ``discount_codes[].amount`` and ``total_discounts`` are
  that money again and are not read.
- Prices contain tax where ``taxes_included``; a line's ``tax_lines`` are charged after discounts and come off it.
- ``quantity`` counts pieces that were refunded or edited away, ``current_quantity`` does not; allocations and taxes
  count them too. Pieces gone without a refund were edited away: they are left out with their share of discount and tax.
- A tip is a line as well as ``total_tip_received``; its line is left out.

Whether an order is paid is told by ``financial_status`` (``paid`` and both refunded ones: nothing unpaid is refunded).
No field tells when: ``processed_at``, the date the merchant sees and reports by, stands for it, because it is in every
webhook and in GraphQL and never moves, so that an order keeps its place among the member's orders.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from app.loyalty.facts import CodeUse, Customer, Line, Order, Traces
from app.loyalty.money import spread
from integrations.places import first_place
from integrations.platform import ANOTHER_SHOP, ShopProfile
from integrations.reading import (
    UnreadableError,
    currency_code,
    email,
    instant,
    mapping,
    optional_instant,
    tags,
    text,
    word,
)
from integrations.shopify.amounts import amount, nodes, number, optional_number, quantity, share, total
from integrations.shopify.goods import catalogue, labels
from integrations.shopify.payments import credit, gateway, is_paid_by_credit
from integrations.shopify.refunds import line_of, read_refund
from integrations.traces import first_told, traces

_PAID: Final = frozenset({"paid", "partially_refunded", "refunded"})
_STATUS_PAGE: Final = re.compile(r"https://([a-z0-9.-]{1,253})/(?:([0-9]{1,20})/orders/)?.*")
_PERMANENT: Final = ".myshopify.com"
_RENEWED: Final = "subscription_contract"
"""How the source of an order begins that a subscription's billing made; since October 2025 with ``_checkout_one``."""
_LOCALE: Final = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,2}")


def read_order(body: Mapping[str, object], shop: ShopProfile) -> Order:
    """Return the order. Raises UnreadableError, also when the body is another shop's than it was delivered for."""
    _is_of(body, shop)
    currency = currency_code(body.get("currency"), "currency")
    taxed = body.get("taxes_included") is True
    tips = _tips(body, currency)
    refunds = nodes(body.get("refunds"), "refunds")
    lines, line_tax = _lines(body, currency, taxed=taxed, tips=tips, gone=_refunded(refunds))
    shipping, shipping_tax = _shipping(body, currency, taxed=taxed)
    tax = total((line_tax, shipping_tax), "tax_lines")
    if tax == 0:
        tax = amount(body, "total_tax", currency)
        lines = _without_tax(lines, tax) if taxed else lines
    placed_at = instant(body.get("processed_at") or body.get("created_at"), "processed_at")
    status = word(body.get("financial_status") or "pending", "financial_status").lower()
    told = "transactions" in body or not is_paid_by_credit(body)
    return Order(
        id=number(body.get("id"), "id"),
        name=text(body.get("name")),
        customer=read_buyer(body),
        updated_at=instant(body.get("updated_at"), "updated_at"),
        placed_at=placed_at,
        paid_at=placed_at if status in _PAID else None,
        cancelled_at=optional_instant(body.get("cancelled_at"), "cancelled_at"),
        currency=currency,
        lines=lines,
        shipping_minor=shipping,
        tax_minor=tax,
        tip_minor=amount(body, "total_tip_received", currency),
        codes=_codes(body),
        refunds=tuple(read_refund(refund, currency, taxed=taxed, tips=tips) for refund in refunds),
        test=body.get("test") is True,
        traces=_traces(body),
        place=first_place(body, "shipping_address", "billing_address"),
        channel=text(body.get("source_name")) or None,
        payment=gateway(body),
        shown_currency=_shown_currency(body, currency),
        tags=tags(body.get("tags")),
        renewal=text(body.get("source_name")).startswith(_RENEWED),
        credit_minor=credit(body, currency) if told else sum(_goods(lines)),
        credit_told=told,
        has_catalogue=True,
    )


def _traces(body: Mapping[str, object]) -> Traces:
    """Webhooks alone tell them, and only to apps that may see addresses; GraphQL would refuse the whole question."""
    goes = first_told(body, "shipping_address", "billing_address")
    client = body.get("client_details")
    browser = client.get("user_agent") if isinstance(client, dict) else None
    return traces(goes.get("address1"), goes.get("zip"), goes.get("country_code"), body.get("browser_ip"), browser)


def _shown_currency(body: Mapping[str, object], currency: str) -> str | None:
    """Return the currency the shopper saw where it is not the shop's own."""
    shown = body.get("presentment_currency")
    return None if shown is None or shown == currency else currency_code(shown, "presentment_currency")


def read_buyer(body: Mapping[str, object]) -> Customer | None:
    """Return who bought: a customer by id (e-mail and name may be withheld), a guest by e-mail, or nobody."""
    if body.get("customer") is None:
        guest = email(body.get("email")) or email(body.get("contact_email"))
        return Customer(id=None, email=guest, locale=locale(body.get("customer_locale"))) if guest else None
    return read_customer(mapping(body["customer"], "customer"), body.get("customer_locale"))


def read_customer(customer: Mapping[str, object], spoken: object) -> Customer:
    """Return a customer of the shop; ``spoken`` is the language code told with them, if any."""
    default = customer.get("default_email_address")
    address = default.get("email_address") if isinstance(default, dict) else customer.get("email")
    name = f"{text(customer.get('first_name'))} {text(customer.get('last_name'))}".strip()
    return Customer(
        id=number(customer.get("id"), "customer.id"),
        email=email(address),
        name=text(name) or None,
        locale=locale(spoken),
    )


def locale(value: object) -> str | None:
    """Return a language code (``en``, ``ja-JP``), or None for what is none."""
    return value if isinstance(value, str) and _LOCALE.fullmatch(value) else None


def _is_of(body: Mapping[str, object], shop: ShopProfile) -> None:
    """The header that names the shop is not signed; the order's page is: by the shop's domain or by its number."""
    page = body.get("order_status_url")
    found = _STATUS_PAGE.fullmatch(page) if isinstance(page, str) else None
    if found is None:
        return
    host, number_ = found.groups()
    foreign = host.endswith(_PERMANENT) and host != shop.domain
    if foreign or (shop.external_id is not None and number_ not in (None, shop.external_id)):
        raise UnreadableError(ANOTHER_SHOP)


def _refunded(refunds: Sequence[Mapping[str, object]]) -> Counter[str]:
    """Count the refunded pieces by line."""
    pieces: Counter[str] = Counter()
    for refund in refunds:
        for item in nodes(refund.get("refund_line_items"), "refund_line_items"):
            pieces[line_of(item)] += quantity(item.get("quantity"), "refund_line_items.quantity")
    return pieces


def _lines(
    body: Mapping[str, object], currency: str, *, taxed: bool, tips: frozenset[str], gone: Counter[str]
) -> tuple[tuple[Line, ...], int]:
    """Return the goods and gift cards, and the tax charged on them."""
    lines: list[Line] = []
    taxes: list[int] = []
    filed = catalogue(body)
    for item in nodes(body.get("line_items"), "line_items"):
        id_ = number(item.get("id"), "line_items.id")
        if id_ in tips:
            continue
        ordered = quantity(item.get("quantity"), "line_items.quantity")
        left = item.get("current_quantity")
        kept = ordered if left is None else min(ordered, quantity(left, "line_items.current_quantity") + gone[id_])
        tax = share(_taxes(item, currency), kept, ordered)
        price = amount(item, "price", currency) * kept - (tax if taxed else 0)
        lines.append(
            Line(
                id=id_,
                product=_product(item),
                quantity=kept,
                price_minor=total((max(0, price),), "line_items.price"),
                discount_minor=share(_discount(item, currency), kept, ordered),
                gift_card=item.get("gift_card") is True,
                variant=_variant(item),
                labels=labels(item, _product(item), filed),
                filed=filed is not None,
            )
        )
        taxes.append(tax)
    return tuple(lines), total(taxes, "line_items.tax_lines")


def _product(item: Mapping[str, object]) -> str | None:
    product = item.get("product")
    return optional_number(product.get("id") if isinstance(product, dict) else item.get("product_id"), "product_id")


def _variant(item: Mapping[str, object]) -> str | None:
    variant = item.get("variant")
    return optional_number(variant.get("id") if isinstance(variant, dict) else item.get("variant_id"), "variant_id")


def _discount(item: Mapping[str, object], currency: str) -> int:
    """Return what every discount together took off a line, or off the shipping."""
    parts = nodes(item.get("discount_allocations"), "discount_allocations")
    allocated = total((amount(part, "amount", currency) for part in parts), "discount_allocations")
    return max(allocated, amount(item, "total_discount", currency))


def _taxes(item: Mapping[str, object], currency: str) -> int:
    return total((amount(tax, "price", currency) for tax in nodes(item.get("tax_lines"), "tax_lines")), "tax_lines")


def _without_tax(lines: tuple[Line, ...], tax: int) -> tuple[Line, ...]:
    """Take an order's tax out of its lines where no line says what it contains."""
    nets = _goods(lines)
    parts = spread(min(tax, sum(nets)), nets)
    return tuple(replace(line, price_minor=line.price_minor - part) for line, part in zip(lines, parts, strict=True))


def _goods(lines: tuple[Line, ...]) -> list[int]:
    """Return what each line costs as goods; gift cards are none."""
    return [0 if line.gift_card else line.net_minor for line in lines]


def _shipping(body: Mapping[str, object], currency: str, *, taxed: bool) -> tuple[int, int]:
    """Return what the way to the shopper costs after discounts and without tax, and its tax."""
    if body.get("shipping_lines") is None:
        return amount(body, "total_shipping_price", currency), 0
    costs: list[int] = []
    taxes: list[int] = []
    for way in nodes(body["shipping_lines"], "shipping_lines"):
        if way.get("is_removed") is True:
            continue
        tax = _taxes(way, currency)
        costs.append(max(0, amount(way, "price", currency) - _discount(way, currency) - (tax if taxed else 0)))
        taxes.append(tax)
    return total(costs, "shipping_lines"), total(taxes, "shipping_lines.tax_lines")


def _tips(body: Mapping[str, object], currency: str) -> frozenset[str]:
    """Return the ids of lines that are tips.

    Webhooks mark them (``tip_payment_gateway``). GraphQL does not: there it is the one line without a product whose
    price is the order's tip.
    """
    items = nodes(body.get("line_items"), "line_items")
    marked = [item for item in items if item.get("tip_payment_gateway") or item.get("tip_payment_method")]
    tip = amount(body, "total_tip_received", currency)
    if not marked and tip:
        marked = [
            item
            for item in items
            if item.get("quantity") == 1
            and _product(item) is None
            and item.get("gift_card") is not True
            and amount(item, "price", currency) == tip
        ][:1]
    return frozenset(number(item.get("id"), "line_items.id") for item in marked)


def _codes(body: Mapping[str, object]) -> tuple[CodeUse, ...]:
    """Return the codes the shopper entered. What they took off is in the lines and the shipping already."""
    given = body.get("discount_codes")
    if given is not None and not isinstance(given, list):
        raise UnreadableError("discount_codes is no list")
    codes = (code if isinstance(code, str) else mapping(code, "discount_codes[]").get("code") for code in given or ())
    return tuple(CodeUse(code) for code in dict.fromkeys(map(text, codes)) if code)
