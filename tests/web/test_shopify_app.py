"""Inside the Shopify admin: a session token opens the shop and its page; without one, a page that fetches one."""

from base64 import b64encode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import responses
from flask.testing import FlaskClient
from sqlalchemy import select

from app.actions.disconnect_shop import disconnect_shop
from app.db.scope import Scope
from app.db.tables import ShopRow
from app.db.unit import reading, unit_of_work
from app.factory import create_app
from app.settings import Settings
from jobs.works import Works
from tests.web.shops import CLIENT_ID, CLIENT_SECRET, TIDEWELL, Clock, Rung, Shop
from tests.web.test_connect import counted, credentials, shopify_answers

Mock = responses.RequestsMock
HOST = b64encode(b"admin.shopify.com/store/tidewell").decode().rstrip("=")


@pytest.fixture(autouse=True)
def _present(clock: Clock) -> None:
    """Shopify's library reads the machine's clock, so these tests live in the present."""
    clock.now = datetime.now(UTC)


def session_token(shop: str = TIDEWELL, secret: str = CLIENT_SECRET, **changes: object) -> str:
    now = int(datetime.now(UTC).timestamp())
    claims = {
        "iss": f"https://{shop}/admin",
        "dest": f"https://{shop}",
        "aud": CLIENT_ID,
        "sub": "548380009",
        "exp": now + 60,
        "nbf": now,
        "iat": now,
        "jti": "6c9e1d2f",
        "sid": "a1b2c3",
        **changes,
    }
    return jwt.encode(claims, secret, algorithm="HS256")


def test_the_first_opening_connects_the_shop_and_leads_to_its_page(
    client: FlaskClient, works: Works, bell: Rung, edge: Mock
) -> None:
    shopify_answers(edge)
    token = session_token()

    answer = client.get(
        "/shopify/app", query_string={"embedded": "1", "host": HOST, "shop": TIDEWELL, "id_token": token}
    )

    assert answer.status_code == 302
    url = urlsplit(answer.headers["Location"])
    assert url.path == "/home"
    assert parse_qs(url.query) == {"id_token": [token], "shop": [TIDEWELL], "host": [HOST], "embedded": ["1"]}
    assert f"frame-ancestors https://{TIDEWELL} https://admin.shopify.com" in answer.headers["Content-Security-Policy"]
    assert credentials(works, "shopify", TIDEWELL)["install"] == "managed"
    with reading(works.engine) as session:
        shop = session.scalars(select(ShopRow)).one()
    assert ("outbox", shop.programme_id, shop.shop_id) in bell.rings


def test_later_openings_ask_shopify_for_nothing(client: FlaskClient, tidewell: Shop, edge: Mock) -> None:
    answer = client.get("/shopify/app", query_string={"id_token": session_token(), "shop": TIDEWELL})

    assert answer.status_code == 302
    assert len(edge.calls) == 0


def test_a_page_inside_is_opened_by_its_own_address(client: FlaskClient, tidewell: Shop) -> None:
    query = {"id_token": session_token(), "shop": TIDEWELL}

    inside = client.get("/shopify/app/members", query_string=query)
    odd = client.get("/shopify/app/evil.example/x", query_string=query)

    assert urlsplit(inside.headers["Location"]).path == "/members"
    assert urlsplit(odd.headers["Location"])[1:3] == ("", "/home")


def test_a_shop_that_came_back_is_connected_again_and_keeps_its_programme(
    client: FlaskClient, works: Works, tidewell: Shop, edge: Mock
) -> None:
    shopify_answers(edge)
    with unit_of_work(works.engine) as session:
        disconnect_shop(Scope(session, tidewell.programme_id, works.clock(), works.cipher), tidewell.shop_id)

    client.get("/shopify/app", query_string={"id_token": session_token(), "shop": TIDEWELL})

    assert credentials(works, "shopify", TIDEWELL)["access_token"] == "shpat_canary"
    assert counted(works) == (1, 1)
    with reading(works.engine) as session:
        assert session.scalars(select(ShopRow.state)).one() == "connected"


BAD = {
    "of another secret": lambda: session_token(secret="shpss_" + "00" * 16),
    "for another app": lambda: session_token(aud="somebody-else"),
    "run out": lambda: session_token(exp=1_337_178_173, nbf=1_337_178_113),
    "of two shops": lambda: session_token(iss="https://other.myshopify.com/admin"),
    "without a signature": lambda: jwt.encode({"aud": CLIENT_ID}, "", algorithm="none"),
    "nonsense": lambda: "nonsense",
}


@pytest.mark.parametrize("make", BAD.values(), ids=BAD)
def test_a_bad_token_is_fetched_anew_and_opens_nothing(
    make: object, client: FlaskClient, works: Works, edge: Mock
) -> None:
    assert callable(make)
    answer = client.get(
        "/shopify/app", query_string={"embedded": "1", "host": HOST, "shop": TIDEWELL, "id_token": make()}
    )

    assert answer.status_code == 302
    assert urlsplit(answer.headers["Location"]).path == "/shopify/bounce"
    assert (counted(works), len(edge.calls)) == ((0, 0), 0)


def test_a_fresh_token_that_is_no_good_either_ends_the_loop(client: FlaskClient) -> None:
    query = {"embedded": "1", "host": HOST, "shop": TIDEWELL, "again": "1", "id_token": "nonsense"}

    answer = client.get("/shopify/app", query_string=query)

    assert answer.status_code == 401
    assert answer.headers["X-Shopify-Retry-Invalid-Session-Request"] == "1"


def test_without_a_token_the_frame_goes_where_app_bridge_fetches_one_and_comes_back(client: FlaskClient) -> None:
    bounced = client.get("/shopify/app", query_string={"embedded": "1", "host": HOST, "shop": TIDEWELL})
    page = client.get(bounced.headers["Location"])

    back = parse_qs(urlsplit(bounced.headers["Location"]).query)["shopify-reload"][0]
    assert back.startswith("https://points.example.com/shopify/app?")
    assert page.status_code == 200
    assert f'<meta name="shopify-api-key" content="{CLIENT_ID}">' in page.text
    assert 'src="https://cdn.shopify.com/shopifycloud/app-bridge.js"' in page.text
    rules = page.headers["Content-Security-Policy"]
    assert f"frame-ancestors https://{TIDEWELL} https://admin.shopify.com" in rules
    assert "script-src 'self' https://cdn.shopify.com/shopifycloud/app-bridge.js;" in rules
    assert "X-Frame-Options" not in page.headers


def test_the_host_names_the_shop_where_nothing_else_does(client: FlaskClient) -> None:
    answer = client.get(f"/shopify/bounce?host={HOST}&shopify-reload=https://points.example.com/home")

    assert f"https://{TIDEWELL}" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "query",
    (
        f"shop={TIDEWELL}",
        f"shop={TIDEWELL}&shopify-reload=https://evil.example/",
        f"shop={TIDEWELL}&shopify-reload=https://points.example.com.evil.example/",
        f"shop={TIDEWELL}&shopify-reload=javascript:alert(1)",
        "shop=evil.example&shopify-reload=https://points.example.com/home",
        "host=%00&shopify-reload=https://points.example.com/home",
    ),
)
def test_a_fresh_token_is_never_carried_anywhere_else(query: str, client: FlaskClient) -> None:
    assert client.get(f"/shopify/bounce?{query}").status_code == 400


def test_outside_the_admin_the_way_into_it_is_shown(client: FlaskClient) -> None:
    known = client.get("/shopify/app", query_string={"shop": TIDEWELL})
    nowhere = client.get("/shopify/app")

    assert known.headers["Location"] == f"https://{TIDEWELL}/admin/apps/{CLIENT_ID}"
    assert "Open Kizuna from your Shopify admin" in nowhere.text


def test_a_demonstration_shop_brings_its_own_app_bridge(settings: Settings, works: Works) -> None:
    place = "http://127.0.0.1:8101"
    client = create_app(replace(settings, sandbox={TIDEWELL: place}), works).test_client()

    page = client.get(f"/shopify/bounce?shop={TIDEWELL}&shopify-reload=https://points.example.com/home")

    assert f'src="{place}/app-bridge.js"' in page.text
    assert f"script-src 'self' {place}/app-bridge.js;" in page.headers["Content-Security-Policy"]
    assert f"frame-ancestors https://{TIDEWELL} https://admin.shopify.com {place}" in page.headers[
        "Content-Security-Policy"
    ]  # fmt: skip


def test_a_shopify_that_does_not_answer_is_told_in_words(
    client: FlaskClient, works: Works, edge: Mock, clock: Clock
) -> None:
    edge.post(f"https://{TIDEWELL}/admin/oauth/access_token", status=503, body="busy")
    clock.now += timedelta(seconds=1)

    answer = client.get("/shopify/app", query_string={"id_token": session_token(), "shop": TIDEWELL})

    assert answer.status_code == 502
    assert "The store did not answer" in answer.text
    assert counted(works) == (0, 0)


def test_an_app_without_shopify_has_no_such_page(settings: Settings, works: Works) -> None:
    without = replace(works, platforms={name: p for name, p in works.platforms.items() if name != "shopify"})
    client = create_app(settings, without).test_client()

    assert client.get("/shopify/app").status_code == 404
    assert client.get("/proxy/shopify/api/programme").status_code == 404
