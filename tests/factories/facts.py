"""Facts as a platform's translation reports them."""

from collections.abc import Sequence
from datetime import date

from app.loyalty.facts import (
    Birthday,
    CodeUse,
    Customer,
    Event,
    Line,
    Order,
    Referral,
    Refund,
    RefundLine,
    Review,
    SignUp,
)
from app.loyalty.money import to_minor
from tests.factories.instants import instant


def line(
    price: str,
    id: str = "l1",
    product: str | None = "p1",
    *,
    discount: str = "0",
    gift_card: bool = False,
    currency: str = "EUR",
) -> Line:
    """Return one line of one piece."""
    return Line(id, product, 1, to_minor(price, currency), to_minor(discount, currency), gift_card)


def refund(
    at: str,
    amount: str = "0",
    *,
    id: str = "r1",
    lines: Sequence[tuple[str, str]] = (),
    shipping: str = "0",
    tax: str = "0",
    currency: str = "EUR",
) -> Refund:
    """Return a refund dated ``at``; ``lines`` are (line, amount)."""
    parts = tuple(RefundLine(name, to_minor(part, currency)) for name, part in lines)
    return Refund(
        id, instant(at), parts, to_minor(amount, currency), to_minor(shipping, currency), to_minor(tax, currency)
    )


def order(  # noqa: PLR0913 - an order has many sides, and a test names the one it is about
    id: str = "o1",
    price: str = "10.00",
    paid: str | None = "2025-02-01",
    *,
    customer: Customer | str | None = "ada",
    placed: str | None = None,
    updated: str | None = None,
    cancelled: str | None = None,
    currency: str = "EUR",
    lines: Sequence[Line] | None = None,
    refunds: Sequence[Refund] = (),
    codes: Sequence[tuple[str, str]] = (),
    discount: str = "0",
    credit: str = "0",
    shipping: str = "0",
    tax: str = "0",
    tip: str = "0",
    test: bool = False,
) -> Order:
    """Return an order of one line, placed when it was paid and as it stood then, unless told otherwise."""
    at = instant(placed or paid or "2025-02-01")
    return Order(
        id=id,
        customer=Customer(customer) if isinstance(customer, str) else customer,
        updated_at=instant(updated) if updated else (instant(paid) if paid else at),
        placed_at=at,
        paid_at=instant(paid) if paid else None,
        cancelled_at=instant(cancelled) if cancelled else None,
        currency=currency,
        lines=tuple(lines) if lines is not None else (line(price, currency=currency),),
        name=f"#{id}",
        discount_minor=to_minor(discount, currency),
        credit_minor=to_minor(credit, currency),
        shipping_minor=to_minor(shipping, currency),
        tax_minor=to_minor(tax, currency),
        tip_minor=to_minor(tip, currency),
        codes=tuple(CodeUse(code, to_minor(amount, currency)) for code, amount in codes),
        refunds=tuple(refunds),
        test=test,
    )


def review(
    id: str = "rv1",
    product: str = "p1",
    at: str = "2025-02-02",
    *,
    customer: Customer | str = "ada",
    updated: str | None = None,
    approved: bool = True,
    rating: int | None = None,
) -> Review:
    """Return a review as it stood when it was written, unless told otherwise."""
    writer = Customer(customer) if isinstance(customer, str) else customer
    return Review(id, writer, product, instant(at), instant(updated or at), approved, rating)


def sign_up(customer: Customer | str = "ada", at: str = "2025-01-15") -> SignUp:
    """Return an account opened ``at``."""
    return SignUp(Customer(customer) if isinstance(customer, str) else customer, instant(at))


def event(id: str = "e1", name: str = "share", at: str = "2025-02-03", customer: str = "ada") -> Event:
    """Return something else that a customer did."""
    return Event(id, Customer(customer), name, instant(at))


def birthday(day: str, at: str = "2025-01-10", customer: str = "ada") -> Birthday:
    """Return a birthday as it was told ``at``."""
    born = date.fromisoformat(day)
    return Birthday(Customer(customer), born.month, born.day, instant(at))


def referral(id: str = "rf1", advocate: str = "ada", friend: str = "ben", at: str = "2025-01-20") -> Referral:
    """Return a referral between two customers."""
    return Referral(id, Customer(advocate), Customer(friend), instant(at))
