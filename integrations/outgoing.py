"""The one way out: https to public addresses, pinned for the connection, no redirects, bounded in time and size."""

from collections.abc import Callable, Mapping
from typing import Any, Final, Self, TypeVar
from urllib.parse import urlsplit

import requests
import stamina
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError

from app.settings import Settings
from integrations.addresses import AddressRefused, Resolve, public_addresses, resolve
from integrations.platform import PlatformError
from integrations.transport import HTTPS_PORT, BareSession, Limits, OutgoingRefused, checked, moved

_UNUSABLE: Final = (
    requests.exceptions.InvalidHeader,
    requests.exceptions.InvalidSchema,
    requests.exceptions.InvalidURL,
    requests.exceptions.MissingSchema,
)
_LOOPBACK: Final = ("127.0.0.1", "::1", "localhost")

T = TypeVar("T")


def as_platform_error(error: requests.RequestException) -> PlatformError:
    """Say what a failed call means. ``UNREACHABLE`` was surely not sent; ``NO_ANSWER`` may have been carried out."""
    if isinstance(error, OutgoingRefused):
        return PlatformError(error.code, permanent=True)
    if isinstance(error, _UNUSABLE):
        return PlatformError("URL_REFUSED", permanent=True)
    reason = getattr(error.args[0], "reason", None) if error.args else None
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError) or isinstance(
        reason, NewConnectionError | ConnectTimeoutError
    ):
        return PlatformError("UNREACHABLE")
    return PlatformError("NO_ANSWER")


class Outgoing:
    """Calls to shops. One of these serves a process; it holds no shop's state, cookies or credentials.

    ``sandbox`` maps demonstration shops to loopback (``{"shop.example": "http://127.0.0.1:8101"}``): calls to
    ``https://shop.example/…`` go there with the shop's Host. Raises ValueError for a sandbox in production or one that
    leads elsewhere.
    """

    def __init__(
        self,
        *,
        production: bool,
        sandbox: Mapping[str, str] | None = None,
        limits: Limits | None = None,
        ask: Resolve = resolve,
    ) -> None:
        self._sandbox = dict(sandbox or {})
        if self._sandbox and production:
            raise ValueError("KIZUNA_SANDBOX is for demonstrations: remove it, or do not set KIZUNA_ENV=production.")
        for address in self._sandbox.values():
            if urlsplit(address).scheme != "http" or urlsplit(address).hostname not in _LOOPBACK:
                raise ValueError("KIZUNA_SANDBOX may only name http addresses of this machine (127.0.0.1, ::1).")
        self._ask = ask
        self.session = BareSession(self._sandbox, limits or Limits(), ask)

    @classmethod
    def from_settings(cls, settings: Settings) -> Self:
        """Build it as the environment says."""
        return cls(production=settings.production, sandbox=settings.sandbox)

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        json: Any = None,  # noqa: ANN401  (whatever JSON can hold)
        data: bytes | None = None,
        read_s: float | None = None,
    ) -> requests.Response:
        """Send one request and return the whole answer, whatever its status. Raises PlatformError."""
        timeout = None if read_s is None else (Limits().connect_s, read_s)
        try:
            return self.session.request(
                method, url, headers=headers, params=params, json=json, data=data, timeout=timeout
            )
        except requests.RequestException as error:
            raise as_platform_error(error) from None

    def check(self, url: str) -> None:
        """Refuse a URL that no call would go to as its name leads now; each call looks again. Raises PlatformError."""
        try:
            parts = checked(requests.Request("POST", url).prepare())
            host = parts.hostname or ""
            if host not in self._sandbox:
                public_addresses(host, parts.port or HTTPS_PORT, self._ask)
        except requests.RequestException as error:
            raise as_platform_error(error) from None
        except AddressRefused:
            raise PlatformError("ADDRESS_REFUSED", permanent=True) from None
        except (OSError, UnicodeError):
            raise PlatformError("UNREACHABLE") from None

    def browser_url(self, url: str) -> str:
        """Return what a person's browser has to open for ``url``: a sandbox shop's own address, else the same."""
        parts = urlsplit(url)
        place = self._sandbox.get(parts.hostname or "")
        return url if place is None else moved(parts, place)


def repeated(read: Callable[[], T], *, attempts: int = 3, within_s: float = 10.0) -> T:
    """Do an idempotent ``read`` again after a passing failure; never for anything that changes a shop.

    Passing is what no wait was asked for: no connection, no answer, a server error. Raises the last PlatformError.
    """
    for attempt in stamina.retry_context(
        on=_is_passing, attempts=attempts, timeout=within_s, wait_initial=0.2, wait_max=2.0, wait_jitter=0.2
    ):
        with attempt:
            return read()
    raise AssertionError("unreachable: the last attempt returns or raises")


def _is_passing(error: Exception) -> bool:
    if not isinstance(error, PlatformError) or error.permanent or error.retry_after_s is not None:
        return False
    return error.code in ("UNREACHABLE", "NO_ANSWER", "UNAVAILABLE")
