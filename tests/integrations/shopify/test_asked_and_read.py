"""What our documents ask for under webhook names is what our reader reads: executed against the published schema."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from graphql import ExecutionResult, execute_sync, parse

from app.loyalty.facts import Order, SignUp
from integrations.shopify.documents import CHANGED_ORDERS, CUSTOMER, ORDER, PRODUCTS, REFUND
from integrations.shopify.translate import CUSTOMER as CUSTOMER_TOPIC
from integrations.shopify.translate import ORDER as ORDER_TOPIC
from integrations.shopify.translate import translate
from tests.integrations.shopify.admin_schema import schema
from tests.integrations.shopify.shops import PROFILE, body
from tests.integrations.shopify.test_fetch import LAST
from tests.integrations.shopify.test_orders import changed, only
from tests.integrations.shopify.test_orders import order as recorded

HOOK = "orders/updated/one-pair-and-the-shipping-refunded"


def money(amount: str) -> dict[str, Any]:
    return {"shopMoney": {"amount": amount, "currencyCode": "USD"}}


def allocated(*amounts: str) -> list[dict[str, Any]]:
    return [{"allocatedAmountSet": money(amount)} for amount in amounts]


def line(
    number: int, goods: tuple[int, int], pieces: tuple[int, int], price: str, off: list[Any], *taxes: str
) -> dict[str, Any]:
    product, variant = goods
    return {
        "id": f"gid://shopify/LineItem/{number}",
        "title": "A thing",
        "quantity": pieces[0],
        "currentQuantity": pieces[1],
        "isGiftCard": False,
        "product": {"legacyResourceId": str(product)},
        "variant": {"legacyResourceId": str(variant)},
        "vendor": "Tidewell",
        "originalUnitPriceSet": money(price),
        "discountAllocations": off,
        "taxLines": [{"priceSet": money(tax)} for tax in taxes],
    }


def paid(gateway: str, amount: str, kind: str = "SALE", status: str = "SUCCESS") -> dict[str, Any]:
    return {"gateway": gateway, "kind": kind, "status": status, "amountSet": money(amount)}


MAREN = {
    "legacyResourceId": "7412258816291",
    "firstName": "Maren",
    "lastName": "Holt",
    "defaultEmailAddress": {"emailAddress": "maren@example.com"},
    "createdAt": "2026-03-02T14:15:00Z",
    "updatedAt": "2026-10-04T14:02:12Z",
    "state": "ENABLED",
    "tags": ["VIP"],
    "verifiedEmail": True,
    "locale": "en",
}
REFUNDED = {
    "id": "gid://shopify/Refund/930000000001",
    "legacyResourceId": "930000000001",
    "createdAt": "2026-10-09T12:30:00Z",
    "processedAt": "2026-10-09T12:30:00Z",
    "refundLineItems": {
        "nodes": [
            {
                "quantity": 1,
                "lineItem": {"id": "gid://shopify/LineItem/14300000000002"},
                "subtotalSet": money("9.0"),
                "totalTaxSet": money("0.72"),
            }
        ],
        "pageInfo": LAST,
    },
    "refundShippingLines": {"nodes": [{"subtotalAmountSet": money("5.0"), "taxAmountSet": money("0.4")}]},
    "duties": [],
    "transactions": {"nodes": [{"kind": "REFUND", "status": "SUCCESS", "amountSet": money("15.12")}]},
}
BOUGHT = {
    "id": "gid://shopify/Order/5912345670001",
    "legacyResourceId": "5912345670001",
    "name": "#1001",
    "createdAt": "2026-10-04T14:02:11Z",
    "processedAt": "2026-10-04T14:02:11Z",
    "updatedAt": "2026-10-09T12:30:01Z",
    "cancelledAt": None,
    "displayFinancialStatus": "PARTIALLY_REFUNDED",
    "currencyCode": "USD",
    "presentmentCurrencyCode": "USD",
    "sourceName": "web",
    "paymentGatewayNames": ["shopify_payments"],
    "tags": [],
    "transactions": [paid("shopify_payments", "73.44")],
    "taxesIncluded": False,
    "test": False,
    "email": "maren@example.com",
    "customerLocale": "en-US",
    "customer": MAREN,
    "discountCodes": ["KZ-AUTUMN"],
    "totalTaxSet": money("5.44"),
    "totalTipReceivedSet": money("0.0"),
    "lineItems": {
        "nodes": [
            line(14300000000001, (8100000000001, 8100000007001), (2, 2), "25.0", allocated("10.0", "4.0"), "2.88"),
            line(14300000000002, (8100000000002, 8100000007002), (3, 2), "10.0", allocated("3.0"), "1.62", "0.54"),
        ],
        "pageInfo": LAST,
    },
    "shippingLines": {
        "nodes": [
            {
                "originalPriceSet": money("6.0"),
                "discountAllocations": allocated("1.0"),
                "taxLines": [{"priceSet": money("0.4")}],
            }
        ],
        "pageInfo": LAST,
    },
    "refunds": [REFUNDED],
}


def run(document: str, root: Mapping[str, Any], **variables: Any) -> dict[str, Any]:  # noqa: ANN401
    result = execute_sync(schema(), parse(document), root_value=root, variable_values=variables)
    assert isinstance(result, ExecutionResult)
    assert result.errors is None, result.errors
    assert result.data is not None
    return result.data


def test_an_order_by_our_documents_is_the_order_by_webhook() -> None:
    assert by_asking() == recorded(HOOK)


def by_asking(**changed: Any) -> Order:  # noqa: ANN401
    """Return the order as our documents ask for it, where the shop has it with these fields."""
    order = run(ORDER, {"order": {**BOUGHT, **changed}}, id=BOUGHT["id"], lines=50, ways=10, refunds=50, payments=20)
    whole = order["order"]
    whole["refunds"] = [run(REFUND, {"refund": REFUNDED}, id=REFUNDED["id"], lines=50)["refund"]]
    return only(translate(ORDER_TOPIC, json.dumps(whole).encode(), PROFILE))


@pytest.mark.parametrize(
    ("told", "asked"),
    (
        ({"source_name": "pos"}, {"sourceName": "pos"}),
        ({"source_name": "3890849"}, {"sourceName": "3890849"}),
        ({"source_name": None}, {"sourceName": None}),
        ({"source_name": "subscription_contract"}, {"sourceName": "subscription_contract"}),
        ({"presentment_currency": "EUR"}, {"presentmentCurrencyCode": "EUR"}),
        ({"payment_gateway_names": []}, {"paymentGatewayNames": []}),
        ({"payment_gateway_names": ["paypal", "cod"]}, {"paymentGatewayNames": ["cod", "paypal"]}),
        ({"tags": "wholesale, b2b"}, {"tags": ["b2b", "wholesale"]}),
    ),
    ids=lambda fields: "-".join(str(value) for value in fields.values()),
)
def test_an_order_by_our_documents_says_the_same_of_every_field(told: dict[str, Any], asked: dict[str, Any]) -> None:
    assert by_asking(**asked) == only(changed(HOOK, **told)) != recorded(HOOK)


@pytest.mark.parametrize("gateway", ("gift_card", "shopify_store_credit"))
def test_what_a_gift_card_or_store_credit_paid_is_told_by_asking_only(gateway: str) -> None:
    """No webhook holds transactions: it says the most that credit can have paid, and that it does not know."""
    names = ["shopify_payments", gateway]
    told = only(changed(HOOK, payment_gateway_names=names))
    assert (told.credit_minor, told.credit_told) == (sum(line.net_minor for line in told.lines), False)
    sums = [
        paid(gateway, "12.00"), paid("shopify_payments", "61.44"), paid(gateway, "3.50", "CAPTURE"),
        paid(gateway, "40.00", status="FAILURE"), paid(gateway, "5.00", "AUTHORIZATION"),
        paid(gateway, "9.00", "REFUND"),
    ]  # fmt: skip
    order = by_asking(paymentGatewayNames=names, transactions=sums)
    assert (order.credit_minor, order.credit_told, order.payment) == (1550, True, "shopify_payments")
    assert replace(told, credit_minor=1550, credit_told=True) == order
    assert by_asking(paymentGatewayNames=[gateway], transactions=sums).payment == gateway


def test_the_catalogue_is_asked_for_what_goods_are_filed_under() -> None:
    shelf = {"legacyResourceId": "455100000001", "handle": "summer"}
    product = {"__typename": "Product", "legacyResourceId": "8100000000001", "tags": ["new", "linen"],
               "productType": "Shirts", "collections": {"nodes": [shelf]}}  # fmt: skip
    answer = run(PRODUCTS, {"nodes": [product, None]}, ids=["gid://shopify/Product/8100000000001"], collections=150)
    whole = {**json.loads(body("kizuna/order/one-pair-and-the-shipping-refunded")), "products": answer["nodes"][:1]}
    shirt, socks = only(translate(ORDER_TOPIC, json.dumps(whole).encode(), PROFILE)).lines
    assert shirt.labels == (
        "collection:455100000001", "collection:summer", "tag:linen", "tag:new", "type:Shirts", "vendor:Tidewell",
    )  # fmt: skip
    assert socks.labels == ("vendor:Tidewell",)
    assert (shirt.filed, socks.filed) == (True, True), "a product that is gone is filed under nothing"


def test_a_page_of_changes_names_what_is_to_be_asked_for() -> None:
    root = {"orders": {"nodes": [BOUGHT], "pageInfo": LAST}}
    page = run(CHANGED_ORDERS, root, query="", size=10, lines=5, ways=1, refunds=1)["orders"]
    (order,) = page["nodes"]
    assert order["gid"] == BOUGHT["id"]
    assert order["refunds"] == [{"gid": REFUNDED["id"]}]
    (fact,) = _facts(translate(ORDER_TOPIC, json.dumps({**order, "refunds": []}).encode(), PROFILE))
    assert isinstance(fact, Order)


def test_a_customer_by_our_document_is_the_customer_by_webhook() -> None:
    customer = run(CUSTOMER, {"customer": MAREN}, id="gid://shopify/Customer/7412258816291")["customer"]
    (asked,) = _facts(translate(CUSTOMER_TOPIC, json.dumps(customer).encode(), PROFILE))
    (told,) = _facts(translate("customers/create", body("customers/create/from-the-account-page"), PROFILE))
    assert isinstance(asked, SignUp)
    assert isinstance(told, SignUp)
    assert (asked.customer.id, asked.customer.email, asked.at) == (told.customer.id, told.customer.email, told.at)


def _facts(seen: object) -> tuple[object, ...]:
    assert isinstance(seen, tuple), seen
    return seen
