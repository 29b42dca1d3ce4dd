"""Who may read the open road's answers in a browser: pages of the very shop, and no other page."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.factory import create_app
from app.settings import Settings
from jobs.works import Works
from tests.web.shops import Clock, Shop, bearer, connect, token

OWN = "https://mado.example"


def preflight(client: FlaskClient, origin: str, path: str = "member") -> TestResponse:
    return client.options(
        f"/storefront/api/{path}",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "authorization",
        },
    )


def test_a_page_of_the_shop_may_ask_and_read(client: FlaskClient, mado: Shop) -> None:
    first = preflight(client, OWN)
    answer = client.get("/storefront/api/member", headers={**bearer(mado, "501"), "Origin": OWN})

    assert first.status_code == 200
    assert first.headers["Access-Control-Allow-Origin"] == OWN
    assert first.headers["Access-Control-Allow-Headers"] == "Authorization, Content-Type"
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, OWN)
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize(
    "origin",
    (
        "https://evil.example",
        "http://mado.example",
        "https://mado.example.evil.example",
        "https://mado.example:8443",
        "null",
        "https://",
    ),
)
def test_a_page_of_nobody_we_know_is_told_nothing(origin: str, client: FlaskClient, mado: Shop) -> None:
    first = preflight(client, origin)
    answer = client.get("/storefront/api/member", headers={**bearer(mado, "501"), "Origin": origin})

    assert "Access-Control-Allow-Origin" not in first.headers
    assert answer.status_code == 403
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_a_page_of_another_shop_may_not_use_this_shops_token(client: FlaskClient, works: Works, mado: Shop) -> None:
    connect(works, "woocommerce", "other.example.com")

    answer = client.get(
        "/storefront/api/member", headers={**bearer(mado, "501"), "Origin": "https://other.example.com"}
    )
    public = client.get(
        f"/storefront/api/programme?shop={mado.shop_id}", headers={"Origin": "https://other.example.com"}
    )

    assert (answer.status_code, public.status_code) == (403, 403)


def test_a_refusal_can_be_read_too_so_that_the_page_knows_to_fetch_a_new_token(
    client: FlaskClient, mado: Shop, clock: Clock
) -> None:
    old = token(mado, "501")
    clock.pass_(minutes=10)

    answer = client.get("/storefront/api/member", headers={"Authorization": f"Bearer {old}", "Origin": OWN})

    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (401, OWN)


def test_a_store_in_a_folder_or_with_www_has_its_own_origin(client: FlaskClient, works: Works) -> None:
    shop = connect(works, "woocommerce", "shop.example.com/ja", home_url="https://www.shop.example.com/ja")

    for origin in ("https://shop.example.com", "https://www.shop.example.com"):
        assert preflight(client, origin).headers["Access-Control-Allow-Origin"] == origin
        answer = client.get(f"/storefront/api/programme?shop={shop.shop_id}", headers={"Origin": origin})
        assert answer.headers["Access-Control-Allow-Origin"] == origin


def test_a_demonstration_shops_pages_live_on_this_machine(settings: Settings, works: Works, mado: Shop) -> None:
    place = "http://127.0.0.1:8102"
    client = create_app(replace(settings, sandbox={"mado.example": place}), works).test_client()

    assert preflight(client, place).headers["Access-Control-Allow-Origin"] == place
    answer = client.get("/storefront/api/member", headers={**bearer(mado, "501"), "Origin": place})
    assert answer.headers["Access-Control-Allow-Origin"] == place
    assert answer.get_json()["referral"]["link"].startswith(f"{place}/?kz_ref=")


def test_shopifys_road_is_the_shops_own_origin_and_opens_to_no_other(client: FlaskClient, tidewell: Shop) -> None:
    answer = client.options("/proxy/shopify/api/member", headers={"Origin": "https://evil.example"})

    assert "Access-Control-Allow-Origin" not in answer.headers
