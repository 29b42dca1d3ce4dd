"""How a call leaves the house: a session for https to public addresses only, pinned, bounded, remembering nothing."""

import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from importlib.metadata import version
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import SplitResult, urlsplit, urlunsplit

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar
from requests.sessions import Session
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError
from urllib3.util.connection import create_connection

from integrations.addresses import AddressRefused, Resolve, public_addresses

USER_AGENT: Final = f"Kizuna/{version('kizuna')}"
_CHUNK_BYTES: Final = 65_536
HTTPS_PORT: Final = 443
_PORT_FREE_FROM: Final = 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how much one call may take: seconds and bytes."""

    connect_s: float = 5.0
    read_s: float = 30.0
    total_s: float = 45.0
    body_bytes: int = 2 * 1024 * 1024


class OutgoingRefused(requests.RequestException):
    """We do not make this call, or do not take this answer; ``code`` says why. Trying again cannot help."""

    def __init__(self, code: str, request: requests.PreparedRequest | None = None) -> None:
        super().__init__(code, request=request)
        self.code = code


class BareSession(Session):
    """A session that keeps nothing and follows nothing, for us and for libraries that bring their own requests."""

    def __init__(self, sandbox: Mapping[str, str], limits: Limits, ask: Resolve) -> None:
        super().__init__()
        transport = _Transport(sandbox, limits, ask)
        self.trust_env = False  # no proxy and no password file decides where a shop's secrets go
        self.cookies = RequestsCookieJar(policy=DefaultCookiePolicy(allowed_domains=[]))
        self.headers["User-Agent"] = USER_AGENT
        self.adapters.clear()
        self.mount("https://", transport)
        self.mount("http://", transport)  # where it is refused in our words

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # noqa: ANN401
        kwargs.update(allow_redirects=False, verify=True, proxies={}, cert=None)
        return super().send(request, **kwargs)

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere: a redirect is an answer like any other, and its target is not even read."""


class _Transport(HTTPAdapter):
    """Where every call passes: the URL is checked here, the address where the connection is made."""

    def __init__(self, sandbox: Mapping[str, str], limits: Limits, ask: Resolve) -> None:
        self._sandbox, self._limits, self._ask = sandbox, limits, ask
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        """Give https connections that ask ``self._ask`` and check what it says."""
        super().init_poolmanager(*args, **kwargs)
        pinned = type("_Pinned", (_PinnedConnection,), {"ask": staticmethod(self._ask)})
        self.poolmanager.pool_classes_by_scheme = {
            "http": type("_SandboxPool", (HTTPConnectionPool,), {"ConnectionCls": _SandboxConnection}),
            "https": type("_PinnedPool", (HTTPSConnectionPool,), {"ConnectionCls": pinned}),
        }

    def send(self, request: requests.PreparedRequest, *_: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401
        parts = checked(request)
        place = self._sandbox.get(parts.hostname or "")
        if place is not None:
            request = request.copy()
            request.url = moved(parts, place)
            request.headers["Host"] = parts.hostname or ""
        given = kwargs.get("timeout")
        read_s = given[1] if isinstance(given, tuple) else given or self._limits.read_s
        timeout = (self._limits.connect_s, min(read_s, self._limits.total_s))
        response: requests.Response | None = None
        with _Deadline(self._limits.total_s) as deadline:
            try:
                response = super().send(request, stream=True, timeout=timeout, verify=True, proxies=None)
                _read(response, self._limits.body_bytes)
            except AddressRefused:
                raise OutgoingRefused("ADDRESS_REFUSED", request) from None
            except requests.RequestException:
                if not deadline.passed:
                    raise
        if response is None or deadline.passed:  # also when what came before the cut looks like an answer
            raise requests.ReadTimeout("too slow as a whole", request=request)
        if place is not None:
            response.url = urlunsplit(parts)
        return response


_here = threading.local()


class _Deadline:
    """Cut a call that trickles: a read timeout is per packet, this is for all of it."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        _here.deadline = self
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()
        _here.deadline = None

    def watch(self, connected: socket.socket | None) -> None:
        """This is the connection to cut."""
        self._socket = connected
        if self.passed:
            self._cut()

    def _cut(self) -> None:
        self.passed = True
        if self._socket is not None:
            try:
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
            except OSError:
                self._socket = None  # it ended by itself


class _Watched(HTTPConnection):
    """A connection that its deadline can cut while an answer is awaited or read."""

    def getresponse(self) -> Any:  # noqa: ANN401  (urllib3's own type)
        if (deadline := getattr(_here, "deadline", None)) is not None:
            deadline.watch(self.sock)
        return super().getresponse()


class _SandboxConnection(_Watched):
    """A connection to a demonstration shop on this machine."""


class _PinnedConnection(_Watched, HTTPSConnection):
    """A connection to the very address that was checked; the certificate is still the name's."""

    ask: Resolve

    def _new_conn(self) -> socket.socket:
        where = f"{self.host}: no address answered"
        try:
            addresses = public_addresses(self.host, self.port, self.ask)
        except (OSError, UnicodeError) as error:
            raise NewConnectionError(self, where) from error
        for address in addresses:
            try:
                return create_connection((address, self.port), self.timeout, socket_options=self.socket_options)
            except OSError:
                continue
        raise NewConnectionError(self, where)


def checked(request: requests.PreparedRequest) -> SplitResult:
    """Read the URL of a request. Raises OutgoingRefused for any but plain https."""
    try:
        parts = urlsplit(request.url or "")
        port = parts.port or HTTPS_PORT
    except ValueError:
        raise OutgoingRefused("URL_REFUSED", request) from None
    odd = parts.username is not None or parts.password is not None or not parts.hostname
    if parts.scheme != "https" or odd or (port != HTTPS_PORT and port < _PORT_FREE_FROM):
        raise OutgoingRefused("URL_REFUSED", request)
    return parts


def moved(parts: SplitResult, place: str) -> str:
    """Return the URL with its scheme and host changed to those of ``place``."""
    to = urlsplit(place)
    return urlunsplit((to.scheme, to.netloc, parts.path, parts.query, parts.fragment))


def _read(response: requests.Response, most_bytes: int) -> None:
    """Take the whole body, at most ``most_bytes`` of it unpacked. Raises OutgoingRefused beyond."""
    body = bytearray()
    for chunk in response.iter_content(_CHUNK_BYTES):
        body += chunk
        if len(body) > most_bytes:
            response.close()
            raise OutgoingRefused("ANSWER_TOO_LARGE", response.request)
    response._content = bytes(body)  # noqa: SLF001  (what requests does when it reads a body itself)
