"""Earning rules: one file a kind, and the table that names them all."""

from app.loyalty.terms.rules.amount import AmountRule
from app.loyalty.terms.rules.anniversary import AnniversaryRule
from app.loyalty.terms.rules.birthday import BirthdayRule
from app.loyalty.terms.rules.dividend import DividendRule
from app.loyalty.terms.rules.event import EventRule
from app.loyalty.terms.rules.first_order import FirstOrderRule
from app.loyalty.terms.rules.kth_order import KthOrderRule
from app.loyalty.terms.rules.per_order import PerOrderRule
from app.loyalty.terms.rules.referral import ReferralRule
from app.loyalty.terms.rules.referral_milestone import ReferralMilestoneRule
from app.loyalty.terms.rules.renewal import RenewalRule
from app.loyalty.terms.rules.review import ReviewRule
from app.loyalty.terms.rules.sign_up import SignUpRule

OrderBonus = PerOrderRule | FirstOrderRule | KthOrderRule | RenewalRule
"""What whole orders earn, beside the points per amount; never multiplied."""
Rule = (
    AmountRule
    | OrderBonus
    | SignUpRule
    | BirthdayRule
    | AnniversaryRule
    | DividendRule
    | ReviewRule
    | ReferralRule
    | ReferralMilestoneRule
    | EventRule
)

RULES: dict[str, type[Rule]] = {
    "amount": AmountRule,
    "per_order": PerOrderRule,
    "first_order": FirstOrderRule,
    "kth_order": KthOrderRule,
    "renewal": RenewalRule,
    "sign_up": SignUpRule,
    "birthday": BirthdayRule,
    "anniversary": AnniversaryRule,
    "dividend": DividendRule,
    "review": ReviewRule,
    "referral": ReferralRule,
    "referral_milestone": ReferralMilestoneRule,
    "event": EventRule,
}

__all__ = [
    "RULES",
    "AmountRule",
    "AnniversaryRule",
    "BirthdayRule",
    "DividendRule",
    "EventRule",
    "FirstOrderRule",
    "KthOrderRule",
    "OrderBonus",
    "PerOrderRule",
    "ReferralMilestoneRule",
    "ReferralRule",
    "RenewalRule",
    "ReviewRule",
    "Rule",
    "SignUpRule",
]
