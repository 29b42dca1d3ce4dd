"""A friend who followed a link leaves an address and gets a code of their own; or a reason why not."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.db import members, outbox, people, referrals
from app.db.scope import Scope
from app.db.tables import MemberRow, ReferralRow
from app.loyalty.members.mailboxes import mailbox
from app.loyalty.terms.programme import Version
from app.loyalty.terms.rules import ReferralRule
from app.loyalty.terms.sharing import Channel


class Why(StrEnum):
    """Why a friend gets nothing."""

    SELF_REFERRAL = "self_referral"
    ALREADY_CUSTOMER = "already_customer"
    ALREADY_REFERRED = "already_referred"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim, or ``refused``; ``since`` is when the friend first bought or was referred, for the shop's own eyes."""

    row: ReferralRow | None = None
    refused: Why | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Friend:
    """Who asks: the address as typed, which proves nothing, and the member whom a signature names, if any.

    ``channel`` is how the link came to them.
    """

    email: str
    member_id: UUID | None = None
    channel: Channel = Channel.OTHER


def claim_referral(
    scope: Scope, shop_id: UUID, version: Version | None, link: str, friend: Friend, *, code: str
) -> Claim | None:
    """Give ``friend`` a code for following the ``link`` of an advocate; None where nobody has this link.

    ``code`` is chosen by the caller, unguessable and upper-case; it is stored before the shop hears of it. The same
    address gets the same claim again. Nobody is linked by the address alone: the friend is whoever pays with the code.
    """
    advocate = referrals.advocate(scope, link, lock=True)
    if advocate is None:
        return None
    plain = plain_address(friend.email)
    if friend.member_id == advocate.member_id or mailbox(friend.email) == _mailbox_of(scope, advocate):
        return Claim(refused=Why.SELF_REFERRAL)
    email_hash = scope.cipher.fingerprint(plain)
    known = referrals.claimed(scope, email_hash)
    if known is not None:
        return _again(scope, known, advocate)
    if version is None or not version.rules_of(ReferralRule) or version.friend_reward is None:
        return Claim(refused=Why.CLOSED)
    bought = _bought(scope, friend, email_hash)
    if bought is not None:
        return Claim(refused=Why.ALREADY_CUSTOMER, since=bought)
    row = ReferralRow(
        referral_id=members.new_id().hex,
        shop_id=shop_id,
        advocate_id=advocate.member_id,
        at=scope.now,
        code=code,
        code_state="requested",
        ends_at=scope.now + timedelta(days=version.friend_reward.code_days),
        email_hash=email_hash,
        channel=friend.channel.value,
    )
    referrals.put_claim(scope, row)
    outbox.put(
        scope,
        shop_id,
        outbox.EffectKind.ISSUE_FRIEND_CODE,
        f"referral:{row.referral_id}",
        {"referral": row.referral_id},
    )
    return Claim(row)


def plain_address(email: str) -> str:
    """Return an address without what makes one mailbox look like many: case, blanks, a part after ``+``."""
    local, _, host = email.strip().casefold().rpartition("@")
    return f"{local.partition('+')[0]}@{host}"


def _mailbox_of(scope: Scope, advocate: MemberRow) -> str | None:
    person = people.people(scope, [advocate.member_id]).get(advocate.member_id, people.NOBODY)
    return mailbox(person.email) if person.email else None


def _again(scope: Scope, known: ReferralRow, advocate: MemberRow) -> Claim:
    if known.advocate_id != advocate.member_id:
        return Claim(refused=Why.ALREADY_REFERRED, since=known.at)
    if known.friend_id is not None:
        return Claim(refused=Why.ALREADY_CUSTOMER)
    if known.code_state == "failed" or (known.ends_at is not None and known.ends_at <= scope.now):
        return Claim(refused=Why.CLOSED)
    return Claim(known)


def _bought(scope: Scope, friend: Friend, email_hash: str) -> datetime | None:
    """Return when this address, as typed or plain, or the signed-in member first bought here."""
    same = {email_hash, scope.cipher.fingerprint(friend.email)}
    found = [member_id for each in sorted(same) for member_id in members.with_email(scope, each)]
    if friend.member_id is not None:
        found.append(friend.member_id)
    return referrals.first_purchase(scope, found) if found else None
