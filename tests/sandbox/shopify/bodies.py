"""Bodies of orders, refunds and customers with the fields that Shopify documents for its webhooks."""

import hashlib

from tests.sandbox import totals
from tests.sandbox.records import Address, AppliedCode, CodeKind, Customer, Line, Order, Refund, RefundLine
from tests.sandbox.shopify.writing import Json, gid, moment, money, priced, text
from tests.sandbox.shops import Shop
from tests.sandbox.store import Store

_TYPES = {CodeKind.AMOUNT: "fixed_amount", CodeKind.PERCENTAGE: "percentage", CodeKind.FREE_SHIPPING: "shipping"}
_GATEWAYS = {"card": "shopify_payments", "transfer": "Bank Deposit", "cod": "Cash on Delivery (COD)"}


def financial_status(order: Order, shop: Shop) -> str:
    """Where the money stands."""
    if order.paid_at is None:
        return "voided" if order.cancelled_at else "pending"
    if totals.fully_refunded(order, shop):
        return "refunded"
    return "partially_refunded" if order.refunds else "paid"


def order_body(store: Store, order: Order) -> Json:
    """Write an order as its webhooks carry it."""
    shop = store.shop
    customer = store.customers.get(order.customer_id or 0)
    token = hashlib.md5(order.key.encode(), usedforsecurity=False).hexdigest()
    total, tax = totals.total(order, shop), totals.line_tax(order) + order.shipping_tax
    outstanding = 0 if order.paid_at or order.cancelled_at else total
    current_discounts = sum(
        totals.share(line.discount, totals.current_units(order, line), line.quantity) for line in order.lines
    )
    return {
        "id": order.id,
        "admin_graphql_api_id": gid("Order", order.id),
        "app_id": 580111,
        "browser_ip": "127.0.0.1",
        "buyer_accepts_marketing": False,
        "cancel_reason": "customer" if order.cancelled_at else None,
        "cancelled_at": moment(order.cancelled_at, shop),
        "cart_token": None,
        "checkout_id": order.id + 7,
        "checkout_token": token,
        "client_details": {"accept_language": "en", "browser_height": None, "browser_ip": "127.0.0.1",
                           "browser_width": None, "session_hash": None, "user_agent": "Mozilla/5.0"},
        "closed_at": None,
        "confirmation_number": token[:9].upper(),
        "confirmed": True,
        "contact_email": order.email,
        "created_at": moment(order.created_at, shop),
        "currency": shop.currency,
        **priced("current_subtotal_price", totals.current_goods(order), shop),
        "current_total_additional_fees_set": None,
        **priced("current_total_discounts", current_discounts, shop),
        "current_total_duties_set": None,
        **priced("current_total_price", totals.current_total(order, shop), shop),
        **priced("current_total_tax", totals.current_tax(order), shop),
        "customer_locale": shop.language,
        "device_id": None,
        "discount_codes": [
            {"code": code.code, "amount": text(code.amount, shop), "type": _TYPES[code.kind]} for code in order.codes
        ],
        "duties_included": False,
        "email": order.email,
        "estimated_taxes": False,
        "financial_status": financial_status(order, shop),
        "fulfillment_status": "fulfilled" if order.fulfilled_at else None,
        "landing_site": "/",
        "landing_site_ref": None,
        "location_id": None,
        "merchant_business_entity_id": "MTU0ODM4MDAwOQ",
        "merchant_of_record_app_id": None,
        "name": f"#{order.number}",
        "note": None,
        "note_attributes": [{"name": name, "value": value} for name, value in order.attributes.items()],
        "number": order.number - 1000,
        "order_number": order.number,
        "order_status_url": f"{shop.home}/548380009/orders/{token}/authenticate?key={order.key[-13:]}",
        "original_total_additional_fees_set": None,
        "original_total_duties_set": None,
        "payment_gateway_names": [_GATEWAYS[order.payment]],
        "phone": None,
        "po_number": None,
        "presentment_currency": shop.currency,
        "processed_at": moment(order.created_at, shop),
        "reference": None,
        "referring_site": None,
        "source_identifier": None,
        "source_name": "web",
        "source_url": None,
        **priced("subtotal_price", totals.goods(order), shop),
        "tags": "",
        "tax_exempt": False,
        "tax_lines": _tax_lines(tax, shop),
        "taxes_included": shop.taxes_included,
        "test": False,
        "token": token,
        "total_cash_rounding_payment_adjustment_set": money(0, shop),
        "total_cash_rounding_refund_adjustment_set": money(0, shop),
        **priced("total_discounts", totals.discounts(order), shop),
        **priced("total_line_items_price", sum(line.gross for line in order.lines), shop),
        "total_outstanding": text(outstanding, shop),
        **priced("total_price", total, shop),
        "total_shipping_price_set": money(order.shipping, shop),
        **priced("total_tax", tax, shop),
        "total_tip_received": text(0, shop),
        "total_weight": 0,
        "updated_at": moment(order.updated_at, shop),
        "user_id": None,
        "billing_address": address_body(order.address),
        "customer": _embedded(store, customer) if customer else None,
        "discount_applications": [_application(code, shop) for code in order.codes],
        "fulfillments": [],
        "line_items": [_line_body(order, line, shop) for line in order.lines],
        "payment_terms": None,
        "refunds": [refund_body(order, refund, shop) for refund in order.refunds],
        "shipping_address": address_body(order.address),
        "shipping_lines": [shipping_line_body(order, shop)],
        "returns": [],
    }  # fmt: skip


def refund_body(order: Order, refund: Refund, shop: Shop) -> Json:
    """Write a refund, as its webhook and its order carry it."""
    adjustments = []
    if refund.shipping:
        adjustments.append(_adjustment(order, refund, "shipping_refund", -refund.shipping, -refund.shipping_tax, shop))
    if refund.other:
        adjustments.append(_adjustment(order, refund, "refund_discrepancy", -refund.other, 0, shop))
    return {
        "id": refund.id,
        "order_id": order.id,
        "created_at": moment(refund.created_at, shop),
        "note": refund.reason or None,
        "user_id": 548380009,
        "processed_at": moment(refund.created_at, shop),
        "duties": [],
        "total_duties_set": money(0, shop),
        "return": None,
        "restock": bool(refund.lines),
        "additional_fees": [],
        "total_additional_fees_set": money(0, shop),
        "refund_shipping_lines": [
            {
                "id": refund.id + 1,
                "shipping_line_id": order.id + 3,
                "subtotal_amount_set": money(refund.shipping, shop),
                "tax_amount_set": money(refund.shipping_tax, shop),
                "shipping_line": shipping_line_body(order, shop),
            }
        ]
        if refund.shipping
        else [],
        "admin_graphql_api_id": gid("Refund", refund.id),
        "order_adjustments": adjustments,
        "refund_line_items": [_refund_line(order, part, shop) for part in refund.lines],
        "transactions": [
            {
                "id": refund.id + 2,
                "order_id": order.id,
                "kind": "refund",
                "gateway": _GATEWAYS[order.payment],
                "status": "success",
                "message": None,
                "created_at": moment(refund.created_at, shop),
                "test": False,
                "authorization": None,
                "location_id": None,
                "user_id": 548380009,
                "parent_id": order.id + 9,
                "processed_at": moment(refund.created_at, shop),
                "device_id": None,
                "error_code": None,
                "source_name": "1830279",
                "receipt": {},
                "amount": text(refund.amount, shop),
                "currency": shop.currency,
                "payment_id": f"#{order.number}.2",
                "manual_payment_gateway": order.payment != "card",
                "amount_rounding": None,
                "admin_graphql_api_id": gid("OrderTransaction", refund.id + 2),
            }
        ]
        if refund.amount
        else [],
    }


def customer_body(store: Store, customer: Customer) -> Json:
    """Write an account: without tags, counts and sums, which webhooks no longer carry."""
    address = _customer_address(customer)
    return {**_embedded(store, customer), "addresses": [address] if address else []}


def edit_body(order: Order, shop: Shop) -> Json:
    """Write what `orders/edited` carries: the change alone, not the order."""
    edit = order.edits[-1]

    def part(changes: list[tuple[int, int]]) -> list[Json]:
        return [{"id": line_id, "delta": abs(by)} for line_id, by in changes]

    return {
        "order_edit": {
            "id": edit.id,
            "app_id": None,
            "created_at": moment(edit.created_at, shop),
            "notify_customer": False,
            "order_id": order.id,
            "staff_note": "",
            "user_id": 548380009,
            "line_items": {
                "additions": part([(line_id, by) for line_id, by in edit.changes.items() if by > 0]),
                "removals": part([(line_id, by) for line_id, by in edit.changes.items() if by < 0]),
            },
            "discounts": {"line_item": {"additions": [], "removals": []}},
            "shipping_lines": {"additions": [], "removals": []},
        }
    }


def address_body(address: Address) -> Json:
    """Write a postal address."""
    return {
        "first_name": address.first_name,
        "address1": address.address1,
        "phone": address.phone or None,
        "city": address.city,
        "zip": address.zip,
        "province": address.province,
        "country": address.country,
        "last_name": address.last_name,
        "address2": address.address2 or None,
        "company": None,
        "latitude": None,
        "longitude": None,
        "name": f"{address.first_name} {address.last_name}".strip(),
        "country_code": address.country_code,
        "province_code": address.province_code or None,
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
        "tax_lines": _tax_lines(order.shipping_tax, shop),
        "discount_allocations": allocations,
    }


def _embedded(store: Store, customer: Customer) -> Json:
    shop = store.shop
    consent = {"state": "not_subscribed", "opt_in_level": "single_opt_in", "consent_updated_at": None}
    return {
        "id": customer.id,
        "email": customer.email,
        "created_at": moment(customer.created_at, shop),
        "updated_at": moment(customer.updated_at, shop),
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "state": "enabled",
        "note": None,
        "verified_email": True,
        "multipass_identifier": None,
        "tax_exempt": False,
        "phone": None,
        "email_marketing_consent": consent,
        "sms_marketing_consent": None,
        "currency": shop.currency,
        "tax_exemptions": [],
        "admin_graphql_api_id": gid("Customer", customer.id),
        "default_address": _customer_address(customer),
    }


def _customer_address(customer: Customer) -> Json | None:
    if not customer.address.address1:
        return None
    return {
        "id": customer.id + 5,
        "customer_id": customer.id,
        **address_body(customer.address),
        "country_name": customer.address.country,
        "default": True,
    }


def _application(code: AppliedCode, shop: Shop) -> Json:
    shipping = code.kind is CodeKind.FREE_SHIPPING
    percentage = code.kind is CodeKind.PERCENTAGE
    value = str(float(code.value) * 100) if percentage else text(code.amount, shop)
    return {
        "target_type": "shipping_line" if shipping else "line_item",
        "type": "discount_code",
        "value": "100.0" if shipping else value,
        "value_type": "fixed_amount" if code.kind is CodeKind.AMOUNT else "percentage",
        "allocation_method": "each" if shipping else "across",
        "target_selection": "all",
        "code": code.code,
    }


def _tax_lines(tax: int, shop: Shop) -> list[Json]:
    line = {
        "price": text(tax, shop),
        "rate": float(shop.tax_rate),
        "title": shop.tax_name,
        "price_set": money(tax, shop),
        "channel_liable": None,
    }
    return [line] if tax else []


def _line_body(order: Order, line: Line, shop: Shop) -> Json:
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
        "tax_lines": _tax_lines(line.tax, shop),
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


def _refund_line(order: Order, part: RefundLine, shop: Shop) -> Json:
    line = next(line for line in order.lines if line.id == part.line_id)
    return {
        "id": part.id,
        "quantity": part.quantity,
        "line_item_id": part.line_id,
        "location_id": 487838322,
        "restock_type": "return",
        # Here, and only here, money is a JSON number.
        "subtotal": float(text(part.subtotal, shop)),
        "total_tax": float(text(part.tax, shop)),
        "subtotal_set": money(part.subtotal, shop),
        "total_tax_set": money(part.tax, shop),
        "line_item": _line_body(order, line, shop),
    }


def _adjustment(order: Order, refund: Refund, kind: str, amount: int, tax: int, shop: Shop) -> Json:
    return {
        "id": refund.id + (3 if kind == "shipping_refund" else 4),
        "order_id": order.id,
        "refund_id": refund.id,
        "amount": text(amount, shop),
        "tax_amount": text(tax, shop),
        "kind": kind,
        "reason": kind.replace("_", " ").capitalize(),
        "amount_set": money(amount, shop),
        "tax_amount_set": money(tax, shop),
    }
