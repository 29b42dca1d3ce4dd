"""What a member told about themselves, on their page: with the day, and what it was asked for."""

import re
from dataclasses import replace

from app.actions.answer_profile import answer_profile
from app.actions.withdraw_answer import withdraw_answer
from app.db import programmes
from app.db.unit import unit_of_work
from app.loyalty.templates.starter import starter_version
from app.loyalty.terms.hooks import Hook
from app.loyalty.terms.rules import EventRule
from tests.factories.profile import PET, SINCE, SKIN
from tests.web.pages.conftest import Visitor
from tests.web.pages.story import Story


def text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def asks(young: Story) -> str:
    """Let the shop ask, and a member answer; return the page of the member."""
    member_id = young.joins("101")
    now = young.works.clock()
    version = starter_version("USD", now, "en")
    version = replace(version, earn=(*version.earn, EventRule("about", 20)), profile=(SKIN, PET, SINCE))
    with unit_of_work(young.works.engine) as session:
        programmes.publish(session, young.programme_id, version, by="staff", now=now)
    with unit_of_work(young.works.engine) as session:
        for question, value in (("skin", "dry"), ("pet", "Rex <b>"), ("since", "2019-04-01")):
            answer_profile(young.scope(session), young.shop_id, "101", question, value)
    return f"/members/{member_id}"


def test_answers_stand_with_their_day_and_purpose_as_text(staff: Visitor, young: Story) -> None:
    page = staff.get(asks(young)).text

    assert "What they told" in page
    assert "Rex &lt;b&gt;" in page
    assert re.search(r"What is your skin like\? Dry .{4,30}, for: To suggest what suits you\.", text(page))
    assert "When did you move in? 1 Apr 2019" in text(page)


def test_the_timeline_tells_an_answer_for_what_it_is(staff: Visitor, young: Story) -> None:
    page = text(staff.get(asks(young)).text)

    assert "Profile question answered" in page
    assert "something else" not in page


def test_the_programme_tells_what_members_are_asked_and_what_other_systems_tell_of(
    staff: Visitor, young: Story
) -> None:
    asks(young)
    now = young.works.clock()
    hooks = (Hook("forum", "post", customer="who"), Hook("surveys", "survey", customer="id", email="from.mail"))
    version = replace(starter_version("USD", now, "en"), hooks=hooks, profile=(SKIN,))
    version = replace(version, earn=(*version.earn, EventRule("about", 20)))
    with unit_of_work(young.works.engine) as session:
        programmes.publish(session, young.programme_id, version, by="staff", now=now)
    page = text(staff.get("/programme").text)

    assert "What is your skin like? To suggest what suits you." in page
    assert "forum: the event “post” Names the customer by the shop's customer id." in page.replace("&#39;", "'")
    assert "surveys: the event “survey” Names the customer by the shop's customer id and e-mail" in page.replace(
        "&#39;", "'"
    )


def test_what_was_taken_back_is_shown_to_nobody(staff: Visitor, young: Story) -> None:
    page = asks(young)
    with unit_of_work(young.works.engine) as session:
        for question in ("skin", "pet", "since"):
            withdraw_answer(young.scope(session), young.shop_id, "101", question)

    assert "What they told" not in staff.get(page).text


def test_in_japanese_the_japanese_words_stand(staff: Visitor, young: Story) -> None:
    shown = text(staff.get(f"{asks(young)}?locale=ja").text)

    assert "肌質を教えてください 乾燥肌" in shown
    assert "利用目的:お客さまに合う商品をご案内するため" in shown
    assert "プロフィール質問への回答" in shown
