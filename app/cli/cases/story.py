"""One case as it is lived.

Facts through the inbox of a neutral shop, requests through their actions, jobs by its clock.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine, select

from app.actions.adjust_points import adjust_points
from app.actions.answers import Answer
from app.actions.conclude_redemption import end_redemption
from app.actions.connect_shop import NewShop, add_shop
from app.actions.import_points import import_points
from app.actions.publish_programme import publish_programme
from app.actions.redeem_reward import redeem_reward
from app.cli.cases import beyond, findings
from app.cli.cases.beyond import ACTOR
from app.cli.cases.versions import UnsupportedCaseError, instant, version
from app.db import inbox, members, programmes, shops
from app.db.cipher import Cipher
from app.db.programmes import NewProgramme
from app.db.requests import Request
from app.db.scope import Scope
from app.db.tables import InboxRow
from app.db.unit import reading, unit_of_work
from app.loyalty.errors import LoyaltyError
from app.loyalty.facts import Customer
from app.loyalty.ledger.books import Stage
from app.loyalty.money import exponent, to_minor
from app.loyalty.redeeming.redemptions import Ask
from integrations.neutral import Neutral
from jobs import inbox as inbox_job
from jobs import members as members_job
from jobs import outbox as outbox_job
from jobs.works import SilentBell, Works

Step = Mapping[str, Any]
_FACTS = frozenset({"order", "review", "sign_up", "event", "birthday", "referral"})


class Story:
    """The world of one case: a programme of its own with neutral shops, and a clock that stands where the story is."""

    def __init__(self, engine: Engine, cipher: Cipher, case: Mapping[str, Any]) -> None:
        """Found the programme and publish what stands before the first step."""
        self.now = datetime(1970, 1, 1, tzinfo=UTC)
        self.engine, self.cipher = engine, cipher
        self.works = Works(
            engine, cipher, {"neutral": Neutral()}, {}, lambda: self.now, SilentBell(), "https://kizuna.invalid"
        )
        told = case.get("shops") or {"s1": {"zone": "UTC", "currency": "EUR"}}
        self.currency: str = next(iter(told.values())).get("currency", "EUR")
        self.shops = {name: members.new_id() for name in told}
        self.programme_id = members.new_id()
        self.people: dict[str, UUID] = {}
        self.deliveries = 0
        self._found(case, told)

    def _found(self, case: Mapping[str, Any], told: Mapping[str, Mapping[str, str]]) -> None:
        unit = case.get("unit") or {"name": "points"}
        decimals = unit.get("decimals", 0) if unit["name"] == "points" else exponent(unit["name"])
        home = next(iter(self.shops.values()))
        with unit_of_work(self.engine, self.programme_id) as session:
            programme = NewProgramme(case["name"], self.currency, home, unit["name"], decimals)
            programmes.make(session, self.programme_id, programme, self.now)
            for name, shop in told.items():
                key = (self.programme_id, self.shops[name])
                domain = f"{self.shops[name].hex}.invalid"
                zone, currency = shop.get("zone", "UTC"), shop.get("currency", "EUR")
                add_shop(
                    session,
                    key,
                    NewShop("neutral", domain, name, currency, zone, "en", None, False, None, {}),
                    self.now,
                )
                shops.keep_credentials(
                    session, self.cipher, key, {}, expires_at=None, refresh_expires_at=None, scopes=()
                )
            for content in case["programme"]:
                programmes.publish(session, self.programme_id, version(content, self.currency), by=ACTOR, now=self.now)

    # -- time ----------------------------------------------------------------------------------------------------

    def pass_time(self) -> None:
        """Do everything due by now, as jobs would: inboxes, outboxes, members."""
        busy = True
        while busy:
            busy = members_job.tend(self.works, self.programme_id)
            for shop_id in self.shops.values():
                busy |= inbox_job.drain(self.works, self.programme_id, shop_id)
                busy |= outbox_job.drain(self.works, self.programme_id, shop_id)

    def live(self, step: Step) -> dict[str, Any]:
        """Take one step and return its outcome; time passes completely before and after."""
        if "arrives" in step:
            self.now = instant(step["arrives"])
        self.pass_time()
        outcome = self._take(step)
        self.pass_time()
        return outcome

    def _take(self, step: Step) -> dict[str, Any]:
        kind = step["do"]
        if kind in {"clock", "expect"}:
            return {"ok": True}
        if kind in _FACTS:
            return self._deliver(step)
        requests: dict[str, Callable[[Scope, Step], Answer]] = {
            "redeem": self._redeem,
            "return": self._return,
            "fail": self._fail,
            "adjust": self._adjust,
            "import": self._import,
            "publish": self._publish,
        }
        more = beyond.STEPS.get(kind)
        if kind not in requests and more is None:
            raise UnsupportedCaseError(f"step {kind}")
        with unit_of_work(self.engine, self.programme_id) as session:
            scope = Scope(session, self.programme_id, self.now, self.cipher)
            try:
                answer = more(self, scope, step) if more is not None else requests[kind](scope, step)
            except LoyaltyError as refusal:
                answer = Answer(refusal.code, refusal.numbers())
        return {"refused": answer.refused, **answer.numbers} if answer.refused else {"ok": True}

    # -- facts ---------------------------------------------------------------------------------------------------

    def member(self, scope: Scope, name: str) -> UUID:
        """Return the member of this name, known to every shop of the programme."""
        if name not in self.people:
            home, *others = self.shops.values()
            self.people[name] = members.find_or_make(scope, home, {name: Customer(name)})[name]
            for shop_id in others:
                members.add_identity(scope, shop_id, name, self.people[name])
        return self.people[name]

    def _deliver(self, step: Step) -> dict[str, Any]:
        kind = step["do"]
        fact = step[kind]
        shop_id = self.shops[fact["shop"]] if fact.get("shop") else next(iter(self.shops.values()))
        # A case delivers a body again to see that nothing happens; the key keeps it from being dropped as noise.
        self.deliveries += 1
        arrival = inbox.Arrival("neutral", kind, str(self.deliveries), json.dumps(fact).encode(), versioned=True)
        with unit_of_work(self.engine, self.programme_id) as session:
            scope = Scope(session, self.programme_id, self.now, self.cipher)
            for role in ("member", "advocate", "friend"):
                if role in fact:
                    self.member(scope, fact[role])
            inbox.accept(session, self.cipher, self.programme_id, shop_id, arrival, self.now)
        inbox_job.drain(self.works, self.programme_id, shop_id)
        with reading(self.engine, self.programme_id) as session:
            row = session.scalars(
                select(InboxRow).where(
                    InboxRow.programme_id == self.programme_id,
                    InboxRow.shop_id == shop_id,
                    InboxRow.topic == kind,
                    InboxRow.key == arrival.key,
                )
            ).one()
        if row.state in {inbox.State.REFUSED, inbox.State.QUARANTINED}:
            return {"refused": row.reason}
        return {"ok": True}

    # -- requests ------------------------------------------------------------------------------------------------

    def request(self, scope: Scope, step: Step) -> Request:
        """Return a step as a request of its member."""
        content = {name: value for name, value in step.items() if name not in {"arrives", "outcome"}}
        return Request(step["id"], step["do"], self.member(scope, step["member"]), content, ACTOR)

    def _redeem(self, scope: Scope, step: Step) -> Answer:
        home = next(iter(self.shops.values()))
        shop_id = self.shops[step["shop"]] if step.get("shop") else home
        total = to_minor(step["total"], self.currency) if "total" in step else None
        ask = Ask(step["id"], step["id"], step["reward"], step.get("points"), step.get("option"), total)
        return redeem_reward(scope, shop_id, self.request(scope, step), ask)

    def _return(self, scope: Scope, step: Step) -> Answer:
        end_redemption(scope, step["redemption"], Stage.RETURNED)
        return Answer()

    def _fail(self, scope: Scope, step: Step) -> Answer:
        end_redemption(scope, step["redemption"], Stage.FAILED)
        return Answer()

    def _adjust(self, scope: Scope, step: Step) -> Answer:
        return adjust_points(scope, self.request(scope, step), step["amount"])

    def _import(self, scope: Scope, step: Step) -> Answer:
        ends = instant(step["expires_at"]) if step.get("expires_at") else None
        return import_points(scope, self.request(scope, step), step["amount"], instant(step["earned_at"]), ends)

    def _publish(self, scope: Scope, step: Step) -> Answer:
        publish_programme(scope, replace(version(step["version"], self.currency)), by=ACTOR)
        return Answer()

    # -- expectations --------------------------------------------------------------------------------------------

    def differences(self, step: Step) -> list[str]:
        """Compare what is expected with what the tables say; what is not listed is not checked."""
        with reading(self.engine, self.programme_id) as session:
            scope = Scope(session, self.programme_id, self.now, self.cipher)
            told = []
            for name, expected in step.get("members", {}).items():
                found = self._found_member(scope, name)
                told += [f"{name}: {line}" for line in _compare(expected, found)]
            if "net" in step:
                names = {str(member_id): name for name, member_id in self.people.items()}
                moved = findings.net(scope, names)
                for source, accounts in step["net"].items():
                    told += _unlike(f"net {source}", accounts, moved.get(source, {}))
            if "settlement" in step:
                names_of_shops = {shop_id: name for name, shop_id in self.shops.items()}
                told += _unlike("settlement", step["settlement"], findings.settlement(scope, names_of_shops))
            for name, member_id in self.people.items():
                if broken := findings.law_broken(findings.member(scope, member_id, name)):
                    told.append(f"{name}: the law is broken: {broken}")
        return told

    def _found_member(self, scope: Scope, name: str) -> findings.Found:
        member_id = self.people.get(name)
        if member_id is not None:
            return findings.member(scope, member_id, name)
        empty = dict.fromkeys(("issued", "granted", "imported", "forgiven", "redeemed", "expired"), 0)
        return {"pending": 0, "available": 0, "held": 0, "debt": 0, "tier": None, "totals": empty, "lots": []}


def _compare(expected: Mapping[str, Any], found: findings.Found) -> list[str]:
    told = []
    for name, value in expected.items():
        if name == "totals":
            for total, amount in value.items():
                told += _unlike(f"total {total}", amount, found["totals"][total])
        else:
            told += _unlike(name, findings.lots(value) if name == "lots" else value, found[name])
    return told


def _unlike(name: str, expected: object, found: object) -> list[str]:
    return [] if expected == found else [f"{name} should be {expected}, is {found}"]


def run(engine: Engine, cipher: Cipher, case: Mapping[str, Any]) -> list[str]:
    """Live through a case and return every difference; none where all is as expected."""
    try:
        story = Story(engine, cipher, case)
        told = []
        for number, step in enumerate(case["steps"], 1):
            outcome = story.live(step)
            if "outcome" in step and step["outcome"] != outcome:
                told.append(f"step {number} ({step['do']}): outcome should be {step['outcome']}, is {outcome}")
            if step["do"] == "expect":
                told += [f"step {number}: {line}" for line in story.differences(step)]
    except UnsupportedCaseError as error:
        return [f"not supported: {error}"]
    return told
