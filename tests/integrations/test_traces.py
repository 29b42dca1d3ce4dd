"""Traces of an order: one word for one address, one for one connection, nothing for what is missing."""

import pytest

from app.loyalty.facts import Traces
from integrations.traces import first_told, traces


@pytest.mark.parametrize(
    ("one", "other"),
    (
        (("12 Harbour St.", "AB1 2CD", "GB"), ("12  HARBOUR ST", "ab12cd", "gb")),
        (("１丁目2-3", "100-0001", "JP"), ("1丁目2-3", "1000001", "JP")),
    ),
)
def test_spellings_of_one_address_are_one(one: tuple[str, str, str], other: tuple[str, str, str]) -> None:
    assert traces(*one, None) == traces(*other, None)
    assert traces(*one, None).address is not None


@pytest.mark.parametrize("part", (0, 1))
def test_half_an_address_is_none(part: int) -> None:
    street, postcode = (None if part == 0 else "12 Harbour St."), (None if part == 1 else "AB1 2CD")
    assert traces(street, postcode, "GB", None) == Traces()


def test_two_streets_are_two_addresses() -> None:
    assert traces("1 A St", "1", "GB", None) != traces("2 A St", "1", "GB", None)
    assert traces("1 A St", "12", "GB", None) != traces("1 A St1", "2", "GB", None)


@pytest.mark.parametrize(
    ("address", "network"),
    (
        ("9.9.9.9", "9.9.9.9"),
        ("2606:4700:1:2:3::4", "2606:4700:1:2::/64"),
        ("2606:4700:1:2:ffff::9", "2606:4700:1:2::/64"),
        ("10.0.0.1", None),
        ("::1", None),
        ("no address", None),
        (None, None),
        ({"ip": "9.9.9.9"}, None),
    ),
)
def test_a_connection_is_an_address_or_the_network_of_a_household(address: object, network: str | None) -> None:
    assert traces(None, None, None, address) == Traces(network=network)


def test_a_device_is_a_browser_on_a_connection_and_nothing_without_either() -> None:
    assert traces(None, None, None, "9.9.9.9", "Browser/1") == Traces(network="9.9.9.9", device="9.9.9.9 Browser/1")
    assert traces(None, None, None, "10.0.0.1", "Browser/1") == Traces()
    assert traces(None, None, None, "9.9.9.9", {"name": 1}) == Traces(network="9.9.9.9")


def test_goods_go_to_the_first_address_that_is_told() -> None:
    billing = {"address1": "2 B St"}
    assert (
        first_told({"shipping_address": None, "billing_address": billing}, "shipping_address", "billing_address")
        == billing
    )
    assert first_told({"shipping": {"address_1": ""}, "billing": {"address_1": "x"}}, "shipping", "billing") == {
        "address_1": "x"
    }
    assert first_told({"shipping": "?"}, "shipping") == {}
