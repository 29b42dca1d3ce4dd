"""What our own stories ask beside the page of exact meanings: tasks, picks, invitations, members made one, goodwill."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol
from uuid import UUID

from app.actions.answers import Answer
from app.actions.close_task import close_task
from app.actions.give_goodwill import Batch, give_goodwill, undo_goodwill
from app.actions.invite_member import invite_member
from app.actions.merge_members import merge_members
from app.actions.pick_option import pick_option
from app.actions.unmerge_members import unmerge_members
from app.cli.cases.versions import instant
from app.db.requests import Request
from app.db.scope import Scope

ACTOR = "staff"
_WHY = "As the story goes"
Step = Mapping[str, Any]


class World(Protocol):
    """Who and where a step's names mean."""

    @property
    def shops(self) -> Mapping[str, UUID]:
        """Return the shops by their names in the story."""

    def member(self, scope: Scope, name: str) -> UUID:
        """Return the member of this name."""

    def request(self, scope: Scope, step: Step) -> Request:
        """Return the step as a request of its member."""


def _close(world: World, scope: Scope, step: Step) -> Answer:
    """Staff finish the task of a ``redemption``, or with ``done`` false cancel it."""
    del world
    close_task(scope, step["redemption"], done=step.get("done", True), actor=ACTOR)
    return Answer()


def _pick(world: World, scope: Scope, step: Step) -> Answer:
    """A ``member`` picks the ``option`` of a ``redemption`` under an ``id``."""
    home = next(iter(world.shops.values()))
    return pick_option(scope, world.request(scope, step), step["redemption"], step["option"], shop_id=home)


def _invite(world: World, scope: Scope, step: Step) -> Answer:
    """Staff invite a ``member`` to a ``level`` under an ``id``, ``until`` an instant or for good."""
    until = instant(step["until"]) if step.get("until") else None
    return invite_member(scope, world.request(scope, step), step["level"], until)


def _goodwill(world: World, scope: Scope, step: Step) -> Answer:
    """Staff give ``amount`` to each of ``members`` for the cause ``id``."""
    give_goodwill(scope, _batch(step), [world.member(scope, name) for name in step["members"]])
    return Answer()


def _undo_goodwill(world: World, scope: Scope, step: Step) -> Answer:
    """Staff take the cause ``id`` of ``amount`` back from ``members``."""
    undo_goodwill(scope, _batch(step), [world.member(scope, name) for name in step["members"]])
    return Answer()


def _batch(step: Step) -> Batch:
    return Batch(step["id"], step["amount"], ACTOR, _WHY)


def _merge(world: World, scope: Scope, step: Step) -> Answer:
    """Staff make ``member`` one with ``into``, which stays."""
    kept, lost = (world.member(scope, step[role]) for role in ("into", "member"))
    merge_members(scope, kept, lost, actor=ACTOR, why=_WHY)
    return Answer()


def _unmerge(world: World, scope: Scope, step: Step) -> Answer:
    """Staff part ``member`` again from whom it was made one with."""
    unmerge_members(scope, world.member(scope, step["member"]), actor=ACTOR, why=_WHY)
    return Answer()


STEPS: Mapping[str, Callable[[World, Scope, Step], Answer]] = {
    "close": _close,
    "pick": _pick,
    "invite": _invite,
    "goodwill": _goodwill,
    "undo_goodwill": _undo_goodwill,
    "merge": _merge,
    "unmerge": _unmerge,
}
"""By what a step does."""
