"""Every route is asked by everybody, with their own ids, with a stranger's and with made-up ones."""

import re
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import quote

import pytest
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from app.db.tables import Base
from app.db.unit import reading
from app.web.policy import Who
from tests.walls.calls import CALLS, Route, routes
from tests.walls.neighbours import Neighbour, invented
from tests.walls.roles import ROLES, Role, Street

REFUSED: Mapping[Who, frozenset[int]] = {
    Who.PLATFORM: frozenset({401}),
    Who.VISITOR: frozenset({400, 401, 404}),
    Who.SHOPPER: frozenset({400, 401, 404}),
    Who.MERCHANT: frozenset({302, 303, 401}),
    Who.OPERATOR: frozenset({302, 303, 401, 403}),
}
"""How whoever may not is answered: pages lead to where one signs in, everything else says no."""
AWAY = ("/sign-in", "/shops", "/shopify/bounce")
TENANT = [table for table in Base.metadata.sorted_tables if "programme_id" in table.primary_key.columns]


def rows_of(engine: Engine, neighbour: Neighbour) -> str:
    """Return a hash of every row of a programme."""
    key = neighbour.shop.programme_id
    given = key.hex if engine.dialect.name == "sqlite" else key
    whole = sha256()
    with reading(engine) as session:
        for table in TENANT:
            found = session.execute(
                text(f"SELECT * FROM {table.name} WHERE programme_id = :id"),  # noqa: S608 - a table's own name
                {"id": given},
            )
            whole.update(repr(sorted(str(tuple(row)) for row in found)).encode())
    return whole.hexdigest()


def all_rows(engine: Engine) -> str:
    """Return a hash of everything there is."""
    whole = sha256()
    with reading(engine) as session:
        for table in Base.metadata.sorted_tables:
            found = session.execute(table.select())
            whole.update(repr(sorted(str(tuple(row)) for row in found)).encode())
    return whole.hexdigest()


def said(answer: TestResponse, ids: Mapping[str, str]) -> tuple[int, str, str]:
    """Return what an answer says, without the ids that were asked for and what is new in every answer."""
    body = answer.text + "\n" + answer.headers.get("Location", "")
    for name, value in sorted(ids.items(), key=lambda pair: -len(pair[1])):
        body = body.replace(value, f"<{name}>").replace(quote(value, safe=""), f"<{name}>")
    body = re.sub(r'"reference":"?[A-Z0-9]+|\b[A-Z0-9]{8}\b|\b[0-9a-f]{32}\b', "<new>", body)
    return answer.status_code, answer.mimetype or "", body


def difference(one: tuple[int, str, str], two: tuple[int, str, str]) -> tuple[object, ...]:
    """Return where two answers part: their statuses and types, and the first lines that are not the same."""
    lines = zip(one[2].splitlines(), two[2].splitlines(), strict=False)
    return one[:2], two[:2], next(((a.strip(), b.strip()) for a, b in lines if a != b), "one goes on")


def test_there_is_an_example_of_a_call_for_every_route_and_none_for_what_is_gone(street: Street) -> None:
    known = list(routes(street.app))

    assert {route.endpoint for route in known} == set(CALLS)
    assert {
        str(route) for route in known if not set(route.rule.arguments) - {"page"} <= set(route.call.address)
    } == set()


@pytest.mark.parametrize("role", ROLES, ids=str)
def test_whoever_may_not_call_a_route_is_refused_and_nothing_changes(role: Role, street: Street) -> None:
    before = all_rows(street.works.engine)
    wrong: dict[str, object] = {}
    cells = 0
    for route in routes(street.app):
        if role.may(route):
            continue
        cells += 1
        ids = role.at(street).ids
        answer = role.ask(street, route, invented(ids) if route.call.proof else ids)
        refused = answer.status_code in REFUSED[route.policy.who]
        leads_away = answer.status_code not in {302, 303} or answer.headers["Location"].startswith(AWAY)
        if not refused or not leads_away:
            wrong[str(route)] = (answer.status_code, answer.headers.get("Location"), answer.text[:200])

    assert wrong == {}
    assert cells >= 10
    assert all_rows(street.works.engine) == before


@pytest.mark.parametrize("role", ROLES, ids=str)
def test_whoever_may_call_a_route_is_answered(role: Role, street: Street) -> None:
    """So the examples are good ones: what is refused above is refused for who asks and not for how."""
    wrong: dict[str, object] = {}
    for route in routes(street.app):
        if not role.may(route):
            continue
        answer = role.ask(street, route, role.at(street).ids)
        if answer.status_code not in route.call.well:
            wrong[str(route)] = (answer.status_code, answer.headers.get("Location"), answer.text[:300])

    assert wrong == {}


def crossings(route: Route, own: Mapping[str, str], other: Mapping[str, str]) -> list[dict[str, str]]:
    """Return the own ids with each of them, and with all together, replaced by the other's."""
    named = route.call.ids()
    one_by_one = [{**own, name: other[name]} for name in named]
    return one_by_one + ([{**own, **{name: other[name] for name in named}}] if len(named) > 1 else [])


@pytest.mark.parametrize("role", ROLES, ids=str)
def test_a_strangers_ids_are_answered_exactly_as_made_up_ones_and_nothing_of_theirs_changes(
    role: Role, street: Street
) -> None:
    before = rows_of(street.works.engine, street.stranger)
    own, theirs = role.at(street).ids, street.stranger.ids
    nobodys = invented(theirs)
    wrong: dict[str, object] = {}
    for route in routes(street.app):
        # The operator chooses among all programmes; that is what this one route is for.
        if not role.may(route) or route.policy.who is Who.OPERATOR:
            continue
        pairs = list(zip(crossings(route, own, theirs), crossings(route, own, nobodys), strict=True))
        if route.call.proof:
            pairs = pairs[:-1]
        for foreign, made_up in pairs:
            one = said(role.ask(street, route, foreign), foreign)
            two = said(role.ask(street, route, made_up), made_up)
            if one != two:
                crossed = [name for name in route.call.ids() if foreign[name] != own[name]]
                wrong[f"{route} with {crossed}"] = difference(one, two)

    assert wrong == {}
    assert rows_of(street.works.engine, street.stranger) == before


@pytest.mark.parametrize(
    "role", [role for role in ROLES if role.name.startswith(("a shopper by", "a shopper of"))], ids=str
)
def test_what_is_another_shoppers_is_answered_as_what_is_nobodys(role: Role, street: Street) -> None:
    neighbour = role.at(street)
    private = {"redemption", "choosing", "question"}
    nobodys = invented(neighbour.others)
    wrong: dict[str, object] = {}
    asked = 0
    for route in routes(street.app):
        if not role.may(route):
            continue
        for name in private & set(route.call.ids()):
            asked += 1
            foreign = {**neighbour.ids, name: neighbour.others[name]}
            made_up = {**neighbour.ids, name: nobodys[name]}
            one, two = (said(role.ask(street, route, ids), ids) for ids in (foreign, made_up))
            if one != two:
                wrong[f"{route} with {name}"] = difference(one, two)

    assert wrong == {}
    assert asked == 4  # look, give back, pick, answer
