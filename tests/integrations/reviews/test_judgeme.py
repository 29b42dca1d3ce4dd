"""Judge.me: reviews are taken when signed, and stand as shoppers see them."""

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.loyalty.facts import Customer, Review
from integrations.platform import Ignored, Malformed, Refused, Request, Translation, Verified
from integrations.reviews.judgeme import BODY_MAX_BYTES, SIGNATURE, TOPIC, JudgeMe
from tests.integrations.conformance import SECRET, SourceConformance, Subject
from tests.integrations.shopify.shops import DOMAIN, NOW, PROFILE

PAYLOADS = {file.stem: file.read_bytes() for file in sorted((Path(__file__).parent / "payloads").glob("*.json"))}
JUDGEME = JudgeMe(SECRET)


def sign(_topic: str, body: bytes, secret: str = SECRET) -> Request:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return Request("POST", "/webhooks/judgeme", {SIGNATURE: digest}, (("shop", DOMAIN),), body)


class TestJudgeMe(SourceConformance):
    def subject(self) -> Subject:
        first = PAYLOADS["published"]
        return Subject(
            platform=JUDGEME,
            shop=PROFILE,
            now=NOW,
            sign=sign,
            signature=SIGNATURE,
            payloads={"published": (TOPIC, first), **{name: (TOPIC, body) for name, body in PAYLOADS.items()}},
            unknown_topic="judgeme/order",
        )


def changed(name: str, **fields: object) -> Translation:
    document = json.loads(PAYLOADS[name])
    document["review"].update(fields)
    return JUDGEME.translate(TOPIC, json.dumps(document).encode(), PROFILE)


def review(seen: Translation) -> Review:
    assert isinstance(seen, tuple), seen
    (fact,) = seen
    assert isinstance(fact, Review)
    return fact


def test_a_published_review_is_read_whole() -> None:
    assert review(JUDGEME.translate(TOPIC, PAYLOADS["published"], PROFILE)) == Review(
        id="judgeme:880012345",
        customer=Customer(id="7412258816291", email="maren@example.com", name="Maren Holt"),
        product="8100000000001",
        at=datetime(2026, 10, 20, 9, 0, tzinfo=UTC),
        updated_at=datetime(2026, 10, 20, 9, 0, 5, tzinfo=UTC),
        approved=True,
        rating=5,
    )


def test_a_review_that_waits_or_was_hidden_is_not_approved() -> None:
    for name in ("waiting-for-the-merchant", "hidden-later"):
        assert not review(JUDGEME.translate(TOPIC, PAYLOADS[name], PROFILE)).approved


@pytest.mark.parametrize(
    "fields",
    (
        {"published": True, "hidden": True},
        {"published": True, "curated": "spam"},
        {"published": False, "curated": "ok"},
        {"published": None, "curated": "not-yet"},
        {"published": "yes"},
    ),
)
def test_what_shoppers_cannot_see_is_not_approved(fields: dict[str, object]) -> None:
    assert not review(changed("published", **fields)).approved


def test_a_review_approved_by_the_merchant_counts_where_publishing_is_not_told() -> None:
    assert review(changed("published", published=None)).approved


def test_a_reviewer_without_an_account_is_known_by_e_mail() -> None:
    seen = review(JUDGEME.translate(TOPIC, PAYLOADS["by-e-mail-only"], PROFILE))
    assert seen.customer == Customer(id=None, email="maren@example.com", name="Maren Holt")


@pytest.mark.parametrize("name", ("of-the-shop", "by-nobody"))
def test_a_review_of_no_product_or_by_nobody_is_ignored(name: str) -> None:
    assert isinstance(JUDGEME.translate(TOPIC, PAYLOADS[name], PROFILE), Ignored)


def test_numbers_may_be_written_as_text() -> None:
    seen = review(changed("published", product_external_id="8100000000001", id="880012345"))
    assert (seen.product, seen.id) == ("8100000000001", "judgeme:880012345")


def test_a_review_without_its_time_is_malformed_and_one_without_its_last_change_is_as_it_began() -> None:
    assert isinstance(changed("published", created_at=None), Malformed)
    assert review(changed("published", updated_at=None)).updated_at == datetime(2026, 10, 20, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize("rating", (0, 6, "5", True, 4.5, None))
def test_stars_that_are_none_are_not_kept(rating: object) -> None:
    assert review(changed("published", rating=rating)).rating is None


def test_other_events_are_ignored() -> None:
    document = {**json.loads(PAYLOADS["published"]), "event": "question/created"}
    assert isinstance(JUDGEME.translate(TOPIC, json.dumps(document).encode(), PROFILE), Ignored)


def test_a_signed_review_of_another_shop_is_not_taken() -> None:
    other = replace(PROFILE, domain="other.myshopify.com")
    assert isinstance(JUDGEME.translate(TOPIC, PAYLOADS["published"], other), Malformed)


# ── Who is knocking ──────────────────────────────────────────────────────────


def test_the_shop_is_what_the_proved_body_names() -> None:
    request = replace(sign(TOPIC, PAYLOADS["published"]), query=())
    assert JUDGEME.claimed_shop(request) is None
    seen = JUDGEME.verify(request, secrets=JUDGEME.app_secrets, now=NOW)
    assert isinstance(seen, Verified)
    assert (seen.domain, seen.topic, seen.versioned) == (DOMAIN, TOPIC, False)


def test_an_address_that_names_another_shop_is_refused() -> None:
    request = replace(sign(TOPIC, PAYLOADS["published"]), query=(("shop", "other.myshopify.com"),))
    seen = JUDGEME.verify(request, secrets=(SECRET,), now=NOW)
    assert isinstance(seen, Refused)
    assert seen.code == "SHOP_MISMATCH"


def test_a_delivery_that_names_no_shop_at_all_is_refused() -> None:
    seen = JUDGEME.verify(replace(sign(TOPIC, b"{}"), query=()), secrets=(SECRET,), now=NOW)
    assert isinstance(seen, Refused)
    assert seen.status == 400


def test_a_body_beyond_the_cap_is_refused() -> None:
    seen = JUDGEME.verify(sign(TOPIC, b"x" * (BODY_MAX_BYTES + 1)), secrets=(SECRET,), now=NOW)
    assert isinstance(seen, Refused)
    assert seen.status == 413


def test_without_a_configured_secret_nothing_is_taken() -> None:
    nobody = JudgeMe("")
    assert nobody.app_secrets == ()
    assert isinstance(nobody.verify(sign(TOPIC, b"{}", ""), secrets=nobody.app_secrets, now=NOW), Refused)
