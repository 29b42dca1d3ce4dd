"""Reviews told in our own shape, as automations fill it in: whose they are, how they stand, and nothing guessed."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.loyalty.facts import Customer, Review
from integrations.platform import Ignored, Malformed, Translation
from integrations.told_reviews import read_told_review

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
WHOLE = {
    "id": 17, "product": "gid://shopify/Product/8100000000001", "customer": "gid://shopify/Customer/7412258816291",
    "email": "maren@example.com", "rating": "5", "photo": "false", "published": "true",
    "created_at": "2026-11-20T09:00:00Z", "updated_at": "2026-11-21T09:00:00Z",
}  # fmt: skip


def read(**changed: object) -> Translation:
    told = {name: value for name, value in {**WHOLE, **changed}.items() if value is not ...}
    return read_told_review(json.dumps(told).encode(), NOON)


def review(**changed: object) -> Review:
    seen = read(**changed)
    assert isinstance(seen, tuple), seen
    (fact,) = seen
    assert isinstance(fact, Review)
    return fact


def test_a_review_is_read_whole() -> None:
    assert review() == Review(
        id="told:17",
        customer=Customer("7412258816291", "maren@example.com"),
        product="8100000000001",
        at=datetime(2026, 11, 20, 9, tzinfo=UTC),
        updated_at=datetime(2026, 11, 21, 9, tzinfo=UTC),
        approved=True,
        rating=5,
    )


def test_without_a_version_the_arrival_is_one_and_nothing_is_later_than_it() -> None:
    assert review(updated_at=...).updated_at == NOON
    late = review(created_at="2027-01-01T00:00:00Z", updated_at="2027-01-01T00:00:00Z")
    assert (late.at, late.updated_at) == (NOON, NOON)


@pytest.mark.parametrize(
    ("said", "stands"), ((True, "up"), ("Published", "up"), ("approved", "up"), (False, "down"), ("spam", "down"))
)
def test_it_stands_as_it_is_told_to_stand(said: object, stands: str) -> None:
    assert review(published=said).approved is (stands == "up")


@pytest.mark.parametrize("changed", ({"customer": ..., "email": ...}, {"product": ...}, {"product": ""}))
def test_what_names_nobody_or_no_product_is_left_alone(changed: dict[str, object]) -> None:
    assert isinstance(read(**changed), Ignored)


@pytest.mark.parametrize("changed", ({"published": ...}, {"published": "maybe"}, {"id": ""}, {"created_at": "soon"}))
def test_what_does_not_say_how_it_stands_is_put_aside_without_its_content(changed: dict[str, object]) -> None:
    seen = read(**changed)
    assert isinstance(seen, Malformed)
    assert not any(str(value) in seen.reason for value in changed.values() if value)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2),
    max_leaves=4,
)


@given(name=st.sampled_from(sorted(WHOLE)), value=_JSON)
def test_whatever_stands_in_a_field_nothing_crashes(name: str, value: object) -> None:
    assert isinstance(read(**{name: value}), (tuple, Ignored, Malformed))
