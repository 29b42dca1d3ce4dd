"""The public programme: what the contract says, kept a minute, told from one shop only."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from app.actions.choose_unit import choose_unit
from app.actions.disconnect_shop import disconnect_shop
from app.db.tables import ProgrammeRow
from app.db.unit import unit_of_work
from tests.web.contract import fits
from tests.web.shops import Shop, proxied
from tests.web.storefront import Storefront


def change(storefront: Storefront, **values: object) -> None:
    with unit_of_work(storefront.works.engine) as session:
        session.execute(
            update(ProgrammeRow).where(ProgrammeRow.programme_id == storefront.shop.programme_id).values(values)
        )


def test_the_programme_is_what_the_contract_says(storefront: Storefront) -> None:
    said = fits("programme", storefront.get("programme").get_json())

    unit = 100
    assert said["shop"]["id"] == str(storefront.shop.shop_id)
    assert said["state"] == "live"
    assert said["currency"] == (
        {"code": "USD", "exponent": 2} if storefront.platform == "shopify" else {"code": "JPY", "exponent": 0}
    )
    assert [(rule["id"], rule["kind"], rule["points"], rule["pending_days"]) for rule in said["earn"]] == [
        ("order", "order", None, 14),
        ("sign_up", "sign_up", 100, 0),
        ("review", "review", 50, 0),
        ("referral", "referral", 500, 14),
    ]
    assert said["earn"][0]["rate"] == {"points": "5", "per_minor": unit}
    assert [(reward["id"], reward["cost"], reward["deal"]["kind"]) for reward in said["rewards"]] == [
        ("five_off", 500, "amount_off"),
        ("free_shipping", 700, "free_shipping"),
        ("ten_off", 1000, "amount_off"),
        ("fifteen_percent", 1500, "percentage"),
    ]
    assert said["rewards"][3]["deal"]["percent"] == "15"
    assert said["worth"] == {"points": 500, "value_minor": 5 * unit}
    assert said["tiers"]["window"] == {"kind": "rolling_months", "months": 12}
    assert said["tiers"]["levels"][1]["multiplier"] == [5, 4]
    assert said["referral"]["friend_deal"] == {"kind": "percentage", "value_minor": None, "percent": "10"}


def test_names_stand_under_the_shops_own_language(storefront: Storefront) -> None:
    levels = storefront.get("programme").get_json()["tiers"]["levels"]

    assert levels[0]["name"] == ({"en": "Spring"} if storefront.platform == "shopify" else {"ja": "若葉"})


def test_the_merchants_look_words_and_links_are_told(storefront: Storefront) -> None:
    look = {
        "brand": "#0f5c6e",
        "theme": "auto",
        "corner": "start",
        "words": {"en": {"one": "pebble", "other": "pebbles"}},
        "texts": {"en": {"out.title": "Hello"}},
        "links": {"join": "/account/register"},
    }
    change(storefront, look=look, state="paused")

    said = fits("programme", storefront.get("programme").get_json())

    assert (said["state"], said["look"]["theme"], said["look"]["corner"]) == ("paused", "auto", "start")
    assert said["look"]["light"]["fill"] == "#0f5c6e"
    assert said["unit"]["words"]["en"]["other"] == "pebbles"
    assert said["texts"] == {"en": {"out.title": "Hello"}}
    assert said["links"] == {"join": "/account/register", "sign_in": None, "rules": None}


def test_the_programme_may_be_kept_a_minute_and_is_not_sent_again_unchanged(storefront: Storefront) -> None:
    first = storefront.get("programme")
    assert first.headers["Cache-Control"] == "public, max-age=60"

    storefront.client.environ_base["HTTP_IF_NONE_MATCH"] = first.headers["ETag"]
    again = storefront.get("programme")
    change(storefront, name="Another name")
    changed = storefront.get("programme")

    assert (again.status_code, again.data) == (304, b"")
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]


def test_a_programme_before_its_first_version_offers_nothing_yet(storefront: Storefront) -> None:
    storefront.clock.pass_(days=-60)

    said = fits("programme", storefront.get("programme").get_json())

    assert (said["earn"], said["rewards"], said["tiers"], said["referral"], said["worth"]) == ([], [], None, None, None)


def test_a_shop_whose_owner_removed_the_app_is_unknown(storefront: Storefront) -> None:
    with unit_of_work(storefront.works.engine) as session:
        disconnect_shop(storefront.scope(session), storefront.shop.shop_id)

    answer = storefront.get("programme")

    assert (answer.status_code, fits("problem", answer.get_json())["code"]) == (404, "UNKNOWN_SHOP")


@pytest.mark.parametrize(
    "query", ("", "?shop=", "?shop=nobody", "?shop=019a9d1c-0000-7000-8000-000000000000", "?shop=%00")
)
def test_no_shop_or_an_unknown_one_is_not_found(query: str, client: FlaskClient, mado: Shop) -> None:
    answer = client.get(f"/storefront/api/programme{query}")

    assert (answer.status_code, fits("problem", answer.get_json())["code"]) == (404, "UNKNOWN_SHOP")


def test_a_shop_of_shopify_is_not_shown_by_the_open_road(client: FlaskClient, tidewell: Shop) -> None:
    assert client.get(f"/storefront/api/programme?shop={tidewell.shop_id}").status_code == 404


def test_the_proxys_road_opens_for_shopifys_signature_alone(client: FlaskClient, tidewell: Shop) -> None:
    good = proxied("programme")
    wrong = [
        good.replace("programme", "programme", 1).replace("signature=", "signature=0"),
        good + "&shop=other.myshopify.com",
        good + "&extra=1",
        good.replace("shop=tidewell", "shop=another"),
        proxied("programme", secret="shpss_" + "00" * 16),
        "/proxy/shopify/api/programme",
    ]

    assert client.get(good).status_code == 200
    for url in wrong:
        answer = client.get(url)
        assert (answer.status_code, fits("problem", answer.get_json())["code"]) == (401, "INVALID_REQUEST")


def test_a_proxied_request_is_good_for_ninety_seconds(storefront: Storefront) -> None:
    url = proxied("programme", at=storefront.clock.now)
    if storefront.platform != "shopify":
        pytest.skip("only Shopify signs queries")

    storefront.clock.pass_(seconds=90)
    assert storefront.client.get(url).status_code == 200
    storefront.clock.pass_(seconds=1)
    assert storefront.client.get(url).status_code == 401


def test_members_of_a_programme_in_money_read_its_currency(storefront: Storefront) -> None:
    with unit_of_work(storefront.works.engine) as session:
        choose_unit(storefront.scope(session), money=True, by="owner")

    said = fits("programme", storefront.get("programme").get_json())
    assert (said["unit"]["kind"], said["unit"]["decimals"]) == ("money", said["currency"]["exponent"])
    assert said["earn"] == [], "what was promised in points is called off"
