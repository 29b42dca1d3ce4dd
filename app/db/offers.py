"""What a member is offered at an instant: rewards open to them, the best first with the reason, and whose they are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from app.db import budgets, programmes, stocks
from app.db.memberfiles import redemption_of
from app.db.scope import Scope
from app.db.segments import answers, as_told, histories
from app.db.tables import MemberRow, RedemptionRow
from app.loyalty.members.shopping import shopper_now
from app.loyalty.redeeming.eligibility import Asker
from app.loyalty.redeeming.picks import Has, Pick, picks
from app.loyalty.terms.campaigns import Campaign
from app.loyalty.terms.programme import Version
from app.loyalty.terms.segments import Shopper


@dataclass(frozen=True, slots=True)
class Offered:
    """Picks in their order, and the campaigns that run for the member's segments alone; ``left`` of their budgets."""

    picks: tuple[Pick, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    left: Mapping[str, int] = field(default_factory=dict)


def offered(
    scope: Scope, version: Version, row: MemberRow, available: int, redeemed: Sequence[RedemptionRow]
) -> Offered:
    """Return what a member whose books are up to now is offered; ``redeemed`` are all redemptions so far.

    The member's orders are read only where something is for a segment, stocks only where there are any. Nothing is
    picked for who does not want it.
    """
    if row.impersonal_since is not None:
        return Offered()
    running = [one for one in version.campaigns if one.segment is not None and one.starts_at <= scope.now < one.ends_at]
    for_some = bool(running) or any(reward.segment is not None for reward in version.rewards)
    shopper = _shopper(scope, row, available) if for_some else None
    asker = Asker(row.tier, row.joined_at or row.created_at, shopper=shopper)
    counted = [reward for reward in version.rewards if reward.is_counted]
    taken = stocks.out(scope, counted)
    has = Has(available, [redemption_of(each) for each in redeemed])
    mine = [one for one in running if shopper is not None and version.has_in(one.segment or "", shopper)]
    told = {name: (each.pieces, each.worth_minor) for name, each in taken.items()}
    return Offered(
        picks(version, has, asker, scope.now, told), tuple(mine), budgets.left(scope, version) if mine else {}
    )


def _shopper(scope: Scope, row: MemberRow, available: int) -> Shopper:
    programme = programmes.load(scope.session, scope.programme_id)
    history = histories(scope, [row])[row.member_id]
    found = shopper_now(history, programme, scope.now, level=row.tier, points=available)
    told = tuple(answers(scope, [row.member_id]).get(row.member_id, ()))
    return as_told(scope, replace(found, answers=told), row)
