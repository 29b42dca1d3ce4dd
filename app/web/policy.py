"""Who may call a route, and where it learns which shop is meant. A route that does not say so stops the start."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from flask import Flask

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "__policy__"


class Who(StrEnum):
    """Who may call a route."""

    ANYONE = "anyone"
    """No shop's data is touched, or the caller's own single-use word is the proof."""
    PLATFORM = "platform"
    """A delivery signed by a platform or review app."""
    VISITOR = "visitor"
    """Anybody at a shop's storefront, known or not."""
    SHOPPER = "shopper"
    """A customer of the shop, signed in there."""
    MERCHANT = "merchant"
    """Somebody who runs the shop."""
    OPERATOR = "operator"
    """Whoever runs this installation."""


class ShopFrom(StrEnum):
    """Where a route learns which shop is meant. Never from a body."""

    NONE = "none"
    DELIVERY = "delivery"
    """The header or address of a delivery, proved by its signature."""
    PROXY = "proxy"
    """The query that Shopify signed."""
    TOKEN = "token"  # noqa: S105 - a place, not a secret
    """The token the shop's plugin signed; for what is public also ``?shop=``."""
    STATE = "state"
    """The single-use word a connection was begun with."""
    SESSION_TOKEN = "session_token"  # noqa: S105 - a place, not a secret
    """Shopify's session token."""
    LINK = "link"
    """A one-time link."""
    SIGN_IN = "sign_in"
    """The merchant's seat."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a route declares."""

    who: Who
    shop: ShopFrom


class UndeclaredRouteError(Exception):
    """Routes without a policy: the app does not start with them."""


def policy(*, who: Who, shop: ShopFrom) -> Callable[[View], View]:
    """Declare a view's policy. Put it below the route decorator."""

    def declare(view: View) -> View:
        setattr(view, _MARK, Policy(who, shop))
        return view

    return declare


def inventory(app: Flask, given: Mapping[str, Policy]) -> dict[str, Policy]:
    """Return the policy of every endpoint; ``given`` speaks for views that are not ours.

    Raises UndeclaredRouteError naming every route without one.
    """
    found: dict[str, Policy] = {}
    missing: list[str] = []
    for rule in app.url_map.iter_rules():
        declared = getattr(app.view_functions[rule.endpoint], _MARK, None) or given.get(rule.endpoint)
        if isinstance(declared, Policy):
            found[rule.endpoint] = declared
        else:
            missing.append(f"{rule.rule} ({rule.endpoint})")
    if missing:
        raise UndeclaredRouteError(f"Declare a @policy for: {', '.join(sorted(missing))}")
    return found
