"""What Shopify itself remembers of an app beside the trade: installation, tokens, webhook subscriptions."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class TokenPair:
    """An offline access token with its refresh token.

    `parent` is the pair whose refresh token made this one; `used_at` the first use of either of its tokens.
    """

    id: int
    access_token: str
    refresh_token: str
    scopes: list[str]
    access_until: datetime
    refresh_until: datetime
    parent: int | None = None
    used_at: datetime | None = None
    dead: bool = False


@dataclass(slots=True)
class Subscription:
    """A webhook subscription; `own` ones come from the app's configuration and are never taken away."""

    id: int
    topic: str
    uri: str
    created_at: datetime
    updated_at: datetime
    own: bool = False
    name: str | None = None
    filter: str | None = None
    include_fields: list[str] = field(default_factory=list)
    failures: int = 0


@dataclass(slots=True)
class Grant:
    """A code of the authorization-code grant, good for one exchange."""

    id: int
    code: str
    client_id: str
    scopes: list[str]
    until: datetime
