"""The one blueprint of the merchant's pages: what holds before and after each of them, and the frame around them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from app.web import headers
from app.web.house import house
from app.web.pages.desk import LANGUAGE_COOKIE, Desk, language
from app.web.pages.drawings import icon, knot, mark
from app.web.pages.words import LANGUAGE_NAMES, LANGUAGES, Words
from app.web.seats import Seat, from_our_page, may_change

STATIC: Final = Path(__file__).parents[1] / "static"
_YEAR_S: Final = 31_536_000
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})

pages = Blueprint(
    "pages", __name__, template_folder="../templates", static_folder="../static", static_url_path="/static"
)


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the side bar."""

    endpoint: str
    icon: str
    words: str


PLACES: Final = (
    Place("pages.home", "home", "place.home"),
    Place("pages.members", "users", "place.members"),
    Place("pages.orders", "bag", "place.orders"),
    Place("pages.referrals", "invite", "place.referrals"),
    Place("pages.tasks", "check", "place.tasks"),
    Place("pages.hearing", "star", "place.hearing"),
    Place("pages.cases", "mail", "place.cases"),
    Place("pages.programme", "rule", "place.programme"),
    Place("pages.activity", "list", "place.activity"),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around a page: whose it is, and how it is shown."""

    name: str
    seat: Seat | None
    languages: Mapping[str, str]
    """Language codes we speak to the address of this page in them."""
    api_key: str = ""
    app_bridge: str = ""

    @property
    def embedded(self) -> bool:
        """Say whether a store's admin is around us."""
        return self.seat is not None and self.seat.embedded is not None

    @property
    def csrf(self) -> Markup:
        """Return the field every form of a seat with a cookie carries."""
        if self.seat is None or not self.seat.csrf:
            return Markup()
        return Markup('<input type="hidden" name="csrf" value="{}">').format(self.seat.csrf)


@pages.before_request
def _before() -> AnyResponse | None:
    """Refuse what another site's page sends; remember a language that was just chosen."""
    if request.method not in _SAFE:
        seat: Seat | None = g.get("seat")
        if not (may_change(request, seat) if seat is not None else from_our_page(request)):
            abort(403)
        return None
    chosen = request.args.get("language")
    if chosen not in LANGUAGES:
        return None
    response = redirect(_this_page(), 303)
    response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=_YEAR_S, httponly=True, samesite="Lax")
    return response


@pages.after_request
def _after(response: Response) -> Response:
    """Let browsers keep a file whose address names its content for good; pages are kept by nobody."""
    if request.endpoint == "pages.static" and response.status_code in {200, 304}:
        named = request.args.get("v") == _digest(str((request.view_args or {})["filename"]))
        response.headers["Cache-Control"] = f"public, max-age={_YEAR_S}, immutable" if named else "no-cache"
    elif response.mimetype == "text/html":
        response.headers["Vary"] = "Accept, Accept-Language, Authorization, Cookie"
    return response


@cache
def _digest(filename: str) -> str:
    try:
        return hashlib.sha256((STATIC / filename).read_bytes()).hexdigest()[:12]
    except OSError:
        return ""


def asset(filename: str) -> str:
    """Return the address of a file of ours, with a name for its content."""
    return url_for("pages.static", filename=filename, v=_digest(filename))


def show(desk: Desk, template: str, *, here: str, title: str, **values: Any) -> str:  # noqa: ANN401 - a template's values
    """Return a page of a programme. ``here`` is the endpoint of its place in the side bar."""
    seat = desk.seat
    embedded = seat.embedded
    frame = Frame(
        desk.row.name,
        seat,
        _languages(),
        house().settings.shopify.client_id if embedded else "",
        headers.app_bridge(embedded) if embedded else "",
    )
    return _render(template, desk.words, frame, here=here, title=title, desk=desk, **values)


def show_door(template: str, *, title: str, seat: Seat | None = None, **values: Any) -> str:  # noqa: ANN401 - as above
    """Return a page outside any programme: signing in, choosing a shop. ``title`` is a message's id."""
    words = Words(language())
    frame = Frame("Kizuna", seat, _languages())
    return _render(template, words, frame, here="", title=str(words(title)), **values)


def _this_page(**more: str) -> str:
    """Return the address of the present page with other values in its query; a token never goes into a link."""
    kept = {name: value for name, value in request.args.items() if name not in {"language", "id_token"}}
    query = urlencode({**kept, **more})
    return f"{request.path}?{query}" if query else request.path


def _languages() -> dict[str, str]:
    if request.method != "GET":
        return {}
    return {code: _this_page(language=code) for code in LANGUAGES}


def _render(template: str, words: Words, frame: Frame, **values: Any) -> str:  # noqa: ANN401 - as above
    return render_template(
        template,
        t=words,
        frame=frame,
        places=PLACES,
        language_names=LANGUAGE_NAMES,
        asset=asset,
        icon=icon,
        mark=mark,
        knot=knot,
        **values,
    )
