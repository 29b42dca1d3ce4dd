"""What WooCommerce itself remembers beside the trade: REST keys and webhooks."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Permission(StrEnum):
    """What a REST key may do."""

    READ = "read"
    WRITE = "write"
    READ_WRITE = "read_write"


@dataclass(slots=True)
class RestKey:
    """A consumer key and its secret, made on the consent page."""

    id: int
    description: str
    user: str
    permission: Permission
    consumer_key: str
    consumer_secret: str
    created_at: datetime


class WebhookStatus(StrEnum):
    """Whether a webhook is delivered."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


@dataclass(slots=True)
class Webhook:
    """A subscription. `ping_due` stays true until a ping was answered 200."""

    id: int
    name: str
    topic: str
    delivery_url: str
    secret: str
    created_at: datetime
    modified_at: datetime
    status: WebhookStatus = WebhookStatus.ACTIVE
    failures: int = 0
    ping_due: bool = True
