"""The plugin's routes: who may call them, what they keep, and that they never tell the secret."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from integrations.platform import Refused
from integrations.woocommerce.shopper import Shopper, verify_shopper_token
from tests.plugin.conftest import CONNECTED, SECRET, WordPress

HANDED_OVER = {"shop": "0198c0de-7a11", "app": "https://points.example.com", "secret": "A1b2" * 16}
SECRET_ROUTE = {"rest": ["POST", "/kizuna/v1/secret"]}
TOKEN_ROUTE = {"rest": ["GET", "/kizuna/v1/token"]}
MANAGER = {"user": 1, "users": {1: "owner@example.test"}, "managers": [1]}
ALICE = {"user": 2, "users": {2: "alice@example.test"}}


# ── The secret ───────────────────────────────────────────────────────────────


def test_the_server_hands_over_id_address_and_secret(wordpress: WordPress) -> None:
    ran = wordpress({**SECRET_ROUTE, "params": HANDED_OVER}, **MANAGER)
    assert ran.only["status"] == 200
    assert ran.only["data"]["connected"] is True
    assert ran.only["data"]["shop"] == HANDED_OVER["shop"]
    kept = ran.world["options"]
    assert (kept["kizuna_app"], kept["kizuna_secret"]) == (HANDED_OVER["app"], HANDED_OVER["secret"])
    assert kept["kizuna_connection"]["shop"] == HANDED_OVER["shop"]
    assert ran.world["autoload"]["kizuna_secret"] is False, "no page has to load the secret"


def test_handing_over_again_renews_the_secret(wordpress: WordPress) -> None:
    again = {**SECRET_ROUTE, "params": HANDED_OVER}
    assert wordpress(again, options=CONNECTED, **MANAGER).world["options"]["kizuna_secret"] == HANDED_OVER["secret"]


@pytest.mark.parametrize("route", (SECRET_ROUTE, {"rest": ["GET", "/kizuna/v1/status"]}))
@pytest.mark.parametrize(("who", "status"), (({"user": 0}, 401), (ALICE, 403)))
def test_only_who_runs_the_store_may(
    wordpress: WordPress, route: dict[str, object], who: dict[str, object], status: int
) -> None:
    ran = wordpress({**route, "params": HANDED_OVER}, **who)
    assert (ran.only["status"], ran.only["code"]) == (status, "rest_forbidden")
    assert ran.world["options"] == []


@pytest.mark.parametrize(
    "wrong",
    (
        {"secret": "short"},
        {"secret": ""},
        {"secret": None},
        {"secret": "x" * 129},
        {"secret": "A1b2" * 16 + "\n"},
        {"secret": "&amp;" * 10},
        {"secret": ["A1b2" * 16]},
        {"shop": ""},
        {"shop": "a/b"},
        {"shop": "x" * 65},
        {"app": ""},
        {"app": None},
        {"app": "http://points.example.com"},
        {"app": "https://user:pw@points.example.com"},
        {"app": "javascript:alert(1)"},
        {"app": 'https://points.example.com"><script>'},
        {"app": "//points.example.com"},
    ),
    ids=str,
)
def test_what_cannot_be_is_refused_and_changes_nothing(wordpress: WordPress, wrong: dict[str, object]) -> None:
    ran = wordpress({**SECRET_ROUTE, "params": {**HANDED_OVER, **wrong}}, options=CONNECTED, **MANAGER)
    assert ran.only["status"] == 400
    assert ran.world["options"] == CONNECTED


def test_of_the_servers_address_only_the_origin_is_kept(wordpress: WordPress) -> None:
    params = {**HANDED_OVER, "app": " https://Points.Example.com:8443/connect?x=1#y "}
    assert wordpress({**SECRET_ROUTE, "params": params}, **MANAGER).world["options"]["kizuna_app"] == (
        "https://points.example.com:8443"
    )


def test_a_server_on_the_same_machine_may_do_without_https(wordpress: WordPress) -> None:
    params = {**HANDED_OVER, "app": "http://127.0.0.1:8100"}
    assert wordpress({**SECRET_ROUTE, "params": params}, **MANAGER).only["data"]["app"] == "http://127.0.0.1:8100"


def test_the_state_tells_versions_and_no_secret(wordpress: WordPress) -> None:
    ran = wordpress({"rest": ["GET", "/kizuna/v1/status"]}, options=CONNECTED, **MANAGER)
    assert ran.only["data"] == {
        "plugin": "0.1.0",
        "connected": True,
        "shop": "shop-1",
        "app": "https://points.example.com",
        "wordpress": "7.1",
        "woocommerce": "11.0.1",
        "widget": True,
    }
    assert SECRET not in json.dumps(ran.results)


# ── Whom WooCommerce lets in with keys ───────────────────────────────────────


@pytest.mark.parametrize(
    ("uri", "get", "opened"),
    (
        ("/wp-json/kizuna/v1/secret", {}, True),
        ("/wp-json/kizuna/v1/status/", {}, True),
        ("/wp-json/kizuna/v1/status?_locale=user", {}, True),
        ("/?rest_route=/kizuna/v1/secret", {"rest_route": "/kizuna/v1/secret"}, True),
        ("/wp-json/kizuna/v1/token", {}, False),
        ("/wp-json/wp/v2/users", {}, False),
        ("/wp-json/wp/v2/users?x=/wp-json/kizuna/v1/secret", {"x": "/wp-json/kizuna/v1/secret"}, False),
        ("/wp-json/kizuna/v1/secret", {"rest_route": "/wp/v2/users"}, False),
        ("/page/wp-json/kizuna/v1/secret", {}, False),
        ("/", {}, False),
    ),
)
def test_keys_open_our_two_routes_and_nothing_else(
    wordpress: WordPress, uri: str, get: dict[str, str], *, opened: bool
) -> None:
    step = {"filter": "woocommerce_rest_is_request_to_rest_api", "args": [False], "uri": uri, "get": get}
    assert wordpress(step).only is opened


def test_a_store_in_a_folder_is_asked_in_that_folder(wordpress: WordPress) -> None:
    home = {"home": "https://example.com/shop"}
    step = {"filter": "woocommerce_rest_is_request_to_rest_api", "args": [False]}
    assert wordpress({**step, "uri": "/shop/wp-json/kizuna/v1/secret"}, **home).only is True
    assert wordpress({**step, "uri": "/wp-json/kizuna/v1/secret"}, **home).only is False


def test_what_woocommerce_accepts_anyway_stays_accepted(wordpress: WordPress) -> None:
    step = {"filter": "woocommerce_rest_is_request_to_rest_api", "args": [True], "uri": "/wp-json/wc/v3/orders"}
    assert wordpress(step).only is True


# ── The token ────────────────────────────────────────────────────────────────


def minted(wordpress: WordPress, **world: object) -> str:
    ran = wordpress(TOKEN_ROUTE, options=CONNECTED, **{**ALICE, **world})
    assert ran.only["status"] == 200
    token = ran.only["data"]["token"]
    assert isinstance(token, str)
    return token


def test_a_signed_in_shopper_gets_a_token_that_the_server_believes(wordpress: WordPress) -> None:
    token = minted(wordpress)
    now = datetime.now(UTC)
    assert verify_shopper_token(token, (SECRET,), "shop-1", now) == Shopper("2", "alice@example.test")
    assert verify_shopper_token(token, ("new" * 12, SECRET), "shop-1", now) == Shopper("2", "alice@example.test")


@pytest.mark.parametrize(
    "address", ("鈴木@例え.example", "o'brien+kizuna@example.test", 'a"b/c\\d@example.test', "<x>@y.test")
)
def test_any_address_survives_the_journey(wordpress: WordPress, address: str) -> None:
    token = minted(wordpress, users={2: address})
    assert verify_shopper_token(token, (SECRET,), "shop-1", datetime.now(UTC)) == Shopper("2", address)


def test_a_token_lives_five_minutes(wordpress: WordPress) -> None:
    token = minted(wordpress)
    late = verify_shopper_token(token, (SECRET,), "shop-1", datetime.now(UTC) + timedelta(seconds=301))
    assert isinstance(late, Refused)
    assert late.code == "TOKEN_EXPIRED"
    assert not isinstance(
        verify_shopper_token(token, (SECRET,), "shop-1", datetime.now(UTC) + timedelta(seconds=280)), Refused
    )


def test_a_token_that_was_touched_is_refused(wordpress: WordPress) -> None:
    token = minted(wordpress)
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        touched = token[:place] + other + token[place + 1 :]
        assert isinstance(verify_shopper_token(touched, (SECRET,), "shop-1", datetime.now(UTC)), Refused), place


def test_a_token_opens_no_other_shop(wordpress: WordPress) -> None:
    answer = verify_shopper_token(minted(wordpress), (SECRET,), "shop-2", datetime.now(UTC))
    assert isinstance(answer, Refused)
    assert answer.code == "TOKEN_OF_ANOTHER_SHOP"


def test_no_cache_may_keep_a_token(wordpress: WordPress) -> None:
    ran = wordpress(TOKEN_ROUTE, options=CONNECTED, **ALICE)
    assert ran.only["headers"] == {"Cache-Control": "no-store, private", "Vary": "Cookie"}


def test_a_guest_gets_none(wordpress: WordPress) -> None:
    assert wordpress(TOKEN_ROUTE, options=CONNECTED, user=0).only["data"] == {"token": None}


@pytest.mark.parametrize("missing", sorted(CONNECTED))
def test_a_store_that_is_not_connected_mints_none(wordpress: WordPress, missing: str) -> None:
    options = {name: value for name, value in CONNECTED.items() if name != missing}
    assert wordpress(TOKEN_ROUTE, options=options, **ALICE).only["data"] == {"token": None}
