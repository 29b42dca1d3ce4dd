"""Reads a body of another system as the programme's hook says: pure, and every refusal is a value."""

import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from app.loyalty.facts import Customer, Event
from app.loyalty.terms.hooks import Hook
from integrations.platform import Ignored, Malformed, Translation
from integrations.reading import UnreadableError, email, instant, parse, text

_KEY_MAX: Final = 150
_DEPTH_MAX: Final = 20
_POSITION: Final = re.compile(r"[0-9]{1,6}")


def read_hook(hook: Hook, body: bytes, received_at: datetime) -> Translation:
    """Return the event that ``body`` is. The reasons name places, never what stands in them."""
    try:
        content = parse(body)
        for place, wanted in hook.where.items():
            if _written(_at(content, place)) != wanted:
                return Ignored("OTHER_VALUES")
        customer = _customer(hook, content)
        if customer is None:
            return Ignored("NOBODY_NAMED")
        at = min(instant(_at(content, hook.at), hook.at), received_at) if hook.at else received_at
        return (Event(f"hook:{hook.id}:{_key(hook, content, body)}", customer, hook.event, at),)
    except UnreadableError as error:
        return Malformed(str(error))


def _customer(hook: Hook, content: object) -> Customer | None:
    """Return who did it: by the shop's own id where it is told, else by an address, which proves nothing by itself."""
    known = text(_written(_at(content, hook.customer))) if hook.customer else ""
    if known:
        return Customer(known)
    address = email(_at(content, hook.email)) if hook.email else None
    return Customer(None, address) if address else None


def _key(hook: Hook, content: object, body: bytes) -> str:
    if not hook.key:
        return hashlib.sha256(body).hexdigest()
    key = text(_written(_at(content, hook.key)))
    if not key:
        raise UnreadableError(f"{hook.key} names nothing")
    return key if len(key) <= _KEY_MAX else hashlib.sha256(key.encode()).hexdigest()


def _at(content: object, place: str) -> object:
    """Return what stands at a place, None where there is no such place."""
    for step in place.split(".")[:_DEPTH_MAX]:
        if isinstance(content, Mapping):
            content = content.get(step)
        elif isinstance(content, list) and _POSITION.fullmatch(step) and int(step) < len(content):
            content = content[int(step)]
        else:
            return None
    return content


def _written(value: object) -> str:
    """Return a plain value as JSON writes it, strings without their quotes; nothing for what is no plain value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int) else ""
