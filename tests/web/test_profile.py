"""The shopper's profile at the storefront: told with its purpose, changed, taken back, and nobody else's."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from app.db import programmes
from app.db.tables import ProgrammeRow
from app.db.unit import unit_of_work
from app.loyalty.templates.starter import starter_version
from app.loyalty.terms.rules import EventRule
from tests.factories.profile import PET, SINCE, SKIN
from tests.web.contract import fits
from tests.web.storefront import Storefront


@pytest.fixture
def asking(storefront: Storefront) -> Storefront:
    currency = "USD" if storefront.platform == "shopify" else "JPY"
    now = storefront.clock.now
    version = starter_version(currency, now, "en")
    version = replace(version, earn=(*version.earn, EventRule("about", 20)), profile=(SKIN, PET, SINCE))
    with unit_of_work(storefront.works.engine) as session:
        programmes.publish(session, storefront.shop.programme_id, version, by="staff", now=now)
    return storefront


def questions(storefront: Storefront, customer: str = "501") -> dict[str, dict[str, Any]]:
    answer = storefront.get("profile", customer)
    assert answer.status_code == 200, answer.text
    return {one["id"]: one for one in fits("profile", answer.get_json())["questions"]}


def tell(storefront: Storefront, question: str, value: object, customer: str = "501") -> Any:  # noqa: ANN401
    return storefront.post(f"profile/{question}", customer, {"value": value})


def balance(storefront: Storefront, customer: str = "501") -> int:
    told = storefront.get("member", customer).get_json()["balance"]
    return int(told["available"] + told["pending"])


def test_every_question_is_told_with_what_it_is_for_and_what_it_earns(asking: Storefront) -> None:
    found = questions(asking)

    assert list(found) == ["skin", "pet", "since"]
    assert found["skin"]["purpose"] == SKIN.purpose
    assert [one["id"] for one in found["skin"]["options"]] == ["dry", "oily"]
    assert [(one["kind"], one["points"], one["answer"], one["asked"]) for one in found.values()] == [
        ("choice", 20, None, True), ("text", 20, None, True), ("date", 0, None, True),
    ]  # fmt: skip


def test_an_answer_is_shown_with_its_day_and_purpose_changed_and_taken_back(asking: Storefront) -> None:
    before = balance(asking)
    first = fits("profile_question", tell(asking, "skin", "dry").get_json())
    assert (first["answer"]["value"], first["answer"]["purpose"], first["points"]) == ("dry", SKIN.purpose, 0)
    assert first["answer"]["at"].startswith(f"{asking.clock.now:%Y-%m-%d}")
    assert tell(asking, "skin", "oily").get_json()["answer"]["value"] == "oily"
    assert balance(asking) - before == 20

    left = fits("profile", asking.post("profile/skin/withdraw", "501").get_json())["questions"]
    assert [one["answer"] for one in left] == [None, None, None]
    assert left[0]["points"] == 0
    tell(asking, "skin", "dry")
    assert balance(asking) - before == 20


def test_one_shopper_sees_nothing_of_anothers(asking: Storefront) -> None:
    tell(asking, "pet", "Rex")

    assert questions(asking, "777")["pet"]["answer"] is None
    assert asking.post("profile/pet/withdraw", "777").status_code == 404
    assert questions(asking)["pet"]["answer"]["value"] == "Rex"


def test_what_is_asked_no_more_is_still_shown_and_can_be_taken_back(asking: Storefront) -> None:
    tell(asking, "pet", "Rex")
    now = asking.clock.now
    currency = "USD" if asking.platform == "shopify" else "JPY"
    with unit_of_work(asking.works.engine) as session:
        later = starter_version(currency, now, "en")
        programmes.publish(session, asking.shop.programme_id, later, by="staff", now=now)
    asking.clock.pass_(seconds=1)

    assert [(one["id"], one["asked"]) for one in questions(asking).values()] == [("pet", False)]
    assert tell(asking, "pet", "Mia").status_code == 404
    assert asking.post("profile/pet/withdraw", "501").get_json() == {"questions": [], "birthday": None}


@pytest.mark.parametrize(
    ("question", "body", "status", "code"),
    (
        ("skin", {"value": "blue"}, 422, "ANSWER_NOT_OFFERED"),
        ("since", {"value": "yesterday"}, 422, "ANSWER_NOT_OFFERED"),
        ("pet", {"value": " \n"}, 422, "ANSWER_NOT_OFFERED"),
        ("pet", {"value": ""}, 422, "INVALID_REQUEST"),
        ("pet", {"value": "x" * 501}, 422, "INVALID_REQUEST"),
        ("skin", {"value": "dry", "member": "777"}, 422, "INVALID_REQUEST"),
        ("hair", {"value": "long"}, 404, "UNKNOWN_QUESTION"),
    ),
)
def test_what_is_no_answer_is_refused(asking: Storefront, question: str, body: object, status: int, code: str) -> None:
    answer = asking.post(f"profile/{question}", "501", body)

    assert (answer.status_code, fits("problem", answer.get_json())["code"]) == (status, code)


def test_a_paused_programme_asks_nobody_and_still_forgets(asking: Storefront) -> None:
    tell(asking, "pet", "Rex")
    with unit_of_work(asking.works.engine) as session:
        session.execute(update(ProgrammeRow).values(state="paused"))

    assert tell(asking, "pet", "Mia").get_json()["code"] == "PROGRAMME_PAUSED"
    assert asking.post("profile/pet/withdraw", "501").status_code == 200
    assert questions(asking)["pet"]["answer"] is None


def test_nobody_is_asked_without_being_signed_in(asking: Storefront) -> None:
    answers = [asking.get("profile"), tell(asking, "pet", "Rex", None), asking.post("profile/pet/withdraw", None)]  # type: ignore[arg-type]
    assert [answer.status_code for answer in answers] == [401, 401, 401]
