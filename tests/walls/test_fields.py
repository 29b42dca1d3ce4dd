"""Whatever stands in a field of a form, a query or an address: it is answered, shown harmlessly, and moves no books."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import cycle, islice
from typing import Final

from werkzeug.routing import BuildError
from werkzeug.test import TestResponse

from jobs.audit import audit
from tests.walls.calls import Call, Route, routes
from tests.walls.roles import ROLES, Street

NUMBERS: Final = (
    "-1", "0", "1,5", "1e3", "0x1f", "9007199254740993", "9223372036854775808", "9" * 30, "NaN", "1e999", "-0", "１２",
    "+5", "1_000", "٣",
)  # fmt: skip
TEXTS: Final = (
    "", " ", "a\x00b", "\ufefftext", "\u202egnp.exe", "\u200b", "😀" * 40, "é" * 2_000, "x" * 30_000, "a\r\nX-Evil: 1",
    "<script>alert(7)</script>", '"><img src=x onerror=alert(7)>', "=cmd|' /C calc'!A0", "'; DROP TABLE members; --",
    "%00", "../../etc/passwd", "\udc80", "\ud83d",
)  # fmt: skip
"""F-09, F-10, V-05, V-07, V-08. Half an emoji arrives as bytes that are no UTF-8."""
EACH: Final = 7
"""So many of them in every field, going round: neighbouring fields are spoiled in different ways."""
EVIL: Final = re.compile(r"<script>alert\(7|<img src=x onerror", re.IGNORECASE)
ODD: Final = "odd"


@dataclass(frozen=True, slots=True)
class Spoiled(Route):
    """A route that is called with something odd in one field."""

    how: Call

    @property
    def call(self) -> Call:
        """Return the call with its odd field."""
        return self.how


def spoiled(route: Route) -> Iterator[tuple[str, Spoiled]]:
    """Return a route once for each field that takes words, with the placeholder of what is odd in it."""
    call, word = route.call, f"{{{ODD}}}"
    form, json = call.form or {}, call.json or {}
    changed = [(name, replace(call, form={**form, name: word})) for name in form]
    changed += [(name, replace(call, json={**json, name: word})) for name in json if isinstance(json[name], str)]
    changed += [(name, replace(call, query={**call.query, name: word})) for name in call.query]
    changed += [(name, replace(call, address={**call.address, name: word})) for name in call.address]
    for name, how in changed:
        yield name, Spoiled(route.rule, route.method, route.policy, how)


def _does_harm(answer: TestResponse) -> bool:
    """Say whether a browser would carry out what it holds; JSON that it is told never to take for a page is data."""
    is_data = answer.mimetype == "application/json" and answer.headers.get("X-Content-Type-Options") == "nosniff"
    return not is_data and EVIL.search(answer.text) is not None


def test_whatever_a_field_holds_the_page_answers_shows_it_harmlessly_and_the_books_balance(street: Street) -> None:
    odd, wrong, cells = cycle([*NUMBERS, *TEXTS]), dict[str, object](), 0
    for route in routes(street.app):
        role = next((role for role in ROLES if role.may(route)), None)
        if role is None or route.call.proof:
            continue
        for name, bad in spoiled(route):
            for value in islice(odd, EACH):
                try:
                    answer = role.ask(street, bad, {**role.at(street).ids, ODD: value})
                except (BuildError, UnicodeEncodeError):
                    continue  # no browser can say it either
                cells += 1
                if answer.status_code >= 500 or _does_harm(answer) or "X-Evil" in answer.headers:
                    wrong[f"{route} {name}={ascii(value)[:40]}"] = answer.status_code

    assert wrong == {}
    assert cells >= 200
    for neighbour in (street.tidewell, street.mado, street.stranger):
        assert list(audit(street.works, neighbour.shop.programme_id)) == []
