"""Budgets of campaigns, which all members share: what each order took of them, and what an order may still have."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from app.loyalty.ledger.postings import Source
from app.loyalty.terms.campaigns import Campaign


@dataclass(frozen=True, slots=True)
class Grant:
    """What an order has of a campaign's budget, in smallest steps of the unit.

    ``wanted`` is the most it ever asked for, as of its payment; ``granted`` the most that it may have at any moment, so
    that what it earned before a refund stays what it was; ``used`` what it has now and the budget is less by.
    """

    wanted: int = 0
    granted: int = 0
    used: int = 0


NOTHING: Final = Grant()
Grants = Mapping[Source, Mapping[str, Grant]]
"""By the order, then by the campaign's id: one id is one budget, in whatever version it stands."""


@dataclass(slots=True)
class Purse:
    """What one judging takes from; ``kept`` is what orders had before.

    ``spent`` is what all orders together have of each budget; None where nobody may take anything now, because the
    budgets are not locked: then every order keeps what it has, at most. ``endless`` is for judging in the head.
    """

    kept: Grants = field(default_factory=dict)
    spent: dict[str, int] | None = None
    endless: bool = False
    taken: dict[Source, dict[str, Grant]] = field(default_factory=dict)

    def take(self, order: Source, campaign: Campaign, wanted: int, now: int) -> int:
        """Return the most that an order may have of a campaign, and take note of what it has.

        ``wanted`` is what it deserves as of its payment, ``now`` with every refund known. Who was cut short stays so
        when others give back: only what an order deserves more than ever before is asked for. The same again changes
        nothing.
        """
        kept = self.kept.get(order, {}).get(campaign.id, NOTHING)
        if self.endless:
            return kept.granted if kept.wanted else wanted
        room = kept.used + self._left(campaign)
        granted = min(kept.granted + max(0, wanted - kept.wanted), max(kept.granted, room))
        used = min(now, granted)
        if used > room:
            granted = used = room
        grant = Grant(max(wanted, kept.wanted), granted, used)
        if grant != NOTHING:
            self.taken.setdefault(order, {})[campaign.id] = grant
        self._pay(campaign.id, used - kept.used)
        return granted

    def changes(self) -> Grants:
        """Return what is to be kept anew once everything was judged; what no campaign asked about goes back."""
        for order, grants in self.kept.items():
            for campaign, grant in grants.items():
                taken = self.taken.setdefault(order, {})
                if campaign not in taken:
                    taken[campaign] = Grant(grant.wanted, grant.granted)
                    self._pay(campaign, -grant.used)
        return {
            order: grants for order, grants in self.taken.items() if grants and grants != dict(self.kept.get(order, {}))
        }

    def _left(self, campaign: Campaign) -> int:
        if self.spent is None or campaign.budget is None:
            return 0
        return max(0, campaign.budget - self.spent.get(campaign.id, 0))

    def _pay(self, campaign: str, amount: int) -> None:
        if self.spent is not None:
            self.spent[campaign] = self.spent.get(campaign, 0) + amount
