"""Codes of countries and regions, however platforms write them, and nothing else of an address."""

import pytest

from app.loyalty.facts import Place
from integrations.places import first_place, place


@pytest.mark.parametrize(
    ("country", "region", "found"),
    (
        ("US", "NH", Place("US", "NH")),
        ("jp", "JP-13", Place("JP", "13")),  # Shopify
        ("JP", "JP13", Place("JP", "13")),  # WooCommerce
        ("DE", "DE-BW", Place("DE", "BW")),
        ("IN", "INX", Place("IN", "INX")),
        ("GB", "", Place("GB")),
        ("GB", "Greater London", Place("GB")),
        ("FR", None, Place("FR")),
        ("France", "ARA", None),
        ("", "ON", None),
        (None, None, None),
        (7, {}, None),
    ),
)
def test_a_place_is_a_country_with_a_region_where_one_is_told(
    country: object, region: object, found: Place | None
) -> None:
    assert place(country, region) == found


def test_the_first_address_that_names_a_country_counts() -> None:
    body = {"shipping": {"country": "", "state": ""}, "billing": {"country": "CA", "state": "ON"}, "other": None}
    assert first_place(body, "shipping", "billing") == Place("CA", "ON")
    assert first_place(body, "other", "shipping", "missing") is None
