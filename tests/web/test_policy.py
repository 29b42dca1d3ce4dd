"""Who may call what: every route says so, and the list of what is open is short and known."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import factory
from app.settings import Settings
from app.web.house import EXTENSION, House
from app.web.policy import Policy, ShopFrom, UndeclaredRouteError, Who, inventory, policy
from jobs.works import Works

OPEN = {
    "/healthz": ShopFrom.NONE,
    "/readyz": ShopFrom.NONE,
    "/openapi.json": ShopFrom.NONE,
    "/connect/<platform>/begin": ShopFrom.NONE,
    "/connect/<platform>/finish": ShopFrom.STATE,
    "/connect/<platform>/done": ShopFrom.STATE,
    "/shopify/app": ShopFrom.SESSION_TOKEN,
    "/shopify/app/<path:page>": ShopFrom.SESSION_TOKEN,
    "/shopify/bounce": ShopFrom.NONE,
    "/visit/<uuid:shop_id>/<token>": ShopFrom.LINK,
}
"""What anyone may call, pages of the merchant's apart: each proves itself, or touches no shop."""

STOREFRONT = {
    ("GET", "programme"): Who.VISITOR,
    ("GET", "member"): Who.VISITOR,
    ("GET", "history"): Who.SHOPPER,
    ("POST", "redemptions"): Who.SHOPPER,
    ("GET", "redemptions/<word:redemption_id>"): Who.SHOPPER,
    ("POST", "redemptions/<word:redemption_id>/return"): Who.SHOPPER,
    ("POST", "redemptions/<word:redemption_id>/pick"): Who.SHOPPER,
    ("POST", "access/<word:reward_id>"): Who.SHOPPER,
    ("POST", "access"): Who.VISITOR,
    ("POST", "visit/<word:rule_id>"): Who.SHOPPER,
    ("POST", "question"): Who.SHOPPER,
    ("POST", "personal"): Who.SHOPPER,
    ("POST", "question/<word:question_id>"): Who.SHOPPER,
    ("GET", "profile"): Who.SHOPPER,
    ("POST", "profile/<word:question_id>"): Who.SHOPPER,
    ("POST", "profile/<word:question_id>/withdraw"): Who.SHOPPER,
    ("POST", "birthday"): Who.SHOPPER,
    ("GET", "kept"): Who.SHOPPER,
    ("POST", "join"): Who.SHOPPER,
    ("POST", "leave"): Who.SHOPPER,
    ("GET", "causes"): Who.VISITOR,
    ("POST", "cart"): Who.VISITOR,
    ("GET", "referral/<word:code>"): Who.VISITOR,
    ("POST", "referral/<word:code>/claim"): Who.VISITOR,
    ("POST", "referral/<word:code>/click"): Who.VISITOR,
}


def house(app: Flask) -> House:
    found: House = app.extensions[EXTENSION]
    return found


def test_every_route_has_a_policy_and_there_is_no_policy_without_a_route(app: Flask) -> None:
    assert set(house(app).policies) == {rule.endpoint for rule in app.url_map.iter_rules()}


def test_what_is_open_to_anyone_is_known(app: Flask) -> None:
    found = {
        rule.rule: house(app).policies[rule.endpoint].shop
        for rule in app.url_map.iter_rules()
        if house(app).policies[rule.endpoint].who is Who.ANYONE and not rule.endpoint.startswith("pages.")
    }

    assert found == OPEN


def test_both_roads_of_the_storefront_have_the_same_operations_for_the_same_callers(app: Flask) -> None:
    for prefix, shop in (("/proxy/shopify/api/", ShopFrom.PROXY), ("/storefront/api/", ShopFrom.TOKEN)):
        found = {
            (method, rule.rule.removeprefix(prefix)): house(app).policies[rule.endpoint]
            for rule in app.url_map.iter_rules()
            if rule.rule.startswith(prefix)
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        }
        assert found == {operation: Policy(who, shop) for operation, who in STOREFRONT.items()}


def test_a_route_without_a_policy_stops_the_start(
    settings: Settings, works: Works, monkeypatch: pytest.MonkeyPatch
) -> None:
    from apiflask import APIBlueprint  # noqa: PLC0415 - a route nobody declared

    forgotten = APIBlueprint("forgotten", __name__)
    forgotten.add_url_rule("/forgotten", "it", lambda: "open to all")
    monkeypatch.setattr(factory, "BLUEPRINTS", (*factory.BLUEPRINTS, forgotten))

    with pytest.raises(UndeclaredRouteError, match=r"/forgotten \(forgotten.it\)"):
        factory.create_app(settings, works)


def test_a_folder_of_files_needs_a_policy_too() -> None:
    app = Flask(__name__, static_folder="static")

    with pytest.raises(UndeclaredRouteError, match="static"):
        inventory(app, {})
    assert inventory(app, {"static": Policy(Who.ANYONE, ShopFrom.NONE)}) == {
        "static": Policy(Who.ANYONE, ShopFrom.NONE)
    }


def test_a_policy_leaves_the_view_what_it_is() -> None:
    def view() -> str:
        return "said"

    assert policy(who=Who.ANYONE, shop=ShopFrom.NONE)(view)() == "said"


@pytest.mark.parametrize("path", ("/storefront/api/history", "/proxy/shopify/api/history"))
def test_what_is_for_shoppers_is_closed_to_everybody_else(path: str, client: FlaskClient) -> None:
    assert client.get(path).status_code in {401, 404}
