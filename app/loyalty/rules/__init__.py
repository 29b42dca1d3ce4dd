"""Earning rules: one file a kind, and the table that names them all."""

from app.loyalty.rules.amount import AmountRule
from app.loyalty.rules.referral import ReferralRule
from app.loyalty.rules.review import ReviewRule
from app.loyalty.rules.sign_up import SignUpRule

Rule = AmountRule | SignUpRule | ReviewRule | ReferralRule

RULES: dict[str, type[Rule]] = {
    "amount": AmountRule,
    "sign_up": SignUpRule,
    "review": ReviewRule,
    "referral": ReferralRule,
}

__all__ = ["RULES", "AmountRule", "ReferralRule", "ReviewRule", "Rule", "SignUpRule"]
