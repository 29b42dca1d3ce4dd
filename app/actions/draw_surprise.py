"""A surprise for a drawn part of a segment: points as goodwill, within a budget, the seed kept for whoever asks."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.actions.adjust_points import adjust_points
from app.db import deeds
from app.db.requests import Request
from app.db.scope import Scope
from app.db.tables import DeedRow, MemberRow, ProgrammeRow
from app.loyalty.errors import KeyReusedError
from app.loyalty.redeeming.draws import drawn


@dataclass(frozen=True, slots=True)
class Draw:
    """``amount`` smallest steps for each winner, ``budget`` for all together; ``most`` limits the winners.

    With ``segment``, ``members`` are who was in it as the draw was made: kept is how many they were and a digest.
    """

    id: str
    seed: str
    members: Sequence[UUID]
    amount: int
    budget: int
    most: int | None = None
    segment: str | None = None


def draw_surprise(scope: Scope, draw: Draw, *, actor: str, why: str) -> tuple[UUID, ...]:
    """Draw once and give the winners their points; the same draw again gives nothing more and the same winners.

    Seed, budget, segment and winners are kept as a deed. Raises KeyReusedError for other terms under the same id.
    """
    # One draw at a time: the second finds what the first kept.
    programme = select(ProgrammeRow.programme_id).where(ProgrammeRow.programme_id == scope.programme_id)
    scope.session.execute(programme.with_for_update())
    drawable = sorted(str(member) for member in set(draw.members))
    terms, kept_too = _terms(draw, drawable)
    subject = f"draw:{draw.id}"
    kept = scope.session.scalar(
        select(DeedRow.detail).where(
            DeedRow.programme_id == scope.programme_id, DeedRow.what == "draw", DeedRow.subject == subject
        )
    )
    if kept is not None:
        if {name: kept.get(name) for name in terms} != terms:
            raise KeyReusedError
        return tuple(UUID(winner) for winner in kept["winners"])
    out = _left_out(scope, draw.members)
    winners = drawn(draw.seed, [one for one in drawable if one not in out], draw.amount, draw.budget, draw.most)
    for winner in sorted(winners):
        content = {"draw": draw.id, "amount": draw.amount}
        adjust_points(scope, Request(f"{subject}:{winner}", "adjust", UUID(winner), content, actor, why), draw.amount)
    detail = {**terms, **kept_too, "left_out": sorted(out), "winners": list(winners)}
    deeds.record(scope, actor=actor, what="draw", subject=subject, why=why, detail=detail)
    return tuple(UUID(winner) for winner in winners)


def _left_out(scope: Scope, member_ids: Sequence[UUID]) -> frozenset[str]:
    """Return who of these wants nothing of their own: they are in no draw, and the deed tells who they were."""
    found = scope.session.scalars(
        select(MemberRow.member_id).where(
            MemberRow.programme_id == scope.programme_id, MemberRow.impersonal_since.is_not(None)
        )
    )
    return frozenset(map(str, found)) & frozenset(map(str, member_ids))


def _terms(draw: Draw, drawable: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the terms that make two draws the same, and what else is kept of one.

    Who is in a segment changes from day to day, so the same draw from it later is still the same draw.
    """
    terms: dict[str, Any] = {"seed": draw.seed, "amount": draw.amount, "budget": draw.budget}
    if draw.segment is None:
        return {**terms, "most": draw.most, "members": list(drawable)}, {}
    digest = hashlib.sha256("\n".join(drawable).encode()).hexdigest()
    return {**terms, "segment": draw.segment}, {"most": draw.most, "among": len(drawable), "sha256": digest}
