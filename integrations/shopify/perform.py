"""Effects carried out at a shop: one road per kind."""

from typing import assert_never

from app.loyalty.effects import DisableDiscount, Effect, GrantCredit, IssueDiscount, SyncMember
from integrations.platform import Credentials, Performed
from integrations.shopify.client import Admin
from integrations.shopify.credits import grant
from integrations.shopify.discounts import disable, issue
from integrations.shopify.members import sync


def perform(effect: Effect, admin: Admin, credentials: Credentials) -> Performed:
    """Carry out one effect; doing it again changes nothing more. Raises PlatformError."""
    match effect:
        case IssueDiscount():
            return issue(effect, admin, credentials)
        case DisableDiscount():
            return disable(effect, admin, credentials)
        case GrantCredit():
            return grant(effect, admin, credentials)
        case SyncMember():
            return sync(effect, admin, credentials)
        case _:
            assert_never(effect)
