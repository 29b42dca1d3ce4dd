"""Keeping an opened door: the shop, its sealed credentials, the wish for its webhooks; whichever way it was opened."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.actions.connect_shop import NewShop, connect_shop
from app.db import connect_states, deeds, invitations, outbox, shops
from app.db.scope import Scope
from app.db.tables import InvitationRow
from app.db.unit import unit_of_work
from app.failpoints import Place, passed
from app.web.house import house
from app.web.secrets import with_previous
from integrations.platform import Connected

DEMONSTRATION: Final = timedelta(days=400)
"""How long before its connection a demonstration shop's programme began: its year of history is to count."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A connected shop and its programme."""

    programme_id: UUID
    shop_id: UUID


def keep(platform: str, connected: Connected, now: datetime, *, state: str | None = None) -> Opened:
    """Keep the shop and wish for its webhooks: a shop that will not send them at once is connected all the same."""
    passed(Place.DOOR_OPENED)
    try:
        opened = _save(platform, connected, now, state)
    except IntegrityError:
        # The same shop was being connected at the same time; now it is known.
        opened = _save(platform, connected, now, state)
    passed(Place.DOOR_KEPT)
    house().works.bell.ring("outbox", opened.programme_id, opened.shop_id)
    return opened


def _save(platform: str, connected: Connected, now: datetime, state: str | None) -> Opened:
    works = house().works
    profile, credentials = connected.profile, connected.credentials
    sandbox = profile.domain in house().settings.sandbox
    with unit_of_work(works.engine) as session:
        shop = NewShop(
            platform=platform,
            domain=profile.domain,
            name=profile.name,
            currency=profile.currency,
            zone=profile.zone,
            locale=profile.locale,
            external_id=profile.external_id,
            prices_include_tax=profile.prices_include_tax,
            home_url=profile.home_url,
            values=_values(session, platform, connected, now),
            expires_at=credentials.expires_at,
            refresh_expires_at=credentials.refresh_expires_at,
            scopes=credentials.scopes,
        )
        starts_at = now - DEMONSTRATION if sandbox else None
        invitation = _invitation(session, platform, profile.domain, state, now)
        group = invitation.programme_id if invitation is not None else None
        programme_id, shop_id = connect_shop(session, works.cipher, shop, now, starts_at=starts_at, group=group)
        if invitation is not None:
            invitations.use(session, invitation.word_hash, shop_id, now)
        scope = Scope(session, programme_id, now, works.cipher)
        outbox.put_once(scope, shop_id, outbox.EffectKind.SUBSCRIBE, {f"shop:{shop_id}": {}})
        actor = f"{platform}:{connected.user}" if connected.user else platform
        deeds.record(scope, actor=actor, what="connect_shop", subject=f"shop:{shop_id}", why="consent given", detail={})
        if state is not None:
            connect_states.conclude(session, state, shop_id, now)
    return Opened(programme_id, shop_id)


def _invitation(session: Session, platform: str, domain: str, state: str | None, now: datetime) -> InvitationRow | None:
    """Return the invitation that a connection was begun with, or the shop's own, while it is good.

    Locked, so that of two shops that bring one word at once the second finds it used and gets a programme of its own.
    """
    begun = connect_states.find(session, state, platform) if state is not None else None
    if begun is not None and begun.invitation_hash is not None:
        return invitations.good(session, begun.invitation_hash, now)
    if shops.find(session, platform, domain) is not None:
        return None
    return invitations.good(session, invitations.of_shop(domain), now)


def _values(session: Session, platform: str, connected: Connected, now: datetime) -> dict[str, str]:
    fresh = connected.credentials.values
    known = shops.find(session, platform, connected.profile.domain)
    if known is None:
        return dict(fresh)
    door = shops.door(session, house().works.cipher, known.programme_id, known.shop_id)
    return with_previous(fresh, door.values, now) if door is not None else dict(fresh)
