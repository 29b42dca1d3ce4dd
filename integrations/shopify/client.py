"""Questions and orders to a shop's Admin API, in GraphQL: every answer is read in three steps, status, errors, data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Final

import requests
import shopify

from integrations.outgoing import Outgoing, repeated
from integrations.platform import Credentials, PlatformError, ReauthorizeError, StaleTokenError
from integrations.reading import UnreadableError, items, mapping, parse
from integrations.shopify.verify import shop_domain

DOUBTFUL: Final = frozenset({"NO_ANSWER", "UNAVAILABLE", "BAD_ANSWER"})
"""After these an order may have been carried out all the same."""
WITHHELD: Final = frozenset({"email", "first_name", "last_name", "default_email_address", "email_address"})
"""Protected fields: a shop's answer may hold null for them, with an error beside, and is an answer all the same."""

_HOUR_S: Final = 3600.0
_WAIT_S: Final = 2.0
_POINTS_MAX: Final = 10**9
_STATUS: Final = {
    402: ("SHOP_FROZEN", False),  # the merchant has not paid Shopify
    423: ("SHOP_LOCKED", False),  # suspended for a review
    403: ("FORBIDDEN", True),
    404: ("SHOP_GONE", True),
}
_TOO_MANY: Final = (429, 430)
_CODES: Final = {
    "INTERNAL_SERVER_ERROR": "UNAVAILABLE",
    "TIMEOUT": "UNAVAILABLE",
    "MAX_COST_EXCEEDED": "TOO_COSTLY",
    "ACCESS_DENIED": "ACCESS_DENIED",
    "SHOP_INACTIVE": "SHOP_FROZEN",
}

Data = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a shop said, and when by its own clock (None where it did not say)."""

    data: Data
    at: datetime | None


class UserError(PlatformError):
    """Shopify understood the order and does not carry it out; ``code`` is its word for why, or ``USER_ERROR``."""


class Admin:
    """The Admin API of any shop, at one version. Token and shop are given with every call; nothing is shared."""

    def __init__(self, outgoing: Outgoing, version: str) -> None:
        self._outgoing = outgoing
        self._version = shopify.ApiVersion.coerce_to_version(version)

    def read(self, credentials: Credentials, document: str, **variables: object) -> Answer:
        """Ask a question; again after a passing failure. Raises PlatformError."""
        return repeated(lambda: self._ask(credentials, document, variables))

    def write(self, credentials: Credentials, document: str, **variables: object) -> Data:
        """Give an order, once, and return its result. Raises UserError, and PlatformError (perhaps in doubt)."""
        answer = self._ask(credentials, document, variables)
        try:
            result = mapping(answer.data.get("result"), "result")
            refusals = items(result.get("userErrors"), "userErrors")
        except UnreadableError:
            raise PlatformError("BAD_ANSWER") from None
        for refusal in refusals:
            code = refusal.get("code")
            word = code if isinstance(code, str) else "USER_ERROR"
            raise UserError(word, permanent=word != "INTERNAL_ERROR")
        return result

    def _ask(self, credentials: Credentials, document: str, variables: Mapping[str, object]) -> Answer:
        shop = shop_domain(credentials.domain)
        if shop is None:
            raise PlatformError("SHOP_INVALID", permanent=True)
        token = credentials.values.get("access_token")
        if not token:
            raise ReauthorizeError
        response = self._outgoing.call(
            "POST",
            f"{self._version.api_path(f'https://{shop}')}/graphql.json",
            headers={"X-Shopify-Access-Token": token, "Accept": "application/json"},
            json={"query": document, "variables": dict(variables)},
        )
        if response.status_code == requests.codes.unauthorized:
            raise StaleTokenError
        check_status(response)
        try:
            body = mapping(parse(response.content), "answer")
            _check_errors(body)
            return Answer(mapping(body.get("data"), "data"), _date(response))
        except UnreadableError:
            raise PlatformError("BAD_ANSWER") from None


def check_status(response: requests.Response) -> None:
    """Raise PlatformError for any status but 200 and 401 (which only the caller can judge)."""
    status = response.status_code
    if status in (requests.codes.ok, requests.codes.unauthorized):
        return
    if status in _TOO_MANY:
        raise PlatformError("THROTTLED", retry_after_s=_retry_after(response) or _WAIT_S)
    if status in _STATUS:
        code, permanent = _STATUS[status]
        raise PlatformError(code, permanent=permanent, retry_after_s=None if permanent else _HOUR_S)
    if status >= requests.codes.server_error:
        raise PlatformError("UNAVAILABLE", retry_after_s=_retry_after(response))
    raise PlatformError(f"HTTP_{status}", permanent=True)


def _retry_after(response: requests.Response) -> float | None:
    """Return the wait a shop asks for, in seconds; an hour at most."""
    told = response.headers.get("Retry-After", "")
    try:
        return min(max(float(told), 0.0), _HOUR_S) if told.replace(".", "", 1).isdecimal() else None
    except ValueError:
        return None


def _check_errors(body: Data) -> None:
    """Raise PlatformError for top-level errors, but for withheld fields of an answer that is there."""
    told = body.get("errors")
    if not told:
        return
    errors = items(told, "errors") if isinstance(told, list) else [{}]
    codes = [_code(error) for error in errors]
    if "THROTTLED" in codes:
        raise PlatformError("THROTTLED", retry_after_s=_throttled_s(body))
    if body.get("data") is not None and all(
        code == "ACCESS_DENIED" and _field(error) in WITHHELD for code, error in zip(codes, errors, strict=True)
    ):
        return
    code = next((_CODES[code] for code in codes if code in _CODES), "GRAPHQL_REFUSED")
    if code == "SHOP_FROZEN":
        raise PlatformError(code, retry_after_s=_HOUR_S)
    raise PlatformError(code, permanent=code != "UNAVAILABLE")


def _code(error: Data) -> str:
    extensions = error.get("extensions")
    code = extensions.get("code") if isinstance(extensions, dict) else None
    return code if isinstance(code, str) else ""


def _field(error: Data) -> object:
    path = error.get("path")
    return path[-1] if isinstance(path, list) and path and isinstance(path[-1], str) else None


def _throttled_s(body: Data) -> float:
    """Return how long the bucket needs to hold what the query costs: (requested - available) / restored a second."""
    try:
        cost = mapping(mapping(body.get("extensions"), "extensions").get("cost"), "cost")
        status = mapping(cost.get("throttleStatus"), "throttleStatus")
        missing = _points(cost.get("requestedQueryCost")) - _points(status.get("currentlyAvailable"))
        rate = _points(status.get("restoreRate"))
    except UnreadableError:
        return _WAIT_S
    return min(max(float(missing / rate), 0.1), _HOUR_S) if rate > 0 else _WAIT_S


def _points(value: object) -> Decimal:
    points = Decimal(value) if isinstance(value, int | Decimal) else Decimal("NaN")
    if not points.is_finite() or abs(points) > _POINTS_MAX:
        raise UnreadableError("no cost")
    return points


def _date(response: requests.Response) -> datetime | None:
    try:
        return parsedate_to_datetime(response.headers.get("Date", "")).astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return None
