"""The roll of members: found by what is known of them, filtered by level, paged by key."""

import re
from typing import Final
from urllib.parse import quote

import pytest
from sqlalchemy import select

from app.db import roll
from app.db.tables import MemberRow
from app.db.unit import reading
from app.loyalty.facts import Customer, Review
from tests.web.pages.conftest import Visitor, Year
from tests.web.pages.story import PEOPLE, Story, order
from tests.web.shops import Clock

ROW: Final = re.compile(r'<b><a href="/members/([0-9a-f-]{36})">([^<]+)</a></b>')


def names(page: str) -> list[str]:
    return [name for _, name in ROW.findall(page)]


def test_members_stand_newest_first_with_what_they_have(visitor: Visitor) -> None:
    page = visitor.get("/members").text

    assert names(page)[0] == "Ingrid Holm"
    assert names(page)[-1] == "Maya Lindqvist"
    assert len(names(page)) == len(PEOPLE) + 1
    assert "maya.l@lindqvist.example" in page


@pytest.mark.parametrize(
    ("text", "wanted"),
    (
        ("Maya", ["Maya Lindqvist"]), ("lindqvist", ["Maya Lindqvist"]), ("tomas", ["Tomás Okafor"]),
        ("ÉTIENNE", ["Camille Étienne"]), ("MAYA.L@lindqvist.example", ["Maya Lindqvist"]),
        ("105", ["Camille Étienne"]), ("an", ["Yuki Watanabe", "Ravi Sandhu", "Hana Brandt"]),
        ("lindqvist.example", []), ("nobody", []),
    ),
)  # fmt: skip
def test_members_are_found_by_name_whole_address_or_customer_number(
    visitor: Visitor, text: str, wanted: list[str]
) -> None:
    assert names(visitor.get(f"/members?q={quote(text)}").text) == wanted


def test_a_member_is_found_by_id_and_by_referral_code(visitor: Visitor, year: Year) -> None:
    member_id = year.story.member("103")
    with reading(year.works.engine) as session:
        code = session.scalar(select(MemberRow.referral_code).where(MemberRow.member_id == member_id))

    assert names(visitor.get(f"/members?q={member_id}").text) == ["Tomás Okafor"]
    assert names(visitor.get(f"/members?q={(code or '').upper()}").text) == ["Tomás Okafor"]


def test_nobody_found_says_how_to_search(visitor: Visitor) -> None:
    page = visitor.get("/members?q=%3Cb%3Ezzz").text

    assert "Nobody was found for “&lt;b&gt;zzz”" in page
    assert "E-mail addresses are found as a whole" in page


def test_a_level_shows_its_members_alone(visitor: Visitor, year: Year) -> None:
    with reading(year.works.engine) as session:
        stream = session.scalars(
            select(MemberRow.member_id).where(
                MemberRow.programme_id == year.story.programme_id, MemberRow.tier == "stream"
            )
        ).all()
    page = visitor.get("/members?tier=stream").text

    assert {one for one, _ in ROW.findall(page)} == {str(one) for one in stream}
    assert 0 < len(stream) < len(PEOPLE)
    assert re.search(rf'Stream <span class="cap num">{len(stream)}</span>', page)
    assert names(visitor.get("/members?tier=tide").text) == []


def test_pages_follow_each_other_without_gap_or_twin(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    everybody = names(visitor.get("/members").text)
    monkeypatch.setattr(roll, "PAGE", 3)

    forward: list[str] = []
    pages: list[list[str]] = []
    page, path = "", "/members"
    while path:
        page = visitor.get(path).text
        pages.append(names(page))
        forward += names(page)
        older = re.search(r'href="([^"]*after=[^"]*)">Older', page)
        path = older[1].replace("&amp;", "&") if older else ""
    newer = re.search(r'href="([^"]*before=[^"]*)">Newer', page)
    assert newer is not None
    back = visitor.get(newer[1].replace("&amp;", "&")).text

    assert forward == everybody
    assert [len(page) for page in pages] == [3, 3, 3, 1]
    assert names(back) == pages[-2]


def test_a_search_by_name_that_has_not_read_everybody_can_go_on(
    visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names are sealed: a search opens so many and no more, and says so."""
    monkeypatch.setattr(roll, "READ_MAX", 4)
    monkeypatch.setattr(roll, "_READ", 2)
    first = visitor.get("/members?q=maya").text
    found: list[str] = []
    path = re.search(r'href="([^"]*after=[^"]*)">Search on', first)

    assert "Not among the newest members" in first
    while path is not None and not found:
        page = visitor.get(path[1].replace("&amp;", "&")).text
        found, path = names(page), re.search(r'href="([^"]*after=[^"]*)">Search on', page)
    assert found == ["Maya Lindqvist"]


def test_points_owed_stand_out(young: Story, staff: Visitor, clock: Clock) -> None:
    young.joins("101")
    paid = clock.now
    young.tell(paid, order(1, "101", paid, 10000))
    clock.pass_(days=20)
    young.redeem(clock.now, "101", "r1", "five_off", "CODE-1")
    clock.pass_(days=1)
    young.tell(clock.now, order(1, "101", paid, 10000, cancelled=clock.now))

    assert "Owes 400" in staff.get("/members").text


def test_points_about_to_expire_stand_out(young: Story, staff: Visitor, clock: Clock) -> None:
    young.joins("101")
    clock.pass_(days=340)

    assert "100 expire from" in staff.get("/members").text


def test_a_first_visit_teaches(staff: Visitor) -> None:
    assert "Your first member will show here" in staff.get("/members").text


def test_a_person_nobody_named_is_shown_as_such(young: Story, staff: Visitor, clock: Clock) -> None:
    young.tell(clock.now, Review("r1", Customer("777"), "1", clock.now, clock.now, approved=True))

    assert names(staff.get("/members").text) == ["Name not known"]
    assert "no address known" in staff.get("/members").text
