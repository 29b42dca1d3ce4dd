"""Requests under their own keys: the first answer is kept, a repeat gets it again, another content is refused."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select

from app.db.scope import Scope
from app.db.tables import RequestRow
from app.loyalty.errors import KeyReusedError


@dataclass(frozen=True, slots=True)
class Request:
    """Who asks for what under which key. ``content`` is hashed, so a repeat is told from a misuse."""

    key: str
    kind: str
    member_id: UUID
    content: Mapping[str, Any]
    actor: str
    note: str | None = None

    @property
    def input_hash(self) -> str:
        """Return the hash of kind, member and content."""
        whole = json.dumps([self.kind, str(self.member_id), dict(self.content)], sort_keys=True, default=str)
        return hashlib.sha256(whole.encode()).hexdigest()


def answered(scope: Scope, request: Request) -> Mapping[str, Any] | None:
    """Return the first answer to this request, None where it is new. Raises KeyReusedError for other content.

    Asked under the member's lock; the key's primary key is the alarm should two members' locks race for one key.
    """
    row = scope.session.execute(
        select(RequestRow.input_hash, RequestRow.answer).where(
            RequestRow.programme_id == scope.programme_id, RequestRow.key == request.key
        )
    ).one_or_none()
    if row is None:
        return None
    if row.input_hash != request.input_hash:
        raise KeyReusedError
    answer: Mapping[str, Any] = row.answer
    return answer


def keep(
    scope: Scope,
    request: Request,
    answer: Mapping[str, Any],
    *,
    amount: int | None = None,
    dated: datetime | None = None,
) -> None:
    """Keep the first answer; ``amount`` and ``dated`` make it activity for tiers by points."""
    scope.session.execute(
        insert(RequestRow).values(
            programme_id=scope.programme_id,
            key=request.key,
            kind=request.kind,
            member_id=request.member_id,
            input_hash=request.input_hash,
            answer=dict(answer),
            at=scope.now,
            actor=request.actor,
            note=request.note,
            amount=amount,
            dated=dated,
        )
    )
