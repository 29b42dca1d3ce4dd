"""Speaks wc/v3 with one store: the ``woocommerce`` package writes the requests, our transport carries them."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import FunctionType, MethodType
from typing import Final

import requests
from woocommerce import API

from integrations.outgoing import Outgoing, as_platform_error, repeated
from integrations.platform import Credentials, PlatformError, ReauthorizeError
from integrations.reading import UnreadableError, mapping, parse
from integrations.transport import USER_AGENT

READ_S: Final = 30
"""Seconds a store may think: shared hosting is slow, and the package's own five are too few."""

PAGE_SIZE: Final = 100
"""The most a list of wc/v3 gives at once."""

_MANY_PAGES = 50
_STORE_CODE = re.compile(r"[a-z0-9_]{1,80}")
_UNAUTHORIZED, _PAYMENT_REQUIRED, _FORBIDDEN, _NOT_FOUND, _TIMEOUT, _LOCKED, _BUSY = 401, 402, 403, 404, 408, 423, 429
_REDIRECT, _REFUSED, _FAILED = 300, 400, 500


class StoreRefused(PlatformError):
    """The store understood and said no: its own ``store_code``, the ``status``, and the ``date`` of its clock."""

    def __init__(self, status: int, store_code: str, date: datetime | None) -> None:
        super().__init__(f"REFUSED_{status}", permanent=True)
        self.status = status
        self.store_code = store_code
        self.date = date

    @property
    def unknown_thing(self) -> bool:
        """Whether the thing asked for does not exist (which is not the same as a route that does not exist)."""
        return self.status == _NOT_FOUND and self.store_code.endswith("invalid_id")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a store answered: the JSON ``value``, and the ``date`` of its clock where it told it."""

    value: object
    date: datetime | None


class Client:
    """One store's REST API, opened with its keys. Reading is repeated after a passing failure, writing never."""

    def __init__(self, credentials: Credentials, outgoing: Outgoing) -> None:
        """Raises ReauthorizeError where there is nothing to open the store with."""
        key, secret = (credentials.values.get(name, "") for name in ("consumer_key", "consumer_secret"))
        if not (credentials.domain and key and secret):
            raise ReauthorizeError("KEYS_MISSING")
        self._store = f"https://{credentials.domain}"
        self._keys = {"consumer_key": key, "consumer_secret": secret}
        self._outgoing = outgoing
        self._api = self._opened("wc/v3")

    def get(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """Read one thing or one page. Raises PlatformError."""
        return repeated(lambda: _told(lambda: self._api.get(path, params=params)))

    def pages(self, path: str, params: Mapping[str, str] | None = None) -> Iterator[Mapping[str, object]]:
        """Yield every item of a list. Raises PlatformError."""
        for page in range(1, _MANY_PAGES + 1):
            found = listed(self.get(path, {**(params or {}), "per_page": str(PAGE_SIZE), "page": str(page)}))
            yield from found
            if len(found) < PAGE_SIZE:
                return

    def post(self, path: str, data: Mapping[str, object]) -> Answer:
        """Make something, once. Raises PlatformError; after ``NO_ANSWER`` and the like it may exist all the same."""
        return _told(lambda: self._api.post(path, data))

    def put(self, path: str, data: Mapping[str, object]) -> Answer:
        """Change something, once. Raises PlatformError."""
        return _told(lambda: self._api.put(path, data))

    def delete(self, path: str) -> Answer:
        """Delete something for good, once: the trash keeps what it is given. Raises PlatformError."""
        return _told(lambda: self._api.delete(path, params={"force": "true"}))

    def tell_plugin(self, path: str, data: Mapping[str, object]) -> Answer:
        """POST to a route of our plugin. Raises PlatformError, ``PLUGIN_MISSING`` where nobody listens."""
        try:
            return _told(lambda: self._opened("kizuna/v1").post(path, data))
        except PlatformError as error:
            if error.code == "WOOCOMMERCE_MISSING":
                raise PlatformError("PLUGIN_MISSING") from None
            raise

    def index(self, fields: str) -> Answer:
        """Read what WordPress tells anybody about the site. Raises PlatformError."""
        url = f"{self._store}/wp-json/"
        return repeated(
            lambda: _told(lambda: self._outgoing.call("GET", url, params={"_fields": fields}, read_s=READ_S))
        )

    def _opened(self, version: str) -> API:
        api = API(url=self._store, version=version, timeout=READ_S, user_agent=USER_AGENT, **self._keys)
        _carry(api, self._outgoing)
        return api


def listed(answer: Answer) -> list[Mapping[str, object]]:
    """Return an answer that is a list of things. Raises PlatformError."""
    if not isinstance(answer.value, list):
        raise PlatformError("ANSWER_UNEXPECTED")
    try:
        return [mapping(item, "item") for item in answer.value]
    except UnreadableError:
        raise PlatformError("ANSWER_UNEXPECTED") from None


def thing(answer: Answer) -> Mapping[str, object]:
    """Return an answer that is one thing. Raises PlatformError."""
    if not isinstance(answer.value, dict):
        raise PlatformError("ANSWER_UNEXPECTED")
    return answer.value


def _carry(api: API, outgoing: Outgoing) -> None:
    """Let this one ``api`` send by our transport.

    The package ends in a bare ``requests.request``: a new session each time, redirects followed, any address. Its own
    method is kept, URL, authentication and all; only that one name means our session. Nothing global changes.
    """
    method = API._API__request  # noqa: SLF001  (the package has no seam of its own)
    carried = FunctionType(
        method.__code__,
        {**method.__globals__, "request": outgoing.session.request},
        method.__name__,
        method.__defaults__,
    )
    api._API__request = MethodType(carried, api)  # noqa: SLF001


def _told(call: Callable[[], requests.Response]) -> Answer:
    """Return what the store answered with success. Raises PlatformError for everything else, never with a body."""
    try:
        response = call()
    except requests.RequestException as error:
        raise as_platform_error(error) from None
    date = _date(response.headers.get("Date"))
    try:
        value = parse(response.content)
    except UnreadableError:
        raise _unreadable(response) from None
    if response.status_code < _REDIRECT:
        return Answer(value, date)
    code = value.get("code") if isinstance(value, dict) else None
    raise _refusal(response, code if isinstance(code, str) and _STORE_CODE.fullmatch(code) else "", date)


def _refusal(response: requests.Response, code: str, date: datetime | None) -> PlatformError:
    """Say what an answer in JSON that is no success means."""
    status = response.status_code
    if status == _UNAUTHORIZED and code.startswith("woocommerce_rest_"):
        return ReauthorizeError("KEYS_REVOKED")
    if status == _FORBIDDEN and code.startswith("woocommerce_rest_"):
        return ReauthorizeError("KEYS_WITHOUT_RIGHTS")
    if status in {_UNAUTHORIZED, _FORBIDDEN} and code == "rest_forbidden":
        return PlatformError("PLUGIN_REFUSED")
    if status == _NOT_FOUND and code == "rest_no_route":
        return PlatformError("WOOCOMMERCE_MISSING")
    if code and _REFUSED <= status < _FAILED and status not in {_UNAUTHORIZED, _FORBIDDEN, _TIMEOUT, _BUSY}:
        return StoreRefused(status, code, date)
    return _by_status(response)


def _unreadable(response: requests.Response) -> PlatformError:
    """Say what an answer means that is no JSON: a proxy's, a firewall's, a crash's, or a page about something else."""
    if response.status_code >= _REDIRECT:
        return _by_status(response)
    start = response.content[:2000].lstrip()
    noisy = any(mark in response.content for mark in (b'{"', b'[{"', b"[]")) and not start.startswith((b"{", b"["))
    return PlatformError("NOISE_BEFORE_JSON" if noisy else "ANSWER_NOT_JSON")


def _by_status(response: requests.Response) -> PlatformError:
    status = response.status_code
    if status >= _FAILED or status == _TIMEOUT:
        return PlatformError("UNAVAILABLE", retry_after_s=_wait(response))
    if status == _BUSY:
        return PlatformError("THROTTLED", retry_after_s=_wait(response))
    words = {
        _UNAUTHORIZED: "STORE_LOCKED",  # a password in front of the whole site
        _PAYMENT_REQUIRED: "STORE_FROZEN",
        _FORBIDDEN: "FORBIDDEN",  # a firewall
        _NOT_FOUND: "REST_API_MISSING",  # plain permalinks, or no WordPress
        _LOCKED: "STORE_FROZEN",
    }
    return PlatformError(words.get(status, "REDIRECTED" if status < _REFUSED else "ANSWER_UNEXPECTED"))


def _wait(response: requests.Response) -> float | None:
    """Return the seconds the store asks us to wait (``Retry-After``: seconds, or a date by its own clock)."""
    asked = response.headers.get("Retry-After", "")
    if re.fullmatch(r"[0-9]{1,6}", asked):
        return float(asked)
    until, now = _date(asked), _date(response.headers.get("Date"))
    return max(0.0, (until - now).total_seconds()) if until and now else None


def _date(header: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(header or "")
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
