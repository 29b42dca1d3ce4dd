"""Reviews: written by a shopper, held until the shop approves them, and taken down again."""

from tests.sandbox.records import Customer, Product, Review, ReviewStatus
from tests.sandbox.store import Kind, Store


def write(
    store: Store,
    product: Product,
    *,
    customer: Customer | None,
    name: str,
    email: str,
    rating: int,
    body: str,
    title: str = "",
) -> Review:
    """Hand in a review; it is held until someone approves it."""
    with store.change() as change:
        review = Review(
            id=change.next_id("review"),
            product_id=product.id,
            customer_id=customer.id if customer else None,
            name=name,
            email=email,
            rating=rating,
            title=title,
            body=body,
            created_at=change.now,
            verified=bought(store, product, customer, email),
        )
        change.put(review)
        change.tell(Kind.REVIEW_WRITTEN, review.id)
    return review


def moderate(store: Store, review: Review, status: ReviewStatus) -> None:
    """Approve a review, hold it back again, or put it into the bin; nothing happens if it is there already."""
    if review.status is status:
        return
    with store.change() as change:
        was, review.status = review.status, status
        review.moderated_at = change.now
        change.put(review)
        if status is ReviewStatus.APPROVED:
            change.tell(Kind.REVIEW_APPROVED, review.id)
        elif was is ReviewStatus.APPROVED:
            change.tell(Kind.REVIEW_WITHDRAWN, review.id)


def bought(store: Store, product: Product, customer: Customer | None, email: str) -> bool:
    """Whether this account or address has paid for the product."""
    return any(
        line.product_id == product.id
        for order in store.orders.values()
        if order.paid_at and ((customer and order.customer_id == customer.id) or order.email.lower() == email.lower())
        for line in order.lines
    )


def average(store: Store, product: Product) -> tuple[float, int]:
    """Average rating and count of the approved reviews of a product."""
    ratings = [r.rating for r in store.reviews.values() if r.product_id == product.id and r.status == "approved"]
    return (sum(ratings) / len(ratings) if ratings else 0.0, len(ratings))
