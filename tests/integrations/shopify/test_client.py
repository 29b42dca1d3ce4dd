"""An answer is read in three steps, status, errors, data; each failure says whether to wait, to give up or to doubt."""

from typing import Any

import pytest
import requests

from integrations.outgoing import Outgoing
from integrations.platform import Credentials, PlatformError, ReauthorizeError, StaleTokenError
from integrations.shopify.client import Admin, UserError
from integrations.shopify.documents import ADD_TAGS, CREATE_DISCOUNT, SHOP_PROFILE
from tests.integrations.shopify.admin import Said, Shop, denied, refused, throttled
from tests.integrations.shopify.admin_schema import schema
from tests.integrations.shopify.shops import CREDENTIALS


@pytest.fixture
def admin() -> Admin:
    return Admin(Outgoing(production=True), "2026-10")


def failure(admin: Admin) -> PlatformError:
    with pytest.raises(PlatformError) as failed:
        admin.read(CREDENTIALS, SHOP_PROFILE)
    return failed.value


def test_data_is_what_is_asked_for(shop: Shop, admin: Admin) -> None:
    shop.says("ShopProfile", {"shop": {"name": "Tidewell"}})
    answer = admin.read(CREDENTIALS, SHOP_PROFILE)
    assert answer.data == {"shop": {"name": "Tidewell"}}
    assert answer.at is not None
    assert answer.at.isoformat() == "2026-11-22T12:00:00+00:00"


STATUSES: tuple[tuple[int, dict[str, str], tuple[str, bool, float | None]], ...] = (
    (402, {}, ("SHOP_FROZEN", False, 3600.0)),
    (423, {}, ("SHOP_LOCKED", False, 3600.0)),
    (403, {}, ("FORBIDDEN", True, None)),
    (404, {}, ("SHOP_GONE", True, None)),
    (400, {}, ("HTTP_400", True, None)),
    (302, {"Location": "https://evil.example/"}, ("HTTP_302", True, None)),
    (429, {"Retry-After": "4.0"}, ("THROTTLED", False, 4.0)),
    (429, {}, ("THROTTLED", False, 2.0)),
    (429, {"Retry-After": "soon"}, ("THROTTLED", False, 2.0)),
    (429, {"Retry-After": "9" * 400}, ("THROTTLED", False, 3600.0)),
    (430, {}, ("THROTTLED", False, 2.0)),
    (503, {"Retry-After": "30"}, ("UNAVAILABLE", False, 30.0)),
)


@pytest.mark.parametrize(("status", "headers", "expected"), STATUSES)
def test_a_status_says_what_to_do(
    shop: Shop, admin: Admin, status: int, headers: dict[str, str], expected: tuple[str, bool, float | None]
) -> None:
    shop.says("ShopProfile", (status, "<html>canary</html>", headers))
    failed = failure(admin)
    assert (failed.code, failed.permanent, failed.retry_after_s) == expected
    assert len(shop.asked) == 1, "no call inside a wait, and none after a refusal"
    assert "canary" not in repr(failed)


def test_a_token_that_is_no_longer_good_is_stale(shop: Shop, admin: Admin) -> None:
    shop.says("ShopProfile", (401, '{"errors":"[API] Invalid API key or access token"}', {}))
    assert isinstance(failure(admin), StaleTokenError)


def test_without_a_token_only_the_merchant_can_help(admin: Admin) -> None:
    with pytest.raises(ReauthorizeError):
        admin.read(Credentials(CREDENTIALS.domain, {}), SHOP_PROFILE)


@pytest.mark.parametrize("domain", ("evil.example", "tidewell.myshopify.com@evil.example", "127.0.0.1", ""))
def test_a_token_is_sent_to_shops_of_shopify_only(admin: Admin, domain: str) -> None:
    with pytest.raises(PlatformError) as failed:
        admin.read(Credentials(domain, CREDENTIALS.values), SHOP_PROFILE)
    assert failed.value.code == "SHOP_INVALID"


ERRORS: tuple[tuple[Any, tuple[str, bool]], ...] = (
    ({"errors": [{"message": "canary", "extensions": {"code": "ACCESS_DENIED"}}]}, ("ACCESS_DENIED", True)),
    ({"errors": [{"message": "canary", "extensions": {"code": "MAX_COST_EXCEEDED"}}]}, ("TOO_COSTLY", True)),
    ({"errors": [{"message": "canary"}]}, ("GRAPHQL_REFUSED", True)),
    ({"errors": "canary"}, ("GRAPHQL_REFUSED", True)),
    ({"errors": {"query": "canary"}}, ("GRAPHQL_REFUSED", True)),
    ({"errors": [{"message": "canary", "extensions": {"code": "SHOP_INACTIVE"}}]}, ("SHOP_FROZEN", False)),
    ({"data": {"shop": None}, "errors": [denied("shop", "billingAddress")]}, ("ACCESS_DENIED", True)),
)


@pytest.mark.parametrize(("body", "expected"), ERRORS)
def test_errors_of_a_200_are_errors(shop: Shop, admin: Admin, body: Said, expected: tuple[str, bool]) -> None:
    shop.says("ShopProfile", body)
    failed = failure(admin)
    assert (failed.code, failed.permanent) == expected
    assert "canary" not in repr(failed)


def test_withheld_personal_fields_do_not_spoil_an_answer(shop: Shop, admin: Admin) -> None:
    shop.says("ShopProfile", {"data": {"order": {"email": None}}, "errors": [denied("order", "email")]})
    assert admin.read(CREDENTIALS, SHOP_PROFILE).data == {"order": {"email": None}}


def test_an_empty_bucket_says_when_it_holds_enough(shop: Shop, admin: Admin) -> None:
    shop.says("ShopProfile", throttled(502, 100, 100))
    failed = failure(admin)
    assert (failed.code, failed.permanent) == ("THROTTLED", False)
    assert failed.retry_after_s == pytest.approx(4.02)
    assert len(shop.asked) == 1


@pytest.mark.parametrize(
    ("cost", "wait_s"),
    (
        (throttled(100, 100, 0), 2.0),
        (throttled(10, 100, 50), 0.1),
        (throttled(10**8, 0, 1), 3600.0),
        ({"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]}, 2.0),
        ({"errors": [{"extensions": {"code": "THROTTLED"}}], "extensions": {"cost": "much"}}, 2.0),
    ),
)
def test_a_wait_is_never_endless_and_never_none(shop: Shop, admin: Admin, cost: dict[str, Any], wait_s: float) -> None:
    shop.says("ShopProfile", cost)
    assert failure(admin).retry_after_s == pytest.approx(wait_s)


PASSING: tuple[Said, ...] = (
    requests.ConnectionError("reset"),
    requests.ReadTimeout("slow"),
    (500, "oops", {}),
    (502, "<html>Bad gateway</html>", {}),
    {"errors": [{"message": "Internal error", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]},
)


@pytest.mark.parametrize("passing", PASSING)
def test_a_question_is_asked_again_after_what_passes(shop: Shop, admin: Admin, passing: Said) -> None:
    shop.says("ShopProfile", passing, passing, {"shop": {}})
    assert admin.read(CREDENTIALS, SHOP_PROFILE).data == {"shop": {}}
    assert len(shop.asked) == 3


@pytest.mark.parametrize("passing", PASSING)
def test_an_order_is_given_once(shop: Shop, admin: Admin, passing: Said) -> None:
    shop.says("AddTags", passing, {"result": {"userErrors": []}})
    with pytest.raises(PlatformError):
        admin.write(CREDENTIALS, ADD_TAGS, id="gid://shopify/Customer/1", tags=["a"])
    assert len(shop.asked) == 1


@pytest.mark.parametrize(
    "text", ("", "<b>Notice</b>: {}", "[]", '{"data": 5}', '{"data": null}', "{}", '{"data": {"a": NaN}}')
)
def test_an_answer_that_cannot_be_read_is_a_doubt(shop: Shop, admin: Admin, text: str) -> None:
    shop.says("ShopProfile", (200, text, {}))
    failed = failure(admin)
    assert (failed.code, failed.permanent) == ("BAD_ANSWER", False)


def test_user_errors_are_read(shop: Shop, admin: Admin) -> None:
    for code, expected, permanent in (
        ("TAKEN", "TAKEN", True),
        (None, "USER_ERROR", True),
        ("INTERNAL_ERROR", "INTERNAL_ERROR", False),
    ):
        shop.says("AddTags", refused(code, "canary"))
        with pytest.raises(UserError) as failed:
            admin.write(CREDENTIALS, ADD_TAGS, id="gid://shopify/Customer/1", tags=["a"])
        assert (failed.value.code, failed.value.permanent) == (expected, permanent)
        assert "canary" not in repr(failed.value)


@pytest.mark.parametrize("result", ({"result": None}, {"result": {"userErrors": 5}}, {"other": {}}))
def test_an_order_without_a_result_is_a_doubt(shop: Shop, admin: Admin, result: dict[str, Any]) -> None:
    shop.says("AddTags", result)
    with pytest.raises(PlatformError) as failed:
        admin.write(CREDENTIALS, ADD_TAGS, id="gid://shopify/Customer/1", tags=["a"])
    assert failed.value.code == "BAD_ANSWER"


def test_the_edge_itself_refuses_what_shopify_would(shop: Shop, admin: Admin) -> None:
    """So that these tests can fail: a wrong variable does not pass the edge."""
    schema()
    shop.says("CreateDiscount", {"result": {"userErrors": []}})
    with pytest.raises(AssertionError):
        admin.write(CREDENTIALS, CREATE_DISCOUNT, discount={"titel": "x"})
