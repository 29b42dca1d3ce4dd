"""Every GraphQL document is one Shopify understands, and there are no others."""

import ast
from pathlib import Path

import pytest
from graphql import parse

import integrations
from integrations.shopify import documents, fetch
from tests.integrations.shopify.admin import NAMED
from tests.integrations.shopify.admin_schema import problems, schema
from tests.sandbox.shopify.execution import _cost

ID = "gid://shopify/Order/1"
WHO = "gid://shopify/Customer/1"
COMMON: dict[str, object] = {
    "title": "x",
    "code": "KZ",
    "startsAt": "2026-11-22T12:00:00Z",
    "endsAt": None,
    "usageLimit": 1,
    "appliesOncePerCustomer": True,
    "context": {"all": "ALL"},
    "combinesWith": {"orderDiscounts": False, "productDiscounts": False, "shippingDiscounts": True},
}
SAMPLES: dict[str, dict[str, object]] = {
    "SHOP_PROFILE": {},
    "ORDER": {"id": ID, **fetch._WHOLE},
    "ORDER_LINES": {"id": ID, "lines": 50, "after": "c"},
    "REFUND": {"id": "gid://shopify/Refund/1", "lines": 50, "after": None},
    "CHANGED_ORDERS": {"query": "updated_at:>='2026-01-01'", "after": None, **fetch._PAGE},
    "ORDER_VERSIONS": {"query": "updated_at:>='2026-01-01'", "after": None, "size": fetch._VERSIONS},
    "CUSTOMER": {"id": WHO},
    "PRODUCTS": {"ids": ["gid://shopify/Product/1"], **fetch._FILED},
    "DISCOUNT_BY_CODE": {"code": "KZ"},
    "CREATE_DISCOUNT": {"discount": {**COMMON, "customerGets": {"value": {"percentage": 0.1}, "items": {"all": True}}}},
    "CREATE_FREE_SHIPPING": {"discount": {**COMMON, "destination": {"all": True}}},
    "DEACTIVATE_DISCOUNT": {"id": "gid://shopify/DiscountCodeNode/1"},
    "STORE_CREDITS": {"id": WHO},
    "GRANT_STORE_CREDIT": {"id": WHO, "credit": {"creditAmount": {"amount": "5.00", "currencyCode": "USD"}}},
    "GIFT_CARDS": {"query": "KZ7Q4MX2"},
    "CREATE_GIFT_CARD": {"card": {"initialAmount": {"amount": "5.00", "currencyCode": "USD"}, "code": "KZ7Q4MX2"}},
    "MEMBER": {"id": WHO, "namespace": "$app"},
    "ADD_TAGS": {"id": WHO, "tags": ["a"]},
    "REMOVE_TAGS": {"id": WHO, "tags": ["a"]},
    "SET_METAFIELDS": {"metafields": [{"ownerId": WHO, "key": "k", "type": "t", "value": "v", "namespace": "$app"}]},
    "DELETE_METAFIELDS": {"metafields": [{"ownerId": WHO, "namespace": "$app", "key": "tier"}]},
    "SUBSCRIPTIONS": {"after": None},
    "SUBSCRIBE": {"topic": "ORDERS_PAID", "subscription": {"uri": "https://kizuna.example/", "format": "JSON"}},
}


@pytest.mark.parametrize("name", sorted(NAMED.values()))
def test_a_document_fits_the_published_schema(name: str) -> None:
    assert problems(getattr(documents, name), SAMPLES[name], schema()) == []


@pytest.mark.parametrize("name", sorted(NAMED.values()))
def test_a_document_costs_less_than_shopify_allows_for_one(name: str) -> None:
    """Counted as the demonstration store counts: a point for every object that may come, ten for a mutation."""
    assert _cost(parse(getattr(documents, name)), SAMPLES[name]) < 1_000


def test_every_document_has_a_sample_and_every_sample_a_document() -> None:
    assert set(SAMPLES) == set(NAMED.values())


def test_no_document_is_written_anywhere_else() -> None:
    """What is not in documents.py would be sent without ever having been held against the schema."""
    root = Path(integrations.__file__).parent
    for file in root.rglob("*.py"):
        if file.name == "documents.py":
            continue
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                start = node.value.lstrip()
                assert not start.startswith(("query ", "mutation ", "query{", "mutation{", "{ shop")), file


def test_the_check_itself_finds_what_shopify_would_refuse() -> None:
    published = schema()
    assert problems("query Q { shop { nmae } }", {}, published)
    assert problems("query Q { shop { url billingAddress { city } } }", {}, published), "deprecated"
    assert problems(documents.CUSTOMER, {"id": 5.5}, published)
    assert problems(documents.CUSTOMER, {"id": WHO, "more": 1}, published)
    assert problems("{ shop { id } }", {}, published), "without a name"
