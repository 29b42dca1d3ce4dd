"""Whom we were asked to forget: keyed hashes of shops' names, so that old facts that come late bring nobody back.

Who left by themselves stays out, whatever they do at the shop, until they join again.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, insert, select, update
from sqlalchemy.orm import Session

from app.db.scope import Scope
from app.db.tables import ForgottenRow

KEPT: Final = timedelta(days=90)
"""How long: reconciling looks back 60 days at most, and what is quarantined lies for 90."""
FOR_EVER: Final = datetime.max.replace(tzinfo=UTC)
"""Stands for the instant of erasing of who stays out: nothing happens after it."""


def keep(scope: Scope, names: Iterable[tuple[UUID, str]], *, stays_out: bool = False) -> None:
    """Note that who these (shop, customer) names led to was erased now, and whether they want to stay out.

    Who stays out already goes on doing so.
    """
    for shop_id, customer_id in sorted(set(names)):
        keep_hash(scope, shop_id, _hash(scope, shop_id, customer_id), scope.now, stays_out=stays_out or None)


def keep_hash(
    scope: Scope, shop_id: UUID, identity_hash: str, erased_at: datetime, *, stays_out: bool | None = None
) -> None:
    """Note by its keyed hash a shop's name of somebody who was erased; ``stays_out`` None: as it was, at first not."""
    values = {"erased_at": erased_at, **({} if stays_out is None else {"stays_out": stays_out})}
    known = update(ForgottenRow).where(*_hashed(scope, shop_id, identity_hash)).values(values)
    if not getattr(scope.session.execute(known, execution_options=_UNSEEN), "rowcount", 0):
        named = {"programme_id": scope.programme_id, "shop_id": shop_id, "identity_hash": identity_hash}
        scope.session.execute(insert(ForgottenRow).values(**named, **values))


def let_in(scope: Scope, shop_id: UUID, name: str) -> None:
    """Let who stayed out in again from now on: what they did before is no news."""
    scope.session.execute(
        update(ForgottenRow)
        .where(*_named(scope, shop_id, name), ForgottenRow.stays_out)
        .values(stays_out=False, erased_at=scope.now),
        execution_options=_UNSEEN,
    )


def stays_out(scope: Scope, shop_id: UUID, name: str) -> bool:
    """Say whether the one a shop calls so left the programme by themselves and did not come back."""
    return bool(scope.session.scalar(select(exists().where(*_named(scope, shop_id, name), ForgottenRow.stays_out))))


def since(scope: Scope, shop_id: UUID, names: Iterable[str]) -> dict[str, datetime]:
    """Return which of a shop's names were forgotten, and when; ``FOR_EVER`` for who stays out."""
    hashes = {_hash(scope, shop_id, name): name for name in names}
    if not hashes:
        return {}
    rows = scope.session.execute(
        select(ForgottenRow.identity_hash, ForgottenRow.erased_at, ForgottenRow.stays_out).where(
            ForgottenRow.programme_id == scope.programme_id,
            ForgottenRow.shop_id == shop_id,
            ForgottenRow.identity_hash.in_(sorted(hashes)),
        )
    )
    return {hashes[each.identity_hash]: FOR_EVER if each.stays_out else each.erased_at for each in rows}


def tidy(session: Session, now: datetime) -> None:
    """Forget that anybody was forgotten, where no old fact can arrive any more; who stays out does."""
    session.execute(delete(ForgottenRow).where(ForgottenRow.erased_at < now - KEPT, ~ForgottenRow.stays_out))


def _named(scope: Scope, shop_id: UUID, customer_id: str) -> tuple[ColumnElement[bool], ...]:
    return _hashed(scope, shop_id, _hash(scope, shop_id, customer_id))


def _hashed(scope: Scope, shop_id: UUID, identity_hash: str) -> tuple[ColumnElement[bool], ...]:
    return (
        ForgottenRow.programme_id == scope.programme_id,
        ForgottenRow.shop_id == shop_id,
        ForgottenRow.identity_hash == identity_hash,
    )


_UNSEEN: Final = {"synchronize_session": False}


def _hash(scope: Scope, shop_id: UUID, customer_id: str) -> str:
    return scope.cipher.fingerprint(f"forgotten:{shop_id}:{customer_id}")
