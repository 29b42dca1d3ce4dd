"""A story of several members told to the app's pure engine: a notebook for each, referrals carried between them."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.cli.cases.versions import version as read_version
from app.loyalty.errors import LoyaltyError
from app.loyalty.facts import Birthday, Event, Order, Review, SignUp
from app.loyalty.judging.referrals import outcomes
from app.loyalty.members.history import ReferralOutcome, valued
from app.loyalty.terms.programme import Programme, Shop
from integrations.neutral import translate
from integrations.platform import ShopProfile
from tests.factories.instants import instant
from tests.factories.programmes import programme
from tests.loyalty.notebook import Notebook

Said = Mapping[str, Any]
PROFILE = ShopProfile("x", "x", "EUR", "UTC")
TOTALS = {"issued": -1, "granted": -1, "imported": -1, "forgiven": -1, "redeemed": 1, "expired": 1}


@dataclass(slots=True)
class Retelling:
    """The notebooks of a story's members. Every step is lived through by all of them."""

    programme: Programme
    books: dict[str, Notebook]
    answered: dict[str, tuple[Said, str | None]] = field(default_factory=dict)
    advocates: dict[str, str] = field(default_factory=dict)
    told: dict[str, ReferralOutcome] = field(default_factory=dict)

    @staticmethod
    def of(case: Said, members: tuple[str, ...]) -> "Retelling":
        """Open the notebooks."""
        shops = [Shop(name, shop["zone"], shop["currency"]) for name, shop in case["shops"].items()]
        made = programme(*[read_version(content, "EUR") for content in case["programme"]], shops=shops)
        return Retelling(made, {member: Notebook(made, member) for member in members})

    def step(self, step: Said) -> str | None:
        """Live through a step; return the code of a refusal."""
        now = instant(step["arrives"])
        self._conclude(now)
        refused = self._take(step, now)
        self._conclude(now)
        self._carry_referrals(now)
        return refused

    def _conclude(self, now: datetime) -> None:
        for book in self.books.values():
            book.conclude(now)

    def _take(self, step: Said, now: datetime) -> str | None:
        kind = step["do"]
        if kind == "referral":
            said = step["referral"]
            self.advocates.setdefault(said["id"], said["advocate"])
            self.books[said["friend"]].refer(now, said["id"], said["at"])
        elif kind in {"order", "review", "sign_up", "event", "birthday"}:
            said = step[kind]
            (fact,) = translate.translate(kind, json.dumps(said).encode(), PROFILE)  # type: ignore[misc]
            assert isinstance(fact, Order | Review | SignUp | Event | Birthday)
            self.books[said["member"]].tell(now, fact, shop=said.get("shop"))
        elif kind in {"return", "fail"}:
            for book in self.books.values():
                if step["redemption"] in {redemption.id for redemption in book.books.redemptions}:
                    book.give_back(now, step["redemption"])
        elif kind != "clock":
            return self._ask(step, now)
        return None

    def _ask(self, step: Said, now: datetime) -> str | None:
        content = {name: value for name, value in step.items() if name not in {"arrives", "outcome"}}
        if step["id"] in self.answered:
            before, refused = self.answered[step["id"]]
            return refused if content == before else "KEY_REUSED"
        refused = None
        try:
            self._post(step, now)
        except LoyaltyError as refusal:
            refused = refusal.code
        self.answered[step["id"]] = (content, refused)
        return refused

    def _post(self, step: Said, now: datetime) -> None:
        book = self.books[step["member"]]
        if step["do"] == "redeem":
            book.redeem(now, step["id"], step["reward"])
        elif step["do"] == "adjust":
            book.adjust(now, step["id"], step["amount"])
        else:
            book.bring(now, step["id"], step["amount"], step["earned_at"], step.get("expires_at"))

    def _carry_referrals(self, now: datetime) -> None:
        for name, book in self.books.items():
            known = book.history()
            for outcome in outcomes(known.referred, valued(known.orders, self.programme), self.programme):
                advocate = self.advocates.get(outcome.id)
                if advocate and advocate != name and self.told.get(outcome.id) != outcome:
                    self.told[outcome.id] = outcome
                    self.books[advocate].advise(now, outcome)

    def everything(self, member: str, now: datetime) -> dict[str, Any]:
        """Return balances, level, totals and lots of a member."""
        book = self.books[member]
        moved, lots = book.moved(), Counter[tuple[Any, ...]]()
        for lot in book.books.lots.values():
            if left := lot.pending + lot.available + lot.held:
                lots[(lot.source.name, lot.release_at, lot.expires_at)] += left
        return {
            "amounts": book.amounts,
            "tier": book.tier(now),
            "totals": {name: sign * moved.get(name, 0) for name, sign in TOTALS.items()},
            "lots": lots,
        }
