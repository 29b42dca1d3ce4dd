"""Read facts in Kizuna's own words: JSON with money as decimal strings and instants in ISO 8601 with an offset."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from app.loyalty import facts
from app.loyalty.errors import InvalidAmountError
from app.loyalty.money import to_minor
from integrations.platform import Ignored, Malformed, ShopProfile, Translation

Id = Annotated[str, Field(min_length=1, max_length=255)]
Money = Annotated[str, Field(max_length=32, pattern=r"^\d+(\.\d+)?$")]
Instant = Annotated[AwareDatetime, Field(strict=False)]
Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
Region = Annotated[str, Field(pattern=r"^[A-Z0-9]{1,6}$")]


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")


class _Line(_Model):
    id: Id
    product: Id | None = None
    quantity: Annotated[int, Field(ge=0, le=1_000_000)] = 1
    unit_price: Money
    discount: Money = "0"
    gift_card: bool = False
    variant: Id | None = None
    labels: list[Id] = []


class _OwnDiscount(_Model):
    redemption: Id
    amount: Money


class _RefundLine(_Model):
    line: Id
    amount: Money


class _Refund(_Model):
    id: Id
    at: Instant
    lines: list[_RefundLine] | None = None
    amount: Money | None = None
    shipping: Money = "0"
    tax: Money = "0"
    to: str | None = None


class _Traces(_Model):
    address: Id | None = None
    network: Id | None = None
    device: Id | None = None
    payment: Id | None = None


class _Order(_Model):
    id: Id
    member: Id
    shop: str | None = None
    updated_at: Instant
    placed_at: Instant
    paid_at: Instant | None = None
    cancelled_at: Instant | None = None
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    lines: list[_Line] = []
    discount: Money = "0"
    own_discount: _OwnDiscount | None = None
    own_credit: Money = "0"
    shipping: Money = "0"
    tax: Money = "0"
    tip: Money = "0"
    channel: Id | None = None
    payment: Id | None = None
    shown_currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = None
    tags: list[Id] = []
    renewal: bool = False
    refunds: list[_Refund] = []
    country: Country | None = None
    region: Region | None = None
    traces: _Traces | None = None


class _Review(_Model):
    id: Id
    member: Id
    shop: str | None = None
    product: Id
    at: Instant
    updated_at: Instant
    approved: bool
    rating: int | None = None
    photo: bool = False


class _Event(_Model):
    id: Id
    member: Id
    shop: str | None = None
    event: Annotated[str, Field(min_length=1, max_length=64)]
    at: Instant
    gone: bool = False


class _Birthday(_Model):
    member: Id
    shop: str | None = None
    date: Annotated[date, Field(strict=False)]
    at: Instant


class _SignUp(_Model):
    member: Id
    shop: str | None = None
    at: Instant
    country: Country | None = None
    region: Region | None = None
    tags: list[Id] | None = None


class _Referral(_Model):
    id: Id
    shop: str | None = None
    advocate: Id
    friend: Id
    at: Instant


def translate(topic: str, body: bytes, shop: ShopProfile) -> Translation:
    """Return the one fact of a body; the topic says which: order, review, sign_up, event, birthday, referral."""
    reader = _READERS.get(topic)
    if reader is None:
        return Ignored("UNKNOWN_TOPIC")
    try:
        return (reader(body, shop),)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        return Malformed(f"{place}: {first['msg']}"[:200])
    except InvalidAmountError:
        return Malformed("an amount is finer or larger than the currency allows")
    except (RecursionError, ValueError, OverflowError):
        return Malformed("the body is not JSON of this shape")


def _order(body: bytes, shop: ShopProfile) -> facts.Order:
    order = _Order.model_validate_json(body)
    currency = order.currency or shop.currency

    def minor(amount: str | None) -> int:
        return to_minor(amount or "0", currency)

    own = order.own_discount
    return facts.Order(
        id=order.id,
        customer=facts.Customer(order.member),
        updated_at=_utc(order.updated_at),
        placed_at=_utc(order.placed_at),
        paid_at=_utc(order.paid_at) if order.paid_at else None,
        cancelled_at=_utc(order.cancelled_at) if order.cancelled_at else None,
        currency=currency,
        lines=tuple(
            facts.Line(
                line.id, line.product, line.quantity, minor(line.unit_price) * line.quantity, minor(line.discount),
                line.gift_card, line.variant, tuple(line.labels),
            )
            for line in order.lines
        ),
        name=order.id,
        discount_minor=minor(order.discount),
        credit_minor=minor(order.own_credit),
        shipping_minor=minor(order.shipping),
        tax_minor=minor(order.tax),
        tip_minor=minor(order.tip),
        channel=order.channel,
        payment=order.payment,
        shown_currency=order.shown_currency,
        tags=tuple(order.tags),
        renewal=order.renewal,
        place=_place(order.country, order.region),
        traces=facts.Traces(**order.traces.model_dump()) if order.traces else facts.Traces(),
        codes=(facts.CodeUse(own.redemption, minor(own.amount)),) if own else (),
        refunds=tuple(
            facts.Refund(
                refund.id,
                _utc(refund.at),
                tuple(facts.RefundLine(part.line, minor(part.amount)) for part in refund.lines or ()),
                minor(refund.amount),
                minor(refund.shipping),
                minor(refund.tax),
            )
            for refund in order.refunds
        ),
    )  # fmt: skip


def _place(country: str | None, region: str | None) -> facts.Place | None:
    return facts.Place(country, region) if country is not None else None


def _utc(instant: datetime) -> datetime:
    return instant.astimezone(UTC)


def _review(body: bytes, shop: ShopProfile) -> facts.Review:
    del shop
    review = _Review.model_validate_json(body)
    return facts.Review(
        review.id, facts.Customer(review.member), review.product, _utc(review.at), _utc(review.updated_at),
        review.approved, review.rating, review.photo,
    )  # fmt: skip


def _sign_up(body: bytes, shop: ShopProfile) -> facts.SignUp:
    del shop
    sign_up = _SignUp.model_validate_json(body)
    tags = tuple(sign_up.tags) if sign_up.tags is not None else None
    customer = facts.Customer(sign_up.member, place=_place(sign_up.country, sign_up.region), tags=tags)
    return facts.SignUp(customer, _utc(sign_up.at))


def _event(body: bytes, shop: ShopProfile) -> facts.Event | facts.Gone:
    del shop
    event = _Event.model_validate_json(body)
    if event.gone:
        return facts.Gone(facts.Thing.EVENT, event.id, _utc(event.at))
    return facts.Event(event.id, facts.Customer(event.member), event.event, _utc(event.at))


def _birthday(body: bytes, shop: ShopProfile) -> facts.Birthday:
    del shop
    told = _Birthday.model_validate_json(body)
    return facts.Birthday(facts.Customer(told.member), told.date.month, told.date.day, _utc(told.at))


def _referral(body: bytes, shop: ShopProfile) -> facts.Referral:
    del shop
    referral = _Referral.model_validate_json(body)
    return facts.Referral(
        referral.id, facts.Customer(referral.advocate), facts.Customer(referral.friend), _utc(referral.at)
    )


_READERS: dict[str, Callable[[bytes, ShopProfile], facts.Fact]] = {
    "order": _order,
    "review": _review,
    "sign_up": _sign_up,
    "event": _event,
    "birthday": _birthday,
    "referral": _referral,
}
