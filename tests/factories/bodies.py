"""Bodies as a neutral shop sends them."""

import json


def order_body(
    id: str = "o1", price: str = "10.00", paid: str | None = "2025-02-01T12:00:00Z", **more: object
) -> bytes:
    """Return an order of one line."""
    at = paid or "2025-02-01T12:00:00Z"
    order = {
        "id": id, "member": "ada", "updated_at": at, "placed_at": at, "paid_at": paid,
        "lines": [{"id": "l1", "product": "p1", "quantity": 1, "unit_price": price}],
    }  # fmt: skip
    return json.dumps(order | more).encode()


def sign_up_body(member: str = "ada", at: str = "2025-01-15T12:00:00Z") -> bytes:
    """Return an account."""
    return json.dumps({"member": member, "at": at}).encode()


def referral_body(
    id: str = "rf1", advocate: str = "ada", friend: str = "ben", at: str = "2025-01-20T12:00:00Z"
) -> bytes:
    """Return a referral."""
    return json.dumps({"id": id, "advocate": advocate, "friend": friend, "at": at}).encode()


def review_body(id: str = "rv1", product: str = "p1", at: str = "2025-02-05T12:00:00Z", **more: object) -> bytes:
    """Return an approved review."""
    review = {"id": id, "member": "ada", "product": product, "at": at, "updated_at": at, "approved": True}
    return json.dumps(review | more).encode()
