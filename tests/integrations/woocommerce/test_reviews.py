"""Reviews: what the plugin tells, what polling finds, and which of the two is believed."""

from datetime import UTC, datetime

import pytest

from app.loyalty.facts import Customer, Review
from integrations.platform import Ignored, Malformed, Translation
from integrations.woocommerce import topics
from integrations.woocommerce.translate import translate
from tests.integrations.woocommerce.bodies import bridged, encoded
from tests.integrations.woocommerce.recorded import SHOP

WRITTEN = datetime(2026, 11, 22, 12, 49, 17, tzinfo=UTC)
CHANGED = datetime(2026, 11, 22, 12, 50, 3, tzinfo=UTC)


def told(topic: str, **changes: object) -> Translation:
    return translate(topic, encoded({"action": topic.removeprefix("action."), "arg": bridged(**changes)}), SHOP)


def polled(**changes: object) -> Translation:
    body = {
        "id": 58,
        "date_created_gmt": "2026-11-22T12:49:17",
        "product_id": 11,
        "status": "approved",
        "reviewer": "Alice Bench",
        "reviewer_email": "alice@example.test",
        "rating": 4,
        **changes,
    }
    return translate(topics.FETCHED_REVIEW, encoded(body), SHOP)


APPROVED = Review("58", Customer("2", "alice@example.test"), "11", WRITTEN, CHANGED, approved=True, rating=5)


def test_an_approved_review_of_a_shopper_with_an_account() -> None:
    assert told(topics.REVIEW_APPROVED) == (APPROVED,)


def test_a_withdrawn_review_no_longer_stands() -> None:
    (review,) = told(topics.REVIEW_WITHDRAWN, status="trash")  # type: ignore[misc]
    assert isinstance(review, Review)
    assert (review.approved, review.updated_at) == (False, CHANGED)


def test_a_guests_review_is_known_by_the_address_typed() -> None:
    (review,) = told(topics.REVIEW_APPROVED, customer_id=0)  # type: ignore[misc]
    assert isinstance(review, Review)
    assert review.customer == Customer(None, "alice@example.test")


def test_a_review_without_stars_is_a_review() -> None:
    (review,) = told(topics.REVIEW_APPROVED, rating=0)  # type: ignore[misc]
    assert isinstance(review, Review)
    assert review.rating is None


def test_a_review_of_nobody_is_ignored() -> None:
    assert told(topics.REVIEW_APPROVED, customer_id=0, email="") == Ignored("NOBODY_NAMED")
    assert polled(reviewer_email="") == Ignored("NOBODY_NAMED")


@pytest.mark.parametrize("field", ("id", "product_id", "date_gmt"))
def test_a_review_that_lacks_what_matters_is_malformed(field: str) -> None:
    assert isinstance(told(topics.REVIEW_APPROVED, **{field: None}), Malformed)


def test_a_polled_review_yields_to_what_the_plugin_said() -> None:
    (found,) = polled()  # type: ignore[misc]
    (said,) = told(topics.REVIEW_APPROVED, changed_gmt="2026-11-22T12:49:17")  # type: ignore[misc]
    assert isinstance(found, Review)
    assert isinstance(said, Review)
    assert found.updated_at < said.updated_at, "an older version is dropped: the account is not lost for an address"
    assert found.customer == Customer(None, "alice@example.test")
    assert (found.approved, found.rating) == (True, 4)


@pytest.mark.parametrize("status", ("hold", "spam", "trash"))
def test_a_polled_review_that_is_not_shown_is_not_approved(status: str) -> None:
    (found,) = polled(status=status)  # type: ignore[misc]
    assert isinstance(found, Review)
    assert not found.approved
