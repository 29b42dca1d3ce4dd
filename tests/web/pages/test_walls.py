"""Nobody sees or changes another programme's anything, and no other site's page makes ours do a thing."""

import re
from uuid import UUID, uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.db.tables import CaseStepRow, NoteRow, OrderRow, OutboxRow, RequestRow, TransactionRow
from app.db.unit import reading
from jobs.works import Works
from tests.web.pages.conftest import BASE, Visitor, Year, new_link, seated
from tests.web.pages.story import Story


def same(one: str, two: str) -> bool:
    """Say whether two pages differ in nothing but the number an error is found under."""
    return re.sub(r"[A-Z0-9]{8}", "", one) == re.sub(r"[A-Z0-9]{8}", "", two)


def test_another_programmes_member_is_as_unknown_as_an_invented_one(visitor: Visitor, mado: Story) -> None:
    theirs, invented = mado.member("201"), uuid4()

    found_out = visitor.get(f"/members/{theirs}")
    made_up = visitor.get(f"/members/{invented}")

    assert (found_out.status_code, made_up.status_code) == (404, 404)
    assert same(found_out.text, made_up.text)


def test_another_programmes_points_cannot_be_moved(visitor: Visitor, mado: Story, year: Year) -> None:
    theirs = mado.member("202")
    form = {"key": uuid4().hex, "way": "add", "amount": "100", "note": "mine now", "confirmed": "1"}

    for member_id in (theirs, uuid4()):
        assert visitor.post(f"/members/{member_id}/adjust", form).status_code == 404
        assert visitor.get(f"/members/{member_id}/adjust?reverses={'a' * 32}").status_code == 404
    with reading(year.works.engine) as session:
        asked = session.scalar(select(func.count()).select_from(RequestRow).where(RequestRow.member_id == theirs))
    assert asked == 0


def test_another_programmes_order_is_not_known_here(visitor: Visitor, mado: Story) -> None:
    by_number = visitor.get("/orders?number=20301")
    by_id = visitor.get(f"/orders?shop={mado.shop_id}&order=5020301")

    assert "No order “20301” is known here" in by_number.text
    assert "Which order?" in by_id.text
    assert "¥9,800" not in by_number.text + by_id.text


def test_another_programmes_order_cannot_be_asked_for(visitor: Visitor, mado: Story, year: Year) -> None:
    answer = visitor.post("/orders/recheck", {"shop": str(mado.shop_id), "order": "5020301"})

    with reading(year.works.engine) as session:
        asked = session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.kind == "refetch"))
    assert (answer.status_code, asked) == (404, 0)


def test_another_programmes_people_are_not_found(visitor: Visitor, mado: Story) -> None:
    for text in ("misaki@satoh.example", "佐藤", "201", str(mado.member("201"))):
        assert "Nobody was found" in visitor.get(f"/members?q={text}").text


def test_each_page_tells_of_its_own_programme_alone(visitor: Visitor, mado: Story) -> None:
    for path in ("/home", "/members", "/activity", "/programme"):
        page = visitor.get(path).text

        assert "Tidewell" in page
        assert "窓と森" not in page
        assert "佐藤" not in page


# -- other sites -------------------------------------------------------------------------------------------------------


def posts(app: Flask, story: Story) -> list[str]:
    """Return the address of every form of the pages that needs a seat."""
    member_id = story.member("101")
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("pages.") and "POST" in (rule.methods or ()) and "token" not in rule.arguments
    ]
    values: dict[str, UUID] = {"member_id": member_id, "case_id": UUID(int=1), "request_id": UUID(int=1)}
    return [re.sub(r"<[^>]*:(\w+)>", lambda name: str(values[name[1]]), rule.rule) for rule in rules]


def numbers(works: Works) -> list[int]:
    with reading(works.engine) as session:
        tables = (TransactionRow, RequestRow, OutboxRow, NoteRow, CaseStepRow)
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


FORM = {
    "key": "b" * 32, "way": "add", "amount": "100", "note": "gift", "confirmed": "1", "order": "5010482",
    "text": "a note", "what": "answered", "words": "an answer",
}  # fmt: skip


@pytest.mark.parametrize(
    ("csrf", "origin"),
    (("", BASE), ("wrong", BASE), (None, "https://evil.example"), (None, "null"), (None, "http://points.example.com")),
    ids=("no word", "another word", "another site", "no origin to name", "another scheme"),
)
def test_no_form_of_another_site_does_anything(
    visitor: Visitor, year: Year, story: Story, csrf: str | None, origin: str
) -> None:
    works = year.works
    paths, before = posts(year.app, story), numbers(works)
    word = visitor.csrf() if csrf is None else csrf

    for path in paths:
        if path == "/sign-out" and csrf is not None:
            continue  # leaving needs no word, only a page of ours
        sent = {**FORM, "shop": str(story.shop_id), "csrf": word}
        answer = visitor.client.post(path, base_url=BASE, data=sent, headers={"Accept": "text/html", "Origin": origin})
        assert answer.status_code == 403, path
    assert len(paths) >= 4
    assert numbers(works) == before
    assert visitor.get("/home").status_code == 200


def test_the_word_of_one_seat_is_not_anothers(visitor: Visitor, year: Year, story: Story) -> None:
    works, before = year.works, numbers(year.works)
    mine = seated(year.app, story.programme_id)

    answer = visitor.post(f"/members/{story.member('101')}/adjust", {**FORM, "csrf": mine.csrf()})

    assert (answer.status_code, numbers(works)) == (403, before)


def test_an_older_browser_that_names_no_origin_still_needs_the_word(staff: Visitor, young: Story) -> None:
    visitor, path = staff, f"/members/{young.joins('101')}/adjust"
    bare = visitor.client.post(path, base_url=BASE, data=FORM, headers={"Accept": "text/html"})
    across = visitor.client.post(
        path, base_url=BASE, data={**FORM, "csrf": visitor.csrf()}, headers={"Sec-Fetch-Site": "cross-site"}
    )
    good = visitor.client.post(path, base_url=BASE, data={**FORM, "csrf": visitor.csrf()})

    assert (bare.status_code, across.status_code, good.status_code) == (403, 403, 303)


def test_another_site_cannot_use_up_a_link(stranger: Visitor, works: Works, young: Story) -> None:
    link = new_link(works, young.programme_id)
    answer = stranger.client.post(link, base_url=BASE, headers={"Origin": "https://evil.example"})

    assert answer.status_code == 403
    assert stranger.sign_in(link).status_code == 303


# -- odd addresses -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    (
        "/members?q=%00", "/members?tier=%00&q=a", "/members?after=1&before=2", "/members?q=" + "x" * 5000,
        "/orders?number=%00%00", "/orders?number=%23", "/orders?shop=1&order=2", "/orders?number=" + "9" * 900,
        "/activity?after=1~2~3", "/activity?kind=%00", "/activity?after=0001-01-01T00:00:00%2B14:00~" + "0" * 32 + "~1",
        "/activity?after=2026-01-01T00:00:00%2B00:00~" + "0" * 32 + "~" + "9" * 40, "/home?language=xx",
        "/home?locale=%00", "/members?q=%f0%9f%8d%b5",
    ),
)  # fmt: skip
def test_odd_addresses_are_answered_calmly(visitor: Visitor, path: str) -> None:
    assert visitor.get(path).status_code == 200


@pytest.mark.parametrize("tail", ("?before=0", "?before=-5", "?before=" + "9" * 60, "?done=%00", "?everything=2"))
def test_odd_addresses_of_a_member_are_answered_calmly(visitor: Visitor, story: Story, tail: str) -> None:
    assert visitor.get(f"/members/{story.member('101')}{tail}").status_code == 200


def test_orders_are_looked_up_by_their_shop_too(visitor: Visitor, year: Year, story: Story) -> None:
    with reading(year.works.engine) as session:
        known = session.scalar(select(OrderRow.order_id).where(OrderRow.name == "#10391"))

    assert "Order #10391 earned" in visitor.get(f"/orders?shop={story.shop_id}&order={known}").text
    assert "earned" not in visitor.get(f"/orders?shop={uuid4()}&order={known}").text
