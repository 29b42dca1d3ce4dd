"""Asking a shopper at the storefront: the question that is due, once, and the answer."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from app.db import programmes
from app.db.tables import ProgrammeRow
from app.db.unit import unit_of_work
from app.loyalty.facts import Line, Order
from app.loyalty.hearing.surveys import Survey, SurveyKind
from app.loyalty.templates.starter import starter_version
from app.loyalty.terms.rules import EventRule
from tests.web.contract import fits
from tests.web.storefront import MAYA, Storefront

NPS = Survey("after", SurveyKind.NPS, "delivery", question={"en": "Well?"}, wait_days=1, event="survey")


@pytest.fixture
def asking(storefront: Storefront) -> Storefront:
    """Maya bought something two days ago, at a shop that asks the day after."""
    currency = "USD" if storefront.platform == "shopify" else "JPY"
    now = storefront.clock.now
    version = starter_version(currency, now, "en")
    version = replace(version, earn=(*version.earn, EventRule("survey", 50)), surveys=(NPS,))
    with unit_of_work(storefront.works.engine) as session:
        programmes.publish(session, storefront.shop.programme_id, version, by="staff", now=now)
    lines = (Line("1", "77", 1, 9000),)
    storefront.settle(Order("1001", MAYA, now, now, now, None, currency, lines, "#1001"))
    storefront.clock.pass_(days=2)
    return storefront


def ask(storefront: Storefront, customer: str = "501", **about: str) -> dict[str, Any]:
    answer = storefront.post("question", customer, about)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = fits("question_answer", answer.get_json())
    return found


def test_the_question_is_told_with_its_words_its_order_and_what_answering_earns(asking: Storefront) -> None:
    said = ask(asking)["question"]

    assert {name: said[name] for name in ("survey", "kind", "touchpoint", "least", "most", "points")} == {
        "survey": "after", "kind": "nps", "touchpoint": "delivery", "least": 0, "most": 10, "points": 50,
    }  # fmt: skip
    assert said["order"] == {"id": "1001", "name": "#1001", "url": None}
    assert said["text"]["en"] == "Well?"
    assert "友人" in said["text"]["ja"]
    assert ask(asking)["question"] == said


def test_an_answer_is_taken_once_and_the_shopper_left_in_peace(asking: Storefront) -> None:
    question = ask(asking)["question"]["id"]
    before = asking.get("member", "501").get_json()["balance"]
    first, again, other = (
        asking.post(f"question/{question}", "501", {"score": score, "comment": "  Fine\u0000 \n"})
        for score in (9, 9, 2)
    )

    assert fits("answer_taken", first.get_json()) == {"id": question, "repeated": False}
    assert again.get_json() == {"id": question, "repeated": True}
    assert (other.status_code, fits("problem", other.get_json())["code"]) == (409, "ALREADY_ANSWERED")
    after = asking.get("member", "501").get_json()["balance"]
    assert after["available"] + after["pending"] - before["available"] - before["pending"] == 50
    said = ask(asking)
    assert (said["question"], said["reason"]) == (None, "nothing_due")


def test_one_touchpoint_is_asked_about_alone_where_the_page_says_so(asking: Storefront) -> None:
    assert ask(asking, touchpoint="checkout")["reason"] == "nothing_due"
    asked = ask(asking, touchpoint="delivery")["question"]
    assert asked["touchpoint"] == "delivery"
    assert ask(asking, touchpoint="checkout")["question"] is None
    assert ask(asking)["question"] == asked


def test_the_quiet_period_is_told_with_its_end(asking: Storefront) -> None:
    ask(asking)
    asking.clock.pass_(days=31)
    now = asking.clock.now
    currency = "USD" if asking.platform == "shopify" else "JPY"
    asking.settle(Order("1002", MAYA, now, now, now, None, currency, (Line("1", "77", 1, 9000),), "#1002"))
    asking.clock.pass_(days=2)

    said = ask(asking)
    assert (said["question"], said["reason"]) == (None, "quiet_period")
    assert str(said["opens_at"]).startswith("2027-02-22T12:00")


def test_a_shopper_who_did_not_buy_is_not_asked(asking: Storefront) -> None:
    assert ask(asking, "777") == {"question": None, "reason": "nothing_due", "opens_at": None}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    (
        ({"score": 11}, 422, "INVALID_REQUEST"),
        ({"score": "9"}, 422, "INVALID_REQUEST"),
        ({"comment": "no score"}, 422, "INVALID_REQUEST"),
        ({"score": 9, "customer": "502"}, 422, "INVALID_REQUEST"),
        ({"score": 9, "comment": "x" * 2001}, 422, "INVALID_REQUEST"),
    ),
)
def test_what_is_no_answer_is_refused(asking: Storefront, body: object, status: int, code: str) -> None:
    question = ask(asking)["question"]["id"]
    answer = asking.post(f"question/{question}", "501", body)

    assert (answer.status_code, fits("problem", answer.get_json())["code"]) == (status, code)


@pytest.mark.parametrize("question", ("nonsense", "0" * 32))
def test_a_question_nobody_asked_is_unknown(asking: Storefront, question: str) -> None:
    ask(asking)
    answer = asking.post(f"question/{question}", "501", {"score": 9})

    assert (answer.status_code, fits("problem", answer.get_json())["code"]) == (404, "UNKNOWN_QUESTION")


def test_another_shopper_cannot_answer(asking: Storefront) -> None:
    question = ask(asking)["question"]["id"]
    ask(asking, "777")

    assert asking.post(f"question/{question}", "777", {"score": 0}).status_code == 404


def test_a_paused_programme_asks_nobody(asking: Storefront) -> None:
    with unit_of_work(asking.works.engine) as session:
        session.execute(update(ProgrammeRow).values(state="paused"))
    for path, body in (("question", {}), (f"question/{'0' * 32}", {"score": 9})):
        assert asking.post(path, "501", body).get_json()["code"] == "PROGRAMME_PAUSED"


def test_nobody_is_asked_without_being_signed_in(asking: Storefront) -> None:
    assert asking.post("question", None, {}).status_code == 401
