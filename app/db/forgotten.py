"""Whom we were asked to forget: keyed hashes of shops' names, so that old facts that come late bring nobody back."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from app.db.scope import Scope
from app.db.tables import ForgottenRow

KEPT: Final = timedelta(days=90)
"""How long: reconciling looks back 60 days at most, and what is quarantined lies for 90."""


def keep(scope: Scope, names: Iterable[tuple[UUID, str]]) -> None:
    """Note that who these (shop, customer) names led to was erased now."""
    for shop_id, customer_id in sorted(set(names)):
        keep_hash(scope, shop_id, _hash(scope, shop_id, customer_id), scope.now)


def keep_hash(scope: Scope, shop_id: UUID, identity_hash: str, erased_at: datetime) -> None:
    """Note by its keyed hash a shop's name of somebody who was erased."""
    known = (
        ForgottenRow.programme_id == scope.programme_id,
        ForgottenRow.shop_id == shop_id,
        ForgottenRow.identity_hash == identity_hash,
    )
    scope.session.execute(delete(ForgottenRow).where(*known))
    scope.session.execute(
        insert(ForgottenRow).values(
            programme_id=scope.programme_id, shop_id=shop_id, identity_hash=identity_hash, erased_at=erased_at
        )
    )


def since(scope: Scope, shop_id: UUID, names: Iterable[str]) -> dict[str, datetime]:
    """Return which of a shop's names were forgotten, and when."""
    hashes = {_hash(scope, shop_id, name): name for name in names}
    if not hashes:
        return {}
    rows = scope.session.execute(
        select(ForgottenRow.identity_hash, ForgottenRow.erased_at).where(
            ForgottenRow.programme_id == scope.programme_id,
            ForgottenRow.shop_id == shop_id,
            ForgottenRow.identity_hash.in_(sorted(hashes)),
        )
    )
    return {hashes[identity_hash]: erased_at for identity_hash, erased_at in rows}


def tidy(session: Session, now: datetime) -> None:
    """Forget that anybody was forgotten, where no old fact can arrive any more."""
    session.execute(delete(ForgottenRow).where(ForgottenRow.erased_at < now - KEPT))


def _hash(scope: Scope, shop_id: UUID, customer_id: str) -> str:
    return scope.cipher.fingerprint(f"forgotten:{shop_id}:{customer_id}")
