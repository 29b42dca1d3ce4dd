"""Whether a discount code may be used, by the store's rules, and what it takes off."""

from collections.abc import Sequence
from enum import StrEnum

from tests.sandbox.money import portion, share_out
from tests.sandbox.records import Allocation, AppliedCode, CodeKind, Customer, DiscountCode, Line
from tests.sandbox.shops import Platform
from tests.sandbox.store import Store


class Refusal(StrEnum):
    """Why a code is not taken."""

    UNKNOWN = "unknown"
    DISABLED = "disabled"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    USED_UP = "used_up"
    USED_BY_YOU = "used_by_you"
    SIGN_IN = "sign_in"
    NOT_YOURS = "not_yours"
    TOO_SMALL = "too_small"
    NOT_THESE = "not_these"
    NOT_TOGETHER = "not_together"
    TWICE = "twice"


class CodeRefusedError(Exception):
    """A code was not taken; nothing was ordered."""

    def __init__(self, code: str, reason: Refusal) -> None:
        """Carry the code as typed and the reason."""
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason


_COMBINES = {CodeKind.AMOUNT: "order", CodeKind.PERCENTAGE: "order", CodeKind.FREE_SHIPPING: "shipping"}


def find(
    store: Store,
    typed: str,
    *,
    customer: Customer | None,
    email: str,
    lines: Sequence[Line],
    others: Sequence[DiscountCode] = (),
) -> DiscountCode:
    """Return the code if this shopper may use it on these goods; raises CodeRefusedError."""
    code = store.code(typed)
    if code is None:
        raise CodeRefusedError(typed, Refusal.UNKNOWN)
    reason = _refusal(store, code, customer=customer, email=email, lines=lines, others=others)
    if reason is not None:
        raise CodeRefusedError(typed, reason)
    return code


def _refusal(
    store: Store,
    code: DiscountCode,
    *,
    customer: Customer | None,
    email: str,
    lines: Sequence[Line],
    others: Sequence[DiscountCode],
) -> Refusal | None:
    now = store.clock.now()
    user = str(customer.id) if customer else email.lower()
    checks = [
        (not code.enabled, Refusal.DISABLED),
        (code.starts_at is not None and code.starts_at > now, Refusal.NOT_YET),
        (code.ends_at is not None and code.ends_at <= now, Refusal.EXPIRED),
        (code.usage_limit is not None and len(code.used_by) >= code.usage_limit, Refusal.USED_UP),
        (
            code.limit_per_customer is not None and code.used_by.count(user) >= code.limit_per_customer,
            Refusal.USED_BY_YOU,
        ),
        (bool(code.customer_ids) and customer is None, Refusal.SIGN_IN),
        (bool(code.customer_ids) and user not in map(str, code.customer_ids), Refusal.NOT_YOURS),
        # WooCommerce looks at the address typed at checkout as well as at the account's: no proof of identity.
        (bool(code.emails) and not _addressed(code, customer, email), Refusal.NOT_YOURS),
        (sum(line.gross for line in lines) < code.minimum, Refusal.TOO_SMALL),
        (bool(code.goods) and not any(_is_for(code, line) for line in lines), Refusal.NOT_THESE),
        (any(other.id == code.id for other in others), Refusal.TWICE),
        (any(not _together(store, code, other) for other in others), Refusal.NOT_TOGETHER),
    ]
    return next((reason for failed, reason in checks if failed), None)


def _is_for(code: DiscountCode, line: Line) -> bool:
    return not code.goods or line.product_id in code.goods or line.variant_id in code.goods


def _share(code: DiscountCode, line: Line) -> int:
    """Return what of a line the code may take off."""
    if line.gift_card or not _is_for(code, line):
        return 0
    if code.pieces is None or code.pieces >= line.quantity:
        return line.paid
    return line.paid * code.pieces // line.quantity


def _addressed(code: DiscountCode, customer: Customer | None, email: str) -> bool:
    known = {email.lower()} | ({customer.email.lower()} if customer else set())
    return any(address.lower() in known for address in code.emails)


def _together(store: Store, one: DiscountCode, other: DiscountCode) -> bool:
    if store.shop.platform is Platform.WOOCOMMERCE:
        return "order" in one.combines and "order" in other.combines
    return _COMBINES[other.kind] in one.combines and _COMBINES[one.kind] in other.combines


def apply(codes: Sequence[DiscountCode], lines: Sequence[Line], shipping: int) -> tuple[list[AppliedCode], int]:
    """Write each code's share onto the lines; returns the codes as applied and what came off the shipping.

    A discount never exceeds what is left of the goods, never touches gift cards and never pays for shipping.
    """
    applied: list[AppliedCode] = []
    shipping_discount = 0
    for index, code in enumerate(codes):
        if code.kind is CodeKind.FREE_SHIPPING:
            taken = shipping - shipping_discount
            shipping_discount = shipping
        else:
            weights = [_share(code, line) for line in lines]
            left = sum(weights)
            wanted = code.amount if code.kind is CodeKind.AMOUNT else portion(left, code.percent)
            taken = min(wanted, left)
            for line, part in zip(lines, share_out(taken, weights), strict=True):
                if part:
                    line.allocations.append(Allocation(code=index, amount=part))
        applied.append(AppliedCode(code.id, code.code, code.kind, face_value(code), taken))
    return applied, shipping_discount


def face_value(code: DiscountCode) -> str:
    """What stands on the code: minor units of an amount, a percentage as a fraction, or nothing."""
    if code.kind is CodeKind.AMOUNT:
        return str(code.amount)
    return str(code.percent) if code.kind is CodeKind.PERCENTAGE else ""
