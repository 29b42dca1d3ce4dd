"""Notes on the member's page: written, corrected beside the original, hidden from who may not see them."""

import re

import pytest
from flask import Flask

from app.db import notes
from app.db.notes import Reader
from app.db.unit import reading
from tests.web.pages.conftest import SignIn, Visitor, seated
from tests.web.pages.story import Story, found

FORM = re.compile(r'action="/members/[0-9a-f-]+/notes".*?name="key" value="([0-9a-f]{32})"', re.DOTALL)


@pytest.fixture
def page(young: Story) -> str:
    """The page of a member."""
    return f"/members/{young.joins('101')}"


def write(visitor: Visitor, page: str, text: str, **more: str) -> tuple[int, str]:
    key = FORM.search(visitor.get(page).text)
    assert key is not None
    answer = visitor.post(f"{page}/notes", {"key": key[1], "text": text, **more})
    return answer.status_code, answer.headers.get("Location", answer.text)


def test_a_note_is_written_in_lines_and_shown_as_text(staff: Visitor, page: str) -> None:
    assert "No notes yet" in staff.get(page).text

    assert write(staff, page, "Likes <b>tea</b>\r\nand cake") == (303, f"{page}#notes")
    shown = staff.get(page).text
    assert "Likes &lt;b&gt;tea&lt;/b&gt;\nand cake" in shown
    assert "No notes yet" not in shown


def test_a_correction_leaves_what_it_corrects_in_sight(staff: Visitor, page: str) -> None:
    write(staff, page, "Birthday in May")
    link = re.search(rf'href="({page}/notes/[0-9a-f-]+)"', staff.get(page).text)
    assert link is not None
    form = staff.get(link[1]).text
    assert "Birthday in May</textarea>" in form
    key, corrects = (re.search(rf'name="{name}" value="([0-9a-f]{{32}})"', form) for name in ("key", "corrects"))
    assert key is not None
    assert corrects is not None
    sent = {"key": key[1], "corrects": corrects[1], "text": "Birthday in June"}
    assert [staff.post(f"{page}/notes", sent).status_code for _ in range(2)] == [303, 303]

    shown = staff.get(page).text
    assert shown.index("Birthday in June") < shown.index("Birthday in May")
    assert shown.count("Corrected since") == 1


def test_what_is_for_managers_is_hidden_from_other_staff(app: Flask, staff: Visitor, young: Story, page: str) -> None:
    boss = seated(app, young.programme_id, operator=True)
    assert write(boss, page, "Returns too much", managers="1")[0] == 303
    link = re.search(rf'href="({page}/notes/[0-9a-f-]+)"', boss.get(page).text)
    assert link is not None

    assert "Returns too much" in boss.get(page).text
    assert "Returns too much" not in staff.get(page).text
    assert staff.get(link[1]).status_code == 404


@pytest.mark.parametrize(
    ("text", "more", "status"),
    (
        ("  ", {}, 422),
        ("x" * 2001, {}, 422),
        ("fine", {"key": "short"}, 400),
        ("fine", {"corrects": "short"}, 400),
        ("fine", {"corrects": "0" * 32}, 404),
        ("fine", {"csrf": "x"}, 403),
    ),
)
def test_what_is_no_note_is_not_kept(
    staff: Visitor, young: Story, page: str, text: str, more: dict[str, str], status: int
) -> None:
    assert write(staff, page, text, **more)[0] == status
    with reading(young.works.engine) as session:
        assert notes.of_member(young.scope(session), young.member("101"), Reader("boss", manager=True), 5) == []


def test_another_programme_writes_and_reads_nothing(
    staff: Visitor, young: Story, page: str, signing_in: SignIn
) -> None:
    write(staff, page, "Ours")
    other = found(young.works, domain="other.myshopify.com")
    stranger = signing_in(other.programme_id)
    own = f"/members/{other.joins('909')}"
    key = FORM.search(stranger.get(own).text)
    assert key is not None

    assert stranger.post(f"{page}/notes", {"key": key[1], "text": "Theirs"}).status_code == 404
    assert "Ours" not in stranger.get(own).text
    assert "Theirs" not in staff.get(page).text
