"""A reward's link brings its coupon into the cart: at once, or with the first thing that is put into it."""

import pytest

from tests.plugin.conftest import WordPress

FULL = {"cart": ["kyusu"], "cookie": True}
ADDED: dict[str, object] = {"do": "woocommerce_add_to_cart"}


def opened(code: object, uri: str = "/cart/?kz_code=X") -> dict[str, object]:
    return {"do": "wp_loaded", "get": {"kz_code": code}, "uri": uri}


def test_the_link_applies_the_code_and_leaves_the_address(wordpress: WordPress) -> None:
    ran = wordpress(opened("KZ-7Q2M9XHT4WPC", "/cart/?kz_code=KZ-7Q2M9XHT4WPC&lang=ja"), **FULL)
    assert ran.only == {"safe_redirect": "/cart/?lang=ja"}
    assert ran.world["coupons"] == ["kz-7q2m9xht4wpc"]
    assert ran.world["nocache"] is True, "no cache may keep the way"


def test_an_empty_cart_gets_it_with_the_first_thing_put_into_it(wordpress: WordPress) -> None:
    ran = wordpress(opened("KZ-7Q2M9XHT4WPC"), ADDED, {**ADDED, "world": {"cart": ["kyusu"]}}, ADDED)
    assert ran.world["cookie"] is True, "a guest is remembered"
    assert ran.world["coupons"] == ["kz-7q2m9xht4wpc"], "once"


def test_a_code_that_is_in_the_cart_already_is_not_applied_again(wordpress: WordPress) -> None:
    ran = wordpress(opened("KZ-7Q2M9XHT4WPC"), coupons=["kz-7q2m9xht4wpc"], **FULL)
    assert ran.world["coupons"] == ["kz-7q2m9xht4wpc"]


@pytest.mark.parametrize(
    "code", ("", "x", "a b c d", "kz_code", "KZ-7Q2M\n", "<script>", "x" * 65, ["KZ-7Q2M9XHT"]), ids=str
)
def test_what_is_no_code_does_nothing(wordpress: WordPress, code: object) -> None:
    ran = wordpress(opened(code), **FULL)
    assert ran.only is None
    assert "coupons" not in ran.world


@pytest.mark.parametrize("where", ({"admin": True}, {"no_cart": True}), ids=str)
def test_where_there_is_no_cart_nothing_happens(wordpress: WordPress, where: dict[str, object]) -> None:
    ran = wordpress(opened("KZ-7Q2M9XHT4WPC"), ADDED, **{**FULL, **where})
    assert ran.results == [None, None]
    assert "coupons" not in ran.world


def test_any_other_page_is_left_alone(wordpress: WordPress) -> None:
    ran = wordpress({"do": "wp_loaded", "uri": "/shop/"}, **FULL)
    assert ran.only is None
    assert "session" not in ran.world
