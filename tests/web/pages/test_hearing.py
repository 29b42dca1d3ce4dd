"""The page that hears customers: scores with their parts, what drives them, few answers said to be few, own words."""

import re

import pytest
from flask import Flask

from app.factory import create_app
from app.loyalty.hearing.surveys import SurveyKind
from app.settings import Settings
from tests.web.pages.conftest import Retold, SignIn, Visitor, seated
from tests.web.pages.hearing import a_hearing
from tests.web.pages.story import Story, found


@pytest.fixture
def told(retold: Retold) -> Story:
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


def test_the_score_stands_with_its_parts_and_what_drives_it(staff: Visitor, told: Story) -> None:
    page = text(staff.get("/hearing").text)

    # 10 9 9 10 8 7 6 3 10 9 9 0: seven promoters, two passives, three detractors of twelve
    assert "NPS 33.3 58.3% promoters, 25% detractors, 12 answers" in page
    assert "delivery 12 58.3% 25% 33.3" in page
    assert "Blue mug (mug) 6" in page
    assert "Product tea 6" in page
    assert "Questions asked 14 14 are answered" in page


def test_few_answers_are_said_to_be_few(staff: Visitor, told: Story) -> None:
    page = text(staff.get("/hearing").text)

    assert "CSAT – 2 answers; a score from 10 on" in page
    assert "support 2 – – too few" in page


def test_what_members_wrote_is_shown_as_text_and_leads_to_them(staff: Visitor, told: Story) -> None:
    page = staff.get("/hearing").text

    assert "Too late &lt;b&gt;again&lt;/b&gt;" in page
    assert f"/members/{told.member('300')}" in page
    assert "6 of 10" in text(page)


def test_the_span_is_chosen_by_address_and_nonsense_is_the_usual_one(staff: Visitor, told: Story) -> None:
    assert "12 answers" in text(staff.get("/hearing?span=365").text)
    assert "12 answers" not in text(staff.get("/hearing?span=30").text)
    assert "12 answers" in text(staff.get("/hearing?span=all").text)
    assert staff.get("/hearing?span=x").text.count('aria-current="page"') == 2


def test_a_programme_without_surveys_says_so(told: Story, signing_in: SignIn) -> None:
    young = found(told.works, domain="young.myshopify.com")
    page = text(signing_in(young.programme_id).get("/hearing").text)

    assert "Nobody is asked at present" in page
    assert "No words yet" in page
    assert SurveyKind.NPS.value.upper() in page  # how it is worked out


def test_another_programme_hears_nothing(told: Story, signing_in: SignIn) -> None:
    other = found(told.works, domain="other.myshopify.com")
    page = signing_in(other.programme_id).get("/hearing").text

    assert "Wonderful tea" not in page
    assert "58.3%" not in page
