"""Bodies of order lines, shipping lines and taxes."""

from tests.sandbox import totals
from tests.sandbox.records import CodeKind, Line, Order
from tests.sandbox.shopify.writing import Json, gid, money, priced, text
from tests.sandbox.shops import Shop


def line_body(order: Order, line: Line, shop: Shop) -> Json:
    """Write one line of an order."""
    return {
        "id": line.id,
        "admin_graphql_api_id": gid("LineItem", line.id),
        "attributed_staffs": [],
        "current_quantity": totals.current_units(order, line),
        "fulfillable_quantity": 0 if order.fulfilled_at else totals.current_units(order, line),
        "fulfillment_service": "manual",
        "fulfillment_status": "fulfilled" if order.fulfilled_at else None,
        "gift_card": line.gift_card,
        "grams": 0,
        "name": f"{line.title} - {line.variant_title}",
        **priced("price", line.price, shop),
        "product_exists": True,
        "product_id": line.product_id,
        "properties": [],
        "quantity": line.quantity,
        "requires_shipping": not line.gift_card,
        "sku": line.sku,
        "taxable": not line.gift_card,
        "title": line.title,
        **priced("total_discount", 0, shop),  # codes stand in discount_allocations; this is for line discounts
        "variant_id": line.variant_id,
        "variant_inventory_management": None,
        "variant_title": line.variant_title,
        "vendor": shop.name,
        "tax_lines": tax_lines(line.tax, shop),
        "duties": [],
        "discount_allocations": [
            {
                "amount": text(part.amount, shop),
                "amount_set": money(part.amount, shop),
                "discount_application_index": part.code,
            }
            for part in line.allocations
        ],
    }


def shipping_line_body(order: Order, shop: Shop) -> Json:
    """Write how the order is sent and what that costs."""
    allocations = [
        {"amount": text(code.amount, shop), "amount_set": money(code.amount, shop), "discount_application_index": index}
        for index, code in enumerate(order.codes)
        if code.kind is CodeKind.FREE_SHIPPING
    ]
    return {
        "id": order.id + 3,
        "carrier_identifier": None,
        "code": "Standard",
        "discounted_price": text(totals.shipping_paid(order), shop),
        "discounted_price_set": money(totals.shipping_paid(order), shop),
        "is_removed": False,
        "phone": None,
        **priced("price", order.shipping, shop),
        "requested_fulfillment_service_id": None,
        "source": "shopify",
        "title": "Standard",
        "tax_lines": tax_lines(order.shipping_tax, shop),
        "discount_allocations": allocations,
    }


def tax_lines(tax: int, shop: Shop) -> list[Json]:
    """Write the tax of a line or an order; nothing where there is none."""
    line = {
        "price": text(tax, shop),
        "rate": float(shop.tax_rate),
        "title": shop.tax_name,
        "price_set": money(tax, shop),
        "channel_liable": None,
    }
    return [line] if tax else []
