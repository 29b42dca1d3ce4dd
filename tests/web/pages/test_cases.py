"""Service cases on the merchant's pages: what waits and since when, the steps of one case, each taken once."""

import re
from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import service_cases
from app.db.service_cases import View
from app.db.tables import CaseRow, DeedRow
from app.db.unit import reading
from app.factory import create_app
from app.settings import Settings
from tests.web.pages.conftest import Retold, SignIn, Visitor, seated
from tests.web.pages.hearing import a_hearing, sad_review
from tests.web.pages.story import Story, day, found

KEY = re.compile(r'name="key" value="([0-9a-f]{32})"><input type="hidden" name="what" value="(\w+)"')


@pytest.fixture
def told(retold: Retold) -> Story:
    """Three low answers of day 6 and a review of one star of day 39; it is day 40."""
    return retold(a_hearing)


@pytest.fixture
def app(settings: Settings, told: Story) -> Flask:
    """The app on the story's database."""
    return create_app(settings, told.works)


@pytest.fixture
def staff(app: Flask, told: Story) -> Visitor:
    """Staff of the shop, signed in."""
    return seated(app, told.programme_id)


def text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def rows(told: Story, view: View = View.OPEN) -> list[CaseRow]:
    with reading(told.works.engine) as session:
        return list(service_cases.listed(told.scope(session), view, 50))


def case_of(told: Story, customer: str) -> UUID:
    return next(row.case_id for row in rows(told) if row.member_id == told.member(customer))


def form(visitor: Visitor, case_id: UUID, what: str, **more: str) -> Mapping[str, str]:
    keys = {name: key for key, name in KEY.findall(visitor.get(f"/cases/{case_id}").text)}
    return {"key": keys[what], "what": what, **more}


def test_what_waits_stands_with_its_time_and_what_is_overdue_says_so(staff: Visitor, told: Story) -> None:
    page = text(staff.get("/cases").text)

    assert "Waiting for an answer 4 3 of them overdue" in page
    assert page.index("Overdue since 2 Feb, 07:00") < page.index("Answer by 7 Mar, 19:00")
    assert "Review of product mug, 6 Mar, 19:00 1 of 5" in page
    assert "Answer about delivery" in page


def test_a_case_shows_the_members_words_and_texts_to_begin_with(staff: Visitor, told: Story) -> None:
    page = staff.get(f"/cases/{case_of(told, '307')}").text

    assert "Too late &lt;b&gt;again&lt;/b&gt;" in page
    assert "Text “An apology”" in page
    assert "Dear customer," in page
    assert "this is not how it should be with your order" in page.lower()
    assert "mailto:307@example.com" in page


def test_an_answer_is_kept_once_with_who_and_when(staff: Visitor, told: Story) -> None:
    case_id = case_of(told, "307")
    sent = form(staff, case_id, "answered", words="We are sorry\r\nand send a new one")
    for _ in range(2):
        answer = staff.post(f"/cases/{case_id}", sent)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/cases/{case_id}")
    page = staff.get(f"/cases/{case_id}").text

    assert page.count("We are sorry\nand send a new one") == 1
    assert "Answered by the operator" in page
    assert "First answer after 816 h 0 min" in text(page)
    with reading(told.works.engine) as session:
        deeds = session.scalars(
            select(DeedRow.subject).where(DeedRow.programme_id == told.programme_id, DeedRow.what == "work_case")
        ).all()
    assert deeds == [f"case:{case_id}"]


def test_goodwill_is_given_in_the_case_and_stands_in_the_timeline(staff: Visitor, told: Story) -> None:
    case_id = case_of(told, "306")
    staff.post(f"/cases/{case_id}", form(staff, case_id, "goodwill", words="Wet parcel", amount="60"))
    refused = staff.post(f"/cases/{case_id}", form(staff, case_id, "goodwill", words="More", amount="41"))

    assert "60 points given by the operator" in text(staff.get(f"/cases/{case_id}").text)
    assert "40 points left this month" in text(staff.get(f"/cases/{case_id}").text)
    assert refused.status_code == 409
    assert "The month&#39;s budget for goodwill has 40 points left" in refused.text.replace("'", "&#39;")
    assert "Wet parcel" in staff.get(f"/members/{told.member('306')}").text


def test_a_promise_is_due_at_the_end_of_its_day_and_is_kept(staff: Visitor, told: Story) -> None:
    case_id = case_of(told, "307")
    staff.post(f"/cases/{case_id}", form(staff, case_id, "promised", words="Ask again", day="2026-03-10"))
    assert "Promised by 10 Mar" in text(staff.get(f"/cases/{case_id}").text)
    told.at(day(44))
    assert "Promises due 1" in text(staff.get("/cases").text)
    staff.post(f"/cases/{case_id}", form(staff, case_id, "followed_up"))

    assert "the operator came back to it" in text(staff.get(f"/cases/{case_id}").text)
    assert "Promises due 0" in text(staff.get("/cases").text)


def test_a_resolved_case_can_only_be_opened_again(staff: Visitor, told: Story) -> None:
    case_id = case_of(told, "307")
    late = form(staff, case_id, "answered", words="Too late")
    staff.post(f"/cases/{case_id}", form(staff, case_id, "resolved"))

    assert [row.case_id for row in rows(told, View.RESOLVED)] == [case_id]
    refused = staff.post(f"/cases/{case_id}", late)
    assert (refused.status_code, "Open it again first" in refused.text) == (409, True)
    staff.post(f"/cases/{case_id}", form(staff, case_id, "reopened"))
    assert len(rows(told)) == 4
    assert "Resolved" in staff.get("/cases?view=resolved").text


@pytest.mark.parametrize(
    ("what", "more"),
    (
        ("answered", {"words": "  "}),
        ("answered", {"words": "x" * 4001}),
        ("promised", {"words": "soon", "day": "2026-03-06"}),
        ("promised", {"words": "soon", "day": "never"}),
        ("goodwill", {"words": "sorry", "amount": "0"}),
        ("goodwill", {"words": "sorry", "amount": "1.5"}),
        ("goodwill", {"words": "", "amount": "5"}),
    ),
)
def test_a_step_that_lacks_something_is_not_taken(staff: Visitor, told: Story, what: str, more: dict[str, str]) -> None:
    case_id = case_of(told, "307")
    answer = staff.post(f"/cases/{case_id}", form(staff, case_id, what, **more))

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "Nothing yet." in staff.get(f"/cases/{case_id}").text


@pytest.mark.parametrize(
    ("wrong", "status"), (({"what": "burned"}, 400), ({"key": "short"}, 400), ({"csrf": "x"}, 403))
)
def test_nothing_else_is_done(staff: Visitor, told: Story, wrong: dict[str, str], status: int) -> None:
    case_id = case_of(told, "307")
    sent = {**form(staff, case_id, "resolved"), **wrong}
    assert staff.post(f"/cases/{case_id}", sent).status_code == status
    assert len(rows(told)) == 4


def test_another_programme_sees_and_does_nothing(staff: Visitor, told: Story, signing_in: SignIn) -> None:
    case_id = case_of(told, "307")
    sent = form(staff, case_id, "resolved")
    stranger = signing_in(found(told.works, domain="other.myshopify.com").programme_id)

    assert "Nobody waits for an answer" in stranger.get("/cases").text
    assert stranger.get(f"/cases/{case_id}").status_code == 404
    assert stranger.post(f"/cases/{case_id}", {**sent, "csrf": stranger.csrf()}).status_code == 404
    assert len(rows(told)) == 4


def test_a_review_that_was_changed_since_says_so(staff: Visitor, told: Story) -> None:
    case_id = next(row.case_id for row in rows(told) if row.kind == "review")
    assert "Now rated" not in staff.get(f"/cases/{case_id}").text
    told.tell(day(41), replace(sad_review(), rating=4, updated_at=day(41)))

    assert "Now rated 4" in staff.get(f"/cases/{case_id}").text


def test_a_list_goes_on_where_its_page_ended(staff: Visitor, told: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.pages.cases._PAGE", 3)
    page = staff.get("/cases").text
    older = re.search(r'href="(/cases\?view=open&amp;after=[^"]+)"', page)
    assert older is not None
    after = staff.get(older[1].replace("&amp;", "&")).text

    assert page.count("/cases/") == 3
    assert "Review of product mug" in after
    assert staff.get("/cases?view=nonsense&after=nonsense").status_code == 200


def test_the_first_page_lists_overdue_cases_and_promises(staff: Visitor, told: Story) -> None:
    page = text(staff.get("/home").text)

    assert "3 service cases are overdue" in page
    assert "promises to come back" not in page
