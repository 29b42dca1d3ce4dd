"""Take a review in: its customer's, or the one buyer's with its address, or waiting until there is one."""

from uuid import UUID

from app.actions.fact_page import DONE, NOBODY, OLDER, UNKNOWN, End, FactPage, Outcome
from app.db import facts, members, service_cases
from app.db.memberfiles import MemberFile
from app.db.tables import ReviewRow
from app.loyalty.facts import Gone, Review
from app.loyalty.members.history import MemberReview


def take_review(page: FactPage, review: Review) -> Outcome:
    """Take a snapshot in; strictly older ones are dropped."""
    put, stored = page.review_puts.get(review.id), page.found.reviews.get(review.id)
    latest = put[2].updated_at if put else (stored.updated_at if stored else None)
    if latest is not None and latest > review.updated_at:
        return OLDER
    before = put[0] if put else (stored.member_id if stored else None)
    email_hash = page.scope.cipher.fingerprint(review.customer.email) if review.customer.email else None
    if review.customer.id:
        member_id = page.member(review.customer)
    else:
        member_id = before or _buyer(page, email_hash, review.product)
    if before is not None and page.file(before).row.erased_at is not None:
        member_id, email_hash = before, None
    if before is not None and before != member_id:
        page.file(before).reviews.pop((page.shop, review.id), None)
    page.review_puts[review.id] = (member_id, email_hash, review)
    if member_id is not None:
        _put(page, member_id, review)
        return DONE
    return Outcome(End.DONE, "WAITS_FOR_BUYER") if email_hash else NOBODY


def take_gone_review(page: FactPage, gone: Gone) -> Outcome:
    """A vanished review counts as not approved."""
    row = page.found.reviews.get(gone.id)
    if row is None:
        return UNKNOWN
    row.approved = False
    if row.member_id is not None:
        _put(page, row.member_id, row)
    return DONE


def match_waiting_reviews(page: FactPage) -> None:
    """A new order, or a member's address, may tell whose a waiting review is."""
    buyers = {member_id for member_id, _ in page.order_puts.values()} | page.addressed
    hashes = members.email_hashes(page.scope, buyers) if buyers else {}
    for row in facts.waiting_reviews(page.scope, page.shop_id, hashes) if hashes else ():
        if row.review_id not in page.review_puts:
            member_id = _buyer(page, row.email_hash, row.product)
            if member_id is not None:
                row.member_id = member_id
                _put(page, member_id, row)
                service_cases.belongs(page.scope, service_cases.review_source(page.shop_id, row.review_id), member_id)


def _put(page: FactPage, member_id: UUID, review: Review | ReviewRow) -> None:
    review_id = review.review_id if isinstance(review, ReviewRow) else review.id
    kept = MemberReview(page.shop, review_id, review.product, review.at, review.approved, review.photo)
    page.file(member_id).reviews[(page.shop, review_id)] = kept


def _buyer(page: FactPage, email_hash: str | None, product: str) -> UUID | None:
    """Return the locked member with this address who bought the product, where there is exactly one."""
    if email_hash is None:
        return None
    candidates = [
        member_id
        for member_id in members.with_email(page.scope, email_hash)
        if member_id in page.sitting.files and _bought(page.file(member_id), product)
    ]
    return candidates[0] if len(candidates) == 1 else None


def _bought(file: MemberFile, product: str) -> bool:
    paid = (entry.order for entry in file.orders.values() if entry.order.paid_at is not None)
    return any(line.product == product for order in paid for line in order.lines)
