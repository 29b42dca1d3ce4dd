"""A year of a shop's trade, seeded: who orders when, and each order as Shopify's webhooks state it (about 5 KB)."""

import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

SEED: Final = 20260
DOMAIN: Final = "benchmark.myshopify.com"
BEGINS: Final = datetime(2025, 10, 1, tzinfo=UTC)
DAYS: Final = 400
_WORDS: Final = (
    "Linen", "Cedar", "Harbour", "Slate", "Willow", "Ember", "Dune", "Fjord", "Meadow", "Copper", "Salt", "Lantern",
)  # fmt: skip
_AGENT: Final = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 Version/19.1 Mobile Safari"


@dataclass(frozen=True, slots=True)
class Purchase:
    """One order of one customer, both by number, and when it was placed."""

    order: int
    customer: int
    at: datetime


def purchases(customers: int, seed: int = SEED) -> list[Purchase]:
    """All orders of so many customers in order of time: four each on average, half have at most three, few thirty."""
    chance = random.Random(seed)
    placed: list[tuple[datetime, int]] = []
    for customer in range(customers):
        count = 1 + min(29, int(chance.expovariate(1 / 3.4)))
        placed += [
            (BEGINS + timedelta(seconds=chance.randrange(DAYS * 86_400)), 7_000_000_000 + customer)
            for _ in range(count)
        ]
    placed.sort()
    return [Purchase(5_000_000_000 + index, customer, at) for index, (at, customer) in enumerate(placed)]


def order_body(purchase: Purchase, seed: int = SEED) -> bytes:
    """The order as ``orders/create`` carries it: the fields Shopify documents, one to three lines, paid."""
    chance = random.Random(seed * 1_000_003 + purchase.order)
    lines = [_line(purchase, place, chance) for place in range(chance.choice((1, 1, 1, 2, 2, 3)))]
    goods = sum(int(line["price"].replace(".", "")) * line["quantity"] for line in lines)
    at = purchase.at.isoformat(timespec="seconds")
    token = f"{chance.getrandbits(128):032x}"
    person = _person(purchase.customer)
    address = {
        "first_name": person["first_name"], "address1": f"{chance.randrange(1, 400)} Quay Street", "phone": None,
        "city": "Portsmouth", "zip": "03801", "province": "New Hampshire", "country": "United States",
        "last_name": person["last_name"], "address2": None, "company": None, "latitude": 43.0718, "longitude": -70.7626,
        "name": f"{person['first_name']} {person['last_name']}", "country_code": "US", "province_code": "NH",
    }  # fmt: skip
    body = {
        "id": purchase.order, "admin_graphql_api_id": f"gid://shopify/Order/{purchase.order}", "app_id": 580111,
        "browser_ip": "203.0.113.7", "buyer_accepts_marketing": False, "cancel_reason": None, "cancelled_at": None,
        "cart_token": token, "checkout_id": purchase.order + 7, "checkout_token": token,
        "client_details": {"accept_language": "en-US", "browser_ip": "203.0.113.7", "user_agent": _AGENT},
        "closed_at": None, "confirmation_number": token[:9].upper(), "confirmed": True,
        "contact_email": person["email"],
        "created_at": at, "currency": "USD", "current_subtotal_price": _text(goods),
        "current_total_discounts": "0.00", "current_total_price": _text(goods + 490), "current_total_tax": "0.00",
        "customer_locale": "en-US", "discount_codes": [], "email": person["email"], "estimated_taxes": False,
        "financial_status": "paid", "fulfillment_status": None, "landing_site": "/", "landing_site_ref": None,
        "location_id": None, "name": f"#{purchase.order - 4_999_998_999}", "note": None, "note_attributes": [],
        "number": purchase.order - 4_999_999_999, "order_number": purchase.order - 4_999_998_999,
        "order_status_url": f"https://{DOMAIN}/61280042/orders/{token}/authenticate?key={token[:12]}",
        "payment_gateway_names": ["shopify_payments"], "phone": None, "presentment_currency": "USD",
        "processed_at": at, "referring_site": "https://search.example/", "source_name": "web",
        "subtotal_price": _text(goods), "tags": "", "tax_exempt": False, "tax_lines": [], "taxes_included": False,
        "test": False, "token": token, "total_discounts": "0.00", "total_line_items_price": _text(goods),
        "total_outstanding": "0.00", "total_price": _text(goods + 490), "total_price_set": _both(goods + 490),
        "total_shipping_price_set": _both(490), "total_tax": "0.00", "total_tip_received": "0.00", "total_weight": 480,
        "updated_at": at, "user_id": None, "billing_address": address,
        "customer": person | {"created_at": BEGINS.isoformat(), "updated_at": at, "default_address": address},
        "discount_applications": [], "fulfillments": [], "line_items": lines, "payment_terms": None, "refunds": [],
        "shipping_address": address,
        "shipping_lines": [{
            "id": purchase.order + 11, "carrier_identifier": None, "code": "Standard", "phone": None, "price": "4.90",
            "price_set": _both(490), "source": "shopify", "title": "Standard", "tax_lines": [], "is_removed": False,
            "discount_allocations": [],
        }],
    }  # fmt: skip
    return json.dumps(body, separators=(",", ":")).encode()


def _person(customer: int) -> dict[str, Any]:
    first, last = _WORDS[customer % 12], _WORDS[customer // 12 % 12]
    return {
        "id": customer, "email": f"{first}.{last}.{customer}@mail.example".lower(), "first_name": first,
        "last_name": last, "state": "enabled", "note": None, "verified_email": True, "tax_exempt": False, "tags": "",
        "currency": "USD", "phone": None, "admin_graphql_api_id": f"gid://shopify/Customer/{customer}",
    }  # fmt: skip


def _line(purchase: Purchase, place: int, chance: random.Random) -> Mapping[str, Any]:
    product = chance.randrange(400)
    title = f"{_WORDS[product % 12]} {_WORDS[product // 12 % 12]} Candle"
    cents, number = 1200 + product * 17, purchase.order * 4 + place
    return {
        "id": number, "admin_graphql_api_id": f"gid://shopify/LineItem/{number}",
        "current_quantity": 1, "fulfillable_quantity": 1, "fulfillment_service": "manual", "fulfillment_status": None,
        "gift_card": False, "grams": 240, "name": title, "price": _text(cents), "price_set": _both(cents),
        "product_exists": True, "product_id": 9_000_000_000 + product, "properties": [], "quantity": 1,
        "requires_shipping": True, "sku": f"CDL-{product:04}", "taxable": True, "title": title,
        "total_discount": "0.00", "total_discount_set": _both(0), "variant_id": 9_500_000_000 + product,
        "variant_title": "240 g", "vendor": "Tidewell", "tax_lines": [], "duties": [], "discount_allocations": [],
    }  # fmt: skip


def _both(cents: int) -> Mapping[str, Any]:
    money = {"amount": _text(cents), "currency_code": "USD"}
    return {"shop_money": money, "presentment_money": money}


def _text(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"
