"""Connecting: a state of our own bound to store and browser, keys proved before they are kept, words at the end."""

import json
import re
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
import responses
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.actions.connect_shop import NewShop, connect_shop
from app.db import invitations, shops
from app.db.tables import ConnectStateRow, DeedRow, OutboxRow, ProgrammeRow, ShopRow, VersionRow
from app.db.unit import reading, unit_of_work
from app.factory import create_app
from app.settings import Settings
from jobs.works import Works
from tests.sandbox.shopify.oauth import signed_query
from tests.web.shops import CLIENT_ID, CLIENT_SECRET, NOW, TIDEWELL, Clock, Rung

Mock = responses.RequestsMock
STORE = "https://store.example.com"
REST = f"{STORE}/wp-json/wc/v3"
SHOP_PROFILE = {
    "id": "gid://shopify/Shop/61280042",
    "name": "Tidewell",
    "myshopifyDomain": TIDEWELL,
    "currencyCode": "USD",
    "ianaTimezone": "America/New_York",
    "taxesIncluded": False,
    "primaryDomain": {"url": "https://tidewell.example", "localization": {"defaultLocale": "en"}},
}
TOKENS = {
    "access_token": "shpat_canary",
    "scope": "write_customers,read_orders,write_discounts,read_products,write_app_proxy,read_customer_merge",
    "expires_in": 3600,
    "refresh_token": "shprt_canary",
    "refresh_token_expires_in": 7_776_000,
}


def store_answers(edge: Mock) -> None:
    edge.get(f"{REST}/settings/general/woocommerce_currency", json={"value": "JPY"})
    edge.get(f"{REST}/settings/tax/woocommerce_prices_include_tax", json={"value": "yes"})
    edge.get(f"{STORE}/wp-json/", json={"name": "窓と森", "home": STORE, "timezone_string": "Asia/Tokyo"})
    edge.get(f"{REST}/system_status", json={"environment": {"language": "ja"}})


def shopify_answers(edge: Mock) -> None:
    edge.post(f"https://{TIDEWELL}/admin/oauth/access_token", json=TOKENS)
    edge.post(f"https://{TIDEWELL}/admin/api/2026-10/graphql.json", json={"data": {"shop": SHOP_PROFILE}})


def begin(client: FlaskClient) -> str:
    """Begin at the store and return the state that goes with it."""
    answer = client.get(f"/connect/woocommerce/begin?store={STORE}")
    assert answer.status_code == 302
    return parse_qs(urlsplit(answer.headers["Location"]).query)["user_id"][0]


def keys(state: str, letter: str = "a", **changes: object) -> dict[str, object]:
    return {
        "key_id": 3,
        "user_id": state,
        "consumer_key": "ck_" + letter * 40,
        "consumer_secret": "cs_" + letter * 40,
        "key_permissions": "read_write",
        **changes,
    }


def credentials(works: Works, platform: str, domain: str) -> dict[str, str]:
    with reading(works.engine) as session:
        found = shops.find(session, platform, domain)
        assert found is not None
        door = shops.door(session, works.cipher, found.programme_id, found.shop_id)
        assert door is not None
        return dict(door.values)


def counted(works: Works) -> tuple[int, int]:
    with reading(works.engine) as session:
        shops_, programmes = (session.scalar(select(func.count()).select_from(row)) for row in (ShopRow, ProgrammeRow))
        return int(shops_ or 0), int(programmes or 0)


# ── WooCommerce ──────────────────────────────────────────────────────────────


def test_the_state_is_kept_as_a_hash_and_bound_to_the_store(client: FlaskClient, works: Works) -> None:
    state = begin(client)

    with reading(works.engine) as session:
        row = session.scalars(select(ConnectStateRow)).one()
    assert (row.platform, row.domain) == ("woocommerce", "store.example.com")
    assert state not in row.state_hash
    assert (row.expires_at - row.created_at).total_seconds() == 900


def test_a_store_that_is_none_is_told_so_in_words(client: FlaskClient, works: Works) -> None:
    answer = client.get("/connect/woocommerce/begin?store=https://127.0.0.1", headers={"Accept-Language": "ja"})

    assert answer.status_code == 400
    assert "このままではストアを接続できません" in answer.text
    with reading(works.engine) as session:
        assert session.scalars(select(ConnectStateRow)).all() == []


def test_keys_are_proved_kept_sealed_and_answered_with_exactly_200(
    client: FlaskClient, works: Works, bell: Rung, edge: Mock
) -> None:
    store_answers(edge)
    state = begin(client)

    answer = client.post("/connect/woocommerce/finish", json=keys(state))

    assert (answer.status_code, answer.data) == (200, b"")
    kept = credentials(works, "woocommerce", "store.example.com")
    assert kept["consumer_key"] == "ck_" + "a" * 40
    assert len(kept["webhook_secret"]) == len(kept["shopper_secret"]) == 64
    with reading(works.engine) as session:
        shop = session.scalars(select(ShopRow)).one()
        wished = session.scalars(select(OutboxRow)).one()
        deed = session.scalars(select(DeedRow)).one()
        version = session.scalars(select(VersionRow)).one()
    assert (shop.name, shop.currency, shop.zone, shop.locale, shop.state) == (
        "窓と森",
        "JPY",
        "Asia/Tokyo",
        "ja",
        "connected",
    )
    assert (wished.kind, wished.subject) == ("subscribe", f"shop:{shop.shop_id}")
    assert (deed.what, deed.actor) == ("connect_shop", "woocommerce")
    assert version.starts_at == NOW
    assert bell.rings == [("outbox", shop.programme_id, shop.shop_id)]


def test_the_consent_link_opened_twice_keeps_the_newest_keys_and_the_last_secrets_for_a_day(
    client: FlaskClient, works: Works, edge: Mock
) -> None:
    store_answers(edge)
    state = begin(client)
    client.post("/connect/woocommerce/finish", json=keys(state))
    first = credentials(works, "woocommerce", "store.example.com")

    again = client.post("/connect/woocommerce/finish", json=keys(state, "b"))

    assert again.status_code == 200
    second = credentials(works, "woocommerce", "store.example.com")
    assert second["consumer_key"] == "ck_" + "b" * 40
    assert second["previous_webhook_secret"] == first["webhook_secret"]
    assert second["previous_shopper_secret"] == first["shopper_secret"]
    assert second["previous_until"] == "2026-11-23T12:00:00+00:00"
    assert counted(works) == (1, 1)


@pytest.mark.parametrize("state", ("made-up-state-of-some-length", "", "x" * 500, "../../etc", 5, None))
def test_keys_for_a_state_we_never_made_are_refused(
    state: object, client: FlaskClient, works: Works, edge: Mock
) -> None:
    store_answers(edge)
    begin(client)

    answer = client.post("/connect/woocommerce/finish", json=keys("") | {"user_id": state})

    assert answer.status_code == 400
    assert (counted(works), len(edge.calls)) == ((0, 0), 0)


def test_a_state_ends_after_a_quarter_of_an_hour(client: FlaskClient, works: Works, clock: Clock, edge: Mock) -> None:
    store_answers(edge)
    state = begin(client)
    clock.pass_(minutes=15)

    assert client.post("/connect/woocommerce/finish", json=keys(state)).status_code == 400
    assert counted(works) == (0, 0)


def test_a_state_of_one_platform_opens_no_other(client: FlaskClient, works: Works, edge: Mock) -> None:
    state = begin(client)

    query = signed_query({"code": "c", "shop": TIDEWELL, "state": state, "timestamp": stamp()}, CLIENT_SECRET)
    answer = client.get("/connect/shopify/finish", query_string=query)

    assert answer.status_code == 400
    assert len(edge.calls) == 0


def test_keys_the_store_does_not_accept_are_not_kept(client: FlaskClient, works: Works, edge: Mock) -> None:
    edge.get(
        f"{REST}/settings/general/woocommerce_currency",
        status=401,
        json={"code": "woocommerce_rest_cannot_view", "message": "no", "data": {"status": 401}},
    )
    state = begin(client)

    answer = client.post("/connect/woocommerce/finish", json=keys(state))

    assert (answer.status_code, answer.get_json()["code"]) == (403, "KEYS_NOT_OF_THIS_STORE")
    assert counted(works) == (0, 0)
    assert "ck_" not in answer.text


def test_a_store_that_does_not_answer_gets_its_keys_back(client: FlaskClient, works: Works, edge: Mock) -> None:
    edge.get(f"{REST}/settings/general/woocommerce_currency", status=500, body="<html>")
    state = begin(client)

    answer = client.post("/connect/woocommerce/finish", json=keys(state))

    assert (answer.status_code, answer.get_json()["code"]) == (502, "UNAVAILABLE")
    assert counted(works) == (0, 0)


def test_connecting_again_keeps_programme_and_shop(client: FlaskClient, works: Works, edge: Mock) -> None:
    store_answers(edge)
    client.post("/connect/woocommerce/finish", json=keys(begin(client)))
    client.post("/connect/woocommerce/finish", json=keys(begin(client), "c"))

    assert counted(works) == (1, 1)
    assert credentials(works, "woocommerce", "store.example.com")["consumer_key"] == "ck_" + "c" * 40


def test_the_merchant_reads_how_it_ended(client: FlaskClient, works: Works, edge: Mock) -> None:
    store_answers(edge)
    state = begin(client)
    done = f"/connect/woocommerce/done?user_id={state}"

    refused = client.get(f"{done}&success=0")
    client.post("/connect/woocommerce/finish", json=keys(state))
    lying = client.get(f"{done}&success=0")
    with unit_of_work(works.engine) as session:
        session.scalars(select(OutboxRow)).one().error = "PLUGIN_MISSING"
    missing = client.get(f"{done}&success=1", headers={"Accept-Language": "ja"})
    stranger = client.get("/connect/woocommerce/done?success=1&user_id=somebody")

    assert "Nothing was connected" in refused.text
    assert 'href="/connect/woocommerce/begin?store=https://store.example.com"' in refused.text
    assert "窓と森 is connected" in lying.text
    assert "窓と森 を接続しました" in missing.text
    assert "プラグイン" in missing.text
    assert (stranger.status_code, "is connected" in stranger.text) == (400, False)


def test_a_demonstration_shops_programme_began_before_its_year_of_history(
    settings: Settings, works: Works, edge: Mock
) -> None:
    sandboxed = replace(settings, sandbox={"store.example.com": "http://127.0.0.1:8102"})
    client = create_app(sandboxed, works).test_client()
    store_answers(edge)

    client.post("/connect/woocommerce/finish", json=keys(begin(client)))

    with reading(works.engine) as session:
        assert (NOW - session.scalars(select(VersionRow.starts_at)).one()).days == 400


def test_beginning_too_often_is_slowed_down(client: FlaskClient) -> None:
    statuses = [client.get(f"/connect/woocommerce/begin?store={STORE}").status_code for _ in range(21)]

    assert statuses == [302] * 20 + [429]


# ── Shopify, by the authorization code ───────────────────────────────────────


def stamp() -> str:
    return str(int(NOW.timestamp()))


def go(client: FlaskClient) -> str:
    query = signed_query({"shop": TIDEWELL, "host": "aG9zdA", "timestamp": stamp()}, CLIENT_SECRET)
    answer = client.get("/connect/shopify/begin", query_string=query)
    assert answer.status_code == 302, answer.text
    url = urlsplit(answer.headers["Location"])
    assert (url.netloc, url.path) == (TIDEWELL, "/admin/oauth/authorize")
    return parse_qs(url.query)["state"][0]


def come_back(state: str, **changes: str) -> dict[str, str]:
    query = {"code": "grant-code", "host": "aG9zdA", "shop": TIDEWELL, "state": state, "timestamp": stamp(), **changes}
    return signed_query(query, CLIENT_SECRET)


def test_a_granted_code_opens_the_shop_and_leads_into_its_admin(client: FlaskClient, works: Works, edge: Mock) -> None:
    shopify_answers(edge)
    state = go(client)

    answer = client.get("/connect/shopify/finish", query_string=come_back(state))

    assert (answer.status_code, answer.headers["Location"]) == (302, f"https://{TIDEWELL}/admin/apps/{CLIENT_ID}")
    kept = credentials(works, "shopify", TIDEWELL)
    assert (kept["access_token"], kept["refresh_token"], kept["install"]) == ("shpat_canary", "shprt_canary", "granted")
    sent = json.loads(edge.calls[0].request.body or b"{}")
    assert (sent["code"], sent["expiring"]) == ("grant-code", "1")


def test_a_state_comes_back_once(client: FlaskClient, works: Works, edge: Mock) -> None:
    shopify_answers(edge)
    state = go(client)
    first = client.get("/connect/shopify/finish", query_string=come_back(state))
    second = client.get("/connect/shopify/finish", query_string=come_back(state))

    assert (first.status_code, second.status_code) == (302, 400)
    assert "was not begun here" in second.text


def test_a_state_comes_back_in_the_browser_that_began_only(client: FlaskClient, works: Works, edge: Mock) -> None:
    shopify_answers(edge)
    state = go(client)

    answer = client.application.test_client().get("/connect/shopify/finish", query_string=come_back(state))

    assert answer.status_code == 400
    assert (counted(works), len(edge.calls)) == ((0, 0), 0)


@pytest.mark.parametrize("changes", ({"shop": "other.myshopify.com"}, {"code": ""}, {"timestamp": "1337178173"}))
def test_an_answer_that_does_not_fit_opens_nothing(
    changes: dict[str, str], client: FlaskClient, works: Works, edge: Mock
) -> None:
    shopify_answers(edge)
    state = go(client)

    answer = client.get("/connect/shopify/finish", query_string=come_back(state, **changes))

    assert answer.status_code in {400, 401}
    assert counted(works) == (0, 0)


def test_a_forged_answer_opens_nothing(client: FlaskClient, works: Works, edge: Mock) -> None:
    shopify_answers(edge)
    state = go(client)

    answer = client.get("/connect/shopify/finish", query_string=come_back(state) | {"code": "another"})

    assert answer.status_code == 401
    assert counted(works) == (0, 0)


def test_nobody_types_a_shops_name_here(client: FlaskClient) -> None:
    answer = client.get("/connect/shopify/begin?shop=tidewell.myshopify.com")

    assert answer.status_code == 401
    assert re.search("not signed|HMAC", answer.text)


def test_a_platform_nobody_knows_is_not_found(client: FlaskClient) -> None:
    assert client.get("/connect/magento/begin").status_code == 404
    assert client.post("/connect/magento/finish").status_code == 404


# ── Joining a group ──────────────────────────────────────────────────────────


def founded(works: Works, currency: str) -> UUID:
    """A programme of another shop."""
    shop = NewShop("neutral", "first.example", "First", currency, "UTC", "en", None, False, None, {})
    with unit_of_work(works.engine) as session:
        return connect_shop(session, works.cipher, shop, works.clock() - timedelta(days=90))[0]


def joined(works: Works, platform: str, domain: str) -> tuple[UUID, datetime | None]:
    with reading(works.engine) as session:
        found = shops.find(session, platform, domain)
        assert found is not None
        return found.programme_id, shops.get(session, found.programme_id, found.shop_id).counts_from


def test_a_store_that_brings_an_invitation_joins_the_group_once(
    client: FlaskClient, works: Works, edge: Mock, clock: Clock
) -> None:
    store_answers(edge)
    group = founded(works, "JPY")
    with unit_of_work(works.engine) as session:
        word = invitations.issue(session, group, "operator", works.clock())
    asked = f"/connect/woocommerce/begin?store={STORE}&invitation={word}"
    state = parse_qs(urlsplit(client.get(asked).headers["Location"]).query)["user_id"][0]
    assert client.post("/connect/woocommerce/finish", json=keys(state)).status_code == 200
    assert joined(works, "woocommerce", "store.example.com") == (group, clock.now)
    assert client.post("/connect/woocommerce/finish", json=keys(state, "b")).status_code == 200
    assert joined(works, "woocommerce", "store.example.com")[0] == group
    assert client.get(asked).status_code == 400


def test_an_invitation_nobody_wrote_begins_nothing(client: FlaskClient, works: Works, edge: Mock) -> None:
    answer = client.get(f"/connect/woocommerce/begin?store={STORE}&invitation=made-up")
    assert (answer.status_code, "Location" in answer.headers) == (400, False)


def test_a_shop_that_was_invited_by_name_joins_when_shopify_proves_it(
    client: FlaskClient, works: Works, edge: Mock, clock: Clock
) -> None:
    shopify_answers(edge)
    group = founded(works, "USD")
    with unit_of_work(works.engine) as session:
        invitations.issue_for(session, group, TIDEWELL, "operator", works.clock())
    client.get("/connect/shopify/finish", query_string=come_back(go(client)))
    assert joined(works, "shopify", TIDEWELL) == (group, clock.now)
