"""The review bridge: one true word per review and request, in the shape the server reads."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from app.loyalty.facts import Customer, Review
from integrations.platform import ShopProfile
from integrations.woocommerce.topics import REVIEW_APPROVED, REVIEW_WITHDRAWN
from integrations.woocommerce.translate import translate
from tests.integrations.woocommerce.bodies import bridged
from tests.plugin.conftest import Ran, WordPress

SHOP = ShopProfile(domain="store.example.com", name="Store", currency="JPY", zone="Asia/Tokyo")
WORLD = {"posts": {11: "product", 12: "post"}, "users": {2: "alice@example.test"}}
END: dict[str, object] = {"do": "shutdown"}


def comment(**changes: object) -> dict[str, object]:
    """Return a review as WordPress keeps it: numbers as text, by customer 2, approved."""
    return {
        "comment_ID": "58",
        "comment_post_ID": "11",
        "comment_type": "review",
        "comment_parent": "0",
        "comment_approved": "1",
        "user_id": "2",
        "comment_author_email": "typed@example.test",
        "comment_date_gmt": "2026-11-22 12:49:17",
        "meta": {"rating": "5", "verified": "1"},
        **changes,
    }


def posted(approved: object = 1, **changes: object) -> dict[str, object]:
    return {"do": "comment_post", "args": [58, approved], "comments": {58: comment(**changes)}}


def moved(after: str, before: str, **changes: object) -> dict[str, object]:
    step = {"do": "transition_comment_status", "args": [after, before, {"comment": 58}]}
    return {**step, "comments": {58: comment(**changes)}}


def told(ran: Ran) -> list[tuple[str, dict[str, object]]]:
    """Return the actions WooCommerce would make webhooks of."""
    return [(hook, args[0]) for hook, args in ran.world["fired"] if hook.startswith("woocommerce_kizuna_")]


def test_an_approved_review_is_told_with_all_the_server_reads(wordpress: WordPress) -> None:
    ((hook, arg),) = told(wordpress(posted(), END, **WORLD))
    assert hook == "woocommerce_kizuna_review_approved"
    changed = datetime.fromisoformat(str(arg.pop("changed_gmt"))).replace(tzinfo=UTC)
    assert abs(datetime.now(UTC) - changed) < timedelta(minutes=1)
    expected = bridged()
    del expected["changed_gmt"]
    assert arg == expected


@pytest.mark.parametrize(
    ("step", "topic", "approved"),
    (
        (posted(), REVIEW_APPROVED, True),
        (moved("trash", "approved", comment_approved="trash"), REVIEW_WITHDRAWN, False),
    ),
    ids=("approved", "withdrawn"),
)
def test_what_the_bridge_tells_is_what_the_server_understands(
    wordpress: WordPress, step: dict[str, object], topic: str, *, approved: bool
) -> None:
    ((hook, arg),) = told(wordpress(step, END, **WORLD))
    assert topic == f"action.{hook}"
    facts = translate(topic, json.dumps({"action": hook, "arg": arg}).encode(), SHOP)
    assert isinstance(facts, tuple)
    (review,) = facts
    assert isinstance(review, Review)
    assert (review.id, review.product, review.approved, review.rating) == ("58", "11", approved, 5)
    assert review.customer == Customer("2", "alice@example.test")
    assert review.at == datetime(2026, 11, 22, 12, 49, 17, tzinfo=UTC)
    assert review.updated_at > review.at


def test_a_guest_is_named_by_what_they_typed(wordpress: WordPress) -> None:
    ((_, arg),) = told(wordpress(posted(user_id="0"), END, **WORLD))
    assert (arg["customer_id"], arg["email"]) == (0, "typed@example.test")


def test_a_review_of_an_account_that_is_gone_is_a_guests(wordpress: WordPress) -> None:
    ((_, arg),) = told(wordpress(posted(user_id="77"), END, **WORLD))
    assert (arg["customer_id"], arg["email"]) == (0, "typed@example.test")


@pytest.mark.parametrize("approved", ("0", "spam", "trash"))
def test_a_review_that_was_never_shown_is_not_told(wordpress: WordPress, approved: str) -> None:
    assert told(wordpress(posted(approved, comment_approved=approved), END, **WORLD)) == []


def test_a_held_review_is_told_once_it_is_approved(wordpress: WordPress) -> None:
    ((hook, _),) = told(wordpress(moved("approved", "unapproved"), END, **WORLD))
    assert hook == "woocommerce_kizuna_review_approved"


@pytest.mark.parametrize(("after", "kept"), (("unapproved", "0"), ("spam", "spam"), ("trash", "trash")))
def test_a_review_that_is_taken_down_is_withdrawn_with_why(wordpress: WordPress, after: str, kept: str) -> None:
    ((hook, arg),) = told(wordpress(moved(after, "approved", comment_approved=kept), END, **WORLD))
    assert (hook, arg["status"]) == ("woocommerce_kizuna_review_withdrawn", after)


def test_moving_between_bins_tells_nothing(wordpress: WordPress) -> None:
    assert told(wordpress(moved("trash", "spam", comment_approved="trash"), END, **WORLD)) == []


def test_a_review_deleted_for_good_is_withdrawn_with_what_it_was(wordpress: WordPress) -> None:
    steps: list[dict[str, object]] = [
        {"do": "delete_comment", "args": ["58", {"comment": 58}]},
        {"do": "transition_comment_status", "args": ["delete", "approved", {"comment": 58}]},
        {"comments": {58: None}, "do": "deleted_comment"},
        END,
    ]
    ((hook, arg),) = told(wordpress(*steps, comments={58: comment()}, **WORLD))
    assert (hook, arg["status"], arg["product_id"]) == ("woocommerce_kizuna_review_withdrawn", "deleted", 11)


def test_only_the_last_state_of_a_request_is_told(wordpress: WordPress) -> None:
    """A review made on hold by REST is approved for a moment."""
    ran = wordpress(
        {"do": "wp_insert_comment", "args": [58], "comments": {58: comment()}},
        moved("unapproved", "approved", comment_approved="0"),
        END,
        **WORLD,
    )
    assert [hook for hook, _ in told(ran)] == ["woocommerce_kizuna_review_withdrawn"]


def test_one_review_is_told_once_per_request_with_stars_that_came_late(wordpress: WordPress) -> None:
    ran = wordpress(
        {"do": "wp_insert_comment", "args": [58], "comments": {58: comment(meta={})}},
        posted(),
        END,
        END,
        **WORLD,
    )
    assert [(hook, arg["rating"]) for hook, arg in told(ran)] == [("woocommerce_kizuna_review_approved", 5)]


@pytest.mark.parametrize(
    "changes",
    ({"comment_type": "comment"}, {"comment_post_ID": "12"}, {"comment_type": "order_note"}, {"comment_parent": "57"}),
)
def test_what_is_no_product_review_is_nobodys_business(wordpress: WordPress, changes: dict[str, object]) -> None:
    ran = wordpress(posted(**changes), moved("trash", "approved", **changes), END, **WORLD)
    assert told(ran) == []


def test_a_comment_that_vanished_breaks_nothing(wordpress: WordPress) -> None:
    assert told(wordpress({"do": "comment_post", "args": [99, 1]}, END, **WORLD)) == []
