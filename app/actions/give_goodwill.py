"""Goodwill for many at once, within the month's budget: a batch that can be repeated and undone as one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.actions.goodwill_budget import check_budget, one_at_a_time
from app.actions.sitting import Sitting
from app.db import deeds, goodwill, members, requests
from app.db.requests import Request
from app.db.scope import Scope
from app.loyalty.errors import KeyReusedError
from app.loyalty.ledger.granting import adjust, undo
from app.loyalty.ledger.postings import Source
from app.loyalty.members.history import Granted

_DONE: Mapping[str, object] = {"refused": None, "numbers": {}}


@dataclass(frozen=True, slots=True)
class Batch:
    """Goodwill of one cause: ``amount`` (above zero, smallest steps) for each member, by whom and why."""

    id: str
    amount: int
    actor: str
    why: str

    def key(self, member_id: UUID) -> str:
        """Return the key of one member's part."""
        return f"goodwill:{self.id}:{member_id}"

    def request(self, member_id: UUID) -> Request:
        """Return one member's part as a request."""
        content = {"batch": self.id, "amount": self.amount}
        return Request(self.key(member_id), "adjust", member_id, content, self.actor, self.why)


@dataclass(frozen=True, slots=True)
class Undone:
    """What an undoing took back of so many members, and what was spent already and stays given."""

    members: int
    taken: int
    left: int


def give_goodwill(scope: Scope, batch: Batch, member_ids: Collection[UUID]) -> int:
    """Give a page of members their part; who had it already gets nothing more. Returns how many were given it now.

    Who was merged into another gets it as the one that was kept, and a part that came along in a merge is one.
    Raises BudgetExceededError for more than is left of the month's budget, KeyReusedError for another amount under the
    same batch, ValueError for an amount that is not above zero.
    """
    if batch.amount <= 0:
        raise ValueError(batch.amount)
    one_at_a_time(scope)
    sitting = Sitting(scope, set(members.standing(scope, member_ids).values()))
    known = goodwill.hashes(scope, [batch.key(member_id) for member_id in sitting.files])
    if any(
        known[batch.key(each)] != batch.request(each).input_hash for each in sitting.files if batch.key(each) in known
    ):
        raise KeyReusedError
    had = goodwill.amounts(scope, batch.id, sitting.files)
    new = [
        member_id
        for member_id, file in sitting.files.items()
        if not file.row.is_gone and member_id not in had and batch.key(member_id) not in known
    ]
    check_budget(scope, sitting.programme, batch.amount * len(new))
    for member_id in new:
        file = sitting.files[member_id]
        adjust(file.books, sitting.programme, batch.key(member_id), batch.amount, scope.now)
        file.granted.append(Granted(Source(f"adjust:{batch.key(member_id)}"), scope.now, batch.amount))
        requests.keep(scope, batch.request(member_id), _DONE, amount=batch.amount, dated=scope.now)
    _note(scope, batch, "give_goodwill", {"members": len(new), "amount": batch.amount})
    sitting.conclude()
    return len(new)


def undo_goodwill(scope: Scope, batch: Batch, member_ids: Sequence[UUID]) -> Undone:
    """Take a batch back from a page of members, as far as it is there; a repeat takes nothing more.

    ``member_ids`` are those of ``goodwill.holders``. Nobody is left with a debt for goodwill.
    """
    sitting = Sitting(scope, member_ids)
    given = goodwill.amounts(scope, batch.id, sitting.files)
    keys = {key: f"undo:{key}" for parts in given.values() for key in parts}
    known = goodwill.hashes(scope, keys.values())
    count = taken = asked = 0
    for member_id, parts in given.items():
        file = sitting.files[member_id]
        for key, amount in parts.items():
            if keys[key] in known:
                continue
            back = undo(file.books, key, amount, scope.now)
            file.granted.append(Granted(Source(f"adjust:{keys[key]}"), scope.now, -back))
            content = {"batch": batch.id, "undo": key}
            request = Request(keys[key], "adjust", member_id, content, batch.actor, batch.why)
            requests.keep(scope, request, _DONE, amount=-back, dated=scope.now)
            count, taken, asked = count + 1, taken + back, asked + amount
    _note(scope, batch, "undo_goodwill", {"members": count, "taken": taken, "left": asked - taken})
    sitting.conclude()
    return Undone(count, taken, asked - taken)


def _note(scope: Scope, batch: Batch, what: str, detail: dict[str, int]) -> None:
    if detail["members"]:
        subject = f"goodwill:{batch.id}"
        deeds.record(scope, actor=batch.actor, what=what, subject=subject, why=batch.why, detail=detail)
