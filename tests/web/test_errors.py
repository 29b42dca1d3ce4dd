"""One table from refusals to HTTP; problem documents for machines, a page for people, and nothing told too much."""

import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs

from app.loyalty import errors as trade
from app.loyalty.publishing.soundness import UnsoundProgrammeError, problems
from app.loyalty.terms.programme import Reward
from app.loyalty.terms.rules import AmountRule
from app.web.refusals import REFUSALS, Refusal
from tests.factories.programmes import version

CONTRACT = json.loads((Path(__file__).parents[2] / "widgets" / "contract.json").read_text(encoding="utf-8"))
CANARY = "canary-7f3a@example.com"


def _every(kind: type[trade.LoyaltyError]) -> set[type[trade.LoyaltyError]]:
    return {kind, *(found for child in kind.__subclasses__() for found in _every(child))}


def _raising(app: Flask, error: Exception) -> FlaskClient:
    def view() -> str:
        raise error

    app.view_functions["health.healthz"] = view
    return app.test_client()


def test_every_refusal_of_the_trade_stands_in_the_table() -> None:
    assert {error.code for error in _every(trade.LoyaltyError)} <= set(REFUSALS)


def test_every_code_the_contract_names_stands_in_the_table() -> None:
    assert set(CONTRACT["$defs"]["problem"]["properties"]["code"]["enum"]) <= set(REFUSALS)


def test_a_refusal_of_the_trade_is_a_problem_document_with_its_numbers(app: Flask) -> None:
    answer = _raising(app, trade.InsufficientPointsError(1240, 1500)).get("/healthz")

    assert (answer.status_code, answer.mimetype) == (409, "application/problem+json")
    said = answer.get_json()
    assert re.fullmatch(r"[A-Z0-9]{4,12}", said.pop("reference"))
    assert said == {
        "type": "about:blank",
        "title": "Not enough points",
        "status": 409,
        "code": "INSUFFICIENT_POINTS",
        "have": 1240,
        "need": 1500,
        "missing": 260,
    }


def test_an_unsound_programme_is_told_with_every_place_in_the_words_of_its_file(app: Flask) -> None:
    wrong = version(earn=[AmountRule(Decimal(1), 0)], rewards=[Reward("r", 1, level="gold")])
    answer = _raising(app, UnsoundProgrammeError(wrong, problems(wrong))).get("/healthz")

    assert answer.status_code == 422
    said = answer.get_json()
    assert (said["code"], said["problems"]) == ("UNSOUND_PROGRAMME", 2)
    assert said["errors"] == [
        {"place": "earn[0].per", "code": "TOO_SMALL", "minimum": 1},
        {"place": "rewards[0]", "code": "CANNOT_OFFER", "reward": "r", "why": "UNKNOWN_TIER"},
    ]


@pytest.mark.parametrize(
    ("path", "method", "status", "code"),
    (("/nowhere", "GET", 404, "NOT_FOUND"), ("/healthz", "DELETE", 405, "INVALID_REQUEST")),
)
def test_errors_of_http_are_problem_documents_too(
    path: str, method: str, status: int, code: str, client: FlaskClient
) -> None:
    answer = client.open(path, method=method)

    assert (answer.status_code, answer.mimetype) == (status, "application/problem+json")
    assert answer.get_json()["code"] == code
    assert answer.get_json()["reference"] == answer.headers["X-Request-Id"]


@pytest.mark.parametrize(("language", "title"), (("en", "There is nothing here"), ("ja", "ページが見つかりません")))
def test_a_browser_gets_a_page_in_its_language(language: str, title: str, client: FlaskClient) -> None:
    accept = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    answer = client.get("/nowhere", headers={"Accept": accept, "Accept-Language": f"{language};q=0.9"})

    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert f'<html lang="{language}">' in answer.text
    assert title in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


def test_a_crash_says_nothing_but_its_reference_and_the_log_says_where_not_what(app: Flask) -> None:
    with capture_logs() as logs:
        answer = _raising(app, RuntimeError(f"could not greet {CANARY}")).get("/healthz")

    assert (answer.status_code, answer.get_json()["code"]) == (500, "INTERNAL")
    assert CANARY not in answer.text
    assert CANARY not in json.dumps(logs, default=str)
    assert [line["error"] for line in logs] == ["RuntimeError"]
    assert any("test_errors.py" in place for place in logs[0]["places"])


def test_a_database_that_is_away_is_503_and_worth_another_try(app: Flask) -> None:
    error = OperationalError("SELECT 1", {"email": CANARY}, Exception("gone"))

    with capture_logs() as logs:
        answer = _raising(app, error).get("/healthz")

    assert (answer.status_code, answer.get_json()["code"]) == (503, "UNAVAILABLE")
    assert answer.headers["Retry-After"] == "2"
    assert CANARY not in answer.text + json.dumps(logs, default=str)


@pytest.mark.parametrize(
    "error",
    (
        trade.InsufficientPointsError(1, 2),
        trade.TierTooLowError("tide"),
        trade.UnknownRewardError(),
        Refusal("PROGRAMME_PAUSED"),
        Refusal("TOO_MANY_REQUESTS", {"retry_after_seconds": 3}),
        RuntimeError("crash"),
    ),
)
def test_what_shoppers_pages_get_is_a_problem_of_the_contract(error: Exception, app: Flask) -> None:
    said: dict[str, Any] = _raising(app, error).get("/healthz").get_json()

    jsonschema.validate(said, {"$ref": "#/$defs/problem", "$defs": CONTRACT["$defs"]})


def test_every_answer_has_its_security_headers(client: FlaskClient) -> None:
    for path in ("/healthz", "/nowhere", "/openapi.json"):
        headers = client.get(path).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
        assert headers["Cache-Control"] == "no-store"


def test_a_page_allows_its_own_style_and_no_script_of_others(client: FlaskClient) -> None:
    answer = client.get("/nowhere", headers={"Accept": "text/html"})
    rules = answer.headers["Content-Security-Policy"]

    assert "script-src 'self';" in rules
    assert re.search(r"style-src 'self' 'sha256-[A-Za-z0-9+/=]+';", rules)
    assert "unsafe-inline" not in rules
    assert "frame-ancestors 'none'" in rules


def test_a_form_of_more_than_64_kilobytes_is_413(client: FlaskClient) -> None:
    answer = client.post("/connect/woocommerce/finish", data=b"x" * 65_537, content_type="application/json")

    assert answer.status_code == 413
