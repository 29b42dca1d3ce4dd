"""Orders and refunds as GraphQL nodes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.sandbox import totals
from tests.sandbox.records import Allocation, CodeKind, Line, Order, Refund, RefundLine
from tests.sandbox.shopify.bodies import financial_status
from tests.sandbox.shopify.nodes import Node, bag, connection, customer_node, instant
from tests.sandbox.shopify.refund_bodies import GATEWAYS, GIFT_CARD, gateways, source_name
from tests.sandbox.shopify.writing import gid
from tests.sandbox.shops import Shop
from tests.sandbox.store import Store


def order_node(store: Store, order: Order) -> Node:
    """An order as it is now."""
    shop = store.shop
    customer = store.customers.get(order.customer_id or 0)
    total, tax = totals.total(order, shop), totals.line_tax(order) + order.shipping_tax
    shipping = _shipping_line(order, shop)
    lines = [([line.id], _line(order, line, shop)) for line in order.lines]
    return {
        "__typename": "Order",
        "id": gid("Order", order.id),
        "legacyResourceId": str(order.id),
        "name": f"#{order.number}",
        "number": order.number,
        "createdAt": instant(order.created_at),
        "processedAt": instant(order.created_at),
        "updatedAt": instant(order.updated_at),
        "cancelledAt": instant(order.cancelled_at),
        "confirmed": True,
        "displayFinancialStatus": financial_status(order, shop).upper(),
        "fullyPaid": bool(order.paid_at),
        "unpaid": not order.paid_at,
        "currencyCode": shop.currency,
        "presentmentCurrencyCode": shop.currency,
        "taxesIncluded": shop.taxes_included,
        "test": False,
        "email": order.email,
        "note": None,
        "edited": bool(order.edits),
        "customAttributes": [{"key": key, "value": value} for key, value in order.attributes.items()],
        "customerLocale": shop.language,
        "customer": customer_node(store, customer) if customer else None,
        "discountCode": order.codes[0].code if order.codes else None,
        "discountCodes": [code.code for code in order.codes],
        "sourceName": source_name(order),
        "paymentGatewayNames": list(reversed(gateways(order))),
        "tags": list(order.way.tags),
        "taxLines": _tax_lines(tax, shop),
        "currentSubtotalPriceSet": bag(totals.current_goods(order), shop),
        "currentTotalPriceSet": bag(totals.current_total(order, shop), shop),
        "currentTotalTaxSet": bag(totals.current_tax(order), shop),
        "originalTotalPriceSet": bag(total, shop),
        "subtotalPriceSet": bag(totals.goods(order), shop),
        "totalPriceSet": bag(total, shop),
        "totalTaxSet": bag(tax, shop),
        "totalTipReceivedSet": bag(0, shop),
        "totalDiscountsSet": bag(totals.discounts(order), shop),
        "totalOutstandingSet": bag(0 if order.paid_at else total, shop),
        "totalReceivedSet": bag(total if order.paid_at else 0, shop),
        "totalRefundedSet": bag(totals.refunded(order), shop),
        "totalShippingPriceSet": bag(order.shipping, shop),
        "lineItems": connection(lines),
        "shippingLine": shipping,
        "shippingLines": connection([([order.id], shipping)]),
        "refunds": lambda _info, first=None: [refund_node(store, order, refund) for refund in order.refunds[:first]],
        "transactions": lambda _info, first=None: _sales(order, total, shop)[:first],
    }


def refund_node(store: Store, order: Order, refund: Refund) -> Node:
    """A refund with its lines."""
    shop = store.shop
    parts = [([part.id], _refund_line(order, part, shop)) for part in refund.lines]
    shipping = {
        "id": gid("RefundShippingLine", refund.id + 1),
        "shippingLine": _shipping_line(order, shop),
        "subtotalAmountSet": bag(refund.shipping, shop),
        "taxAmountSet": bag(refund.shipping_tax, shop),
    }
    money_back = {
        "id": gid("OrderTransaction", refund.id + 2),
        "kind": "REFUND",
        "status": "SUCCESS",
        "gateway": "shopify_payments",
        "test": False,
        "amountSet": bag(refund.amount, shop),
        "createdAt": instant(refund.created_at),
        "processedAt": instant(refund.created_at),
    }
    return {
        "__typename": "Refund",
        "id": gid("Refund", refund.id),
        "legacyResourceId": str(refund.id),
        "createdAt": instant(refund.created_at),
        "processedAt": instant(refund.created_at),
        "updatedAt": instant(refund.created_at),
        "note": refund.reason or None,
        "order": lambda _info: order_node(store, order),
        "duties": [],
        "totalRefundedSet": bag(refund.amount, shop),
        "refundLineItems": connection(parts),
        "refundShippingLines": connection([([refund.id], shipping)] if refund.shipping else []),
        "transactions": connection([([refund.id], money_back)] if refund.amount else []),
    }


def _tax_lines(tax: int, shop: Shop) -> list[Node]:
    rate = float(shop.tax_rate)
    line = {"title": shop.tax_name, "rate": rate, "ratePercentage": rate * 100, "priceSet": bag(tax, shop)}
    return [line] if tax else []


def _allocations(parts: Sequence[Allocation], shop: Shop) -> list[Node]:
    return [{"allocatedAmountSet": bag(part.amount, shop)} for part in parts]


def _line(order: Order, line: Line, shop: Shop) -> Node:
    product = gid("Product", line.product_id)
    variant = gid("ProductVariant", line.variant_id)
    units = totals.current_units(order, line)
    return {
        "id": gid("LineItem", line.id),
        "title": line.title,
        "name": f"{line.title} - {line.variant_title}",
        "variantTitle": line.variant_title,
        "sku": line.sku,
        "vendor": shop.name,
        "quantity": line.quantity,
        "currentQuantity": units,
        "refundableQuantity": units if order.paid_at else 0,
        "isGiftCard": line.gift_card,
        "product": {"id": product, "legacyResourceId": str(line.product_id), "title": line.title,
                    "handle": line.sku.rpartition("-")[0].lower(), "isGiftCard": line.gift_card},
        "variant": {"id": variant, "legacyResourceId": str(line.variant_id), "title": line.variant_title},
        "originalUnitPriceSet": bag(line.price, shop),
        "originalTotalSet": bag(line.gross, shop),
        "discountedTotalSet": _discounted_total(line, shop),
        "totalDiscountSet": bag(line.discount, shop),
        "discountAllocations": _allocations(line.allocations, shop),
        "taxLines": lambda _info, first=None: _tax_lines(line.tax, shop)[:first],
    }  # fmt: skip


def _discounted_total(line: Line, shop: Shop) -> Callable[..., Node]:
    def resolve(_info: object, *, withCodeDiscounts: bool = False) -> Node:  # noqa: N803 - Shopify's name
        return bag(line.paid if withCodeDiscounts else line.gross, shop)

    return resolve


def _shipping_line(order: Order, shop: Shop) -> Node:
    parts = [
        Allocation(index, code.amount) for index, code in enumerate(order.codes) if code.kind is CodeKind.FREE_SHIPPING
    ]
    return {
        "id": gid("ShippingLine", order.id + 3),
        "title": "Standard",
        "code": "Standard",
        "isRemoved": False,
        "originalPriceSet": bag(order.shipping, shop),
        "discountedPriceSet": bag(totals.shipping_paid(order), shop),
        "discountAllocations": _allocations(parts, shop),
        "taxLines": _tax_lines(order.shipping_tax, shop),
    }


def _refund_line(order: Order, part: RefundLine, shop: Shop) -> Node:
    line = next(line for line in order.lines if line.id == part.line_id)
    return {
        "id": gid("RefundLineItem", part.id),
        "quantity": part.quantity,
        "lineItem": _line(order, line, shop),
        "subtotalSet": bag(part.subtotal, shop),
        "totalTaxSet": bag(part.tax, shop),
    }


def _sales(order: Order, total: int, shop: Shop) -> list[Mapping[str, Any]]:
    if not order.paid_at:
        return []
    by_card = [_sale(order, 8, GIFT_CARD, order.way.credit, shop)] if order.way.credit else []
    return [*by_card, _sale(order, 9, GATEWAYS[order.payment], total - order.way.credit, shop)]


def _sale(order: Order, place: int, gateway: str, amount: int, shop: Shop) -> Mapping[str, Any]:
    return {
        "id": gid("OrderTransaction", order.id + place),
        "kind": "SALE",
        "status": "SUCCESS",
        "gateway": gateway,
        "test": False,
        "amountSet": bag(amount, shop),
        "createdAt": instant(order.paid_at),
        "processedAt": instant(order.paid_at),
    }
