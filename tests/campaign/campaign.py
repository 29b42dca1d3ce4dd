"""One campaign from its seed to its line of results."""

import json
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from itertools import cycle
from random import Random
from statistics import quantiles
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from app.db.tables import InboxRow, MemberRow, OutboxRow
from app.db.unit import reading
from app.failpoints import Place
from tests.campaign.counting import count, transactions
from tests.campaign.processes import Keeper
from tests.campaign.sending import Post
from tests.campaign.shoppers import Shoppers, shoppers
from tests.campaign.town import Town, ports, town
from tests.campaign.traffic import Traffic, traffic
from tests.walk.running import answers, until

REPLAYED: Final = 300
"""Old deliveries that are sent once more when all is done: not a single posting may come of them."""
DRAIN_MAX_S: Final = 900.0
_OPEN_S: Final = 600.0
_ASKED_S: Final = 30.0
PLACES: Final[dict[str, tuple[Place, ...]]] = {
    "web": (
        Place.DELIVERY_PROVED, Place.DELIVERY_INSERTED, Place.DELIVERY_KEPT, Place.DELIVERY_RUNG, Place.RING_MARKED,
    ),
    "worker": (
        Place.RING_FORGOTTEN, Place.LETTERS_CLAIMED, Place.LETTERS_READ, Place.MEMBERS_LOCKED, Place.WISHES_WRITTEN,
        Place.POSTINGS_WRITTEN, Place.LETTERS_MARKED, Place.LETTERS_COMMITTED, Place.PAGE_DRAINED, Place.RING_MARKED,
        Place.EFFECTS_CLAIMED, Place.EFFECT_DESCRIBED, Place.SHOP_ANSWERED, Place.EFFECT_MARKED,
        Place.EFFECT_COMMITTED, Place.SWEEP_LOOKED, Place.TIMETABLE_DONE,
    ),
    "clock": (Place.TICK_TAKEN, Place.TICK_QUEUED),
}  # fmt: skip
"""Where a process may be armed to die while deliveries come in."""


@dataclass(frozen=True, slots=True)
class Size:
    """How large a campaign is."""

    engine: str
    deliveries: int
    seed: int = 1
    shops: int = 10
    kills: int = 5
    flushes: int = 2
    db_restarts: int = 1
    deploys: int = 0

    @property
    def wishes(self) -> int:
        """Codes that are asked for meanwhile at a store of each platform: one in a hundred deliveries."""
        return self.deliveries // 100

    @property
    def unheard(self) -> int:
        """Purchases at those stores of which no webhook tells, found by asking: one for fifty deliveries."""
        return self.deliveries // 50


@dataclass(slots=True)
class Result:
    """The line of results."""

    seed: int
    engine: str
    deliveries: int
    shops: int
    members: int
    dup: int
    poison: int
    kills: int
    fell_at: list[str]
    flushes: int
    db_restarts: int
    deploys: int
    stopped: int
    lost: int
    doubled: int
    leaked: int
    trial_balance: int
    drift: int
    breaches: int
    unquarantined: int
    replayed_new: int
    refused: int
    codes: int
    orphan_codes: int
    missing_codes: int
    polled: int
    unpolled: int
    ack_p50_ms: float
    ack_p99_ms: float
    send_s: float
    drain_s: float
    words: list[str] = field(default_factory=list)

    @property
    def good(self) -> bool:
        """Whether nothing was lost, doubled, leaked, or left otherwise than it should be."""
        zero = (
            self.lost, self.doubled, self.leaked, self.trial_balance, self.drift, self.breaches, self.unquarantined,
            self.replayed_new, self.refused, self.orphan_codes, self.missing_codes, self.unpolled,
        )  # fmt: skip
        return not any(zero)

    def line(self) -> str:
        """Return it as one line of JSON."""
        return json.dumps(asdict(self))


def run(size: Size, told: Callable[[str], None]) -> Result:
    """Hold a campaign; ``told`` hears how it goes."""
    made = traffic(size.seed, size.deliveries, size.shops, datetime.now(UTC))
    webs = 1 if size.engine == "sqlite" else 2
    with town(size.engine) as here, shoppers(here, size.wishes) as crowd:
        here.open_shops(size.shops, made.programme)
        doors = ports(webs)
        processes = [here.process("web", number, KIZUNA_PORT=str(door)) for number, door in enumerate(doors)]
        processes += [here.process("worker", number) for number in range(webs)]
        processes.append(here.process("clock", 0))
        post = Post(doors, here.addresses, deque(made.parcels))
        with Keeper(processes) as keeper:
            told("waiting until the doors are open")
            for door in doors:
                until(partial(answers, f"http://127.0.0.1:{door}"), "every web process answers", _OPEN_S)
            troubles = _Troubles(size, here, keeper, crowd)
            began = time.monotonic()
            post.run(lambda taken: _progress(told, taken, size.deliveries, began, troubles))
            troubles.finish()
            sent_s = time.monotonic() - began
            drain_s = _drain(here, told)
            _ask_stores(here, crowd, told)
            before = transactions(here)
            again = Post(doors, here.addresses, deque(Random(size.seed).choices(made.parcels, k=REPLAYED)))
            again.run(lambda _: None)
            _ask_stores(here, crowd, told)
            kills, stopped = keeper.kills, keeper.stops
            fell_at = [place for each in processes for place in each.fell_at]
            failed = [f"{each.role} ended with {each.failed}" for each in processes if each.failed]
        now = datetime.now(UTC)
        told("counting")
        found, codes = count(here, made, post.taken, now), crowd.count()
        cuts = quantiles(post.seconds, n=100)
        return Result(
            seed=size.seed, engine=size.engine, deliveries=len(post.taken), shops=size.shops, members=len(made.truth),
            dup=made.doubled, poison=_poisoned(made), kills=kills, fell_at=fell_at, flushes=troubles.flushes,
            db_restarts=troubles.db_restarts, deploys=troubles.deploys, stopped=stopped,
            lost=found.lost + size.deliveries - len(post.taken),
            doubled=found.doubled, leaked=found.leaked, trial_balance=found.trial_balance, drift=found.drift,
            breaches=found.breaches, unquarantined=found.unquarantined, replayed_new=transactions(here) - before,
            refused=len(post.refused), codes=codes.asked, orphan_codes=codes.orphans, missing_codes=codes.missing,
            polled=size.unheard, unpolled=crowd.unpolled(),
            ack_p50_ms=round(cuts[49] * 1000, 1), ack_p99_ms=round(cuts[98] * 1000, 1),
            send_s=round(sent_s, 1), drain_s=round(drain_s, 1), words=[*found.words, *failed],
        )  # fmt: skip


class _Troubles:
    """What befalls the house and when, by how much was delivered: drawn from the seed."""

    def __init__(self, size: Size, here: Town, keeper: Keeper, crowd: Shoppers) -> None:
        self._chance, self._town, self._keeper, self._crowd = Random(size.seed * 7919), here, keeper, crowd
        self.flushes = self.db_restarts = self.deploys = 0
        self._places = {role: cycle(self._chance.sample(places, len(places))) for role, places in PLACES.items()}
        kinds = ["kill"] * size.kills + ["flush"] * size.flushes
        kinds += ["restart"] * (size.db_restarts if size.engine == "postgresql" else 0)
        kinds += ["wish"] * size.wishes + ["buy"] * size.unheard + ["deploy"] * size.deploys
        self._chance.shuffle(kinds)
        moments = sorted(self._chance.uniform(0.03, 0.97) * size.deliveries for _ in kinds)
        self._coming = deque(zip(moments, kinds, strict=True))

    def look(self, taken: int) -> None:
        """Do what is due by now."""
        while self._coming and self._coming[0][0] <= taken:
            self._do(self._coming.popleft()[1])

    def finish(self) -> None:
        """Do what has not befallen yet."""
        while self._coming:
            self._do(self._coming.popleft()[1])

    def _do(self, kind: str) -> None:
        if kind == "wish":
            self._crowd.wish()
        elif kind == "buy":
            self._crowd.buy_unheard()
        elif kind == "flush":
            self._town.flush()
            self.flushes += 1
        elif kind == "restart":
            self._town.crash_database()
            self.db_restarts += 1
        elif kind == "deploy":
            self.deploys += 1
            for process in self._keeper.processes:
                process.ask()
            until(lambda: not self._keeper.asked, "every process that was told to end did so", _OPEN_S)
        else:
            process = self._chance.choice(self._keeper.processes)
            process.kill(then=f"{next(self._places[process.role]).value}:{self._chance.randint(1, 5)}")


def _poisoned(made: Traffic) -> int:
    return sum(not parcel.good for parcel in made.parcels)


def _progress(told: Callable[[str], None], taken: int, wanted: int, began: float, troubles: _Troubles) -> None:
    troubles.look(taken)
    passed = time.monotonic() - began
    rate = taken / passed if passed else 0.0
    left = (wanted - taken) / rate if rate else 0.0
    told(f"{taken:,} of {wanted:,} delivered, {rate:.0f}/s, about {left:.0f} s to go")


def _drain(here: Town, told: Callable[[str], None]) -> float:
    """Wait until nothing waits any more; return the seconds. Raises TimeoutError."""
    began = time.monotonic()
    while (left := _waiting(here)) != 0:
        passed = time.monotonic() - began
        if passed > DRAIN_MAX_S:
            message = f"{left} still wait after {passed:.0f} s"
            raise TimeoutError(message)
        told(f"draining: {left:,} wait, {passed:.0f} s so far")
        time.sleep(0.5)
    return time.monotonic() - began


def _ask_stores(here: Town, crowd: Shoppers, told: Callable[[str], None]) -> None:
    """Let a worker ask every store what changed, and settle what it tells. Raises TimeoutError.

    Its turn is rung for as the clock does it, and again where the worker died over it.
    """
    began, give_up = here.works.clock(), time.monotonic() + DRAIN_MAX_S
    while not crowd.were_asked(began):
        if time.monotonic() > give_up:
            raise TimeoutError("nobody asked the stores")
        told("asking the stores")
        here.ring_for("reconcile")
        with suppress(TimeoutError):
            until(lambda: crowd.were_asked(began), "the stores are asked", _ASKED_S)
    _drain(here, told)


def _waiting(here: Town) -> int:
    now = here.works.clock()
    try:
        with reading(here.engine) as session:
            rows = sum(
                session.scalar(select(func.count()).select_from(row).where(row.state == "waiting")) or 0
                for row in (InboxRow, OutboxRow)
            )
            due = select(func.count()).select_from(MemberRow).where(MemberRow.due_at <= now)
            return rows + (session.scalar(due) or 0)
    except OperationalError:
        return -1  # the database is just being started again


def quiet(word: str) -> None:
    """Say nothing."""
    del word


class Terminal:
    """Shows the latest word in one line of a terminal, and one line every ten seconds elsewhere."""

    def __init__(self) -> None:
        self._said = 0.0

    def __call__(self, word: str) -> None:
        """Show it."""
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\x1b[K{word}")
            sys.stderr.flush()
        elif time.monotonic() - self._said > 10:
            self._said = time.monotonic()
            sys.stderr.write(f"{word}\n")
