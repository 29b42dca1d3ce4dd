"""Answers to requests: done, or refused with a code and the numbers that belong to it; the same to every repeat."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.actions.sitting import Sitting
from app.db import requests
from app.db.requests import Request
from app.db.scope import Scope
from app.loyalty.errors import KeyReusedError, LoyaltyError, UnknownMemberError


@dataclass(frozen=True, slots=True)
class Answer:
    """``refused`` is None where it was done.

    ``numbers`` are have, need, missing… ``repeated`` tells a first answer again.
    """

    refused: str | None = None
    numbers: Mapping[str, int | str] = field(default_factory=dict)
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Effect:
    """What a request did to the member's activity: an amount at an instant, where it is any."""

    amount: int | None = None
    dated: datetime | None = None


def answer_once(scope: Scope, request: Request, carry_out: Callable[[Sitting], Effect]) -> Answer:
    """Carry a request out under the member's lock, once; keep its answer, a refusal too.

    ``carry_out`` changes the member's file or raises LoyaltyError having changed nothing.
    """
    sitting = Sitting(scope, [request.member_id])
    file = sitting.files.get(request.member_id)
    if file is None or file.row.is_gone:
        return Answer(UnknownMemberError.code)
    try:
        known = requests.answered(scope, request)
    except KeyReusedError as error:
        sitting.conclude()
        return Answer(error.code)
    if known is not None:
        sitting.conclude()
        return Answer(known["refused"], known["numbers"], repeated=True)
    try:
        effect = carry_out(sitting)
        answer = Answer()
    except LoyaltyError as refusal:
        effect, answer = Effect(), Answer(refusal.code, refusal.numbers())
    kept = {"refused": answer.refused, "numbers": dict(answer.numbers)}
    requests.keep(scope, request, kept, amount=effect.amount, dated=effect.dated)
    sitting.conclude()
    return answer
