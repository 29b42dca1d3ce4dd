"""What is asked about the programme and about a member: programme, member, history."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Final
from uuid import UUID

from flask import make_response, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from app.db import budgets, recommendations, spending, storefront, versions
from app.db.offers import Offered, offered
from app.db.origins import Reader
from app.db.places import Place
from app.db.scope import Scope
from app.db.storefront import LIST_MAX
from app.db.tables import MemberRow
from app.db.unit import reading
from app.loyalty.ledger.postings import Account
from app.loyalty.redeeming.recommending import Recommendation
from app.loyalty.terms.programme import Measure, Version
from app.loyalty.terms.rules import EventRule
from app.web.callers import caller
from app.web.house import house
from app.web.storefront import membership, movements, offer, shapes, standing, tiers
from app.web.storefront.standing import Standing

_FRESH_S: Final = 60


def programme() -> AnyResponse:
    """Return what anybody may see. The tag lets a browser keep it and ask only whether it changed."""
    place, works = caller().place, house().works
    now = works.clock()
    with reading(works.engine, place.programme_id) as session:
        version = versions.version_at(session, place.programme_id, now)
        scope = Scope(session, place.programme_id, now, works.cipher)
        left = budgets.left(scope, version) if version is not None else {}
        of_rules = budgets.left_of_rules(scope, version, place.zone) if version is not None else {}
    body = offer.programme(place, version, now, left, of_rules).model_dump_json()
    response = make_response(body)
    response.mimetype = "application/json"
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:32])
    response.headers["Cache-Control"] = f"public, max-age={_FRESH_S}"
    return response.make_conditional(request)


def member() -> shapes.Member | shapes.NotMember | shapes.SignedOut:
    """Return the shopper of this request, who becomes a member by asking; or that nobody is signed in, or they left."""
    asking, works = caller(), house().works
    if asking.customer_id is None:
        return shapes.SignedOut()
    now = works.clock()
    known = membership.seen(asking, now)
    if known is None:
        return shapes.NotMember(first_name=None)
    place, member_id = asking.place, known.row.member_id
    with reading(works.engine, place.programme_id) as session:
        version = versions.version_at(session, place.programme_id, now)
        scope = Scope(session, place.programme_id, now, works.cipher)
        redeemed = storefront.redemptions(session, place.programme_id, member_id)
        portions = storefront.portions(session, place.programme_id, member_id)
        invited = storefront.invited(session, place.programme_id, member_id)
        held = ((one.outcome or {}).get("version") for one in invited if (one.outcome or {}).get("held"))
        numbers = chain((one.row.version for one in redeemed), held)
        found = Standing(
            known=known,
            first_name=membership.first_name(known.name_sealed),
            portions=portions,
            redeemed=redeemed,
            invited=invited,
            joined=_joined(session, place.programme_id, member_id),
            deserved=_deserved(session, place.programme_id, known.row, version),
            versions=_versions(session, place.programme_id, numbers),
            offered=_offered(scope, version, known.row, portions, redeemed),
            suggested=_suggested(scope, place, known.row, version),
            paid=_paid(scope, member_id, version),
        )
    return standing.member(place, version, found, now)


def _offered(
    scope: Scope,
    version: Version | None,
    row: MemberRow,
    portions: Iterable[storefront.Portion],
    redeemed: Sequence[storefront.Redeemed],
) -> Offered:
    """Return what is open to the member; of a long list of redemptions only its newest page was read so far."""
    if version is None:
        return Offered()
    available = sum(one.amount for one in portions if one.account is Account.AVAILABLE)
    rows = [one.row for one in redeemed]
    if len(rows) == LIST_MAX:
        rows = storefront.every_redemption(scope.session, scope.programme_id, row.member_id)
    return offered(scope, version, row, available, rows)


def _suggested(scope: Scope, place: Place, row: MemberRow, version: Version | None) -> Sequence[Recommendation]:
    terms = version.recommend if version is not None and row.impersonal_since is None else None
    return recommendations.recommendations(scope, terms, place.shop_id, row.member_id) if terms is not None else ()


def _paid(scope: Scope, member_id: UUID, version: Version | None) -> Sequence[storefront.Paid]:
    rules = version.rules_of(EventRule) if version is not None else ()
    names = [rule.event for rule in rules if rule.social is not None]
    return storefront.paid_events(scope.session, scope.programme_id, member_id, names)


def _joined(session: Session, programme_id: UUID, member_id: UUID) -> tuple[datetime | None, int] | None:
    """Return when joining was rewarded, and with what; None where it is still ahead."""
    row = storefront.settlement(session, programme_id, member_id, f"sign_up:{member_id}")
    if row is None:
        return None
    return (row.moment, row.posted) if row.posted else (None, 0)


def _deserved(
    session: Session, programme_id: UUID, row: MemberRow, version: Version | None
) -> Sequence[storefront.Deserved]:
    """Read what the end of the member's level depends on, where it does."""
    ladder = version.tiers if version else None
    if ladder is None or not tiers.depends_on_facts(row, ladder):
        return ()
    found = storefront.deserved(session, programme_id, row.member_id)
    if ladder.measure is Measure.POINTS:
        found += storefront.granted(session, programme_id, row.member_id)
    return found


def _versions(session: Session, programme_id: UUID, numbers: Iterable[int | None]) -> Mapping[int, Version]:
    """Return the versions of these numbers."""
    found = {n: versions.version(session, programme_id, n) for n in {n for n in numbers if n is not None}}
    return {number: version for number, version in found.items() if version is not None}


def history(query_data: shapes.HistoryQuery) -> shapes.History:
    """Return a page of everything that changed what can be spent, and on the first one what is on its way."""
    asking, works = caller(), house().works
    known = membership.present(asking, works.clock())
    place, member_id = asking.place, known.row.member_id
    before = int(query_data.before) if query_data.before else None
    with reading(works.engine, place.programme_id) as session:
        page, older = spending.movements(session, place.programme_id, member_id, before=before, limit=LIST_MAX)
        friends = spending.as_friend(session, place.programme_id, member_id)
        numbers = [one.behind.settlement.version for one in page if one.behind.settlement is not None]
        numbers += [one.behind.redemption.version for one in page if one.behind.redemption is not None]
        judged = _versions(session, place.programme_id, numbers)
        pending: list[shapes.Coming] = []
        if before is None:
            portions = storefront.portions(session, place.programme_id, member_id)
            waiting = [p.source for p in portions if p.account is Account.PENDING and p.source is not None]
            orders = Reader(session, place.programme_id, [(member_id, text) for text in waiting]).orders
            pending = movements.coming(portions, friends, orders)
    return shapes.History(
        pending=pending,
        entries=[movements.entry(place, judged, friends, one) for one in page],
        next=str(older) if older is not None else None,
    )
