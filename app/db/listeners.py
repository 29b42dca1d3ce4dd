"""Who is told of changes: addresses of other systems, what each is told, and the secrets that sign for them."""

import base64
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from sqlalchemy import delete, func, insert, select

from app.db import members, outbox
from app.db.outbox import EffectKind
from app.db.scope import Scope
from app.db.tables import ListenerRow, OutboxRow

OLD_SIGNS: Final = timedelta(days=7)
"""How long a secret that was replaced goes on signing beside the new one."""
LISTENERS_MAX: Final = 5
"""For each shop: every one of them is spoken to in the shop's turn."""
_SECRET_BYTES: Final = 32
_PREFIX: Final = "whsec_"


class Change(StrEnum):
    """What can be told of a member; the names are a promise to other systems."""

    POINTS_CHANGED = "points.changed"
    TIER_CHANGED = "tier.changed"
    REWARD_ISSUED = "reward.issued"
    MEMBER_JOINED = "member.joined"
    MEMBER_FORGOTTEN = "member.forgotten"
    NOTE_WRITTEN = "note.written"


@dataclass(frozen=True, slots=True)
class News:
    """A change of one member. ``data`` holds numbers, words of the programme and random ids, nothing of a person."""

    change: Change
    member_id: UUID
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Standing:
    """A listener, and how telling it goes: what waits, what was given up, the newest reason of either."""

    row: ListenerRow
    waiting: int = 0
    lost: int = 0
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Made:
    """A new listener and the secret that signs for it."""

    listener_id: UUID
    secret: str = field(repr=False)


class TooManyListenersError(Exception):
    """The shop has as many listeners as it can have."""


def tell(scope: Scope, changes: Iterable[News]) -> None:
    """Wish that listeners of the shops where these members have accounts are told.

    The numbers are those of now; how a shop names the member is read when it is told, so a name that was forgotten
    meanwhile stays here.
    """
    told = list(changes)
    if not told:
        return
    listeners = scope.session.execute(
        select(ListenerRow.shop_id, ListenerRow.listener_id, ListenerRow.changes)
        .where(ListenerRow.programme_id == scope.programme_id)
        .order_by(ListenerRow.listener_id)
    ).all()
    heard = [each for each in told if any(each.change.value in wanted for _, _, wanted in listeners)]
    known = members.accounts(scope, {each.member_id for each in heard})
    outbox.put_all(
        scope,
        EffectKind.TELL,
        [
            (shop_id, f"{subjects(listener_id)}{each.member_id}", _payload(scope, listener_id, each))
            for each in heard
            for shop_id, listener_id, wanted in listeners
            if each.change.value in wanted and each.member_id in known.get(shop_id, ())
        ],
    )


def _payload(scope: Scope, listener_id: UUID, news: News) -> dict[str, object]:
    return {
        "listener": str(listener_id),
        "change": news.change.value,
        "member": str(news.member_id),
        "at": scope.now.isoformat(),
        "data": dict(news.data),
    }


def subjects(listener_id: UUID | str) -> str:
    """Return how the subjects of everything told to a listener begin; each member's are told in their order."""
    return f"listener:{listener_id}:"


def add(scope: Scope, shop_id: UUID, url: str, changes: Sequence[Change]) -> Made:
    """Add a listener to a shop. Its secret is shown this once.

    Raises TooManyListenersError.
    """
    if len([each for each in of_programme(scope) if each.row.shop_id == shop_id]) >= LISTENERS_MAX:
        raise TooManyListenersError
    listener_id, secret = members.new_id(), _secret()
    scope.session.execute(
        insert(ListenerRow).values(
            programme_id=scope.programme_id, shop_id=shop_id, listener_id=listener_id, url=url,
            changes=[change.value for change in changes], sealed=scope.cipher.seal(secret.encode()),
            made_at=scope.now,
        )
    )  # fmt: skip
    return Made(listener_id, secret)


def _secret() -> str:
    return _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def get(scope: Scope, listener_id: UUID) -> ListenerRow | None:
    """Return a listener of the programme."""
    return scope.session.scalar(
        select(ListenerRow).where(
            ListenerRow.programme_id == scope.programme_id, ListenerRow.listener_id == listener_id
        )
    )


def rotate(scope: Scope, row: ListenerRow) -> str:
    """Give a listener a new secret and return it; the one before signs beside it for ``OLD_SIGNS``."""
    secret = _secret()
    before = scope.cipher.open(row.sealed).decode().splitlines()[0]
    row.sealed, row.rotated_at = scope.cipher.seal(f"{secret}\n{before}".encode()), scope.now
    scope.session.flush()
    return secret


def signing(scope: Scope, row: ListenerRow) -> tuple[str, ...]:
    """Return the secrets that sign now, the newest first."""
    known = scope.cipher.open(row.sealed).decode().splitlines()
    return tuple(known if _is_fresh(row.rotated_at, scope.now) else known[:1])


def _is_fresh(rotated_at: datetime | None, now: datetime) -> bool:
    return rotated_at is not None and now < rotated_at + OLD_SIGNS


def remove(scope: Scope, listener_id: UUID) -> bool:
    """Tell a listener nothing any more, not even what waits. False where there is none."""
    gone = scope.session.execute(
        delete(ListenerRow).where(
            ListenerRow.programme_id == scope.programme_id, ListenerRow.listener_id == listener_id
        )
    )
    scope.session.execute(
        delete(OutboxRow).where(
            OutboxRow.programme_id == scope.programme_id,
            OutboxRow.subject.like(f"{subjects(listener_id)}%"),
            OutboxRow.state != "done",
        )
    )
    return bool(getattr(gone, "rowcount", 0))


def of_programme(scope: Scope) -> list[Standing]:
    """Return the listeners of a programme, the oldest first."""
    rows = scope.session.scalars(
        select(ListenerRow)
        .where(ListenerRow.programme_id == scope.programme_id)
        .order_by(ListenerRow.shop_id, ListenerRow.listener_id)
    ).all()
    return [_standing(scope, row) for row in rows]


def _standing(scope: Scope, row: ListenerRow) -> Standing:
    mine = (
        OutboxRow.programme_id == scope.programme_id,
        OutboxRow.shop_id == row.shop_id,
        OutboxRow.subject.like(f"{subjects(row.listener_id)}%"),
    )
    counted = select(OutboxRow.state, func.count()).where(*mine, OutboxRow.state != "done").group_by(OutboxRow.state)
    counts: dict[str, int] = dict(scope.session.execute(counted).all())
    newest = select(OutboxRow.error).where(*mine, OutboxRow.error.is_not(None)).order_by(OutboxRow.effect_id.desc())
    return Standing(row, counts.get("waiting", 0), counts.get("failed", 0), scope.session.scalar(newest.limit(1)))
