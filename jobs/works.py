"""What every job works with: the database, the keys, the platforms, the clock and the bell."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from uuid import UUID

from sqlalchemy import Engine

from app.db.cipher import Cipher
from app.db.shops import Door
from app.db.tables import ShopRow
from integrations.outgoing import Outgoing
from integrations.platform import Credentials, Platform, ReviewSource, ShopProfile
from integrations.telling import Telling

EVERY_SHOP = UUID(int=0)
"""Stands for the shop where work belongs to a whole programme."""


class Bell(Protocol):
    """Wakes a worker for a shop's queue; losing a ring loses nothing, the sweep rings again."""

    def ring(self, queue: str, programme_id: UUID, shop_id: UUID) -> None:
        """Ask for a drain; never raises and never blocks for long."""


class SilentBell:
    """Rings nothing: for tools that drain by themselves."""

    def ring(self, queue: str, programme_id: UUID, shop_id: UUID) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class Works:
    """Handed to every job by the entry point that starts it. ``address`` is where shops reach us (https).

    ``bodies_kept``: how long deliveries lie as they came.

    ``erasures``: the file that remembers who was forgotten when a backup comes back; None where nothing is to be noted.

    ``ending`` says whether this process was told to stop: long work then leaves off between two of its steps.
    """

    engine: Engine
    cipher: Cipher
    platforms: Mapping[str, Platform]
    sources: Mapping[str, ReviewSource]
    clock: Callable[[], datetime]
    bell: Bell
    address: str
    ending: Callable[[], bool] = lambda: False
    bodies_kept: timedelta = timedelta(days=30)
    erasures: Path | None = None
    telling: Telling = field(default_factory=lambda: Telling(Outgoing(production=True)))
    """How listeners are told of changes."""


def profile(shop: ShopRow) -> ShopProfile:
    """Return what translating may know of a shop."""
    return ShopProfile(
        domain=shop.domain,
        name=shop.name,
        currency=shop.currency,
        zone=shop.zone,
        locale=shop.locale,
        external_id=shop.external_id,
        prices_include_tax=shop.prices_include_tax,
        home_url=shop.home_url,
    )


def credentials(door: Door) -> Credentials:
    """Return a shop's opened credentials as platforms take them."""
    return Credentials(door.shop.domain, door.values, door.expires_at, door.refresh_expires_at, door.scopes)
