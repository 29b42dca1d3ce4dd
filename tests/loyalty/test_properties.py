"""Whatever happens in whatever order: the law of every member holds, and shuffled facts end in the same place."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from app.loyalty.errors import LoyaltyError
from app.loyalty.facts import Birthday, Event, Gone, Order, Review, SignUp, Thing
from app.loyalty.money import Rounding
from app.loyalty.terms.programme import (
    AfterUse,
    Clawback,
    Downgrade,
    Expiry,
    ExpiryFrom,
    Ladder,
    Level,
    Measure,
    Reward,
    Shop,
    Version,
)
from app.loyalty.terms.rules import (
    AmountRule,
    BirthdayRule,
    EventRule,
    FirstOrderRule,
    KthOrderRule,
    ReferralRule,
    ReviewRule,
    SignUpRule,
)
from tests.factories.facts import birthday, event, order, refund, review, sign_up
from tests.factories.instants import instant
from tests.factories.programmes import LIFETIME, YEAR, ladder, months, programme, version
from tests.loyalty.examples import few, many
from tests.loyalty.notebook import Notebook

BEGIN = instant("2025-02-01")
END = instant("2027-01-01")
SHOPS = (Shop("s1", "Europe/Berlin", "EUR"),)


# -- programmes ------------------------------------------------------------------------------------------------------


@st.composite
def _ladders(draw: st.DrawFn, *, entry_rewards: bool) -> Ladder:
    measure = draw(st.sampled_from(Measure))
    thresholds = {Measure.SPEND: (1500, 4000), Measure.POINTS: (15, 40), Measure.ORDERS: (1, 3)}[measure]
    rewards = draw(st.tuples(st.integers(0, 9), st.integers(0, 9))) if entry_rewards else (0, 0)
    return ladder(
        Level("bronze", thresholds[0], (3, 2), rewards[0]),
        Level("gold", thresholds[1], (2, 1), rewards[1]),
        measure=measure,
        window=draw(st.sampled_from([LIFETIME, YEAR, months(1)])),
        grace_days=draw(st.sampled_from([0, 3])),
        downgrade=draw(st.sampled_from(Downgrade)),
    )


@st.composite
def _versions(draw: st.DrawFn, starts: str) -> Version:
    """Return a version of any policies."""
    expiry = st.builds(Expiry, st.integers(0, 20), st.sampled_from(ExpiryFrom), st.booleans())
    made = version(
        starts,
        earn=(AmountRule(Decimal(draw(st.sampled_from(["0.5", "1", "1.3"]))), 100,
                         max_per_order=draw(st.none() | st.just(20)), max_per_day=draw(st.none() | st.just(25))),
              SignUpRule(7), ReviewRule(4), ReferralRule(20, 6, 500), FirstOrderRule(5), KthOrderRule(3, 2),
              BirthdayRule(6), EventRule("share", 2, max_per_day=2, cooldown_hours=1)),
        pending_days=draw(st.sampled_from([0, 0, 3])),
        expiry=draw(st.none() | expiry),
        clawback=draw(st.sampled_from(Clawback)),
        tiers=draw(st.none() | _ladders(entry_rewards=True)),
        rewards=(Reward("r", draw(st.integers(1, 15)), code_days=draw(st.sampled_from([None, None, 4]))),),
    )  # fmt: skip
    return replace(made, after_use=draw(st.sampled_from(AfterUse)), rounding=draw(st.sampled_from(Rounding)))


# -- the law ---------------------------------------------------------------------------------------------------------


def _check(book: Notebook) -> None:
    """Hold the member's books to the law at the end of section 10, and to everything said for always."""
    pending, available, held, debt = book.amounts
    moved = book.moved()
    given_and_gone = sum(
        moved.get(account, 0) for account in ("issued", "granted", "imported", "forgiven", "redeemed", "expired")
    )
    assert -given_and_gone == pending + available + held - debt
    assert [moved.get(account, 0) for account in ("pending", "available", "held", "debt")] == [
        pending, available, held, -debt,
    ]  # fmt: skip
    assert all(min(lot.pending, lot.available, lot.held) >= 0 for lot in book.books.lots.values())
    assert not (debt and available)
    for source, account in book.books.given.items():
        assert account.posted == -sum(
            amount for name, amount in book.moved(source=source.name).items() if name == "issued"
        )
        assert account.forgiven_total >= 0
    assert sum(given.forgiven_total for given in book.books.given.values()) == -moved.get("forgiven", 0)
    assert held == sum(
        part.amount for each in book.books.redemptions for part in each.parts if each.state.value == "held"
    )


def _check_settled(book: Notebook, now: datetime) -> None:
    """Every source was given what it is due, but for what expired of it; settling again posts nothing."""
    for source, due in book.judgement(now).dues.items():
        account = book.books.given.get(source)
        posted, expired = (account.posted, account.expired) if account else (0, 0)
        assert due.amount <= posted
        assert posted == due.amount or posted - expired <= due.amount


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens ``hours`` after the one before."""

    hours: int
    do: str
    which: int
    amount: int


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from([0, 0, 1, 20, 80]),
        st.sampled_from(
            ["order", "order", "order", "refund", "refund", "cancel", "use", "redeem", "redeem", "return", "adjust",
             "import", "review", "sign_up", "referral", "event", "gone", "birthday", "wait"]
        ),
        st.integers(1, 3),
        st.integers(1, 30),
    ),
    min_size=1, max_size=14,
)  # fmt: skip


def _ask(book: Notebook, step: Step, now: datetime, number: int) -> None:
    at = now.isoformat()
    if step.do == "redeem":
        book.redeem(at, f"k{len(book.books.redemptions)}")
    elif step.do == "return" and book.books.redemptions:
        book.give_back(at, book.books.redemptions[step.which % len(book.books.redemptions)].id)
    elif step.do == "adjust":
        book.adjust(at, f"a{number}", step.amount if step.which > 1 else -step.amount)
    elif step.do == "import":
        book.bring(at, f"i{number}", step.amount, "2025-01-10")
    else:
        book.conclude(at)


def _tell(book: Notebook, step: Step, now: datetime, number: int) -> None:
    at = now.isoformat()
    name = f"o{step.which}"
    known = book.orders.get(("s1", name))
    if step.do == "order":
        paid = None if step.amount % 7 == 0 else at
        book.tell(at, order(name, f"{step.amount}.00", paid=paid, placed=at, updated=at))
    elif step.do == "refund" and known is not None:
        back = refund(at, f"{step.amount / 2:.2f}", id=f"r{number}")
        book.tell(at, replace(known, refunds=(*known.refunds, back), updated_at=instant(at)))
    elif step.do == "cancel" and known is not None:
        book.tell(at, replace(known, cancelled_at=instant(at), updated_at=instant(at)))
    elif step.do == "use":
        used = order(f"u{step.which}", "3.00", paid=at, placed=at, updated=at, codes=[(f"k{step.amount % 4}", "0")])
        book.tell(at, used if step.amount % 3 else replace(used, cancelled_at=instant(at)))
    else:
        _tell_other(book, step, now, number)


def _tell_other(book: Notebook, step: Step, now: datetime, number: int) -> None:
    at = now.isoformat()
    if step.do == "review":
        book.tell(at, replace(review(f"rv{step.which}", at=at), approved=step.amount % 4 != 0))
    elif step.do == "sign_up":
        book.tell(at, sign_up(at=at))
    elif step.do == "referral":
        book.refer(at, f"rf{step.which}", at)
    elif step.do == "event":
        book.tell(at, event(f"e{number}", at=at))
    elif step.do == "gone" and book.events:
        book.tell(at, Gone(Thing.EVENT, min(book.events), now))
    elif step.do == "birthday":
        book.tell(at, birthday(f"1990-0{step.which}-{step.amount % 28 + 1:02}", at=at))
    else:
        _ask(book, step, now, number)


@many
@given(_versions("2025-01-01T00"), st.none() | _versions("2025-02-06T00"), STEPS)
def test_after_any_facts_requests_and_time_the_law_of_every_member_holds(
    first: Version, second: Version | None, steps: Sequence[Step]
) -> None:
    book = Notebook(programme(first, *([second] if second else []), shops=SHOPS))
    now = BEGIN
    for number, step in enumerate(steps):
        now += timedelta(hours=step.hours)
        before = len(book.transactions)
        try:
            _tell(book, step, now, number)
        except LoyaltyError:
            # A refusal leaves nothing but what time brought.
            assert {transaction.at <= now for transaction in book.transactions[before:]} <= {True}
        _check(book)
        book.conclude(now)
        _check_settled(book, now)
        posted = len(book.transactions)
        book.conclude(now)
        assert len(book.transactions) == posted
    book.conclude(END)
    _check(book)
    assert book.amounts[0] == 0


# -- shuffles --------------------------------------------------------------------------------------------------------

Told = Order | Review | SignUp | Event | Birthday


@st.composite
def _told(draw: st.DrawFn) -> tuple[list[Told], list[Told]]:
    """Return facts in the order they happened, and the same shuffled and partly repeated.

    Within the limits of section 12: no version of an order drops its code or changes its date of payment, no two have
    one date, and the programme below has neither expiry nor entry rewards; nothing of these facts' lots is spent.
    """
    facts: list[Told] = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        day = draw(st.integers(1, 27))
        bought = order(
            f"o{number}",
            f"{draw(st.integers(100, 3000)) / 100:.2f}",
            paid=f"2025-03-{day:02}",
            updated=f"2025-04-01T{number:02}",
            codes=[("k1", "0.50")] if number == 1 and draw(st.booleans()) else (),
        )
        if draw(st.booleans()):
            facts.append(replace(bought, paid_at=None, updated_at=bought.updated_at - timedelta(days=1)))
        facts.append(bought)
        for turn in range(draw(st.integers(0, 2))):
            back = refund(f"2025-04-{day:02}", f"{draw(st.integers(0, 2000)) / 100:.2f}", id=f"r{turn}")
            bought = replace(
                bought, refunds=(*bought.refunds, back), updated_at=bought.updated_at + timedelta(days=turn + 1)
            )
            facts.append(bought)
        if draw(st.integers(0, 3)) == 0:
            gone = instant(f"2025-05-{day:02}")
            facts.append(replace(bought, cancelled_at=gone, updated_at=gone))
    for number in range(draw(st.integers(0, 2))):
        written = review(f"rv{number}", at=f"2025-03-{draw(st.integers(1, 28)):02}")
        facts.append(written)
        if draw(st.booleans()):
            facts.append(replace(written, approved=False, updated_at=instant("2025-05-01")))
    facts += [sign_up(at=f"2025-01-{day:02}") for day in draw(st.lists(st.integers(2, 28), max_size=2))]
    facts += [event(f"e{number}", at=f"2025-03-02T{number:02}") for number in range(draw(st.integers(0, 3)))]
    facts += [birthday(f"1990-0{month}-15", at=f"2025-01-0{month}") for month in draw(st.sets(st.integers(1, 4)))]
    repeated = draw(st.lists(st.sampled_from(facts), max_size=4))
    return facts, list(draw(st.permutations([*facts, *repeated])))


def _tell_all(rules: Version, facts: Sequence[Told], later: Version) -> Notebook:
    book = Notebook(programme(rules, later, shops=SHOPS))
    book.bring("2025-02-01", "i1", 20, "2025-01-10")
    book.redeem("2025-02-01", "k1")
    for number, fact in enumerate(facts):
        book.tell(instant("2025-06-01") + timedelta(hours=number), fact)
    book.conclude(END)
    return book


@few
@given(
    _told(),
    st.none() | _ladders(entry_rewards=False),
    st.sampled_from(Rounding),
    st.sampled_from([0, 3, 500]),
    st.sampled_from(AfterUse),
    st.sampled_from(Clawback),
)
def test_facts_told_in_any_order_and_many_times_end_in_the_same_balances_and_tier(
    told: tuple[list[Told], list[Told]],
    tiers: Ladder | None,
    rounding: Rounding,
    pending_days: int,
    after_use: AfterUse,
    clawback: Clawback,
) -> None:
    rules = replace(
        version(
            "2025-01-01T00",
            earn=(
                AmountRule(Decimal("1.3"), 100, max_per_day=30),
                SignUpRule(7),
                ReviewRule(4),
                FirstOrderRule(5),
                KthOrderRule(3, 2),
                BirthdayRule(6),
                EventRule("share", 2, max_total=2),
            ),
            pending_days=pending_days,
            clawback=clawback,
            tiers=tiers,
            rewards=(Reward("r", 5),),
        ),
        rounding=rounding,
        after_use=after_use,
    )
    later = replace(rules, starts_at=instant("2025-03-15"), earn=(AmountRule(Decimal(2), 100), ReviewRule(1)))
    in_order, shuffled = (_tell_all(rules, facts, later) for facts in told)
    assert in_order.amounts == shuffled.amounts
    assert in_order.tier(END) == shuffled.tier(END)
    assert in_order.moved() == shuffled.moved()
    for source in {source.name for source in in_order.books.given}:
        assert in_order.moved(source=source) == shuffled.moved(source=source)
