"""Records as GraphQL nodes: plain mappings, with functions where a field takes arguments."""

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from tests.sandbox import accounts, totals
from tests.sandbox.records import CodeKind, Customer, DiscountCode, Meta, Product
from tests.sandbox.shopify.records import Subscription
from tests.sandbox.shopify.writing import API_VERSION, gid, text
from tests.sandbox.shops import Shop
from tests.sandbox.store import Store

Node = dict[str, Any]
APP_NAMESPACE = "app--580111"


def instant(at: datetime | None) -> str | None:
    """Write an instant in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None


def bag(minor: int, shop: Shop) -> Node:
    """An amount in the shop's and the shopper's currency."""
    amount = {"amount": text(minor, shop), "currencyCode": shop.currency}
    return {"shopMoney": amount, "presentmentMoney": amount}


def connection(
    keyed: Sequence[tuple[Sequence[Any], Any]],
    *,
    reverse: bool = False,
    write: Callable[[Any], Node] = lambda node: node,
) -> Callable[..., Node]:
    """A connection over items sorted by their keys, written when chosen.

    Cursors hold the key, so that new items move nothing.
    """

    def resolve(_info: object, first: int | None = None, after: str | None = None, last: int | None = None,
                before: str | None = None, **_: object) -> Node:  # fmt: skip
        rows = [(list(key), item) for key, item in keyed]
        if reverse:
            rows.reverse()
        if after:
            place = _key(after)
            rows = [row for row in rows if (row[0] < place if reverse else row[0] > place)]
        if before:
            place = _key(before)
            rows = [row for row in rows if (row[0] > place if reverse else row[0] < place)]
        page = rows[:first] if first is not None else rows[-last:] if last else rows
        chosen = [(key, write(item)) for key, item in page]
        return {
            "nodes": [node for _, node in chosen],
            "edges": [{"cursor": _cursor(key), "node": node} for key, node in chosen],
            "pageInfo": {
                "hasNextPage": first is not None and len(rows) > first,
                "hasPreviousPage": bool(after),
                "startCursor": _cursor(chosen[0][0]) if chosen else None,
                "endCursor": _cursor(chosen[-1][0]) if chosen else None,
            },
        }

    return resolve


def _cursor(key: Sequence[Any]) -> str:
    return b64encode(json.dumps(key).encode()).decode()


def _key(cursor: str) -> list[Any]:
    return list(json.loads(b64decode(cursor)))


def shop_node(shop: Shop, shop_id: int) -> Node:
    """The shop."""
    return {
        "id": gid("Shop", shop_id),
        "name": shop.name,
        "myshopifyDomain": shop.domain,
        "currencyCode": shop.currency,
        "ianaTimezone": shop.zone,
        "taxesIncluded": shop.taxes_included,
        "email": shop.owner_email,
        "contactEmail": shop.owner_email,
        "url": shop.home,
        "primaryDomain": {
            "id": gid("Domain", 1),
            "host": shop.domain,
            "url": shop.home,
            "sslEnabled": True,
            "localization": {"alternateLocales": [], "country": shop.country, "defaultLocale": shop.language},
        },
    }


def customer_node(store: Store, customer: Customer) -> Node:
    """An account."""
    orders = [order for order in store.orders_of(customer.id) if order.paid_at and not order.cancelled_at]
    spent = sum(totals.current_total(order, store.shop) for order in orders)

    def metafield(_info: object, key: str, namespace: str | None = None) -> Node | None:
        wanted = own_namespace(namespace)
        found = next((m for m in customer.metafields if (m.namespace, m.key) == (wanted, key)), None)
        return metafield_node(found, customer) if found else None

    def metafields(info: object, namespace: str | None = None, **given: Any) -> Node:  # noqa: ANN401
        wanted = own_namespace(namespace) if namespace else None
        found = [m for m in customer.metafields if wanted in (None, m.namespace)]
        return connection([([m.id], metafield_node(m, customer)) for m in found])(info, **given)

    return {
        "__typename": "Customer",
        "id": gid("Customer", customer.id),
        "legacyResourceId": str(customer.id),
        "firstName": customer.first_name,
        "lastName": customer.last_name,
        "displayName": accounts.display_name(customer, store.shop.language),
        "defaultEmailAddress": {"emailAddress": customer.email, "validFormat": True},
        "createdAt": instant(customer.created_at),
        "updatedAt": instant(customer.updated_at),
        "state": "ENABLED",
        "locale": store.shop.language,
        "note": None,
        "tags": sorted(customer.tags),
        "verifiedEmail": True,
        "numberOfOrders": str(len(orders)),
        "amountSpent": {"amount": text(spent, store.shop), "currencyCode": store.shop.currency},
        "metafield": metafield,
        "metafields": metafields,
    }


def product_node(store: Store, product: Product) -> Node:
    """A product with what it is filed under; its category is its type and its one collection."""
    shelves = sorted({each.category for each in store.products.values()})
    number = 455_100_000_001 + shelves.index(product.category) * 1024
    collection = {
        "__typename": "Collection",
        "id": gid("Collection", number),
        "legacyResourceId": str(number),
        "handle": product.category.lower().replace(" ", "-"),
        "title": product.category,
    }
    return {
        "__typename": "Product",
        "id": gid("Product", product.id),
        "legacyResourceId": str(product.id),
        "title": product.title,
        "handle": product.slug,
        "isGiftCard": product.gift_card,
        "vendor": store.shop.name,
        "productType": product.category,
        "tags": sorted(product.tags),
        "collections": connection([([number], collection)]),
    }


def own_namespace(namespace: str | None) -> str:
    """The namespace meant: `$app` (or none) is the app's own."""
    return APP_NAMESPACE if namespace in (None, "", "$app") else str(namespace)


def digest(meta: Meta) -> str:
    """What `compareDigest` compares."""
    return hashlib.sha256(meta.value.encode()).hexdigest()


def metafield_node(meta: Meta, customer: Customer) -> Node:
    """A metafield."""
    return {
        "id": gid("Metafield", meta.id),
        "legacyResourceId": str(meta.id),
        "namespace": meta.namespace,
        "key": meta.key,
        "type": meta.type,
        "value": meta.value,
        "jsonValue": meta.value,
        "compareDigest": digest(meta),
        "createdAt": instant(customer.updated_at),
        "updatedAt": instant(customer.updated_at),
    }


def discount_node(store: Store, code: DiscountCode) -> Node:
    """A discount with its one code."""
    shop = store.shop
    now = store.clock.now()
    ended = code.ends_at is not None and code.ends_at <= now
    ahead = code.starts_at is not None and code.starts_at > now
    status = "EXPIRED" if ended or not code.enabled else "SCHEDULED" if ahead else "ACTIVE"
    owners = [store.customers[number] for number in code.customer_ids if number in store.customers]
    context = (
        {"__typename": "DiscountCustomers", "customers": [customer_node(store, owner) for owner in owners]}
        if code.customer_ids
        else {"__typename": "DiscountBuyerSelectionAll", "all": "ALL"}
    )
    redeem = {"id": gid("DiscountRedeemCode", code.id), "code": code.code, "asyncUsageCount": len(code.used_by)}
    least = {
        "__typename": "DiscountMinimumSubtotal",
        "greaterThanOrEqualToSubtotal": {"amount": text(code.minimum, shop), "currencyCode": shop.currency},
    }
    discount: Node = {
        "__typename": "DiscountCodeBasic",
        "title": code.title,
        "status": status,
        "startsAt": instant(code.starts_at or code.created_at),
        "endsAt": instant(code.ends_at),
        "createdAt": instant(code.created_at),
        "updatedAt": instant(code.updated_at),
        "usageLimit": code.usage_limit,
        "appliesOncePerCustomer": code.limit_per_customer == 1,
        "asyncUsageCount": len(code.used_by),
        "codes": connection([([code.id], redeem)]),
        "context": context,
        "minimumRequirement": least if code.minimum else None,
        "combinesWith": {
            "orderDiscounts": "order" in code.combines,
            "productDiscounts": "product" in code.combines,
            "shippingDiscounts": "shipping" in code.combines,
        },
    }
    if code.kind is CodeKind.FREE_SHIPPING:
        discount.update(__typename="DiscountCodeFreeShipping", maximumShippingPrice=None)
    else:
        gives = (
            {"__typename": "DiscountPercentage", "percentage": float(code.percent)}
            if code.kind is CodeKind.PERCENTAGE
            else {
                "__typename": "DiscountAmount",
                "amount": {"amount": text(code.amount, shop), "currencyCode": shop.currency},
                "appliesOnEachItem": False,
            }
        )
        once = {"appliesOnOneTimePurchase": True, "appliesOnSubscription": False}
        discount["customerGets"] = {**once, "value": gives}
    return {"__typename": "DiscountCodeNode", "id": gid("DiscountCodeNode", code.id), "codeDiscount": discount}


def subscription_node(subscription: Subscription) -> Node:
    """A webhook subscription."""
    return {
        "__typename": "WebhookSubscription",
        "id": gid("WebhookSubscription", subscription.id),
        "legacyResourceId": str(subscription.id),
        "apiVersion": {"displayName": API_VERSION, "handle": API_VERSION, "supported": True},
        "topic": subscription.topic.upper().replace("/", "_").replace(".", "_"),
        "uri": subscription.uri,
        "format": "JSON",
        "filter": subscription.filter,
        "includeFields": subscription.include_fields,
        "name": subscription.name,
        "createdAt": instant(subscription.created_at),
        "updatedAt": instant(subscription.updated_at),
    }
