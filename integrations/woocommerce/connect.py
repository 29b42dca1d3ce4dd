"""Connects a store: the merchant approves on the store's own page, the store posts REST keys, we prove them."""

import re
import secrets
from collections.abc import Collection
from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit

from integrations.outgoing import Outgoing
from integrations.platform import Connected, Credentials, ReauthorizeError, Redirect, Refused, Request
from integrations.reading import UnreadableError, mapping, parse
from integrations.woocommerce.client import Client
from integrations.woocommerce.profile import read_profile

APP_NAME = "Kizuna"
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_FOLDER = re.compile(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]{0,60}){0,5}")
_KEY = re.compile(r"ck_[0-9a-f]{40}")
_SECRET = re.compile(r"cs_[0-9a-f]{40}")
_STATE = re.compile(r"[A-Za-z0-9_-]{16,128}")
_NO_PUBLIC_NAME = frozenset({"localhost", "local", "internal", "lan", "home", "arpa", "onion"})
_HTTPS_PORT = 443


def begin(
    request: Request, *, state: str, base_url: str, outgoing: Outgoing, sandbox: Collection[str]
) -> Redirect | Refused:
    """Send the merchant to the consent page of the store named by ``store``.

    The store will post keys to our callback with ``state`` as its ``user_id``: nothing else ties the two together.
    """
    domain = _domain(request.one("store") or "", sandbox)
    if isinstance(domain, Refused):
        return domain
    if urlsplit(base_url).scheme != "https" and domain not in sandbox:
        return Refused(
            "CALLBACK_NEEDS_HTTPS",
            "Stores post their keys over https only. Set KIZUNA_BASE_URL to an https address.",
            400,
        )
    query = urlencode(
        {
            "app_name": APP_NAME,
            "scope": "read_write",
            "user_id": state,
            "return_url": f"{base_url}/connect/woocommerce/done",
            "callback_url": f"{base_url}/connect/woocommerce/finish",
        }
    )
    url = outgoing.browser_url(f"https://{domain}/wc-auth/v1/authorize?{query}")
    return Redirect(url=url, state=state, domain=domain)


def answered_state(request: Request) -> str | None:
    """Return the state that a store's answer brings back, before anything is proved."""
    try:
        state = mapping(parse(request.body), "body").get("user_id")
    except UnreadableError:
        return None
    return state if isinstance(state, str) and _STATE.fullmatch(state) else None


def finish(request: Request, *, domain: str, outgoing: Outgoing) -> Connected | Refused:
    """Take the keys a store posted and try them against ``domain``, which the state was bound to. Raises PlatformError.

    The post is unsigned and names no store: anybody could send it, from anywhere. Answered with anything but 200, the
    store deletes the keys again, which is right for keys we refuse.
    """
    try:
        body = mapping(parse(request.body), "body")
    except UnreadableError:
        return Refused("ANSWER_MALFORMED", "The store's answer cannot be read.", 400)
    key, secret = str(body.get("consumer_key")), str(body.get("consumer_secret"))
    if not (_KEY.fullmatch(key) and _SECRET.fullmatch(secret)):
        return Refused("ANSWER_MALFORMED", "The store's answer holds no keys.", 400)
    if body.get("key_permissions") != "read_write":
        return Refused("KEYS_READ_ONLY", "The keys may only read: coupons could not be made.", 403)
    credentials = Credentials(
        domain,
        {
            "consumer_key": key,
            "consumer_secret": secret,
            "key_id": str(body.get("key_id"))[:20],
            # Letters and digits only: a store decodes HTML entities in a webhook's secret.
            "webhook_secret": secrets.token_hex(32),
            "shopper_secret": secrets.token_hex(32),
        },
    )
    try:
        profile = read_profile(Client(credentials, outgoing), domain)
    except ReauthorizeError:
        return Refused("KEYS_NOT_OF_THIS_STORE", "The store does not accept these keys. Connect it again.", 403)
    return Connected(credentials=credentials, profile=profile)


def _domain(store: str, sandbox: Collection[str]) -> str | Refused:
    """Return a typed store address as ``host`` or ``host/folder``. What the name leads to is checked at every call."""
    if not store.strip().isprintable():
        return _NO_STORE  # a line end inside would be dropped without a word
    try:
        parts = urlsplit(store.strip())
        host = (parts.hostname or "").rstrip(".").encode("idna").decode("ascii")
        plain = parts.port in {None, _HTTPS_PORT} and not (
            parts.username or parts.password or parts.query or parts.fragment
        )
    except ValueError:
        return _NO_STORE
    if parts.scheme != "https":
        return Refused("STORE_NEEDS_HTTPS", "The store's address must begin with https://.", 400)
    folder = parts.path.rstrip("/")
    if not plain or not _FOLDER.fullmatch(folder):
        return _NO_STORE
    if host in sandbox and not folder:
        return host
    return f"{host}{folder}" if _is_public_name(host) else _NO_STORE


_NO_STORE = Refused(
    "STORE_ADDRESS_INVALID", "That is no address of a store on the internet, such as https://shop.example.com.", 400
)


def _is_public_name(host: str) -> bool:
    """Whether ``host`` can be a name on the internet: no number, no name of one machine or one house."""
    labels = host.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):  # noqa: PLR2004  (name and ending)
        return False
    try:
        ip_address(host)
    except ValueError:
        return labels[-1][0].isalpha() and labels[-1] not in _NO_PUBLIC_NAME
    return False
