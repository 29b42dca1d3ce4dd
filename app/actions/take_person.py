"""Take in who somebody is: an account, which proves a guest's address, and who brought whom."""

from uuid import UUID

from sqlalchemy import update

from app.actions.fact_page import DONE, NOBODY, End, FactPage, Outcome
from app.db import facts, members
from app.db.memberfiles import MemberFile
from app.db.tables import EventRow, IdentityRow, MemberRow, OrderRow, ReferralRow, ReviewRow
from app.loyalty.errors import SelfReferralError
from app.loyalty.facts import Referral, SignUp
from app.loyalty.members.history import MemberReferral, MemberSignUp


def take_sign_up(page: FactPage, sign_up: SignUp) -> Outcome:
    """Take an account in: the earliest counts, and what a guest of its address did becomes its own."""
    member_id = page.member(sign_up.customer)
    if member_id is None or not sign_up.customer.id:
        return NOBODY
    file = page.file(member_id)
    members.remember(page.scope, member_id, sign_up.customer)
    page.addressed.add(member_id)
    proved = sign_up.customer.email if sign_up.proved or page.found.confirms_addresses else None
    members.prove(page.scope, page.shop_id, sign_up.customer.id, proved)
    if proved is not None:
        page.proved[sign_up.customer.id] = page.scope.cipher.fingerprint(proved)
    for guest, account in list(page.found.guests.items()):
        if account == member_id:
            _adopt(page, guest, file)
            del page.found.guests[guest]
    if file.sign_up is not None and file.sign_up.at <= sign_up.at:
        return DONE
    if file.sign_up is None:
        page.joined.add(member_id)
    file.sign_up = MemberSignUp(page.shop, sign_up.at)
    file.books.provisional = False
    page.scope.session.execute(
        update(MemberRow)
        .where(MemberRow.programme_id == page.scope.programme_id, MemberRow.member_id == member_id)
        .values(joined_at=sign_up.at, joined_shop_id=page.shop_id, provisional=False)
    )
    return DONE


def _adopt(page: FactPage, guest: UUID, account: MemberFile) -> None:
    """Move a guest's facts to the account that proved the address; settling moves the points."""
    file, member_id = page.file(guest), account.row.member_id
    account.orders |= file.orders
    account.reviews |= file.reviews
    account.referred |= file.referred
    account.advocates |= file.advocates
    account.events |= file.events
    file.orders, file.reviews, file.referred, file.advocates, file.events = {}, {}, {}, {}, {}
    columns = (
        OrderRow.member_id, ReviewRow.member_id, ReferralRow.friend_id, EventRow.member_id, IdentityRow.member_id
    )  # fmt: skip
    for column in columns:
        table = column.class_
        page.scope.session.execute(
            update(table)
            .where(table.programme_id == page.scope.programme_id, column == guest)
            .values({column.key: member_id})
        )
    page.order_puts = {
        order_id: (member_id if owner == guest else owner, order)
        for order_id, (owner, order) in page.order_puts.items()
    }


def take_referral(page: FactPage, referral: Referral) -> Outcome:
    """Take a referral in; the first with its id counts. Nobody refers themselves."""
    advocate, friend = page.member(referral.advocate), page.member(referral.friend)
    if advocate is None or friend is None:
        return NOBODY
    if advocate == friend:
        return Outcome(End.REFUSED, SelfReferralError.code)
    if facts.put_referral(page.scope, page.shop_id, referral, advocate, friend):
        page.file(friend).referred[referral.id] = MemberReferral(referral.id, referral.at)
        page.file(friend).advocates[referral.id] = advocate
    return DONE
