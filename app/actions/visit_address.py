"""A member goes where a rule sends them: a signed way there, and the event once their browser came by."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote
from uuid import UUID

from app.actions.describe_effect import customer_of
from app.actions.settle_facts import settle_facts
from app.db import versions
from app.db.cipher import Cipher
from app.db.scope import Scope
from app.loyalty.facts import Customer, Event
from app.loyalty.redeeming.access import TOKEN_LIFE, Pass, read, sign
from app.loyalty.terms.programme import Version
from app.loyalty.terms.rules import EventRule
from app.loyalty.terms.social import Act, Network, Social, UnknownRuleError

_PURPOSE = "visit"
_SHARED_AT: Final[Mapping[Network, str]] = {
    Network.FACEBOOK: "https://www.facebook.com/sharer/sharer.php?u={}",
    Network.X: "https://x.com/intent/post?url={}",
    Network.LINE: "https://line.me/R/share?text={}",
}
"""Where these networks let somebody share an address; the others have no such page."""


def begin_visit(scope: Scope, shop_id: UUID, member_id: UUID, rule: EventRule) -> tuple[str, datetime]:
    """Return a token for a member's way to a rule's address, and when it ends: ten minutes later."""
    end = int((scope.now + TOKEN_LIFE).timestamp())
    content = Pass(str(shop_id), str(member_id), _name(rule), None, end)
    return sign(content, scope.cipher.secret(_PURPOSE)), datetime.fromtimestamp(end, UTC)


def read_visit(cipher: Cipher, shop_id: UUID, token: str, now: datetime) -> Pass:
    """Return what a token of ours for a shop says; the database is not asked. Raises AccessTokenInvalidError."""
    return read(token, [cipher.secret(_PURPOSE)], str(shop_id), now)


def visit_address(scope: Scope, shop_id: UUID, content: Pass, *, record: bool) -> str:
    """Record that a member goes to the address of a rule in force, and return that address.

    The event is named after member, rule and the hour in which the way was asked for, so that neither the same token
    nor another of that hour tells it twice; what it earns is up to the rule's own limits. Who is no customer of the
    shop any more is shown the way, and nothing is recorded; so is everybody without ``record``.
    Raises UnknownRuleError where the rule is no longer in force.
    """
    rule = _rule(versions.version_at(scope.session, scope.programme_id, scope.now), content.reward)
    if rule is None or rule.social is None:
        raise UnknownRuleError
    customer = customer_of(scope, shop_id, UUID(content.member)) if record else None
    if customer is not None and customer.id is not None:
        event = Event(_event_id(content), Customer(customer.id), rule.event, scope.now)
        settle_facts(scope, shop_id, [event])
    return _opened(rule.social)


def _rule(version: Version | None, name: str) -> EventRule | None:
    rules = version.rules_of(EventRule) if version is not None else ()
    return next((rule for rule in rules if rule.social is not None and _name(rule) == name), None)


def _name(rule: EventRule) -> str:
    return f"{rule.event}/{rule.id}"


def _event_id(content: Pass) -> str:
    begun = datetime.fromtimestamp(content.until, UTC) - TOKEN_LIFE
    told = f"{content.member} {content.reward} {begun:%Y-%m-%dT%H}"
    return f"visit:{hashlib.sha256(told.encode()).hexdigest()[:32]}"


def _opened(social: Social) -> str:
    """Return the https address to open: the network's own page for sharing where it has one, else the page itself."""
    template = _SHARED_AT.get(social.network) if social.act is Act.SHARE else None
    return social.address if template is None else template.format(quote(social.address, safe=""))
