"""A story told to the oracle step by step, and what is found to differ from what the story expects."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.oracle.days import instant
from tests.oracle.facts import Json, Order, Version, World
from tests.oracle.redemptions import Redemption, State, give_back, hold, run_out
from tests.oracle.settling import Account

Outcome = dict[str, Any]
OK: Outcome = {"ok": True}


@dataclass(slots=True)
class Story:
    """The world and every member's account."""

    world: World
    accounts: dict[str, Account] = field(default_factory=dict)
    answered: dict[str, tuple[Json, Outcome]] = field(default_factory=dict)
    now: datetime | None = None

    def account(self, member: str) -> Account:
        """Return a member's account, opened at the first call."""
        return self.accounts.setdefault(member, Account(self.world, member))

    def step(self, step: Json) -> Outcome:
        """Let time pass, do what a step says, settle, let time pass again. Returns its outcome."""
        self.now = now = instant(step["arrives"])
        self._pass(now)
        outcome = self._request(step, now) if step["do"] in _REQUESTS else self._tell(step, now)
        self._pass(now)
        for account in self.accounts.values():
            account.settle(now)
        self._pass(now)
        return outcome

    def _pass(self, now: datetime) -> None:
        for member in self.world.members():
            self.account(member)
        for account in self.accounts.values():
            account.pass_time(now)

    # -- facts ---------------------------------------------------------------------------------------------------

    def _tell(self, step: Json, now: datetime) -> Outcome:
        kind = step["do"]
        if kind in {"return", "fail"}:
            return self._give_back(step["redemption"], now)
        if kind == "publish":
            return self._publish(step["version"], now)
        if kind in _FACTS:
            return _FACTS[kind](self.world, step[kind])
        if kind != "clock":
            raise ValueError(f"nothing is said about {kind}")
        return OK

    def _publish(self, said: Json, now: datetime) -> Outcome:
        if instant(said["starts_at"]) < now:
            return {"refused": "STARTS_IN_PAST"}
        self.world.versions.append(Version.of(said))
        return OK

    def _give_back(self, id: str, now: datetime) -> Outcome:
        for account in self.accounts.values():
            for redemption in account.redemptions:
                if redemption.id == id and redemption.state is State.USED:
                    return {"refused": "ALREADY_USED"}
                if redemption.id == id:
                    if redemption.state is State.HELD:
                        give_back(self.world, account.books, redemption, now)
                    return OK
        return {"refused": "UNKNOWN_REDEMPTION"}

    # -- requests ------------------------------------------------------------------------------------------------

    def _request(self, step: Json, now: datetime) -> Outcome:
        content = {key: said for key, said in step.items() if key not in {"arrives", "outcome"}}
        if step["id"] in self.answered:
            before, outcome = self.answered[step["id"]]
            return outcome if before == content else {"refused": "KEY_REUSED"}
        outcome = _REQUESTS[step["do"]](self, self.account(step["member"]), step, now)
        self.answered[step["id"]] = (content, outcome)
        return outcome

    def redeem(self, account: Account, step: Json, now: datetime) -> Outcome:
        """Hold the cost of a reward, by the version at arrival."""
        version = self.world.version_at(now)
        rewards = {reward["id"]: reward for reward in (version.said.get("rewards") or [])} if version else {}
        if not version or step["reward"] not in rewards:
            return {"refused": "UNKNOWN_REWARD"}
        reward = rewards[step["reward"]]
        ladder = [level["id"] for level in (version.ladder or {}).get("levels", [])]
        level, need = account.judge(now).level, reward.get("level")
        if need is not None and (level not in ladder or ladder.index(level) < ladder.index(need)):
            return {"refused": "TIER_TOO_LOW", "need": need}
        have = account.books.amount("available")
        if have < reward["cost"]:
            missing = reward["cost"] - have
            return {"refused": "INSUFFICIENT_POINTS", "have": have, "need": reward["cost"], "missing": missing}
        ends = run_out(version, reward["id"], now)
        forgiven = len(account.books.forgiven)
        redemption = Redemption(step["id"], account.member, reward["cost"], version, ends, forgiven)
        hold(account.books, redemption)
        account.redemptions.append(redemption)
        return OK

    def adjust(self, account: Account, step: Json, now: datetime) -> Outcome:
        """Give or take points by hand."""
        amount, source, books = step["amount"], f"adjust:{step['id']}", account.books
        have = books.amount("available")
        if amount < 0 and have < -amount:
            return {"refused": "INSUFFICIENT_POINTS", "have": have, "need": -amount, "missing": -amount - have}
        for _, part in books.draw(books.lots, "available", max(0, -amount)):
            books.move(source, "available", "granted", part)
        if amount > 0:
            _bring(account, "granted", source, amount, (now, self._policy(now, now)))
        self.world.given.append((account.member, source, now, amount))
        return OK

    def bring(self, account: Account, step: Json, now: datetime) -> Outcome:
        """Open a lot from elsewhere."""
        earned, source = instant(step["earned_at"]), f"import:{step['id']}"
        ends = instant(step["expires_at"]) if step.get("expires_at") else self._policy(earned, now)
        _bring(account, "imported", source, step["amount"], (earned, ends))
        self.world.given.append((account.member, source, earned, step["amount"]))
        return OK

    def _policy(self, moment: datetime, now: datetime) -> datetime | None:
        version = self.world.version_at(now)
        return version.expiry(moment, moment, self.world.home_zone) if version else None

    def settlement(self) -> Counter[str]:
        """Return the points of lots from one shop used at another, net."""
        found: Counter[str] = Counter()
        for account in self.accounts.values():
            for redemption in account.redemptions:
                for earned, used, part in redemption.settled:
                    found[f"{earned}>{used}"] += part
        return found


def _bring(account: Account, giver: str, source: str, amount: int, dates: tuple[datetime, datetime | None]) -> None:
    lot = account.books.open(source, account.world.home, dates)
    lot.pending = amount  # It is released at once, unless its day is still to come.
    account.books.move(source, giver, "pending", amount)


_REQUESTS: dict[str, Callable[[Story, Account, Json, datetime], Outcome]] = {
    "redeem": Story.redeem,
    "adjust": Story.adjust,
    "import": Story.bring,
}


def _order(world: World, said: Json) -> Outcome:
    known = world.orders.get(said["id"])
    if known is None or instant(known.said["updated_at"]) <= instant(said["updated_at"]):
        world.orders[said["id"]] = Order(said, said.get("shop") or world.home)
    return OK


def _review(world: World, said: Json) -> Outcome:
    known = world.reviews.get(said["id"])
    if known is None or instant(known[1]["updated_at"]) <= instant(said["updated_at"]):
        world.reviews[said["id"]] = (said.get("shop") or world.home, said)
    return OK


def _sign_up(world: World, said: Json) -> Outcome:
    known = world.sign_ups.get(said["member"])
    if known is None or instant(said["at"]) < instant(known[1]["at"]):
        world.sign_ups[said["member"]] = (said.get("shop") or world.home, said)
    return OK


def _birthday(world: World, said: Json) -> Outcome:
    world.birthdays.setdefault((said["member"], instant(said["at"])), (said.get("shop") or world.home, said))
    return OK


def _referral(world: World, said: Json) -> Outcome:
    if said["advocate"] == said["friend"]:
        return {"refused": "SELF_REFERRAL"}
    world.referrals.setdefault(said["id"], said)
    return OK


def _event(world: World, said: Json) -> Outcome:
    world.events.setdefault(said["id"], (said.get("shop") or world.home, said))
    return OK


_FACTS: dict[str, Callable[[World, Json], Outcome]] = {
    "order": _order,
    "review": _review,
    "sign_up": _sign_up,
    "birthday": _birthday,
    "referral": _referral,
    "event": _event,
}
