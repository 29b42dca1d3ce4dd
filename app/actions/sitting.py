"""One sitting over some members: lock, let time pass, change what is known, settle, let time pass again, save.

Every verb that touches points goes through a sitting, so jobs that are late never change a number.
"""

from collections.abc import Iterable, Iterator
from uuid import UUID

from app.db import budgets, evidence, facts, ledger, listeners, memberfiles, members, outbox, programmes
from app.db.listeners import Change, News
from app.db.memberfiles import MemberFile
from app.db.scope import Scope
from app.failpoints import Place, passed
from app.loyalty.forfeiting import forfeit
from app.loyalty.judging.earning import Judgement, judge
from app.loyalty.judging.in_turn import judge_in_turn
from app.loyalty.judging.referrals import outcomes
from app.loyalty.members.history import ReferralOutcome, valued
from app.loyalty.settling import pass_time, settle
from app.loyalty.terms.programme import Programme


class Sitting:
    """The members' files of one unit of work, between their locks and the commit."""

    def __init__(self, scope: Scope, member_ids: Iterable[UUID], *, spends: bool = False) -> None:
        """Lock the members in order and bring their books up to now.

        ``spends``: the caller took the programme's lock first, so facts may take from budgets that all share. In
        every other sitting they keep what they have of them.
        """
        self.scope = scope
        self.spends = spends
        self.programme: Programme = programmes.load(scope.session, scope.programme_id)
        self.files: dict[UUID, MemberFile] = memberfiles.load(scope.session, scope.programme_id, member_ids)
        self._weigh()
        for file in self.files.values():
            self._pass_time(file)
        passed(Place.MEMBERS_LOCKED)

    def _weigh(self) -> None:
        """Look at both sides of the friends' referrals, where the programme does so."""
        if self.programme.watches_referrals:
            evidence.weigh(self.scope, self.files)

    def _pass_time(self, file: MemberFile) -> None:
        pass_time(file.books, self.programme, self.scope.now, file.history)

    def judgement(self, member_id: UUID) -> Judgement:
        """Return the judgement of a member by what is known at this point."""
        return judge(self.files[member_id].history(), self.programme, self.scope.now)

    def conclude(self) -> int:
        """Settle every member by what is known now and save. Returns the number of transactions made."""
        self._judge_referrals()
        page = self._judged()
        for file, judgement in page:
            settle(file.books, file.history(), self.programme, judgement, self.scope.now)
            self._pass_time(file)
            if file.row.erased_at is not None:
                forfeit(file.books, self.programme, self.scope.now)
        return self._save(page)

    def _judged(self) -> list[tuple[MemberFile, Judgement]]:
        """Judge every member; where they may, their facts take from budgets, and what they have is kept."""
        if not self.spends:
            return [(file, judge(file.history(), self.programme, self.scope.now)) for file in self.files.values()]
        grants = {source: taken for file in self.files.values() for source, taken in file.grants.items()}
        histories = [file.history() for file in self.files.values()]
        spent = budgets.spent(self.scope)
        judgements, changes = judge_in_turn(histories, self.programme, self.scope.now, grants, spent)
        budgets.keep(self.scope, changes)
        for file in self.files.values():
            file.grants |= {source: dict(taken) for source, taken in changes.items()}
        return list(zip(self.files.values(), judgements, strict=True))

    def leave(self) -> None:
        """Save what was posted without settling: another sitting of the same unit follows, which settles."""
        now = self.scope.now
        self._save([(file, judge(file.history(), self.programme, now)) for file in self.files.values()])

    def _save(self, page: list[tuple[MemberFile, Judgement]]) -> int:
        self._wish(page)
        passed(Place.WISHES_WRITTEN)
        made = ledger.save(self.scope.session, self.scope.programme_id, self.programme, page, self.scope.now)
        passed(Place.POSTINGS_WRITTEN)
        for file, _ in page:
            file.books.transactions.clear()
        return made

    def _judge_referrals(self) -> None:
        """Work out what friends' orders made of their referrals, and tell the advocates' files."""
        self._weigh()
        changed: dict[str, ReferralOutcome] = {}
        for file in self.files.values():
            if not file.referred:
                continue
            orders = valued(tuple(file.orders.values()), self.programme)
            for outcome in outcomes(tuple(file.referred.values()), orders, self.programme):
                advocate = self.files.get(file.advocates[outcome.id])
                if advocate is not None and advocate.outcomes.get(outcome.id) != outcome:
                    advocate.outcomes[outcome.id] = outcome
                    changed[outcome.id] = outcome
        facts.put_outcomes(self.scope, changed)

    def _wish(self, page: list[tuple[MemberFile, Judgement]]) -> None:
        """Put into the outbox what the shops should be told."""
        codes: dict[UUID, dict[str, dict[str, str]]] = {}
        for file, _ in page:
            for redemption_id in file.books.to_disable:
                wishes = codes.setdefault(file.issuing_shops[redemption_id], {})
                wishes[f"redemption:{redemption_id}"] = {"redemption": redemption_id, "stage": "returned"}
            file.books.to_disable.clear()
        for shop_id, wishes in codes.items():
            outbox.put_once(self.scope, shop_id, outbox.EffectKind.DISABLE_CODE, wishes)
        moved = [
            file.row.member_id
            for file, judgement in page
            # A level about to be lost is told as well: the notice is given as the grace begins.
            if (file.row.tier, file.row.grace_ends) != (judgement.standing.level, judgement.standing.grace_ends)
        ]
        for shop_id, member_ids in members.accounts(self.scope, moved).items():
            subjects = {f"member:{member_id}": {"member": str(member_id)} for member_id in member_ids}
            outbox.put_once(self.scope, shop_id, outbox.EffectKind.SYNC_MEMBER, subjects)
        listeners.tell(self.scope, [news for file, judgement in page for news in _news(file, judgement)])


def _news(file: MemberFile, judgement: Judgement) -> Iterator[News]:
    """What other systems may be told of a member's sitting; of somebody forgotten, nothing."""
    if file.row.erased_at is not None:
        return
    member_id, books, level = file.row.member_id, file.books, judgement.standing.level
    if books.transactions:
        lots = books.lots.values()
        yield News(
            Change.POINTS_CHANGED,
            member_id,
            {
                "available": books.available,
                "pending": sum(lot.pending for lot in lots),
                "held": sum(lot.held for lot in lots),
                "debt": books.debt,
            },
        )
    if file.row.tier != level:
        yield News(Change.TIER_CHANGED, member_id, {"tier": level, "before": file.row.tier})
