"""Whether a member wants offers of their own, on the member's page: shown, changed, and written down."""

from sqlalchemy import select

from app.db.tables import DeedRow
from app.db.unit import reading
from tests.web.pages.conftest import Visitor
from tests.web.pages.story import Story
from tests.web.pages.test_orders import plain


def test_staff_see_and_change_whether_a_member_wants_offers_of_their_own(young: Story, staff: Visitor) -> None:
    page = f"/members/{young.joins('101')}"
    assert "Personal offers Wanted" in plain(staff.get(page).text)

    answer = staff.post(f"{page}/personal", {"wanted": "0"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{page}#personal")
    shown = staff.get(page).text
    assert "Personal offers Not wanted since" in plain(shown)
    assert 'name="wanted" value="1"' in shown

    staff.post(f"{page}/personal", {"wanted": "1"})
    assert "Personal offers Wanted" in plain(staff.get(page, {"Accept-Language": "en"}).text)
    with reading(young.works.engine) as session:
        rows = session.scalars(
            select(DeedRow)
            .where(DeedRow.programme_id == young.programme_id, DeedRow.what == "choose_offers")
            .order_by(DeedRow.at, DeedRow.deed_id)
        ).all()
    assert [(row.actor, row.detail["wanted"]) for row in rows] == [("operator", False), ("operator", True)]


def test_a_choice_that_is_none_and_a_stranger_are_refused(young: Story, staff: Visitor) -> None:
    page = f"/members/{young.joins('101')}"
    assert staff.post(f"{page}/personal", {"wanted": "maybe"}).status_code == 400
    assert staff.post(f"/members/{young.programme_id}/personal", {"wanted": "0"}).status_code == 404
