"""Earning rules: one file a kind, and the table that names them all."""

from app.loyalty.rules.amount import AmountRule
from app.loyalty.rules.anniversary import AnniversaryRule
from app.loyalty.rules.birthday import BirthdayRule
from app.loyalty.rules.event import EventRule
from app.loyalty.rules.first_order import FirstOrderRule
from app.loyalty.rules.kth_order import KthOrderRule
from app.loyalty.rules.referral import ReferralRule
from app.loyalty.rules.review import ReviewRule
from app.loyalty.rules.sign_up import SignUpRule

Rule = (
    AmountRule
    | FirstOrderRule
    | KthOrderRule
    | SignUpRule
    | BirthdayRule
    | AnniversaryRule
    | ReviewRule
    | ReferralRule
    | EventRule
)

RULES: dict[str, type[Rule]] = {
    "amount": AmountRule,
    "first_order": FirstOrderRule,
    "kth_order": KthOrderRule,
    "sign_up": SignUpRule,
    "birthday": BirthdayRule,
    "anniversary": AnniversaryRule,
    "review": ReviewRule,
    "referral": ReferralRule,
    "event": EventRule,
}

__all__ = [
    "RULES",
    "AmountRule",
    "AnniversaryRule",
    "BirthdayRule",
    "EventRule",
    "FirstOrderRule",
    "KthOrderRule",
    "ReferralRule",
    "ReviewRule",
    "Rule",
    "SignUpRule",
]
