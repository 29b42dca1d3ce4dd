"""The Shopify demonstration store keeps Shopify's contract: tokens, webhooks, GraphQL, app proxy, review app."""

import hmac
import json
import re
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
import pytest
import requests
from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLUnionType, build_schema, is_required_argument

from integrations.shopify import documents
from tests.integrations.shopify import admin_schema
from tests.sandbox.listener import Heard, Listener
from tests.sandbox.running import Keys, ShopifyStore, running_stores
from tests.sandbox.shopify import session_tokens
from tests.sandbox.shopify.oauth import signed_query
from tests.sandbox.shopify.proxy import proxy_signature
from tests.sandbox.shopify.throttle import Bucket

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
KEYS = Keys()
TIDEWELL = "tidewell.myshopify.com"


@pytest.fixture
def app() -> Iterator[Listener]:
    with Listener() as listener:
        yield listener


@pytest.fixture
def shop(app: Listener) -> Iterator[ShopifyStore]:
    with running_stores(app.url, at=NOON, sending=False) as stores:
        stores.shopify.face.install()
        yield stores.shopify


def token_call(shop: ShopifyStore, **given: str) -> requests.Response:
    said = {"client_id": KEYS.client_id, "client_secret": KEYS.client_secret, **given}
    return requests.post(f"{shop.url}/admin/oauth/access_token", json=said, timeout=5)


def exchange(shop: ShopifyStore, **given: str) -> requests.Response:
    subject = session_tokens.session_token(shop.store, KEYS.client_id, KEYS.client_secret)
    said = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": subject,
        "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
        "requested_token_type": "urn:shopify:params:oauth:token-type:offline-access-token",
        "expiring": "1",
        **given,
    }
    return token_call(shop, **said)


def ask(shop: ShopifyStore, document: str, token: str | None = None, **variables: Any) -> dict[str, Any]:  # noqa: ANN401
    token = token or shop.face.tokens.issue(shop.face.scopes).access_token
    answer = requests.post(
        f"{shop.url}/admin/api/2026-10/graphql.json",
        json={"query": document, "variables": variables},
        headers={"X-Shopify-Access-Token": token},
        timeout=5,
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def deliver(shop: ShopifyStore, app: Listener, topic: str) -> list[Heard]:
    shop.courier.deliver()
    return [heard for heard in app.heard if heard.headers.get("x-shopify-topic") == topic]


# Tokens


def test_a_session_token_is_exchanged_for_an_expiring_pair(shop: ShopifyStore) -> None:
    answer = exchange(shop)
    body = answer.json()
    assert answer.status_code == 200
    assert (body["expires_in"], body["refresh_token_expires_in"]) == (3600, 7_776_000)
    assert "write_discounts" in body["scope"].split(",")
    assert ask(shop, "{ shop { name } }", body["access_token"])["data"] == {"shop": {"name": "Tidewell"}}


def test_session_tokens_have_the_documented_claims(shop: ShopifyStore) -> None:
    token = session_tokens.session_token(shop.store, KEYS.client_id, KEYS.client_secret)
    claims = jwt.decode(token, KEYS.client_secret, ["HS256"], audience=KEYS.client_id, options={"verify_exp": False})
    assert (claims["iss"], claims["dest"]) == (f"https://{TIDEWELL}/admin", f"https://{TIDEWELL}")
    assert claims["exp"] - claims["nbf"] == 60
    assert {"sub", "sid", "jti", "iat"} <= claims.keys()


@pytest.mark.parametrize(
    ("wrong", "status", "error"),
    (
        ({"client_secret": "another"}, 401, "invalid_client"),
        ({"expiring": "0"}, 400, "invalid_request"),
        ({"subject_token": "a.b.c"}, 400, "invalid_subject_token"),
        ({"grant_type": "authorization_code", "code": "none"}, 400, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "none"}, 401, "invalid_request"),
    ),
)
def test_what_proves_nothing_gets_no_token(shop: ShopifyStore, wrong: dict[str, str], status: int, error: str) -> None:
    answer = exchange(shop, **wrong)
    assert (answer.status_code, answer.json()["error"]) == (status, error)


def test_a_session_token_is_good_for_a_minute(shop: ShopifyStore) -> None:
    old = session_tokens.session_token(shop.store, KEYS.client_id, KEYS.client_secret)
    shop.store.clock.advance(timedelta(seconds=80))
    assert exchange(shop, subject_token=old).status_code == 400


def refresh(shop: ShopifyStore, token: str) -> requests.Response:
    return token_call(shop, grant_type="refresh_token", refresh_token=token)


def test_an_old_refresh_token_works_until_its_replacement_is_used(shop: ShopifyStore) -> None:
    first = exchange(shop).json()
    lost = refresh(shop, first["refresh_token"]).json()
    again = refresh(shop, first["refresh_token"])
    assert again.status_code == 200
    assert again.json()["refresh_token"] not in (first["refresh_token"], lost["refresh_token"])
    ask(shop, "{ shop { name } }", again.json()["access_token"])
    for dead in (first, lost):
        answer = refresh(shop, dead["refresh_token"])
        assert answer.status_code == 401
        assert answer.json()["error_description"] == "This request requires an active refresh_token"
    assert refresh(shop, again.json()["refresh_token"]).status_code == 200


def test_an_old_refresh_token_ends_thirty_days_after_its_first_use(shop: ShopifyStore) -> None:
    first = exchange(shop).json()
    refresh(shop, first["refresh_token"])
    shop.store.clock.advance(timedelta(days=29))
    assert refresh(shop, first["refresh_token"]).status_code == 200
    shop.store.clock.advance(timedelta(days=2))
    assert refresh(shop, first["refresh_token"]).status_code == 401


def test_an_access_token_ends_after_an_hour_and_at_uninstalling(shop: ShopifyStore) -> None:
    def status(token: str) -> int:
        url = f"{shop.url}/admin/api/2026-10/graphql.json"
        headers = {"X-Shopify-Access-Token": token}
        return requests.post(url, json={"query": "{ shop { id } }"}, headers=headers, timeout=5).status_code

    old = exchange(shop).json()["access_token"]
    shop.store.clock.advance(timedelta(hours=1))
    new = exchange(shop).json()["access_token"]
    assert (status(old), status(new)) == (401, 200)
    shop.face.uninstall()
    assert status(new) == 401


def test_the_grant_page_sends_the_merchant_back_with_a_signed_code(shop: ShopifyStore, app: Listener) -> None:
    asked = {"client_id": KEYS.client_id, "scope": "read_orders,write_discounts", "state": "s1",
             "redirect_uri": f"{app.url}/connect/shopify/finish"}  # fmt: skip
    url = f"{shop.url}/admin/oauth/authorize?{urlencode(asked)}"
    assert "write_discounts" in requests.get(url, timeout=5).text
    back = requests.post(url, allow_redirects=False, timeout=5).headers["Location"]
    query = dict(parse_qsl(urlsplit(back).query))
    assert (query["shop"], query["state"]) == (TIDEWELL, "s1")
    assert signed_query({k: v for k, v in query.items() if k != "hmac"}, KEYS.client_secret)["hmac"] == query["hmac"]
    taken = token_call(shop, code=query["code"], expiring="1")
    assert taken.json()["scope"] == "read_orders,write_discounts"
    assert token_call(shop, code=query["code"], expiring="1").status_code == 400


def test_a_foreign_redirect_is_refused(shop: ShopifyStore) -> None:
    asked = {"client_id": KEYS.client_id, "redirect_uri": "https://elsewhere.example/steal"}
    assert requests.get(f"{shop.url}/admin/oauth/authorize?{urlencode(asked)}", timeout=5).status_code == 400


def test_queries_are_signed_as_in_the_published_vector() -> None:
    query = {"code": "a94a110d86d2452eb3e2af4cfb8a3828", "shop": "some-shop.myshopify.com", "timestamp": "1337178173"}
    assert signed_query(query, "hush")["hmac"] == "2cb1a277650a659f1b11e92a4a64275b128e037f2c3390e3c8fd2d8721dac9e2"


# Webhooks


DOCUMENTED_ORDER = {
    "id",
    "admin_graphql_api_id",
    "customer",
    "email",
    "currency",
    "presentment_currency",
    "subtotal_price",
    "total_price",
    "current_subtotal_price",
    "current_total_price",
    "total_discounts",
    "taxes_included",
    "total_tip_received",
    "discount_codes",
    "line_items",
    "refunds",
    "financial_status",
    "cancelled_at",
    "test",
    "source_name",
    "tags",
    "note_attributes",
    "created_at",
    "updated_at",
    "processed_at",
    "name",
    "total_tax",
    "total_shipping_price_set",
    "shipping_lines",
    "confirmed",
}
DOCUMENTED_LINE = {
    "id",
    "product_id",
    "variant_id",
    "quantity",
    "current_quantity",
    "price",
    "total_discount",
    "gift_card",
    "discount_allocations",
    "tax_lines",
}


def test_an_order_is_told_with_the_documented_fields_and_a_signature_that_verifies(
    shop: ShopifyStore, app: Listener
) -> None:
    shop.buy(shop.sign_up("maya@example.test"), {"harbour-blend": 2, "gift-card": 1})
    (heard,) = deliver(shop, app, "orders/paid")
    assert heard.path == "/webhooks/shopify"
    wanted = b64encode(hmac.digest(KEYS.client_secret.encode(), heard.body, "sha256")).decode()
    assert heard.headers["x-shopify-hmac-sha256"] == wanted
    assert heard.headers["x-shopify-shop-domain"] == TIDEWELL
    assert heard.headers["x-shopify-api-version"] == "2026-10"
    assert {"x-shopify-webhook-id", "x-shopify-event-id", "x-shopify-triggered-at"} <= heard.headers.keys()
    order = json.loads(heard.body)
    assert order.keys() >= DOCUMENTED_ORDER
    assert all(line.keys() >= DOCUMENTED_LINE for line in order["line_items"])
    assert [line["gift_card"] for line in order["line_items"]] == [False, True]
    assert (order["subtotal_price"], order["total_tax"], order["total_price"]) == ("61.00", "1.98", "67.48")
    assert order["total_price_set"]["shop_money"] == {"amount": "67.48", "currency_code": "USD"}
    assert {"tags", "orders_count", "total_spent"}.isdisjoint(order["customer"])


def test_one_action_shares_its_event_id_and_every_delivery_has_its_own(shop: ShopifyStore, app: Listener) -> None:
    shop.buy("guest@example.test", {"harbour-blend": 1})
    shop.courier.deliver()
    headers = [heard.headers for heard in app.heard if "x-shopify-topic" in heard.headers]
    assert sorted(h["x-shopify-topic"] for h in headers) == ["orders/paid", "orders/updated"]
    assert len({h["x-shopify-event-id"] for h in headers}) == 1
    assert len({h["x-shopify-webhook-id"] for h in headers}) == 2
    assert json.loads(app.heard[0].body)["customer"] is None


def test_a_refund_tells_its_lines_in_json_numbers_and_the_money_as_text(shop: ShopifyStore, app: Listener) -> None:
    order = shop.buy("guest@example.test", {"harbour-blend": 3})
    shop.refund(order, {0: 1})
    shop.refund(order, amount=500)
    by_line, by_amount = (json.loads(heard.body) for heard in deliver(shop, app, "refunds/create"))
    (part,) = by_line["refund_line_items"]
    assert (part["line_item_id"], part["quantity"], part["subtotal"], part["total_tax"]) == (
        order.lines[0].id,
        1,
        18.0,
        0.99,
    )
    assert (by_line["transactions"][0]["amount"], by_line["transactions"][0]["kind"]) == ("18.99", "refund")
    assert (by_amount["refund_line_items"], by_amount["transactions"][0]["amount"]) == ([], "5.00")
    assert by_amount["order_adjustments"][0]["amount"] == "-5.00"
    latest = json.loads(deliver(shop, app, "orders/updated")[-1].body)
    assert (latest["financial_status"], latest["current_total_price"]) == ("partially_refunded", "37.48")


def test_an_edit_tells_only_the_change(shop: ShopifyStore, app: Listener) -> None:
    order = shop.buy("guest@example.test", {"harbour-blend": 3})
    shop.edit(order, {0: -1})
    (heard,) = deliver(shop, app, "orders/edited")
    edit = json.loads(heard.body)["order_edit"]
    assert (edit["order_id"], edit["line_items"]["removals"]) == (order.id, [{"id": order.lines[0].id, "delta": 1}])


def test_a_webhook_keeps_the_body_of_its_own_moment(shop: ShopifyStore, app: Listener) -> None:
    order = shop.buy("guest@example.test", {"harbour-blend": 1}, payment="transfer")
    shop.store.clock.advance(timedelta(minutes=5))
    shop.pay(order)
    updates = [json.loads(heard.body) for heard in deliver(shop, app, "orders/updated")]
    assert [body["financial_status"] for body in updates] == ["pending", "paid"]


def test_a_failed_delivery_is_tried_nine_times_within_four_hours_with_the_same_body(
    shop: ShopifyStore, app: Listener
) -> None:
    made = shop.face.subscribe("orders/create", f"{app.url}/mine")
    app.status = 302
    shop.buy("guest@example.test", {"harbour-blend": 1})
    began = shop.store.clock.now()
    while [p for p in shop.courier.waiting() if p.topic == "orders/create"]:
        shop.courier.deliver()
        shop.store.clock.advance(timedelta(seconds=10))
    tries = app.of("/mine")
    assert len(tries) == 9
    assert len({heard.body for heard in tries}) == len({heard.headers["x-shopify-webhook-id"] for heard in tries}) == 1
    assert shop.store.clock.now() - began <= timedelta(hours=4, minutes=1)
    assert made.id not in shop.face.subscriptions, "a subscription made by API is gone after that"
    assert any(s.topic == "orders/updated" and s.own for s in shop.face.subscriptions.values())


def test_the_last_word_at_uninstalling_and_the_compliance_topics_are_signed(shop: ShopifyStore, app: Listener) -> None:
    shop.face.uninstall()
    shop.face.comply(
        "customers/redact", {"customer": {"id": 1, "email": "a@example.test", "phone": None}, "orders_to_redact": []}
    )
    shop.face.comply("shop/redact", {})
    assert json.loads(deliver(shop, app, "app/uninstalled")[0].body)["myshopify_domain"] == TIDEWELL
    assert json.loads(deliver(shop, app, "customers/redact")[0].body)["customer"]["id"] == 1
    assert json.loads(deliver(shop, app, "shop/redact")[0].body).keys() == {"shop_id", "shop_domain"}
    assert not shop.face.installed


def test_the_review_app_tells_of_a_review_when_written_and_when_shown(shop: ShopifyStore, app: Listener) -> None:
    shopper = shop.sign_up("maya@example.test")
    shop.review(shopper, "harbour-blend", 5)
    shop.courier.deliver()
    held, shown = app.of("/webhooks/judgeme")
    for heard in (held, shown):
        wanted = hmac.digest(KEYS.judgeme_secret.encode(), heard.body, "sha256").hex()
        assert heard.headers["judgeme-hmac-sha256"] == wanted
    before, after = json.loads(held.body), json.loads(shown.body)
    assert (before["event"], after["event"]) == ("review/created", "review/updated")
    assert (before["review"]["published"], after["review"]["published"]) == (False, True)
    assert after["review"]["reviewer"]["external_id"] == shopper.id
    assert after["review"]["product_external_id"] == 8_230_100_000_013


# The Admin API


def test_the_schema_here_is_a_part_of_the_published_one() -> None:
    published = admin_schema.schema()
    path = Path(__file__).parent / "sandbox" / "shopify" / "admin.graphql"
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
        "CUSTOMER": {"id": customer},
        "DISCOUNT_BY_CODE": {"code": "nothing"},
        "CREATE_DISCOUNT": {"discount": {**discount, "customerGets": gets}},
        "CREATE_FREE_SHIPPING": {"discount": {**discount, "code": "KZ-2", "destination": {"all": True}}},
        "DEACTIVATE_DISCOUNT": {"id": "gid://shopify/DiscountCodeNode/1"},
        "MEMBER": {"id": customer, "namespace": "$app"},
        "ADD_TAGS": {"id": customer, "tags": ["gold"]},
        "REMOVE_TAGS": {"id": customer, "tags": ["gold"]},
        "SET_METAFIELDS": {"metafields": [{**entry, "type": "number_integer", "value": "1"}]},
        "DELETE_METAFIELDS": {"metafields": [entry]},
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


# The app proxy and the admin


def test_the_proxy_signs_as_in_the_published_vectors() -> None:
    query = parse_qsl(
        "extra=1&extra=2&shop=shop-name.myshopify.com&path_prefix=/apps/awesome_reviews&timestamp=1317327555"
    )
    known = {"1": "4c68c8624d737112c91818c11017d24d334b524cb5c2b8ba08daa056f7395ddb",
             "": "e072b6d7e6622d85912a5214b860d3100dc1e73d9bc29f43796ac8c9ff8093cb"}  # fmt: skip
    for customer, signature in known.items():
        assert proxy_signature([*query, ("logged_in_customer_id", customer)], "hush") == signature


def test_the_proxy_forwards_who_is_signed_in_and_nobodys_cookies(shop: ShopifyStore, app: Listener) -> None:
    app.answer = lambda _heard: (
        201,
        '{"ok": true}',
        {"Content-Type": "application/json", "Set-Cookie": "a=b", "ETag": '"1"'},
    )
    shopper = shop.sign_up("maya@example.test")
    browser = requests.Session()
    browser.cookies.set("theirs", "1")
    browser.post(f"{shop.url}/account/sign-in", data={"customer": shopper.id}, timeout=5)
    answer = browser.post(f"{shop.url}/apps/kizuna/api/redemptions?extra=1", json={"key": "k"}, timeout=5)
    (heard,) = app.of("/proxy/shopify/api/redemptions")
    query = parse_qsl(heard.query, keep_blank_values=True)
    told = dict(query)
    assert (told["shop"], told["logged_in_customer_id"], told["path_prefix"]) == (
        TIDEWELL,
        str(shopper.id),
        "/apps/kizuna",
    )
    assert told["timestamp"] == str(int(NOON.timestamp()))
    unsigned = [(name, value) for name, value in query if name != "signature"]
    assert proxy_signature(unsigned, KEYS.client_secret) == told["signature"]
    assert (heard.body, "cookie" in heard.headers) == (b'{"key": "k"}', False)
    assert (answer.status_code, answer.json(), answer.headers["ETag"]) == (201, {"ok": True}, '"1"')
    assert "Set-Cookie" not in answer.headers


def test_the_admin_opens_the_app_in_a_frame_with_a_token_and_a_signed_query(shop: ShopifyStore, app: Listener) -> None:
    page = requests.get(f"{shop.url}/admin/apps/kizuna", timeout=5).text
    source = page.partition('<iframe id="app" title="Kizuna" src="')[2].partition('"')[0].replace("&amp;", "&")
    assert source.startswith(f"{app.url}/shopify/app?")
    query = dict(parse_qsl(urlsplit(source).query))
    assert session_tokens.proves(query["id_token"], shop.store, KEYS.client_id, KEYS.client_secret)
    assert signed_query({k: v for k, v in query.items() if k != "hmac"}, KEYS.client_secret)["hmac"] == query["hmac"]
    fresh = requests.post(f"{shop.url}/admin/session-token", timeout=5).json()["token"]
    assert session_tokens.proves(fresh, shop.store, KEYS.client_id, KEYS.client_secret)
