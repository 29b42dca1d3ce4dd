"""How wc/v3 answers: who may ask, what an error looks like, and lists by pages."""

import hmac
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import ParamSpec
from urllib.parse import urlencode

from flask import Blueprint, Response, request

from tests.sandbox.shops import Shop
from tests.sandbox.woocommerce.records import Permission, RestKey
from tests.sandbox.woocommerce.writing import Json, encode

_MAX_PER_PAGE = 100
P = ParamSpec("P")
Route = tuple[str, str, Callable[..., Response]]
"""Methods, path and view."""


class RestError(Exception):
    """An error as WordPress's REST answers it."""

    def __init__(self, status: int, code: str, message: str, data: Json | None = None) -> None:
        """Carry the status, the code and the sentence."""
        super().__init__(code)
        self.status = status
        self.body: Json = {"code": code, "message": message, "data": {"status": status, **(data or {})}}


def reply(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Answer JSON as WordPress does."""
    response = Response(encode(value), status, content_type="application/json; charset=UTF-8")
    response.headers.update(headers or {})
    return response


def answers(view: Callable[P, Response]) -> Callable[P, Response]:
    """Turn RestError into its answer."""

    @wraps(view)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> Response:
        try:
            return view(*args, **kwargs)
        except RestError as error:
            return reply(error.body, error.status)

    return guarded


def blueprint(name: str, prefix: str, keys: dict[str, RestKey], shop: Shop, routes: Sequence[Route]) -> Blueprint:
    """Routes below `/wp-json/wc/v3` + prefix that ask for a REST key first."""
    api = Blueprint(name, __name__, url_prefix=f"/wp-json/wc/v3{prefix}")

    def prove_key() -> Response | None:
        try:
            signed_in_key(keys, shop)
        except RestError as error:
            return reply(error.body, error.status)
        return None

    api.before_request(prove_key)
    for methods, path, view in routes:
        api.add_url_rule(path, view.__name__, answers(view), methods=methods.split())
    return api


def signed_in_key(keys: dict[str, RestKey], shop: Shop) -> RestKey:
    """Find the REST key that a request proves; raises RestError.

    Keys count over https only. What asks for the shop by its own name came over (pretended) https; what asks for
    127.0.0.1 came over plain http, where WooCommerce ignores Basic authentication.
    """
    secure = request.host == shop.domain or request.headers.get("X-Forwarded-Proto") == "https"
    given = request.authorization
    if given is not None and given.type == "basic":
        name, secret = given.username or "", given.password or ""
    else:
        name, secret = request.args.get("consumer_key", ""), request.args.get("consumer_secret", "")
    key = keys.get(name) if secure else None
    if key is None:
        raise RestError(401, "woocommerce_rest_cannot_view", "Sorry, you cannot list resources.")
    if not hmac.compare_digest(key.consumer_secret.encode(), secret.encode()):
        raise RestError(401, "woocommerce_rest_authentication_error", "Consumer secret is invalid.")
    writes = request.method not in ("GET", "HEAD", "OPTIONS")
    if writes and key.permission is Permission.READ:
        message = "The API key provided does not have write permissions."
        raise RestError(401, "woocommerce_rest_authentication_error", message)
    if not writes and key.permission is Permission.WRITE:
        message = "The API key provided does not have read permissions."
        raise RestError(401, "woocommerce_rest_authentication_error", message)
    return key


def payload() -> Json:
    """Read the body's JSON object (an empty one where there is none); raises RestError."""
    if not request.get_data():
        return {}
    value = request.get_json(silent=True, force=True)
    if not isinstance(value, dict):
        raise RestError(400, "rest_invalid_json", "Invalid JSON body passed.")
    return value


def invalid(name: str, why: str) -> RestError:
    """The error for a parameter that cannot be."""
    return RestError(400, "rest_invalid_param", f"Invalid parameter(s): {name}", {"params": {name: why}})


def missing(name: str) -> RestError:
    """The error for a parameter that is not there."""
    return RestError(400, "rest_missing_callback_param", f"Missing parameter(s): {name}", {"params": [name]})


def whole_number(name: str, default: int, *, least: int = 1, most: int | None = None) -> int:
    """Read a number from the query; raises RestError."""
    text = request.args.get(name, str(default))
    bound = f"{name} must be between {least} (inclusive) and {most} (inclusive)" if most else f"{name} must be a number"
    try:
        value = int(text)
    except ValueError:
        raise invalid(name, bound) from None
    if value < least or (most is not None and value > most):
        raise invalid(name, bound)
    return value


def moment(text: str, shop: Shop, *, gmt: bool) -> datetime:
    """Read an instant: with a zone as it says, without one in UTC or the store's zone; raises ValueError."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is not None:
        return at
    return datetime.fromisoformat(f"{text}+00:00") if gmt else at.replace(tzinfo=shop.tz)


def asked_moment(name: str, shop: Shop) -> datetime | None:
    """Read an instant from the query; raises RestError."""
    text = request.args.get(name)
    if text is None:
        return None
    gmt = request.args.get("dates_are_gmt", "") in ("true", "1")
    try:
        return moment(text, shop, gmt=gmt)
    except ValueError:
        raise invalid(name, "Invalid date.") from None


def page(items: Sequence[object], write: Callable[..., Json]) -> Response:
    """Answer one page of a list, with its totals and the link to the next."""
    size = whole_number("per_page", 10, most=_MAX_PER_PAGE)
    number = whole_number("page", 1)
    start = (number - 1) * size
    pages = -(-len(items) // size)
    headers = {"X-WP-Total": str(len(items)), "X-WP-TotalPages": str(pages)}
    if number < pages:
        query = urlencode({**request.args, "page": number + 1})
        headers["Link"] = f'<{request.base_url}?{query}>; rel="next"'
    return reply([write(item) for item in items[start : start + size]], 200, headers)
