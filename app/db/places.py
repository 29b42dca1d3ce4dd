"""Where a request belongs: the shop it claims to be at, found in the global directory, with its programme."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, or_, select
from sqlalchemy.orm import Session, aliased

from app.db.tables import DirectoryRow, ProgrammeRow, ShopRow

_DOMAIN_MAX = 255


@dataclass(frozen=True, slots=True)
class Place:
    """A shop and its programme, as far as a request at the storefront needs them."""

    programme_id: UUID
    shop_id: UUID
    platform: str
    domain: str
    name: str
    zone: str
    locale: str
    home_url: str | None
    shop_state: str
    programme: str
    unit: str
    decimals: int
    currency: str
    state: str
    look: dict[str, Any] = field(hash=False)
    home_zone: str
    """The zone of the programme's home shop: it cuts the days of tiers."""

    @property
    def connected(self) -> bool:
        """Whether the shop is served: only an owner who removed the app ends that."""
        return self.shop_state != "disconnected"


_home = aliased(ShopRow)
_PLACES: Select[*tuple[Any, ...]] = (
    select(
        DirectoryRow.programme_id,
        DirectoryRow.shop_id,
        DirectoryRow.platform,
        DirectoryRow.domain,
        ShopRow.name,
        ShopRow.zone,
        ShopRow.locale,
        ShopRow.home_url,
        ShopRow.state,
        ProgrammeRow.name,
        ProgrammeRow.unit,
        ProgrammeRow.decimals,
        ProgrammeRow.currency,
        ProgrammeRow.state,
        ProgrammeRow.look,
        _home.zone,
    )
    .join(ShopRow, (ShopRow.programme_id == DirectoryRow.programme_id) & (ShopRow.shop_id == DirectoryRow.shop_id))
    .join(ProgrammeRow, ProgrammeRow.programme_id == DirectoryRow.programme_id)
    .join(_home, (_home.programme_id == ProgrammeRow.programme_id) & (_home.shop_id == ProgrammeRow.home_shop_id))
    .where(DirectoryRow.platform == bindparam("platform"))
)
_SHOPS = select(DirectoryRow).where(DirectoryRow.platform == bindparam("platform"))
_BY_ID = DirectoryRow.shop_id == bindparam("claimed")
_BY_DOMAIN = DirectoryRow.domain == bindparam("claimed")
_PLACE = {UUID: _PLACES.where(_BY_ID), str: _PLACES.where(_BY_DOMAIN)}
_SHOP = {UUID: _SHOPS.where(_BY_ID), str: _SHOPS.where(_BY_DOMAIN)}
"""Asked by every request, so they are put together once."""


def where(session: Session, platform: str, claimed: str | None) -> DirectoryRow | None:
    """Return the shop that something claims to come from: our id of it, or the platform's domain.

    Whatever stands in ``claimed``, only a known shop of this platform comes back.
    """
    named = _named(claimed)
    if named is None:
        return None
    return session.scalar(_SHOP[type(named)], {"platform": platform, "claimed": named})


def place(session: Session, platform: str, claimed: str | None) -> Place | None:
    """Return the same with what a request at the storefront needs of the shop and its programme."""
    named = _named(claimed)
    if named is None:
        return None
    row = session.execute(_PLACE[type(named)], {"platform": platform, "claimed": named}).one_or_none()
    return Place(*row) if row is not None else None


def _named(claimed: str | None) -> UUID | str | None:
    if not claimed or len(claimed) > _DOMAIN_MAX or not claimed.isprintable():
        return None
    try:
        return UUID(claimed)
    except ValueError:
        return claimed


def is_shop_host(session: Session, platform: str, hosts: list[str]) -> bool:
    """Say whether a shop of this platform is known under one of these hosts, in a folder of it maybe."""
    in_folder = [DirectoryRow.domain.startswith(f"{host}/", autoescape=True) for host in hosts]
    found = session.scalar(
        select(DirectoryRow.shop_id)
        .where(DirectoryRow.platform == platform, or_(DirectoryRow.domain.in_(hosts), *in_folder))
        .limit(1)
    )
    return found is not None
