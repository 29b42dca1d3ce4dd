"""One programme lived by the app on a real database, and told to the oracle beside it, step by step.

Steps are those of case files. What the page of meanings does not describe (merged members, shops that leave, workers
that die, lost rings) is done to the app alone: of most the oracle notices nothing, which is the point; members that
were merged or forgotten it does not know, and nothing more is asked of it about them.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Engine

from app import failpoints
from app.actions.audit_ledger import audit_ledger, audit_settlements
from app.actions.connect_shop import NewShop, connect_shop
from app.actions.disconnect_shop import disconnect_shop
from app.actions.erase_member import erase_member
from app.actions.merge_members import merge_members
from app.actions.unmerge_members import unmerge_members
from app.cli.cases.story import Story as Lived
from app.db import inbox
from app.db.audit import NOBODY
from app.db.scope import Scope
from app.db.unit import reading, trial, unit_of_work
from app.failpoints import Killed, Place
from app.loyalty.publishing.soundness import UnsoundProgrammeError
from integrations.neutral import Neutral
from integrations.platform import Changes, Credentials, Delivery
from jobs import inbox as inbox_job
from jobs.reconcile import reconcile
from jobs.sweep import sweep
from tests.cases.invented import MEMBERS, START, Chance, Said, version
from tests.factories.ciphers import CIPHER
from tests.factories.works import CountingBell
from tests.oracle.facts import World
from tests.oracle.filling import everything
from tests.oracle.story import Outcome, Story

SHOPS = {"s1": "UTC", "s2": "Pacific/Auckland"}
REQUESTS = ("redeem", "adjust", "import", "publish")
Found = TypeVar("Found")


class Telling(Neutral):
    """A shop that can be asked what changed."""

    def __init__(self, told: tuple[Delivery, ...]) -> None:
        """``told`` is its answer."""
        self._told = told

    def changes(self, since: datetime, cursor: str | None, credentials: Credentials) -> Changes:
        """Return all of it."""
        del since, cursor, credentials
        return Changes(self._told, None)


@dataclass(slots=True)
class Life:
    """``beyond`` are the members the oracle no longer knows; ``untold`` is what shops had to tell while it was lost."""

    lived: Lived
    oracle: Story
    now: datetime = START
    away: set[str] = field(default_factory=set)
    untold: list[Said] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)
    beyond: set[str] = field(default_factory=set)
    tombstones: dict[str, UUID] = field(default_factory=dict)
    death: str = ""
    deaths: int = 0
    queue_empty: bool = False
    asked: int = 0

    @staticmethod
    def begin(engine: Engine, number: int) -> "Life":
        """Found the programme with the invented version of a number, and bring everybody some points."""
        shops = {name: {"zone": zone, "currency": "EUR"} for name, zone in SHOPS.items()}
        case = {"name": f"machine {number}", "shops": shops, "programme": [version(Chance(number), 0)]}
        life = Life(Lived(engine, CIPHER, case), Story(World.of(case)))
        for member in MEMBERS:
            life.step(
                {"do": "import", "id": f"b{member}", "member": member, "amount": 10, "earned_at": START.isoformat()}
            )
        return life

    # -- what case files say -------------------------------------------------------------------------------------

    def step(self, told: Said) -> Outcome:
        """Let a step happen to both; what a request is answered must be the same."""
        step = {**told, "arrives": self.now.isoformat()}
        self.lived.now = self.now
        found = self._through_death(lambda: self.lived.live(step))
        if found.get("refused") == UnsoundProgrammeError.code:
            step = {"do": "clock", "arrives": step["arrives"]}  # No merchant can publish what the page would allow.
        should = self.oracle.step(step)
        if step["do"] in REQUESTS and step.get("member") not in self.beyond:
            assert found == should, (found, should, step)
        return found

    def tell(self, kind: str, fact: Said, *, lost: bool = False) -> None:
        """Let a shop tell a fact; it does not arrive where it is ``lost`` or the shop is away."""
        step: Said = {"do": kind, kind: fact}
        if lost or fact.get("shop", "s1") in self.away:
            self.untold.append(step)
            return
        self.said.append(step)
        if self.queue_empty:
            self._leave_in_inbox(step)
        self.step(step)

    def _leave_in_inbox(self, step: Said) -> None:
        """Keep a delivery of which no worker hears, as when the queue was emptied: the sweep rings for it."""
        self.queue_empty = False
        kind, works = step["do"], self.lived.works
        shop_id = self.lived.shops[step[kind].get("shop", "s1")]
        body = json.dumps(step[kind]).encode()
        self._make_members(step)
        with self._unit() as session:
            arrival = inbox.Arrival("neutral", kind, f"unheard {len(self.said)}", body, versioned=True)
            inbox.accept(session, CIPHER, self.lived.programme_id, shop_id, arrival, self.now)
        bell = CountingBell()
        sweep(replace(works, bell=bell))
        assert ("inbox", self.lived.programme_id, shop_id) in bell.rings
        while inbox_job.drain(works, self.lived.programme_id, shop_id):
            pass

    def tell_again(self, which: int) -> None:
        """Let a delivery come once more, however old."""
        if self.said:
            step = self.said[which % len(self.said)]
            if step[step["do"]].get("shop", "s1") not in self.away:
                self.step(step)

    def reconcile(self) -> None:
        """Ask the shops that are there for everything: they tell what was lost, and all the rest again."""
        lost = [step for step in self.untold if step[step["do"]].get("shop", "s1") not in self.away]
        self.untold = [step for step in self.untold if step not in lost]
        self.said += lost
        for step in [*self.said[-3:], *lost]:
            if step[step["do"]].get("shop", "s1") not in self.away:
                self._ask(step)

    def _ask(self, step: Said) -> None:
        """Let the job of the timetable ask a shop, which tells this one fact; then it is told by a delivery as well."""
        kind = step["do"]
        shop_id = self.lived.shops[step[kind].get("shop", "s1")]
        self.lived.now = self.now
        self.lived.pass_time()
        self._make_members(step)
        self.asked += 1
        shop = Telling((Delivery(kind, f"asked {self.asked}", json.dumps(step[kind]).encode()),))
        works = replace(self.lived.works, platforms={"neutral": shop})
        self._through_death(lambda: reconcile(works, self.lived.programme_id, shop_id))
        while inbox_job.drain(works, self.lived.programme_id, shop_id):
            pass
        self.step(step)

    def _make_members(self, step: Said) -> None:
        with self._unit() as session:
            for role in ("member", "advocate", "friend"):
                if role in step[step["do"]]:
                    self.lived.member(self._scope(session), step[step["do"]][role])

    def wait(self, hours: int) -> None:
        """Let time pass."""
        self.now += timedelta(hours=hours)
        self.step({"do": "clock"})

    # -- what they do not say ------------------------------------------------------------------------------------

    def die_at(self, place: Place, hit: int) -> None:
        """Let who does the next thing die when they come to a place for the so-many-th time."""
        self.death = f"{place.value}:{hit}"

    def _through_death(self, work: Callable[[], Found]) -> Found:
        known = dict(self.lived.people)
        if self.death:
            failpoints.arm(self.death, failpoints.fall)
        try:
            return work()
        except Killed:
            self.deaths += 1
            self.lived.people = known  # whoever was made on the way went with the unit
            return work()  # Somebody else carries on: shops deliver again, people ask again under the same key.
        finally:
            failpoints.disarm()
            self.death = ""

    def leave(self, shop: str) -> None:
        """Let the owner of a shop remove the app."""
        if shop not in self.away:
            self.away.add(shop)
            with self._unit() as session:
                disconnect_shop(self._scope(session), self.lived.shops[shop])

    def come_back(self, shop: str) -> None:
        """Let the owner install it again: the ledger is what it was, and what was missed is asked for."""
        if shop in self.away:
            self.away.discard(shop)
            domain = f"{self.lived.shops[shop].hex}.invalid"
            known = NewShop("neutral", domain, shop, "EUR", SHOPS[shop], "en", None, False, None, {})
            with self._unit() as session:
                key = connect_shop(session, CIPHER, known, self.now)
            assert key == (self.lived.programme_id, self.lived.shops[shop])
            self.reconcile()

    def merge(self, kept: str, lost: str) -> None:
        """Find that two members are one person."""
        if kept != lost and not self.tombstones:
            self.beyond |= {kept, lost} | self._hang_together({kept, lost})
            ids = self.lived.people[kept], self.lived.people[lost]
            self._through_death(partial(self._merge, *ids))
            self.lived.people[lost], self.tombstones[lost] = ids

    def _merge(self, kept_id: UUID, lost_id: UUID) -> None:
        with self._unit() as session:
            merge_members(self._scope(session), kept_id, lost_id, actor="staff", why="one person")

    def part(self) -> None:
        """Find that they are two after all."""
        for name, id in self.tombstones.items():
            self._through_death(partial(self._part, id))
            self.lived.people[name] = id
        self.tombstones = {}

    def _part(self, lost_id: UUID) -> None:
        with self._unit() as session:
            unmerge_members(self._scope(session), lost_id, actor="staff", why="two people")

    def erase(self, name: str) -> None:
        """Forget who a member is; somebody of that name who comes again is new."""
        erased = self.lived.people[name]
        names = {other for other, id in self.lived.people.items() if id == erased}
        self.beyond |= names | self._hang_together(names)
        self._through_death(partial(self._erase, erased))
        for other in names:
            del self.lived.people[other]
        self.tombstones = {}

    def _erase(self, id: UUID) -> None:
        with self._unit() as session:
            assert erase_member(self._scope(session), id, actor="staff", why="asked to")

    def _hang_together(self, members: set[str]) -> set[str]:
        referrals = [{said["advocate"], said["friend"]} for said in self.oracle.world.referrals.values()]
        return {name for pair in referrals if pair & members for name in pair}

    # -- looking -------------------------------------------------------------------------------------------------

    def differences(self) -> list[str]:
        """Return where the tables say something else than the oracle."""
        self.beyond |= self._hang_together(self.beyond)
        known = {name: self.oracle.account(name) for name in MEMBERS if name not in self.beyond}
        return self.lived.differences({"members": {name: everything(self.oracle, known[name]) for name in known}})

    def breaches(self) -> list[str]:
        """Return what the auditor finds: in the ledger, and when everybody is settled once more."""
        with reading(self.lived.engine) as session:
            found = list(audit_ledger(self._scope(session)))
        with trial(self.lived.engine) as session:
            found += audit_settlements(self._scope(session), NOBODY)[0]
        return [f"{breach.promise}: {breach.detail}" for breach in found]

    def _unit(self) -> Any:  # noqa: ANN401
        return unit_of_work(self.lived.engine)

    def _scope(self, session: Any) -> Scope:  # noqa: ANN401
        return Scope(session, self.lived.programme_id, self.now, CIPHER)
