"""One member's facts and books in memory: what a sitting does with them, without a database."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.loyalty.facts import Birthday, Event, Gone, Order, Review, SignUp
from app.loyalty.judging.earning import Judgement, judge
from app.loyalty.ledger.books import Books, Redemption, RedemptionState, Stage
from app.loyalty.ledger.granting import adjust, import_lot
from app.loyalty.ledger.postings import Account, Source, Transaction
from app.loyalty.members.history import (
    Granted,
    History,
    Invitation,
    MemberBirthday,
    MemberEvent,
    MemberOrder,
    MemberReferral,
    MemberReview,
    MemberSignUp,
    ReferralOutcome,
)
from app.loyalty.redeeming.eligibility import Asker
from app.loyalty.redeeming.redemptions import Ask, give_back, hold
from app.loyalty.settling import pass_time, settle
from app.loyalty.terms.programme import Programme
from tests.factories.instants import instant
from tests.factories.programmes import programme

When = str | datetime
Told = Order | Review | SignUp | Event | Birthday | Gone
MEMBER_ACCOUNTS = (Account.PENDING, Account.AVAILABLE, Account.HELD)


def when(text: When) -> datetime:
    """Return an instant, however it was written."""
    return instant(text) if isinstance(text, str) else text


@dataclass(slots=True)
class Notebook:
    """A member called ada. Every verb lets time pass, changes what is known, settles, and lets time pass again."""

    programme: Programme = field(default_factory=programme)
    member: str = "ada"
    books: Books = field(default_factory=Books)
    orders: dict[tuple[str, str], Order] = field(default_factory=dict)
    reviews: dict[str, tuple[str, Review]] = field(default_factory=dict)
    joined: MemberSignUp | None = None
    referred: dict[str, MemberReferral] = field(default_factory=dict)
    outcomes: dict[str, ReferralOutcome] = field(default_factory=dict)
    granted: list[Granted] = field(default_factory=list)
    elsewhere: dict[tuple[str, str], Order] = field(default_factory=dict)
    events: dict[str, MemberEvent] = field(default_factory=dict)
    birthdays: dict[datetime, MemberBirthday] = field(default_factory=dict)
    invitations: list[Invitation] = field(default_factory=list)

    # -- verbs ---------------------------------------------------------------------------------------------------

    def tell(self, now: When, *facts: Told, shop: str | None = None) -> None:
        """Deliver facts in this order, each settled by itself."""
        for fact in facts:
            self._pass(now)
            self._keep(fact, shop or self.programme.home.id)
            self.conclude(now)

    def refer(self, now: When, id: str, at: str) -> None:
        """Say that somebody recommended the shop to this member."""
        self._pass(now)
        self.referred[id] = MemberReferral(id, instant(at))
        self.conclude(now)

    def advise(self, now: When, outcome: ReferralOutcome) -> None:
        """Say what became of a referral by this member."""
        self._pass(now)
        self.outcomes[outcome.id] = outcome
        self.conclude(now)

    def redeem(
        self, now: When, id: str, reward: str = "r", *, codes_revive: bool = False, points: int | None = None
    ) -> Redemption:
        """Redeem a reward. Raises what the trade refuses."""
        self._pass(now)
        level = judge(self.history(), self.programme, when(now)).standing.level
        redemption = hold(
            self.books, Ask(id, id, reward, points), self.programme.version_at(when(now)), Asker(level), when(now)
        )
        redemption.code_gone = not codes_revive
        self.conclude(now)
        return redemption

    def give_back(self, now: When, id: str) -> None:
        """Return a redemption that is on hold; where its points are back already, nothing more happens."""
        self._pass(now)
        redemption = self.redemption(id)
        if redemption.state is RedemptionState.HELD:
            give_back(self.books, redemption, self.programme, when(now), Stage.RETURNED)
        self.conclude(now)

    def adjust(self, now: When, id: str, amount: int) -> None:
        """Give or take points by hand. Raises what the trade refuses."""
        self._pass(now)
        adjust(self.books, self.programme, id, amount, when(now))
        self.granted.append(Granted(Source(f"adjust:{id}"), when(now), amount))
        self.conclude(now)

    def bring(self, now: When, id: str, amount: int, earned: str, expires: str | None = None) -> None:
        """Import a lot."""
        self._pass(now)
        ends = instant(expires) if expires else None
        import_lot(self.books, self.programme, id, amount, instant(earned), ends, when(now))
        self.granted.append(Granted(Source(f"import:{id}"), instant(earned), amount))
        self.conclude(now)

    def conclude(self, now: When) -> None:
        """Settle what is known, and let time pass; alone: only time passes."""
        self._pass(now)
        facts = self.history()
        settle(self.books, facts, self.programme, judge(facts, self.programme, when(now)), when(now))
        self._pass(now)

    def _pass(self, now: When) -> None:
        pass_time(self.books, self.programme, when(now), self.history)

    def _keep(self, fact: Told, shop: str) -> None:
        if isinstance(fact, Order):
            known = self.orders.get((shop, fact.id))
            if known is None or known.updated_at <= fact.updated_at:
                self.orders[(shop, fact.id)] = replace(fact, customer=None)
        elif isinstance(fact, Review):
            before = self.reviews.get(fact.id)
            if before is None or before[1].updated_at <= fact.updated_at:
                self.reviews[fact.id] = (shop, fact)
        elif isinstance(fact, Event):
            self.events.setdefault(fact.id, MemberEvent(shop, fact.id, fact.event, fact.at))
        elif isinstance(fact, Birthday):
            self.birthdays.setdefault(fact.at, MemberBirthday(shop, fact.month, fact.day, fact.at))
        elif isinstance(fact, Gone):
            self.events[fact.id] = replace(self.events[fact.id], gone=True)
        elif self.joined is None or fact.at < self.joined.at:
            self.joined = MemberSignUp(shop, fact.at)

    # -- looking -------------------------------------------------------------------------------------------------

    def history(self) -> History:
        """Return everything known."""
        return History(
            self.member,
            tuple(MemberOrder(shop, order) for (shop, _), order in self.orders.items()),
            tuple(
                MemberReview(shop, review.id, review.product, review.at, review.approved, review.photo)
                for shop, review in self.reviews.values()
            ),
            self.joined,
            tuple(self.referred.values()),
            tuple(self.outcomes.values()),
            tuple(self.granted),
            tuple(MemberOrder(shop, order) for (shop, _), order in self.elsewhere.items()),
            tuple(self.events.values()),
            tuple(self.birthdays.values()),
            tuple(self.invitations),
        )

    def judgement(self, now: When) -> Judgement:
        """Return the judgement of what is known."""
        return judge(self.history(), self.programme, when(now))

    def due(self, name: str, now: When = "2030-01-01") -> int:
        """Return what a source deserves, by its name without the shop."""
        return sum(due.amount for source, due in self.judgement(now).dues.items() if source.name == name)

    def tier(self, now: When) -> str | None:
        """Return the level at an instant."""
        return self.judgement(now).standing.level

    def redemption(self, id: str) -> Redemption:
        """Return a redemption by its id."""
        return next(redemption for redemption in self.books.redemptions if redemption.id == id)

    def lots(self) -> list[tuple[str, int]]:
        """Return what each lot still has, by the name of its source, in the order of opening."""
        left = [(lot.source.name, lot.pending + lot.available + lot.held) for lot in self.books.lots.values()]
        return [(name, amount) for name, amount in left if amount]

    @property
    def amounts(self) -> tuple[int, int, int, int]:
        """Return (pending, available, held, debt)."""
        pending, available, held = (
            sum(lot.amount(account) for lot in self.books.lots.values()) for account in MEMBER_ACCOUNTS
        )
        return (pending, available, held, self.books.debt)

    def moved(self, *, source: str | None = None, since: int = 0) -> Mapping[str, int]:
        """Return what all transactions moved by account (taken out is below zero), zeros left out."""
        found: Counter[str] = Counter()
        for transaction in self.books.transactions[since:]:
            if source in {None, transaction.source.name}:
                for posting in transaction.postings:
                    found[posting.source.account.value] -= posting.amount
                    found[posting.destination.account.value] += posting.amount
        return {account: amount for account, amount in found.items() if amount}

    @property
    def transactions(self) -> list[Transaction]:
        """Return everything posted so far."""
        return self.books.transactions
