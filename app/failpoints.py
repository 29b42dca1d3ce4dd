"""Named places on the road where a process can be made to die, so that every death is seen to be recovered from.

Nothing is armed by default, and a place then costs one look at an empty table. Production refuses the setting.
"""

import os
import signal
from collections.abc import Callable
from enum import StrEnum
from threading import Lock
from typing import Final, NoReturn


class Place(StrEnum):
    """What was just done when the process reaches the place."""

    # A delivery comes in.
    DELIVERY_PROVED = "delivery_proved"  # its signature is good; nothing is kept yet
    DELIVERY_INSERTED = "delivery_inserted"  # it is written, not committed
    DELIVERY_KEPT = "delivery_kept"  # it is committed; nobody was rung for
    DELIVERY_RUNG = "delivery_rung"  # a worker was rung for; the shop has no answer yet
    # A shopper asks.
    REDEMPTION_WRITTEN = "redemption_written"  # points are held and the code wished for, not committed
    REDEMPTION_KEPT = "redemption_kept"  # that is committed; nobody was rung for
    GIVE_BACK_KEPT = "give_back_kept"  # the wish to unmake a code is committed; nobody was rung for
    # A shop is connected.
    DOOR_OPENED = "door_opened"  # the shop answered with what opens it; nothing is kept yet
    DOOR_KEPT = "door_kept"  # shop and credentials are committed; nobody was rung for
    # The bell.
    RING_MARKED = "ring_marked"  # the ring is marked as rung; no job is in the queue yet
    RING_FORGOTTEN = "ring_forgotten"  # a job was taken from the queue; its drain has not begun
    PAGE_DRAINED = "page_drained"  # a page is done; nobody was rung for the rest
    # The inbox.
    LETTERS_CLAIMED = "letters_claimed"  # a page of deliveries is locked
    LETTERS_READ = "letters_read"  # they are translated into facts
    LETTERS_MARKED = "letters_marked"  # they are settled and marked, not committed
    LETTERS_COMMITTED = "letters_committed"  # that is committed; nobody was rung for
    PAGE_ROLLED_BACK = "page_rolled_back"  # a page failed whole; its rows were not tried one by one yet
    LETTER_POSTPONED = "letter_postponed"  # the delivery at fault waits for its next try, not committed
    # A sitting.
    MEMBERS_LOCKED = "members_locked"  # the members are locked and their time has passed
    WISHES_WRITTEN = "wishes_written"  # wishes are in the outbox, postings not in the ledger
    POSTINGS_WRITTEN = "postings_written"  # both are written, not committed
    # The outbox.
    EFFECTS_CLAIMED = "effects_claimed"  # a page of effects is leased
    EFFECT_DESCRIBED = "effect_described"  # the door is open; the shop was not asked yet
    SHOP_ANSWERED = "shop_answered"  # the shop did it; nothing is recorded
    EFFECT_MARKED = "effect_marked"  # what came of it is recorded, not committed
    EFFECT_COMMITTED = "effect_committed"  # that is committed
    FAILURE_WRITTEN = "failure_written"  # that it failed is recorded, not committed
    SHOP_SUBSCRIBED = "shop_subscribed"  # the shop sends its webhooks; that is not recorded
    THINGS_FETCHED = "things_fetched"  # the shop told what was asked for; it is not in the inbox
    THINGS_KEPT = "things_kept"  # it is in the inbox and committed; nobody was rung for
    # Tokens.
    REFRESH_LEASED = "refresh_leased"  # this process is the one who refreshes
    TOKEN_EXCHANGED = "token_exchanged"  # the shop gave a new token; it is not stored  # noqa: S105
    TOKEN_KEPT = "token_kept"  # it is stored; nothing was done with it  # noqa: S105
    # The timetable.
    TICK_TAKEN = "tick_taken"  # jobs are marked as taken; none is in the queue
    TICK_QUEUED = "tick_queued"  # one of them is in the queue
    ROUND_KEPT = "round_kept"  # how far a long job is was committed; the rest waits
    TIMETABLE_DONE = "timetable_done"  # a job of the timetable was done; the queue does not know
    SWEEP_LOOKED = "sweep_looked"  # what waits is known; nobody was rung for
    # Reconciling.
    CHANGES_ASKED = "changes_asked"  # the shop told a page of changes; none is in the inbox
    CHANGES_KEPT = "changes_kept"  # the page is in the inbox; nobody was rung for, the cursor stands
    CURSOR_MOVED = "cursor_moved"  # the look is over and the cursor moved
    # The nights.
    MEMBERS_TENDED = "members_tended"  # what fell due is written for a page of members, not committed
    MEMBERS_JUDGED = "members_judged"  # a page of members is judged again and committed
    CODES_WISHED_AGAIN = "codes_wished_again"  # given-up wishes begin anew, not committed
    SUBSCRIPTIONS_WISHED = "subscriptions_wished"  # webhooks are wished for again, not committed
    ORDERS_COUNTED = "orders_counted"  # recommendations are counted, not kept
    AUDIT_NOTED = "audit_noted"  # a programme's audit is noted and committed
    BODIES_DROPPED = "bodies_dropped"  # old bodies are deleted, not committed
    PERSON_ERASED = "person_erased"  # whom the platform named is erased and the duty moved on, not committed
    BODIES_SCRUBBED = "bodies_scrubbed"  # a page of deliveries that name somebody is dropped and committed
    DUTY_FINISHED = "duty_finished"  # no delivery names them any more and the duty is ended, not committed
    MEMBERS_FORGOTTEN = "members_forgotten"  # a page of a shop's members is erased and committed
    SHOP_FORGOTTEN = "shop_forgotten"  # what the shop sent and what opened it is dropped, not committed
    PAGE_RESEALED = "page_resealed"  # a page lies under the new key and is committed


class Killed(BaseException):
    """Stands for the end of the process where a test wants to live on."""

    def __init__(self, place: Place) -> None:
        """Say where."""
        super().__init__(place.value)


Death = Callable[[Place], NoReturn]
_armed: Final[dict[Place, tuple[int, Death]]] = {}
_counting: Final = Lock()


def passed(place: Place) -> None:
    """Go on; or end here, where the place is armed and this is the hit meant."""
    if _armed:
        _hit(place)


def _hit(place: Place) -> None:
    with _counting:
        if place not in _armed:
            return
        left, death = _armed[place]
        if left > 1:
            _armed[place] = (left - 1, death)
            return
        del _armed[place]
    death(place)


def kill(place: Place) -> NoReturn:
    """End this process as a power cut would: no handler runs, nothing is tidied up."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise Killed(place)


def fall(place: Place) -> NoReturn:
    """End what is being done, and nothing else: for tests that go on in the same process."""
    raise Killed(place)


def read(told: str) -> tuple[Place, int]:
    """Return the place and which hit of it is meant from ``name`` or ``name:3``. Raises ValueError."""
    name, _, hit = told.partition(":")
    number = int(hit or "1")
    if number < 1:
        raise ValueError(told)
    return Place(name), number


def arm(told: str, death: Death = kill) -> None:
    """Let this process end at a place, once: ``name`` at its first hit, ``name:3`` at its third. Raises ValueError."""
    place, hit = read(told)
    _armed[place] = (hit, death)


def disarm() -> None:
    """Let nothing end any more."""
    _armed.clear()
