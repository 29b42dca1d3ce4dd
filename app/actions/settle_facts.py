"""Settle a page of facts of one shop: find the members, lock them, put the facts in, post the differences."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from sqlalchemy import update

from app.actions.sitting import Sitting
from app.db import facts, members, redemptions
from app.db.memberfiles import MemberFile
from app.db.scope import Scope
from app.db.tables import IdentityRow, MemberRow, OrderRow, ReferralRow, ReviewRow
from app.loyalty.errors import SelfReferralError
from app.loyalty.facts import Customer, Fact, Gone, Order, Referral, Review, SignUp, Thing
from app.loyalty.history import MemberOrder, MemberReferral, MemberReview, MemberSignUp


class End(StrEnum):
    """How a fact ended."""

    DONE = "done"
    IGNORED = "ignored"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a fact ended and, where it was not simply settled, the stable reason."""

    end: End
    reason: str | None = None


DONE = Outcome(End.DONE)


def settle_facts(scope: Scope, shop_id: UUID, reported: Sequence[Fact]) -> list[Outcome]:
    """Settle facts of one shop in the order given and return how each ended.

    One set of queries for the whole page. Facts that mean nothing or are refused are values in the answer, not
    exceptions; only the database raises.
    """
    return _Settling(scope, shop_id).run(reported)


def _customers(fact: Fact) -> tuple[Customer, ...]:
    if isinstance(fact, Order):
        return (fact.customer,) if fact.customer is not None else ()
    if isinstance(fact, Review):
        return (fact.customer,) if fact.customer.id else ()
    if isinstance(fact, SignUp):
        return (fact.customer,)
    return (fact.advocate, fact.friend) if isinstance(fact, Referral) else ()


class _Settling:
    """One page on its way; the steps stand in ``run``."""

    def __init__(self, scope: Scope, shop_id: UUID) -> None:
        self.scope = scope
        self.shop_id = shop_id
        self.shop = str(shop_id)
        self.people: dict[str, UUID] = {}
        self.order_ids: list[str] = []
        self.orders: dict[str, OrderRow] = {}
        self.reviews: dict[str, ReviewRow] = {}
        self.claims: list[ReferralRow] = []
        self.guests: dict[UUID, UUID] = {}
        self.order_puts: dict[str, tuple[UUID, Order]] = {}
        self.review_puts: dict[str, tuple[UUID | None, str | None, Review]] = {}

    def run(self, reported: Sequence[Fact]) -> list[Outcome]:
        self._find_people(reported)
        self._find_rows(reported)
        sitting = self._lock(reported)
        outcomes = [self._take(sitting, fact) for fact in reported]
        self._match_waiting_reviews(sitting)
        facts.put_orders(self.scope, self.shop_id, list(self.order_puts.values()))
        facts.put_reviews(self.scope, self.shop_id, list(self.review_puts.values()))
        sitting.conclude()
        return outcomes

    # -- finding -------------------------------------------------------------------------------------------------

    def _key(self, customer: Customer) -> str | None:
        return members.identity_key(self.scope, customer)

    def _find_people(self, reported: Sequence[Fact]) -> None:
        named: dict[str, Customer] = {}
        for fact in reported:
            for customer in _customers(fact):
                key = self._key(customer)
                if key is not None:
                    named[key] = customer
        self.people = members.find_or_make(self.scope, self.shop_id, named)
        # An account with a guest's address proves the address: what the guest did becomes the account's.
        proofs = {
            f"guest:{self.scope.cipher.fingerprint(fact.customer.email)}": self.people[fact.customer.id]
            for fact in reported
            if isinstance(fact, SignUp) and fact.customer.id and fact.customer.email
        }
        guests = members.find(self.scope, self.shop_id, proofs)
        for key, guest in guests.items():
            if guest != proofs[key]:
                self.guests[guest] = proofs[key]
                members.repoint(self.scope, self.shop_id, key, proofs[key])
                self.people[key] = proofs[key]

    def _find_rows(self, reported: Sequence[Fact]) -> None:
        order_ids = [fact.id for fact in reported if isinstance(fact, Order)]
        order_ids += [fact.id for fact in reported if isinstance(fact, Gone) and fact.thing is Thing.ORDER]
        review_ids = [fact.id for fact in reported if isinstance(fact, Review)]
        review_ids += [fact.id for fact in reported if isinstance(fact, Gone) and fact.thing is Thing.REVIEW]
        self.order_ids = order_ids
        if order_ids:
            self.orders = facts.order_rows(self.scope, self.shop_id, order_ids)
        if review_ids:
            self.reviews = facts.review_rows(self.scope, self.shop_id, review_ids)
        codes = [use.code for fact in reported if isinstance(fact, Order) for use in fact.codes]
        if codes:
            self.claims = facts.open_claims(self.scope, codes, ())

    def _lock(self, reported: Sequence[Fact]) -> Sitting:
        wanted = set(self.people.values()) | set(self.guests)
        wanted |= {row.member_id for row in self.orders.values()}
        wanted |= {row.member_id for row in self.reviews.values() if row.member_id is not None}
        wanted |= {claim.advocate_id for claim in self.claims}
        wanted |= redemptions.users_of(self.scope, self.shop_id, self.order_ids)
        wanted |= {row.advocate_id for row in facts.referrals_of(self.scope, wanted)}
        wanted |= self._reviewers(reported)
        return Sitting(self.scope, wanted)

    def _reviewers(self, reported: Sequence[Fact]) -> set[UUID]:
        """Return members who might have written reviews that carry only an address."""
        found: set[UUID] = set()
        for fact in reported:
            if isinstance(fact, Review) and not fact.customer.id and fact.customer.email:
                found |= set(members.with_email(self.scope, self.scope.cipher.fingerprint(fact.customer.email)))
        return found

    # -- taking facts in -----------------------------------------------------------------------------------------

    def _take(self, sitting: Sitting, fact: Fact) -> Outcome:
        if isinstance(fact, Order):
            return self._take_order(sitting, fact)
        if isinstance(fact, Review):
            return self._take_review(sitting, fact)
        if isinstance(fact, SignUp):
            return self._take_sign_up(sitting, fact)
        if isinstance(fact, Referral):
            return self._take_referral(sitting, fact)
        if isinstance(fact, Gone):
            return self._take_gone(sitting, fact)
        return Outcome(End.IGNORED, "NOT_FOR_SETTLING")

    def _take_order(self, sitting: Sitting, order: Order) -> Outcome:
        key = self._key(order.customer) if order.customer is not None else None
        if key is None:
            return Outcome(End.IGNORED, "NOBODY")
        if order.test:
            return Outcome(End.IGNORED, "TEST_ORDER")
        known = self._known_order(sitting, order.id)
        if known is not None and known[1].updated_at > order.updated_at:
            return Outcome(End.IGNORED, "OLDER")
        member_id = self.people[key]
        entry = (self.shop, order.id)
        if known is not None and known[0] != member_id:
            moved = sitting.files[known[0]].orders.pop(entry)
            if any(
                redemption.use and redemption.use.order == order.id
                for redemption in sitting.files[known[0]].books.redemptions
            ):
                sitting.files[known[0]].elsewhere[entry] = replace(moved, order=order)
        sitting.files[member_id].orders[entry] = MemberOrder(self.shop, replace(order, customer=None))
        for file in sitting.files.values():
            if entry in file.elsewhere:
                file.elsewhere[entry] = MemberOrder(self.shop, replace(order, customer=None))
        self.order_puts[order.id] = (member_id, order)
        self._join_friend(sitting, order, member_id)
        return DONE

    def _known_order(self, sitting: Sitting, order_id: str) -> tuple[UUID, Order] | None:
        if order_id in self.order_puts:
            return self.order_puts[order_id]
        row = self.orders.get(order_id)
        if row is None:
            return None
        member_id = (
            self.guests.get(row.member_id, row.member_id) if row.member_id not in sitting.files else row.member_id
        )
        stored = sitting.files[member_id].orders.get((self.shop, order_id))
        return (member_id, stored.order) if stored is not None else None

    def _join_friend(self, sitting: Sitting, order: Order, member_id: UUID) -> None:
        """An order with a friend's code tells who the friend is."""
        codes = {use.code.casefold() for use in order.codes}
        for claim in self.claims:
            if (
                claim.friend_id is None
                and claim.code
                and claim.code.casefold() in codes
                and claim.advocate_id != member_id
            ):
                claim.friend_id = member_id
                file = sitting.files[member_id]
                file.referred[claim.referral_id] = MemberReferral(claim.referral_id, claim.at)
                file.advocates[claim.referral_id] = claim.advocate_id

    def _take_review(self, sitting: Sitting, review: Review) -> Outcome:
        waiting = self.review_puts.get(review.id)
        stored = self.reviews.get(review.id)
        latest = waiting[2].updated_at if waiting else (stored.updated_at if stored else None)
        if latest is not None and latest > review.updated_at:
            return Outcome(End.IGNORED, "OLDER")
        email_hash = self.scope.cipher.fingerprint(review.customer.email) if review.customer.email else None
        if review.customer.id:
            member_id: UUID | None = self.people[review.customer.id]
        else:
            member_id = stored.member_id if stored else None
            member_id = member_id or self._buyer(sitting, email_hash, review)
        before = stored.member_id if stored else None
        if before is not None and before != member_id:
            sitting.files[before].reviews.pop((self.shop, review.id), None)
        self.review_puts[review.id] = (member_id, email_hash, review)
        if member_id is None:
            return Outcome(End.DONE, "WAITS_FOR_BUYER") if email_hash else Outcome(End.IGNORED, "NOBODY")
        self._put_review(sitting.files[member_id], review.id, review.product, review)
        return DONE

    def _put_review(self, file: MemberFile, review_id: str, product: str, review: Review | ReviewRow) -> None:
        file.reviews[(self.shop, review_id)] = MemberReview(self.shop, review_id, product, review.at, review.approved)

    def _buyer(self, sitting: Sitting, email_hash: str | None, review: Review | ReviewRow) -> UUID | None:
        """Return the member with this address who bought the product, where there is exactly one."""
        if email_hash is None:
            return None
        candidates = [
            member_id
            for member_id in members.with_email(self.scope, email_hash)
            if member_id in sitting.files and _bought(sitting.files[member_id], review.product)
        ]
        return candidates[0] if len(candidates) == 1 else None

    def _match_waiting_reviews(self, sitting: Sitting) -> None:
        """A new order or a known address may tell whose a waiting review is."""
        buyers = [member_id for member_id, _ in self.order_puts.values()]
        if not buyers:
            return
        hashes = members.email_hashes(self.scope, set(buyers))
        for row in facts.waiting_reviews(self.scope, self.shop_id, hashes) if hashes else ():
            if row.review_id in self.review_puts or row.email_hash is None:
                continue
            member_id = self._buyer(sitting, row.email_hash, row)
            if member_id is not None:
                row.member_id = member_id
                self._put_review(sitting.files[member_id], row.review_id, row.product, row)

    def _take_sign_up(self, sitting: Sitting, sign_up: SignUp) -> Outcome:
        key = self._key(sign_up.customer)
        if key is None or not sign_up.customer.id:
            return Outcome(End.IGNORED, "NOBODY")
        member_id = self.people[key]
        file = sitting.files[member_id]
        members.remember(self.scope, member_id, sign_up.customer)
        for guest, account in list(self.guests.items()):
            if account == member_id:
                self._adopt(sitting, guest, file)
                del self.guests[guest]
        if file.sign_up is not None and file.sign_up.at <= sign_up.at:
            return DONE
        file.sign_up = MemberSignUp(self.shop, sign_up.at)
        self.scope.session.execute(
            update(MemberRow)
            .where(MemberRow.programme_id == self.scope.programme_id, MemberRow.member_id == member_id)
            .values(joined_at=sign_up.at, joined_shop_id=self.shop_id, provisional=False)
        )
        file.books.provisional = False
        return DONE

    def _adopt(self, sitting: Sitting, guest: UUID, account: MemberFile) -> None:
        """Move a guest's orders, reviews and referrals to the account that proved the address.

        Settling moves the points.
        """
        file, member_id = sitting.files[guest], account.row.member_id
        account.orders |= file.orders
        account.reviews |= file.reviews
        account.referred |= file.referred
        account.advocates |= file.advocates
        for table, column in ((OrderRow, "member_id"), (ReviewRow, "member_id"), (ReferralRow, "friend_id")):
            self.scope.session.execute(
                update(table)
                .where(table.programme_id == self.scope.programme_id, getattr(table, column) == guest)
                .values({column: member_id})
            )
        file.orders, file.reviews, file.referred, file.advocates = {}, {}, {}, {}
        self.scope.session.execute(
            update(IdentityRow)
            .where(IdentityRow.programme_id == self.scope.programme_id, IdentityRow.member_id == guest)
            .values(member_id=member_id)
        )
        self.order_puts = {
            order_id: (member_id if owner == guest else owner, order)
            for order_id, (owner, order) in self.order_puts.items()
        }

    def _take_referral(self, sitting: Sitting, referral: Referral) -> Outcome:
        advocate_key, friend_key = self._key(referral.advocate), self._key(referral.friend)
        if advocate_key is None or friend_key is None:
            return Outcome(End.IGNORED, "NOBODY")
        advocate, friend = self.people[advocate_key], self.people[friend_key]
        if advocate == friend:
            return Outcome(End.REFUSED, SelfReferralError.code)
        if facts.put_referral(self.scope, self.shop_id, referral, advocate, friend):
            sitting.files[friend].referred[referral.id] = MemberReferral(referral.id, referral.at)
            sitting.files[friend].advocates[referral.id] = advocate
        return DONE

    def _take_gone(self, sitting: Sitting, gone: Gone) -> Outcome:
        """A vanished order counts as cancelled, a vanished review as not approved.

        Versions stay, so a return is seen.
        """
        if gone.thing is Thing.ORDER:
            known = self._known_order(sitting, gone.id)
            if known is None:
                return Outcome(End.IGNORED, "UNKNOWN")
            member_id, order = known
            order = replace(order, cancelled_at=order.cancelled_at or gone.at)
            sitting.files[member_id].orders[(self.shop, gone.id)] = MemberOrder(self.shop, order)
            self.order_puts[gone.id] = (member_id, order)
            return DONE
        if gone.thing is Thing.REVIEW and gone.id in self.reviews:
            row = self.reviews[gone.id]
            row.approved = False
            if row.member_id is not None:
                self._put_review(sitting.files[row.member_id], row.review_id, row.product, row)
            return DONE
        return Outcome(End.IGNORED, "UNKNOWN")


def _bought(file: MemberFile, product: str) -> bool:
    return any(
        line.product == product for entry in file.orders.values() if entry.order.paid_at for line in entry.order.lines
    )


def reasons(outcomes: Iterable[Outcome]) -> Mapping[str, int]:
    """Count outcomes by reason, for the log."""
    counts: dict[str, int] = {}
    for outcome in outcomes:
        name = outcome.reason or outcome.end.value
        counts[name] = counts.get(name, 0) + 1
    return counts
