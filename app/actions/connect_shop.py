"""A shop opens its door: its programme is found or made, its credentials are kept, its ledger stays what it was."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.db import outbox, programmes, shops
from app.db.cipher import Cipher
from app.db.members import new_id
from app.db.tables import DirectoryRow, ProgrammeRow, ShopRow
from app.loyalty.errors import OtherCurrencyError, OtherProgrammeError
from app.loyalty.templates.starter import starter_version


@dataclass(frozen=True, slots=True)
class NewShop:
    """What the platform told of a shop, and what opens it."""

    platform: str
    domain: str
    name: str
    currency: str
    zone: str
    locale: str
    external_id: str | None
    prices_include_tax: bool
    home_url: str | None
    values: Mapping[str, str] = field(repr=False)
    expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None
    scopes: tuple[str, ...] = ()


def connect_shop(
    session: Session,
    cipher: Cipher,
    shop: NewShop,
    now: datetime,
    *,
    starts_at: datetime | None = None,
    group: UUID | None = None,
) -> tuple[UUID, UUID]:
    """Connect a shop, or connect it again, and return (programme, shop).

    A new shop gets a programme of its own with a sensible first version that begins at ``starts_at`` (default: now). A
    known one keeps programme, members and ledger; only its door is new. The currency of a known shop is never changed
    here: amounts in the ledger were judged by it.
    A new shop joins the programme ``group``, where one is named: what happened there before earns nothing.
    Raises OtherCurrencyError, and OtherProgrammeError for a shop that has a programme already.
    """
    known = shops.find(session, shop.platform, shop.domain)
    if known is not None and group not in {None, known.programme_id}:
        raise OtherProgrammeError
    if known is not None:
        row = shops.get(session, known.programme_id, known.shop_id)
        row.state, row.connected_at, row.disconnected_at = "connected", now, None
        row.name, row.locale, row.home_url = shop.name, shop.locale, shop.home_url
        row.external_id, row.prices_include_tax = shop.external_id, shop.prices_include_tax
        key = (known.programme_id, known.shop_id)
        outbox.try_now(session, *key)
    elif group is not None:
        key = _join(session, group, shop, now)
    else:
        key = _make(session, shop, now, starts_at or now)
    shops.keep_credentials(
        session,
        cipher,
        key,
        shop.values,
        expires_at=shop.expires_at,
        refresh_expires_at=shop.refresh_expires_at,
        scopes=shop.scopes,
    )
    return key


def _make(session: Session, shop: NewShop, now: datetime, starts_at: datetime) -> tuple[UUID, UUID]:
    programme_id, shop_id = new_id(), new_id()
    programmes.make(session, programme_id, programmes.NewProgramme(shop.name, shop.currency, home_shop_id=shop_id), now)
    add_shop(session, (programme_id, shop_id), shop, now)
    version = starter_version(shop.currency, starts_at, shop.locale)
    programmes.publish(session, programme_id, version, by="kizuna", now=now)
    return programme_id, shop_id


def _join(session: Session, programme_id: UUID, shop: NewShop, now: datetime) -> tuple[UUID, UUID]:
    currency = session.scalar(select(ProgrammeRow.currency).where(ProgrammeRow.programme_id == programme_id))
    if currency != shop.currency:
        raise OtherCurrencyError
    key = (programme_id, new_id())
    add_shop(session, key, shop, now)
    shops.get(session, *key).counts_from = now
    return key


def add_shop(session: Session, key: tuple[UUID, UUID], shop: NewShop, now: datetime) -> None:
    """Make a shop of a programme, and let the directory know where it is."""
    programme_id, shop_id = key
    session.execute(
        insert(DirectoryRow).values(
            shop_id=shop_id, platform=shop.platform, domain=shop.domain, programme_id=programme_id
        )
    )
    session.execute(
        insert(ShopRow).values(
            programme_id=programme_id,
            shop_id=shop_id,
            platform=shop.platform,
            domain=shop.domain,
            external_id=shop.external_id,
            name=shop.name,
            zone=shop.zone,
            currency=shop.currency,
            locale=shop.locale,
            home_url=shop.home_url,
            prices_include_tax=shop.prices_include_tax,
            state="connected",
            connected_at=now,
        )
    )
