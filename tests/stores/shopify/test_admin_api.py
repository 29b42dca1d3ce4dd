"""The Shopify demonstration store answers GraphQL as the published schema says, with its limits."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLUnionType, build_schema, is_required_argument

from integrations.shopify import documents
from tests.integrations.shopify import admin_schema
from tests.sandbox.running import ShopifyStore
from tests.sandbox.shopify.throttle import Bucket
from tests.stores.shopify.asking import ask


def test_the_schema_here_is_a_part_of_the_published_one() -> None:
    published = admin_schema.schema()
    path = Path(__file__).parents[2] / "sandbox" / "shopify" / "admin.graphql"
    wrong: list[str] = []
    for name, ours in build_schema(path.read_text(encoding="utf-8")).type_map.items():
        theirs = published.type_map.get(name)
        if name.startswith("__"):
            continue
        if type(theirs) is not type(ours):
            wrong.append(name)
        elif isinstance(ours, GraphQLUnionType) and isinstance(theirs, GraphQLUnionType):
            wrong += [f"{name} = {part}" for part in {t.name for t in ours.types} - {t.name for t in theirs.types}]
        elif hasattr(ours, "values") and hasattr(theirs, "values"):
            wrong += [f"{name}.{value}" for value in set(ours.values) - set(theirs.values)]
        elif isinstance(ours, GraphQLInputObjectType) and isinstance(theirs, GraphQLInputObjectType):
            wrong += [f"{name}.{n}" for n, f in ours.fields.items()
                      if n not in theirs.fields or str(f.type) != str(theirs.fields[n].type)]  # fmt: skip
        elif isinstance(ours, GraphQLObjectType) and isinstance(theirs, GraphQLObjectType):
            for field, here in ours.fields.items():
                there = theirs.fields.get(field)
                if there is None or str(there.type) != str(here.type) or there.deprecation_reason:
                    wrong.append(f"{name}.{field}")
                    continue
                wrong += [f"{name}.{field}({n})" for n, a in here.args.items()
                          if n not in there.args or str(there.args[n].type) != str(a.type)]  # fmt: skip
                wrong += [f"{name}.{field}({n}) missing" for n, a in there.args.items()
                          if is_required_argument(a) and n not in here.args]  # fmt: skip
    assert wrong == []


def test_every_document_the_app_can_send_is_understood(shop: ShopifyStore) -> None:
    shopper = shop.sign_up("maya@example.test")
    order = shop.buy(shopper, {"harbour-blend": 2})
    refund = shop.refund(order, {0: 1})
    customer, gid = f"gid://shopify/Customer/{shopper.id}", f"gid://shopify/Order/{order.id}"
    entry = {"ownerId": customer, "namespace": "$app", "key": "points"}
    discount = {"title": "T", "code": "KZ-1", "startsAt": "2026-11-22T12:00:00Z", "context": {"all": "ALL"}}
    gets = {"value": {"percentage": 0.1}, "items": {"all": True}}
    said: dict[str, dict[str, Any]] = {
        "SHOP_PROFILE": {},
        "ORDER": {"id": gid},
        "ORDER_LINES": {"id": gid},
        "REFUND": {"id": f"gid://shopify/Refund/{refund.id}"},
        "CHANGED_ORDERS": {"query": "updated_at:>='2026-11-22T00:00:00Z'"},
        "ORDER_VERSIONS": {"query": "updated_at:>='2026-11-22T00:00:00Z'"},
        "CUSTOMER": {"id": customer},
        "PRODUCTS": {"ids": [f"gid://shopify/Product/{order.lines[0].product_id}"]},
        "DISCOUNT_BY_CODE": {"code": "nothing"},
        "CREATE_DISCOUNT": {"discount": {**discount, "customerGets": gets}},
        "CREATE_FREE_SHIPPING": {"discount": {**discount, "code": "KZ-2", "destination": {"all": True}}},
        "DEACTIVATE_DISCOUNT": {"id": "gid://shopify/DiscountCodeNode/1"},
        "MEMBER": {"id": customer, "namespace": "$app"},
        "ADD_TAGS": {"id": customer, "tags": ["gold"]},
        "REMOVE_TAGS": {"id": customer, "tags": ["gold"]},
        "SET_METAFIELDS": {"metafields": [{**entry, "type": "number_integer", "value": "1"}]},
        "DELETE_METAFIELDS": {"metafields": [entry]},
        "STORE_CREDITS": {"id": customer},
        "GRANT_STORE_CREDIT": {"id": customer, "credit": {"creditAmount": {"amount": "5.00", "currencyCode": "USD"}}},
        "GIFT_CARDS": {"query": "kz1"},
        "CREATE_GIFT_CARD": {
            "card": {"code": "kzgift0001", "initialAmount": {"amount": "5.00", "currencyCode": "USD"}}
        },
        "SUBSCRIPTIONS": {},
        "SUBSCRIBE": {"topic": "ORDERS_PAID", "subscription": {"uri": "https://kizuna.example/w"}},
    }
    sent = {name: text for name, text in vars(documents).items() if name.isupper() and not name.startswith("_")}
    assert sent.keys() <= said.keys(), "give the new documents variables here"
    for name, document in sent.items():
        sizes = dict.fromkeys(re.findall(r"\$(\w+): Int!", document), 5)
        answer = ask(shop, document, **{**sizes, **said[name]})
        assert "errors" not in answer, (name, answer["errors"])


def test_changed_orders_come_by_pages_in_the_order_of_their_change(shop: ShopifyStore) -> None:
    orders = []
    for number in range(5):
        shop.store.clock.advance(timedelta(minutes=1))
        orders.append(shop.buy(f"g{number}@example.test", {"harbour-blend": 1}))
    shop.store.clock.advance(timedelta(minutes=1))
    shop.refund(orders[1], amount=100)
    query = """query($q: String, $after: String) {
      orders(first: 2, after: $after, query: $q, sortKey: UPDATED_AT)
        { nodes { name } pageInfo { hasNextPage endCursor } } }"""
    names, after = [], None
    while True:
        page = ask(shop, query, q="updated_at:>='2026-11-22T12:02:00Z'", after=after)["data"]["orders"]
        names += [node["name"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert names == ["#1003", "#1004", "#1005", "#1002"]


def test_orders_older_than_sixty_days_need_leave(shop: ShopifyStore) -> None:
    order = shop.buy("guest@example.test", {"harbour-blend": 1})
    shop.store.clock.advance(timedelta(days=61))
    query = "query($id: ID!) { order(id: $id) { name } }"
    seen = [ask(shop, query, id=f"gid://shopify/Order/{order.id}")["data"]["order"]]
    shop.face.sees_all_orders = False
    seen.append(ask(shop, query, id=f"gid://shopify/Order/{order.id}")["data"]["order"])
    assert seen == [{"name": "#1001"}, None]


CREATE = """mutation($d: DiscountCodeBasicInput!) { discountCodeBasicCreate(basicCodeDiscount: $d) {
  codeDiscountNode { id } userErrors { field code message } } }"""


def discount(shop: ShopifyStore, **given: Any) -> dict[str, Any]:  # noqa: ANN401
    said = {
        "title": "Five off",
        "code": "KZ-FIVE",
        "startsAt": "2026-11-22T12:00:00Z",
        "context": {"all": "ALL"},
        "customerGets": {"value": {"discountAmount": {"amount": "5.00"}}, "items": {"all": True}},
        "usageLimit": 1,
        **given,
    }
    return dict(ask(shop, CREATE, d=said)["data"]["discountCodeBasicCreate"])


def test_a_personal_code_works_for_its_owner_at_the_checkout_and_is_taken_after_that(shop: ShopifyStore) -> None:
    owner = shop.sign_up("maya@example.test")
    made = discount(shop, context={"customers": {"add": [f"gid://shopify/Customer/{owner.id}"]}})
    assert made["userErrors"] == []
    order = shop.buy(owner, {"harbour-blend": 1}, codes=["kz-five"])
    assert order.codes[0].amount == 500
    again = discount(shop, code="kz-Five")
    assert [(error["code"], error["field"]) for error in again["userErrors"]] == [
        ("TAKEN", ["basicCodeDiscount", "code"])
    ]
    looked_up = ask(shop, '{ codeDiscountNodeByCode(code: "kz-five") { id } }')["data"]["codeDiscountNodeByCode"]
    assert looked_up == made["codeDiscountNode"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    (
        ({"title": ""}, "BLANK"),
        ({"startsAt": None}, "BLANK"),
        ({"context": {"customers": {"add": ["gid://shopify/Customer/1"]}}}, "INVALID"),
        ({"customerGets": {"value": {"percentage": 10.0}, "items": {"all": True}}}, "VALUE_OUTSIDE_RANGE"),
    ),
)
def test_what_shopify_requires_on_creation_is_required_here(
    shop: ShopifyStore, wrong: dict[str, Any], code: str
) -> None:
    refused = discount(shop, **wrong)
    assert refused["codeDiscountNode"] is None
    assert code in [error["code"] for error in refused["userErrors"]]


def test_a_deactivated_code_is_no_longer_taken_at_the_checkout(shop: ShopifyStore) -> None:
    node = discount(shop)["codeDiscountNode"]["id"]
    ask(shop, "mutation($id: ID!) { discountCodeDeactivate(id: $id) { userErrors { code } } }", id=node)
    with pytest.raises(Exception, match="disabled"):
        shop.buy("guest@example.test", {"harbour-blend": 1}, codes=["KZ-FIVE"])


def test_a_scope_that_was_not_granted_is_denied(shop: ShopifyStore) -> None:
    reader = shop.face.tokens.issue(["read_orders"]).access_token
    answer = ask(shop, 'mutation { discountCodeDeactivate(id: "x") { userErrors { code } } }', reader)
    assert answer["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert answer["data"] == {"discountCodeDeactivate": None}


def test_an_unknown_field_is_an_error_with_status_200(shop: ShopifyStore) -> None:
    assert "Cannot query field" in ask(shop, "{ shop { nonsense } }")["errors"][0]["message"]


def test_an_empty_bucket_throttles_and_says_how_full_it_is(shop: ShopifyStore) -> None:
    cost = ask(shop, "{ shop { name } }")["extensions"]["cost"]
    assert (cost["requestedQueryCost"], cost["throttleStatus"]["restoreRate"]) == (1, 1000)
    shop.face.bucket = Bucket(size=10, per_second=0.0)
    answers = [ask(shop, 'mutation { tagsAdd(id: "x", tags: []) { node { id } } }') for _ in range(2)]
    assert answers[1]["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert "data" not in answers[1]
    assert answers[1]["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"] == 10
