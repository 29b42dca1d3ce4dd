"""The OpenAPI document comes from the code and the code keeps to it: with good data and bad, on both roads."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.openapi import from_wsgi
from schemathesis.specs.openapi.checks import negative_data_rejection
from sqlalchemy import select

from app.db.tables import MemberRow
from app.db.unit import reading
from app.loyalty.facts import SignUp
from app.web.limits import limiter
from tests.web.shops import Shop, bearer, proxied
from tests.web.storefront import MAYA, Storefront, at

EXAMPLES = 8
MODES = ((GenerationMode.POSITIVE, "sqlite"), (GenerationMode.NEGATIVE, "postgresql"))
"""The document is the same on both engines; what is odd is asked where the database is the stricter one."""


def test_the_document_names_every_operation_of_the_contract_on_both_roads(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json()

    named = {
        (method.upper(), path)
        for path, methods in document["paths"].items()
        for method in methods
        if path.startswith(("/storefront/", "/proxy/"))
    }
    assert len(named) == 50
    assert document["openapi"] == "3.1.0"
    assert set(document["components"]["securitySchemes"]) == {"appProxy", "shopperToken"}
    assert not any(path.startswith(("/home", "/members", "/sign-in", "/connect")) for path in document["paths"])


def test_every_refusal_in_the_document_is_a_problem(client: FlaskClient) -> None:
    document = client.get("/openapi.json").get_json()

    for path, methods in document["paths"].items():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                if status.startswith(("4", "5")) and path != "/readyz":
                    assert list(response["content"]) == ["application/problem+json"], (path, status)


def operations(app: Flask) -> list[APIOperation[Any, Any, Any, Any]]:
    """Return what the document offers; none of it may be unreadable."""
    found = list(from_wsgi("/openapi.json", app).get_all_operations())
    assert all(isinstance(one, Ok) for one in found)
    return [one.ok() for one in found if isinstance(one, Ok)]


def _signed(case: Case[Any], storefront: Storefront) -> dict[str, Any]:
    """Let a case pass the door: what the proxy or the plugin would add is added, what it would not let through goes."""
    if case.path.startswith("/proxy/"):
        operation = case.formatted_path.removeprefix("/proxy/shopify/api/")
        own = [(k, str(v)) for k, v in (case.query or {}).items() if k == "before" and "=" not in str(v)]
        storefront.clock.pass_(seconds=1)
        url = proxied(operation, customer="501", at=storefront.clock.now, own=own)
        case.query = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
        return {}
    if case.path.startswith("/storefront/"):
        case.query = {k: v for k, v in (case.query or {}).items() if k != "shop"}
        return {"headers": bearer(storefront.shop, "501", at=storefront.clock.now)}
    return {}


def _mended(case: Case[Any]) -> bool:
    """Say whether ``_signed`` made a case sound again: of a direct call only the headers or ``shop`` were spoiled."""
    assert case.meta is not None
    spoiled = {where for where, how in case.meta.components.items() if how.mode is GenerationMode.NEGATIVE}
    at_the_door = spoiled <= {ParameterLocation.QUERY, ParameterLocation.HEADER}
    return case.path.startswith("/storefront/") and at_the_door and not case.query


@pytest.mark.parametrize(("mode", "databases"), MODES, indirect=("databases",), ids=("positive", "negative"))
@pytest.mark.parametrize("storefront", ("shopify", "woocommerce"), indirect=True)
def test_every_operation_keeps_to_the_document(
    mode: GenerationMode, storefront: Storefront, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiter, "enabled", False)
    storefront.settle(SignUp(MAYA, at("2026-11-01T09:00:00+00:00")))
    with reading(storefront.works.engine) as session:
        link = session.scalars(select(MemberRow.referral_code)).one()
    other = "/storefront/" if storefront.platform == "shopify" else "/proxy/"
    checked, nothing_to_spoil = 0, set()

    for operation in operations(app):
        if operation.path.startswith(other):
            continue
        checked += 1

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def holds(case: Case[Any]) -> None:
            if "code" in (case.path_parameters or {}) and mode is GenerationMode.POSITIVE:
                case.path_parameters = {"code": link}
            given_too = _signed(case, storefront)
            sound = mode is GenerationMode.NEGATIVE and _mended(case)
            case.call_and_validate(excluded_checks=[negative_data_rejection] if sound else [], **given_too)

        try:
            holds()
        except Unsatisfiable:
            nothing_to_spoil.add(operation.path)

    assert checked == 29
    # Another system's body may be anything; what proves it is its address.
    assert nothing_to_spoil <= {"/healthz", "/readyz", "/hooks/{shop_id}/{hook}/{word}"}


@pytest.mark.parametrize("databases", ("sqlite",), indirect=True)  # the door does not ask the database
def test_nobody_gets_past_the_door_with_made_up_requests(
    app: Flask, tidewell: Shop, mado: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limiter, "enabled", False)

    for operation in operations(app):

        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
        )
        @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
        def closed(case: Case[Any]) -> None:
            answer = case.call_and_validate()
            if operation.path not in {"/healthz", "/readyz"}:  # noqa: B023 - called before the next turn
                assert answer.status_code in {400, 401, 404}

        closed()
