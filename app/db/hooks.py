"""Addresses of hooks: unguessable, each good for one hook of one shop, and kept nowhere: our key makes them anew."""

import hmac
from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.cipher import Cipher
from app.db.tables import DirectoryRow

ORIGIN: Final = "hook"
"""What the inbox calls deliveries that came to a hook."""
_TOPIC: Final = "hook/"


def topic(hook_id: str) -> str:
    """Return the topic of what came to a hook: no platform's begins so."""
    return f"{_TOPIC}{hook_id}"


def hook_of(topic: str) -> str:
    """Return the hook that a delivery came to."""
    return topic.removeprefix(_TOPIC)


def word(cipher: Cipher, shop_id: UUID, hook_id: str) -> str:
    """Return the last part of a hook's address. Whoever has it may tell of events, and of nothing else."""
    return hmac.new(cipher.secret("hook"), f"{shop_id}:{hook_id}".encode(), "sha256").hexdigest()


def is_word(cipher: Cipher, shop_id: UUID, hook_id: str, given: str) -> bool:
    """Say whether an address ends as it must."""
    return given.isascii() and hmac.compare_digest(word(cipher, shop_id, hook_id), given)


def address(base: str, cipher: Cipher, shop_id: UUID, hook_id: str) -> str:
    """Return where another system posts to."""
    return f"{base}/hooks/{shop_id}/{hook_id}/{word(cipher, shop_id, hook_id)}"


def shop(session: Session, shop_id: UUID) -> DirectoryRow | None:
    """Return the shop of an address, with its programme."""
    return session.scalar(select(DirectoryRow).where(DirectoryRow.shop_id == shop_id))
