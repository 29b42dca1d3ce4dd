"""Prove that a body comes from the shop: hexadecimal HMAC-SHA256 over the raw bytes, compared in constant time."""

import hashlib
import hmac
from collections.abc import Sequence

from integrations.platform import Refused, Request, Verified

SIGNATURE = "x-kizuna-signature"
TOPIC = "x-kizuna-topic"


def sign(body: bytes, secret: str) -> str:
    """Return the signature of a body."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def verify(request: Request, secrets: Sequence[str]) -> Verified | Refused:
    """Return the proved delivery, keyed by its content. An empty or missing secret proves nothing."""
    given = request.headers.get(SIGNATURE, "")
    if SIGNATURE in request.doubled_headers or not given.isascii():
        return Refused("BAD_SIGNATURE", "Send one X-Kizuna-Signature header.")
    good = [secret for secret in secrets if secret and hmac.compare_digest(sign(request.body, secret), given)]
    if not good:
        return Refused("BAD_SIGNATURE", "Sign the raw body with the shop's secret: hexadecimal HMAC-SHA256.")
    topic = request.headers.get(TOPIC, "")
    domain = request.one("shop") or ""
    return Verified(domain, topic, hashlib.sha256(request.body).hexdigest(), versioned=False)
