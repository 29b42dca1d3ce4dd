"""The friend's side of a referral: what the link offers, and the code for whoever leaves an address."""

from uuid import UUID

from app.actions.claim_referral import Claim, Friend, claim_referral
from app.db import referrals, sharing, storefront, versions
from app.db.places import Place
from app.db.scope import Scope
from app.db.unit import reading, unit_of_work
from app.loyalty.terms.programme import Version
from app.loyalty.terms.sharing import parted
from app.web import codes
from app.web.callers import Caller, caller
from app.web.house import house
from app.web.refusals import Refusal
from app.web.storefront import offer, shapes, standing


def landing(code: str) -> shapes.ReferralLanding:
    """Return what a friend who followed a link sees. The sender is not named: nobody asked them."""
    place, works = caller().place, house().works
    code, _ = parted(code)
    with reading(works.engine, place.programme_id) as session:
        scope = Scope(session, place.programme_id, works.clock(), works.cipher)
        if referrals.advocate(scope, code) is None:
            raise Refusal("UNKNOWN_REFERRAL")
        version = versions.version_at(session, place.programme_id, works.clock())
    terms, gift = offer.referral(version), version.friend_reward if version else None
    is_open = terms is not None and gift is not None and place.state == "live"
    return shapes.ReferralLanding(
        code=code,
        state="open" if is_open else "closed",
        sender_first_name=None,
        friend_deal=offer.deal(gift.gives) if gift else None,
        friend_points=terms.friend_points if terms else 0,
        min_order_minor=(gift.minimum_minor or None) if gift else None,
        code_days=gift.code_days if gift else None,
    )


def click(code: str, json_data: shapes.ReferralClickRequest) -> shapes.ReferralClick:
    """Count that a link was followed, under the channel it carries. The same key is the same click."""
    place, works = caller().place, house().works
    link, channel = parted(code)
    with unit_of_work(works.engine, place.programme_id) as session:
        scope = Scope(session, place.programme_id, works.clock(), works.cipher)
        if referrals.advocate(scope, link) is None:
            raise Refusal("UNKNOWN_REFERRAL")
        sharing.click(scope, place.shop_id, json_data.key, channel)
    return shapes.ReferralClick(channel=channel.value)


def claim(code: str, json_data: shapes.ReferralClaimRequest) -> shapes.ReferralClaim:
    """Give the friend a code, the same to the same address; asking again tells whether the shop has made it."""
    asking, works = caller(), house().works
    place = asking.place
    if place.state == "paused":
        raise Refusal("PROGRAMME_PAUSED")
    link, channel = parted(code)
    friend = Friend(json_data.email, _member_id(asking), channel)
    with unit_of_work(works.engine, place.programme_id) as session:
        now = works.clock()
        scope = Scope(session, place.programme_id, now, works.cipher)
        version = versions.version_at(session, place.programme_id, now)
        made = claim_referral(scope, place.shop_id, version, link, friend, code=codes.code(codes.FRIEND))
    if made is None:
        raise Refusal("UNKNOWN_REFERRAL")
    if made.row is not None and made.row.code_state == "requested":
        works.bell.ring("outbox", place.programme_id, place.shop_id)
    return _shown(place, made)


def _member_id(asking: Caller) -> UUID | None:
    if asking.customer_id is None:
        return None
    place = asking.place
    with reading(house().works.engine, place.programme_id) as session:
        known = storefront.known(session, place.programme_id, place.shop_id, asking.customer_id)
    return known.row.member_id if known else None


def _shown(place: Place, made: Claim) -> shapes.ReferralClaim:
    """Return a claim as anybody may see it: never when an address bought here, for anybody can type an address."""
    row = made.row
    if row is None:
        return shapes.ReferralClaim(state="refused", reason=made.refused.value if made.refused else "closed")
    with reading(house().works.engine, place.programme_id) as session:
        version: Version | None = versions.version_at(session, place.programme_id, row.at)
    gift = version.friend_reward if version else None
    ready = row.code_state == "issued" and row.code is not None
    return shapes.ReferralClaim(
        state="ready" if ready else "preparing",
        deal=offer.deal(gift.gives) if gift else None,
        code=row.code if ready else None,
        min_order_minor=(gift.minimum_minor or None) if gift else None,
        expires_at=row.ends_at if ready else None,
        apply_url=standing.apply_url(place, row.code) if ready and row.code else None,
    )
