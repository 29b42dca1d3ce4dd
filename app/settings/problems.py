"""What is wrong with the variables, in sentences that say what to do. No sentence repeats a secret."""

import os
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Final
from urllib.parse import SplitResult, urlsplit

from cryptography.fernet import Fernet

from app import failpoints
from app.settings.places import database_url, items, sandbox, socket
from app.settings.variables import PREFIX, Environment, Variables

SHORTEST_SECRET: Final = 32
"""Characters. 32 hexadecimal digits are 128 bits; Shopify's own client secrets are that long or longer."""
NO_SHOPIFY: Final = "off"
"""As the client id: no Shopify shops are served here."""
_SHORTEST_REVIEW_SECRET: Final = 8
_LONGEST_SOCKET: Final = 100
"""Bytes of a Unix socket's path: the system allows 107, clients add a few."""
_FEWEST_DIFFERENT: Final = 8
"""Different characters a secret must have at least: `aaaa…` and `12341234…` are long, but no secrets."""
_DEFAULTS: Final = ("changeme", "change-me", "change_me", "default", "development", "example", "password", "insecure")
_MAKE_ONE: Final = 'Make one with: python3 -c "import secrets; print(secrets.token_hex(32))"'
_MAKE_KEY: Final = (
    'Make one with: python3 -c "import base64, os; print(base64.urlsafe_b64encode(os.urandom(32)).decode())"'
)


def problems(given: Variables, environ: Mapping[str, str]) -> Iterator[str]:
    """Everything that is wrong, a sentence each; nothing when the variables can be used."""
    if given.env is Environment.PRODUCTION:
        yield from _in_production(given)
        yield from _unknown_names(environ)
    if given.database_url and not database_url(given.database_url).startswith(("sqlite:///", "postgresql+psycopg://")):
        yield (
            f"{PREFIX}DATABASE_URL must begin with postgresql:// or sqlite:///, for example "
            "postgresql://kizuna:PASSWORD@db.internal/kizuna."
        )
    if given.redis_url and urlsplit(given.redis_url).scheme not in {"redis", "rediss", "unix"}:
        yield f"{PREFIX}REDIS_URL must begin with redis://, rediss:// or unix://."
    if not given.redis_url and len(os.fsencode(socket(given.data.absolute()))) > _LONGEST_SOCKET:
        yield (
            f"The path of the data folder is too long for the socket of the embedded Valkey: set {PREFIX}DATA to a "
            f"shorter one, or {PREFIX}REDIS_URL to a Redis of your own."
        )
    if given.base_url and not _is_root(urlsplit(given.base_url)):
        yield f"{PREFIX}BASE_URL must be the address of the app alone, for example https://points.example.com."
    for number, key in enumerate(items(given.encryption_keys or ""), start=1):
        if not _is_fernet_key(key):
            yield f"{PREFIX}ENCRYPTION_KEYS: number {number} is no key. {_MAKE_KEY}"
    if given.failpoint and not _is_failpoint(given.failpoint):
        yield f"{PREFIX}FAILPOINT must name a place of app/failpoints.py, or its third hit as name:3."
    for item in sandbox(given.sandbox or "")[1]:
        yield f"{PREFIX}SANDBOX must read shop=http://127.0.0.1:PORT,…; {item!r} does not."


def _in_production(given: Variables) -> Iterator[str]:
    """What only a laptop may leave out."""
    if given.sandbox:
        yield f"{PREFIX}SANDBOX is set: it sends shops' calls to this machine and has no place in production. Unset it."
    if given.failpoint:
        yield f"{PREFIX}FAILPOINT is set: it ends processes on purpose and has no place in production. Unset it."
    yield from _weak("SECRET_KEY", given.secret_key, _MAKE_ONE)
    if not items(given.encryption_keys or ""):
        yield f"{PREFIX}ENCRYPTION_KEYS is missing: shops' tokens are encrypted with it. {_MAKE_KEY}"
    for number, key in enumerate(items(given.encryption_keys or ""), start=1):
        if _is_fernet_key(key) and len(set(key)) < _FEWEST_DIFFERENT:
            yield f"{PREFIX}ENCRYPTION_KEYS: number {number} can be guessed. {_MAKE_KEY}"
    yield from _shopify(given)
    if given.judgeme_secret:
        copy = "Copy it from Judge.me's settings."
        yield from _weak("JUDGEME_SECRET", given.judgeme_secret, copy, least=_SHORTEST_REVIEW_SECRET)
    if not given.database_url:
        yield (
            f"{PREFIX}DATABASE_URL is missing: say where the points are kept, for example "
            "postgresql://kizuna:PASSWORD@db.internal/kizuna (or sqlite:////srv/kizuna/kizuna.db for one small shop)."
        )
    if not given.redis_url:
        yield f"{PREFIX}REDIS_URL is missing: web, worker and clock wake one another by it. Example: redis://cache:6379/0."
    if not given.base_url or urlsplit(given.base_url).scheme != "https":
        yield f"{PREFIX}BASE_URL must be the public https:// address of the app: shops send their webhooks there."


def _shopify(given: Variables) -> Iterator[str]:
    """What Shopify's shops need, unless there are none."""
    if given.shopify_client_id == NO_SHOPIFY:
        return
    without = f"If you serve no Shopify shops, set {PREFIX}SHOPIFY_CLIENT_ID={NO_SHOPIFY}."
    copy = f"Copy it from the app's settings in Shopify's dashboard. {without}"
    if not given.shopify_client_id:
        yield f"{PREFIX}SHOPIFY_CLIENT_ID is missing. {copy}"
    yield from _weak("SHOPIFY_CLIENT_SECRET", given.shopify_client_secret, copy)
    if given.shopify_previous_secret:
        unset = "It is needed for a day after a rotation; unset it otherwise."
        yield from _weak("SHOPIFY_PREVIOUS_SECRET", given.shopify_previous_secret, unset)


def _weak(name: str, value: str | None, remedy: str, *, least: int = SHORTEST_SECRET) -> Iterator[str]:
    """Whether a secret is missing or can be guessed; at most one sentence. ``least`` is in characters."""
    if not value:
        yield f"{PREFIX}{name} is missing. {remedy}"
    elif any(word in value.lower() for word in _DEFAULTS):
        yield f"{PREFIX}{name} is a default that everybody knows. {remedy}"
    elif len(value) < least:
        yield f"{PREFIX}{name} is too short: {len(value)} characters, at least {least} are needed. {remedy}"
    elif len(set(value)) < min(_FEWEST_DIFFERENT, least // 2):
        yield f"{PREFIX}{name} can be guessed: it repeats a few characters. {remedy}"


def _unknown_names(environ: Mapping[str, str]) -> Iterator[str]:
    """Names with our prefix that mean nothing: a misspelt setting would silently not be in force."""
    known = {f"{PREFIX}{name.upper()}" for name in Variables.model_fields}
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in known:
            close = get_close_matches(name, known, n=1)
            yield f"{name} is no setting." + (f" Perhaps you mean {close[0]}." if close else " Unset it.")


def _is_root(parts: SplitResult) -> bool:
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.path in {"", "/"} and not parts.query


def _is_failpoint(told: str) -> bool:
    try:
        failpoints.read(told)
    except ValueError:
        return False
    return True


def _is_fernet_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True
