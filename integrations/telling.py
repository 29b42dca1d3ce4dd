"""Telling other systems of changes: signed as the Standard Webhooks specification says, by the one way out.

The signature is HMAC-SHA256 over ``id.timestamp.body``; the id is the same on every try, so that a repeat is known.
Source: https://www.standardwebhooks.com.
"""

import base64
import hmac
from datetime import datetime
from typing import Final

from app.loyalty.effects import TellChange
from integrations.outgoing import Outgoing
from integrations.platform import PlatformError

READ_S: Final = 10.0
"""Whoever takes longer has not taken it: other effects of the shop wait meanwhile."""
_PREFIX: Final = "whsec_"
_GONE: Final = 410


def signature(secret: str, told_id: str, seconds: int, body: str) -> str:
    """Return one entry of the header ``webhook-signature``. ``secret`` is written ``whsec_`` and base64."""
    key = base64.b64decode(secret.removeprefix(_PREFIX))
    digest = hmac.new(key, f"{told_id}.{seconds}.{body}".encode(), "sha256").digest()
    return f"v1,{base64.b64encode(digest).decode()}"


class Telling:
    """Posts changes to listeners; holds no listener's state."""

    def __init__(self, outgoing: Outgoing) -> None:
        self._outgoing = outgoing

    def check(self, url: str) -> None:
        """Refuse an address that nothing would be sent to. Raises PlatformError with the reason."""
        self._outgoing.check(url)

    def tell(self, change: TellChange, now: datetime) -> None:
        """Tell a listener of a change; done is what it answers with 2xx. Raises PlatformError."""
        seconds = int(now.timestamp())
        signed = " ".join(signature(secret, change.id, seconds, change.body) for secret in change.secrets)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": change.id,
            "webhook-timestamp": str(seconds),
            "webhook-signature": signed,
        }
        answer = self._outgoing.call("POST", change.url, headers=headers, data=change.body.encode(), read_s=READ_S)
        if not answer.ok or answer.is_redirect:
            raise PlatformError(f"HTTP_{answer.status_code}", permanent=answer.status_code == _GONE)
