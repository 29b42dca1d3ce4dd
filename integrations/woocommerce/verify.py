"""Proves that a delivery was signed with the secret we gave this store; nothing in it is read."""

import hmac
import re
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256

from integrations.platform import Ping, Refused, Request, Verified
from integrations.woocommerce.topics import OUR_PREFIX

_SIGNATURE = "x-wc-webhook-signature"
_TOPIC = "x-wc-webhook-topic"
_PING = re.compile(rb"webhook_id=[0-9]{1,19}")
_TOPIC_FORM = re.compile(r"[a-z]{1,20}\.[a-z0-9_]{1,120}")


def claimed_shop(request: Request) -> str | None:
    """Return our id of the shop, from the address we gave its store."""
    return request.one("shop")


def verify(request: Request, *, secrets: Sequence[str]) -> Verified | Ping | Refused:
    """Prove a delivery, or say that it is a greeting, or refuse it.

    Stores greet a new address, and greet again after every delivery until a greeting is answered 200: a form, unsigned.
    The store's delivery id is no key, for two orders of one second share it; the body is, and it has no version.
    """
    signature = request.headers.get(_SIGNATURE)
    if signature is None:
        return Ping() if _is_ping(request) else Refused("SIGNATURE_MISSING", "The delivery is not signed.")
    if request.doubled_headers & {_SIGNATURE, _TOPIC}:
        return Refused("HEADER_TWICE", "The signature or the topic was sent twice.")
    if not _is_signed(request.body, signature, secrets):
        return Refused("SIGNATURE_WRONG", "The signature fits no secret of this shop. Connect the store again.")
    topic = request.headers.get(_TOPIC, "")
    if not _TOPIC_FORM.fullmatch(topic) or topic.startswith(OUR_PREFIX):
        return Refused("TOPIC_WRONG", "The delivery names no topic of WooCommerce.", status=400)
    return Verified(
        domain=claimed_shop(request) or "",
        topic=topic,
        key=sha256(request.body).hexdigest(),
        versioned=False,
    )


def signature_of(body: bytes, secret: str) -> str:
    """Return the signature WooCommerce sends: base64 of the HMAC-SHA256 over the raw body."""
    return b64encode(hmac.digest(secret.encode(), body, "sha256")).decode("ascii")


def _is_signed(body: bytes, signature: str, secrets: Sequence[str]) -> bool:
    """Compare with every secret, in constant time. An empty secret proves nothing: anybody could sign with it."""
    given = signature.encode("utf-8", "surrogateescape")
    fits = [hmac.compare_digest(signature_of(body, secret).encode("ascii"), given) for secret in secrets if secret]
    return any(fits)


def _is_ping(request: Request) -> bool:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return kind == "application/x-www-form-urlencoded" and _PING.fullmatch(request.body) is not None
