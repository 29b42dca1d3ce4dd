"""What speaks against a referral: signals with their weights and numbers, never a verdict on a person."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Decision(StrEnum):
    """What staff made of a referral."""

    APPROVED = "approved"
    REFUSED = "refused"


class SignalCode(StrEnum):
    """What was seen."""

    SAME_MAILBOX = "SAME_MAILBOX"
    SAME_ADDRESS = "SAME_ADDRESS"
    SAME_NETWORK = "SAME_NETWORK"
    SAME_DEVICE = "SAME_DEVICE"
    SAME_PAYMENT = "SAME_PAYMENT"
    QUICK_ORDER = "QUICK_ORDER"
    MANY_CLAIMS = "MANY_CLAIMS"
    OLDER_ACCOUNT = "OLDER_ACCOUNT"


@dataclass(frozen=True, slots=True)
class ReferralDesk:
    """A referral whose signals weigh ``hold_at`` or more together waits for staff; a weight of 0 switches one off.

    ``quick_minutes`` after the referral or sooner an order is quick; more than ``claims_per_hour`` referrals of one
    advocate within 60 minutes are many. ``same_device`` and ``same_payment`` count only where they are given a weight,
    and nothing is kept for them before.
    """

    hold_at: int = 60
    same_mailbox: int = 100
    same_address: int = 60
    same_network: int = 60
    quick_order: int = 20
    many_claims: int = 40
    older_account: int = 20
    quick_minutes: int = 5
    claims_per_hour: int = 5
    same_device: int = 0
    same_payment: int = 0


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the two sides of a referral.

    ``address_met_at``, ``network_met_at``, ``device_met_at`` and ``payment_met_at`` are the first instants at which
    both had placed an order to one address, from one network, by one device, or paid by one card or account.
    ``claims_in_hour`` counts the advocate's referrals of the 60 minutes up to this one, itself included. ``account_at``
    is when the friend opened an account.
    """

    same_mailbox: bool = False
    address_met_at: datetime | None = None
    network_met_at: datetime | None = None
    claims_in_hour: int = 1
    account_at: datetime | None = None
    device_met_at: datetime | None = None
    payment_met_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Signal:
    """One thing that was seen, how much it weighs, and its number: minutes, claims or days; None where it has none."""

    code: SignalCode
    weight: int
    number: int | None = None


def signals(desk: ReferralDesk, referred_at: datetime, paid_at: datetime, evidence: Evidence) -> tuple[Signal, ...]:
    """Return what speaks against a referral whose friend first paid at ``paid_at``, in a fixed order.

    Only what had happened by that payment counts, so nobody's later order to the same house takes points back.
    """
    waited, account_at = paid_at - referred_at, evidence.account_at
    older = referred_at - account_at if account_at is not None else timedelta()
    many = evidence.claims_in_hour > desk.claims_per_hour
    seen = (
        (SignalCode.SAME_MAILBOX, desk.same_mailbox, evidence.same_mailbox, None),
        (SignalCode.SAME_ADDRESS, desk.same_address, _met(evidence.address_met_at, paid_at), None),
        (SignalCode.SAME_NETWORK, desk.same_network, _met(evidence.network_met_at, paid_at), None),
        (SignalCode.SAME_DEVICE, desk.same_device, _met(evidence.device_met_at, paid_at), None),
        (SignalCode.SAME_PAYMENT, desk.same_payment, _met(evidence.payment_met_at, paid_at), None),
        (
            SignalCode.QUICK_ORDER, desk.quick_order,
            timedelta() <= waited <= timedelta(minutes=desk.quick_minutes), waited // timedelta(minutes=1),
        ),
        (SignalCode.MANY_CLAIMS, desk.many_claims, many, evidence.claims_in_hour),
        (SignalCode.OLDER_ACCOUNT, desk.older_account, older > timedelta(), older // timedelta(days=1)),
    )  # fmt: skip
    return tuple(Signal(code, weight, number) for code, weight, there, number in seen if there and weight)


def score(found: tuple[Signal, ...]) -> int:
    """Return what signals weigh together."""
    return sum(signal.weight for signal in found)


def _met(met_at: datetime | None, paid_at: datetime) -> bool:
    return met_at is not None and met_at <= paid_at
