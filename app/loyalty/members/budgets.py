"""Budgets that all members share, of campaigns and of rules: what each fact took, and what it may still have."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from app.loyalty.ledger.postings import Source
from app.loyalty.terms.rule_budget import RulePot

BUDGET_USED_UP: Final = "BUDGET_USED_UP"
"""A campaign or a rule would have given more, but others had it."""
Pot = str | RulePot
"""What points are taken from: a campaign's budget by the campaign's id, or that of a rule."""
Turn = tuple[datetime, Source]
"""When something takes its part of a budget: as it was paid or happened, of two at one instant by source."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What a fact has of a budget, in smallest steps of the unit.

    ``wanted`` is the most it ever asked for, of an order as of its payment; ``granted`` the most that it may have at
    any moment, so that what it earned before a refund stays what it was; ``used`` what it has now and the budget is
    less by.
    """

    wanted: int = 0
    granted: int = 0
    used: int = 0


NOTHING: Final = Grant()
Grants = Mapping[Source, Mapping[Pot, Grant]]
"""By the source, then by the budget: one id is one budget, in whatever version it stands."""


@dataclass(frozen=True, slots=True)
class Ask:
    """What one fact asks of one budget of ``most``.

    ``wanted`` is what it deserves as of its payment, ``now`` with every refund known.
    """

    source: Source
    pot: Pot
    most: int
    at: datetime
    wanted: int
    now: int


@dataclass(slots=True)
class Purse:
    """What one judging takes from; ``kept`` is what facts had before.

    ``spent`` is what all together have of each budget; None where nobody may take anything now, because the budgets
    are not locked: then everything keeps what it has, at most. ``endless`` is for judging in the head. With ``until``
    only those whose turn has come ask for more; the others wait.
    """

    kept: Grants = field(default_factory=dict)
    spent: dict[Pot, int] | None = None
    endless: bool = False
    until: Turn | None = None
    taken: dict[Source, dict[Pot, Grant]] = field(default_factory=dict)
    asked: set[Turn] = field(default_factory=set)
    """Whose turn is to be kept: what asked for more than ever before."""
    cut_short: bool = False
    """Somebody did not get all, so it matters who asked first."""

    def take(self, ask: Ask) -> int:
        """Return the most that a fact may have of a budget, and take note of what it has.

        Who was cut short stays so when others give back: only what is deserved more than ever before is asked for. The
        same again changes nothing.
        """
        kept = self._has(ask)
        if self.endless:
            return kept.granted if kept.wanted else ask.wanted
        wanted = max(kept.wanted, self._wanted(ask, kept))
        room = kept.used + self._left(ask)
        granted = min(kept.granted + wanted - kept.wanted, max(kept.granted, room))
        used = min(ask.now, granted)
        if used > room:
            granted = used = room
        self.cut_short = self.cut_short or granted < kept.granted + wanted - kept.wanted
        grant = Grant(wanted, granted, used)
        if grant != NOTHING:
            self.taken.setdefault(ask.source, {})[ask.pot] = grant
        self._pay(ask.pot, used - kept.used)
        return granted

    def changes(self) -> Grants:
        """Return what is to be kept anew once everything was judged; what nobody asked about goes back."""
        for source, grants in self.kept.items():
            for pot, grant in grants.items():
                taken = self.taken.setdefault(source, {})
                if pot not in taken:
                    taken[pot] = Grant(grant.wanted, grant.granted)
                    self._pay(pot, -grant.used)
        return {
            source: grants
            for source, grants in self.taken.items()
            if grants and grants != dict(self.kept.get(source, {}))
        }

    def _has(self, ask: Ask) -> Grant:
        """Return what a fact has so far, in this judging or from before."""
        taken = self.taken.get(ask.source, {}).get(ask.pot)
        return taken if taken is not None else self.kept.get(ask.source, {}).get(ask.pot, NOTHING)

    def _wanted(self, ask: Ask, kept: Grant) -> int:
        turn = (ask.at, ask.source)
        if ask.wanted > kept.wanted:
            self.asked.add(turn)
            if self.until is not None and turn > self.until:
                return kept.wanted
        return ask.wanted

    def _left(self, ask: Ask) -> int:
        if self.spent is None:
            return 0
        return max(0, ask.most - self.spent.get(ask.pot, 0))

    def _pay(self, pot: Pot, amount: int) -> None:
        if self.spent is not None:
            self.spent[pot] = self.spent.get(pot, 0) + amount
