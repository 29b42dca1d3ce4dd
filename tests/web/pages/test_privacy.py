"""Privacy on the merchant's pages: a file of what is kept, forgetting for good, duties that wait."""

import json

from sqlalchemy import select

from app.db import privacy
from app.db.privacy import Names
from app.db.tables import MemberRow
from app.db.unit import reading, unit_of_work
from app.loyalty.facts import Duty
from tests.web.pages.conftest import Visitor
from tests.web.pages.story import Story
from tests.web.pages.test_orders import plain


def joined(story: Story) -> str:
    """Maya joins; returns the address of her page."""
    story.joins("101")
    return f"/members/{story.member('101')}"


def test_what_is_kept_is_downloaded_and_never_cached(staff: Visitor, young: Story) -> None:
    answer = staff.get(f"{joined(young)}/kept.json")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert json.loads(answer.text)["member"] == str(young.member("101"))


def test_a_member_is_forgotten_for_good_only_with_a_reason_and_a_tick(staff: Visitor, young: Story) -> None:
    page = joined(young)
    member_id = young.member("101")
    assert "cannot be undone" in plain(staff.get(f"{page}/forget").text)
    for form in ({"why": "", "sure": "1"}, {"why": "asked by letter"}):
        assert staff.post(f"{page}/forget", form).status_code == 422
    assert staff.post(f"{page}/forget", {"why": "asked by letter", "sure": "1"}).status_code == 303
    with reading(young.works.engine) as session:
        assert session.scalars(select(MemberRow).where(MemberRow.member_id == member_id)).one().erased_at is not None
    shown = plain(staff.get(page).text)
    assert "Nobody knows who this was" in shown
    assert 'id="adjust"' not in staff.get(page).text
    assert staff.get(f"{page}/forget").status_code == 404


def test_a_file_that_is_owed_is_listed_until_it_was_handed_over(staff: Visitor, young: Story) -> None:
    joined(young)
    with unit_of_work(young.works.engine) as session:
        duty = privacy.keep(young.scope(session), young.shop_id, Duty.CUSTOMER_DATA, Names(("101",)))
    listed = staff.get("/privacy").text
    assert f"/members/{young.member('101')}/kept.json" in listed
    assert staff.post(f"/privacy/{duty}/handed-over", {}).status_code == 303
    assert "Nothing is owed" in staff.get("/privacy").text
    assert "Done" in plain(staff.get("/privacy?view=ended").text)
    assert staff.post(f"/privacy/{young.shop_id}/handed-over", {}).status_code == 404
