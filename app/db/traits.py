"""What shops say of their customers: where they have things sent, by codes alone, and the shops' own tags on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import or_, select, update

from app.db.pages import among
from app.db.scope import Scope
from app.db.tables import IdentityRow
from app.loyalty.facts import Place


@dataclass(frozen=True, slots=True)
class Traits:
    """One member by what every shop says of them: the place told last, and all tags together."""

    place: Place | None = None
    tags: frozenset[str] = frozenset()


NOTHING_TOLD: Final = Traits()


@dataclass(slots=True)
class Told:
    """What a page of facts tells of one customer; ``sent`` is where orders go, each with when it was placed."""

    own: Place | None = None
    tags: tuple[str, ...] | None = None
    sent: list[tuple[datetime, Place]] = field(default_factory=list)


def keep(scope: Scope, shop_id: UUID, told: Mapping[str, Told]) -> None:
    """Keep what was told of customers by their identity keys: of orders the newest, else their own address."""
    for key, one in sorted(told.items()):
        newest = max(one.sent, key=lambda entry: entry[0], default=None)
        if newest is not None:
            at, place = newest
            older = or_(IdentityRow.placed_at.is_(None), IdentityRow.placed_at <= at)
            _set(scope, shop_id, key, _place(place) | {"placed_at": at}, older)
        elif one.own is not None:
            _set(scope, shop_id, key, _place(one.own), IdentityRow.placed_at.is_(None))
        if one.tags is not None:
            _set(scope, shop_id, key, {"tags": sorted(set(one.tags))})


def _place(place: Place) -> dict[str, Any]:
    return {"country": place.country, "region": place.region}


def _set(scope: Scope, shop_id: UUID, key: str, values: Mapping[str, Any], *only: Any) -> None:  # noqa: ANN401
    scope.session.execute(
        update(IdentityRow)
        .where(
            IdentityRow.programme_id == scope.programme_id,
            IdentityRow.shop_id == shop_id,
            IdentityRow.customer_id == key,
            *only,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def traits(scope: Scope, member_ids: Sequence[UUID]) -> dict[UUID, Traits]:
    """Return what is known of members; of several shops the place of the newest order, else any address told."""
    rows = scope.session.execute(
        select(IdentityRow.member_id, IdentityRow.country, IdentityRow.region, IdentityRow.placed_at, IdentityRow.tags)
        .where(IdentityRow.programme_id == scope.programme_id, among(scope.session, IdentityRow.member_id, member_ids))
        .order_by(IdentityRow.placed_at.is_not(None), IdentityRow.placed_at, IdentityRow.customer_id)
    )
    found: dict[UUID, Traits] = {}
    for member_id, country, region, _, tags in rows:
        known = found.get(member_id, NOTHING_TOLD)
        place = Place(country, region) if country is not None else known.place
        found[member_id] = Traits(place, known.tags | frozenset(tags or ()))
    return found


def one(scope: Scope, member_id: UUID) -> Traits:
    """Return what is known of one member."""
    return traits(scope, [member_id]).get(member_id, NOTHING_TOLD)
