"""What is known of the two sides of a referral, read for a page of friends in a few set queries."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import or_, select

from app.db.facts import TRACES
from app.db.memberfiles import MemberFile
from app.db.pages import among
from app.db.people import people
from app.db.scope import Scope
from app.db.tables import OrderRow, ReferralRow
from app.loyalty.members.mailboxes import mailbox
from app.loyalty.terms.suspicion import Evidence

_HOUR = timedelta(hours=1)
_COLUMNS = tuple(getattr(OrderRow, name) for name in TRACES)
_Places = dict[UUID, dict[str, datetime]]


def weigh(scope: Scope, files: Mapping[UUID, MemberFile]) -> None:
    """Put what is known now into every referral of the friends in these files."""
    friends = {member_id: file for member_id, file in files.items() if file.referred}
    if not friends:
        return
    advocates = {advocate for file in friends.values() for advocate in file.advocates.values()}
    boxes = _mailboxes(scope, {*advocates, *friends})
    places = _places(scope, {*advocates, *friends})
    times = _times(scope, advocates)
    for friend, file in friends.items():
        joined = file.sign_up.at if file.sign_up is not None else None
        for referral_id, referral in file.referred.items():
            advocate = file.advocates[referral_id]
            near = [at for at in times.get(advocate, ()) if referral.at - _HOUR < at <= referral.at]
            met = {trace: _met_at(seen_at, friend, advocate) for trace, seen_at in places.items()}
            seen = Evidence(
                same_mailbox=boxes.get(friend) is not None and boxes.get(friend) == boxes.get(advocate),
                address_met_at=met["address_hash"],
                network_met_at=_earlier(referral.evidence.network_met_at, met["network_hash"]),
                claims_in_hour=max(1, len(near)),
                account_at=joined,
                device_met_at=_earlier(referral.evidence.device_met_at, met["device_hash"]),
                payment_met_at=met["payment_hash"],
            )
            file.referred[referral_id] = replace(referral, evidence=seen)


def friends_to_weigh(
    scope: Scope, advocates: Iterable[UUID], told: Mapping[UUID, str], traces: Collection[str]
) -> set[UUID]:
    """Return friends whose referrals look different by what a page tells of their advocates.

    ``told`` are the e-mail addresses the page tells, ``traces`` keyed hashes of where its orders go and come from.
    """
    asked_for = scope.session.execute(
        select(ReferralRow.advocate_id, ReferralRow.friend_id).where(
            ReferralRow.programme_id == scope.programme_id,
            among(scope.session, ReferralRow.advocate_id, sorted(set(advocates))),
            ReferralRow.friend_id.is_not(None),
            ReferralRow.friend_id != ReferralRow.advocate_id,
        )
    ).all()
    rows = [(advocate, friend) for advocate, friend in asked_for if friend is not None]
    friends = {friend for _, friend in rows}
    if not friends:
        return set()
    boxes = {advocate: mailbox(email) for advocate, email in told.items()}
    asked = {friend for advocate, friend in rows if advocate in boxes}
    theirs = _mailboxes(scope, asked) if asked else {}
    found = {friend for advocate, friend in rows if friend in theirs and theirs[friend] == boxes.get(advocate)}
    return found | _placed_from(scope, friends, traces)


def _placed_from(scope: Scope, friends: set[UUID], traces: Collection[str]) -> set[UUID]:
    """Return which of these members placed an order with one of these traces."""
    if not traces:
        return set()
    wanted = sorted(traces)
    return set(
        scope.session.scalars(
            select(OrderRow.member_id).where(
                OrderRow.programme_id == scope.programme_id,
                among(scope.session, OrderRow.member_id, sorted(friends)),
                or_(*(column.in_(wanted) for column in _COLUMNS)),
            )
        )
    )


def _mailboxes(scope: Scope, member_ids: Iterable[UUID]) -> dict[UUID, str]:
    known = people(scope, member_ids)
    return {member_id: mailbox(person.email) for member_id, person in known.items() if person.email}


def _places(scope: Scope, member_ids: Iterable[UUID]) -> dict[str, _Places]:
    """Return by the kind of trace when members first ordered with each, by keyed hash."""
    found: dict[str, _Places] = {name: {} for name in TRACES}
    rows = scope.session.execute(
        select(OrderRow.member_id, OrderRow.placed_at, *_COLUMNS).where(
            OrderRow.programme_id == scope.programme_id,
            among(scope.session, OrderRow.member_id, sorted(set(member_ids))),
            or_(*(column.is_not(None) for column in _COLUMNS)),
        )
    )
    for member_id, placed_at, *traces in rows:
        for places, trace in zip(found.values(), traces, strict=True):
            if trace is not None:
                known = places.setdefault(member_id, {})
                known[trace] = min(placed_at, known.get(trace, placed_at))
    return found


def _times(scope: Scope, advocates: Iterable[UUID]) -> dict[UUID, list[datetime]]:
    """Return when each advocate's referrals were made."""
    rows = scope.session.execute(
        select(ReferralRow.advocate_id, ReferralRow.at).where(
            ReferralRow.programme_id == scope.programme_id,
            among(scope.session, ReferralRow.advocate_id, sorted(set(advocates))),
        )
    )
    times: dict[UUID, list[datetime]] = {}
    for advocate, at in rows:
        times.setdefault(advocate, []).append(at)
    return times


def _met_at(places: _Places, one: UUID, other: UUID) -> datetime | None:
    """Return when both had been seen at one place for the first time."""
    theirs, others = places.get(one, {}), places.get(other, {})
    return min((max(theirs[place], others[place]) for place in theirs.keys() & others.keys()), default=None)


def _earlier(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)
