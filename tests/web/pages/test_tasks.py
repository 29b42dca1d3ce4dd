"""Tasks for staff, and rewards given for nothing: what stands on the pages, what pressing a button does."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.actions.publish_programme import publish_programme
from app.db.tables import BalanceRow, DeedRow, RedemptionRow, TaskRow
from app.db.unit import reading, unit_of_work
from app.loyalty.terms.programme import Reward, Version
from app.loyalty.terms.rewards import AmountOff, Choice, Service
from app.loyalty.terms.rules import SignUpRule
from tests.web.pages.conftest import Visitor
from tests.web.pages.story import Story
from tests.web.pages.test_orders import plain

REWARDS = (
    Reward("knives", 40, Service("Sharpen two knives", 2)),
    Reward("wrap", 20, Service("Wrap <b>the</b> parcel")),
    Reward("five", 50, AmountOff(500), code_days=30),
    Reward("pick", 50, Choice(("five", "wrap"))),
)


@pytest.fixture
def asked(young: Story) -> Story:
    """Maya has 200 points and asked for both services."""
    start = young.works.clock()
    with unit_of_work(young.works.engine) as session:
        version = Version(start, earn=(SignUpRule(200),), rewards=REWARDS, goodwill_budget=80)
        publish_programme(young.scope(session), version, by="operator")
    young.joins("101")
    young.redeem(start, "101", "k1", "knives", "C-1", issued=False)
    young.redeem(start, "101", "k2", "wrap", "C-2", issued=False)
    return young


def states(story: Story) -> dict[str, str]:
    with reading(story.works.engine) as session:
        rows = session.execute(
            select(TaskRow.redemption_id, TaskRow.state).where(TaskRow.programme_id == story.programme_id)
        )
        return dict(rows.all())


def amounts(story: Story) -> dict[str, int]:
    with reading(story.works.engine) as session:
        rows = session.execute(
            select(BalanceRow.account, BalanceRow.amount).where(
                BalanceRow.programme_id == story.programme_id, BalanceRow.member_id == story.member("101")
            )
        )
        found: dict[str, int] = {}
        for account, amount in rows:
            found[account] = found.get(account, 0) + amount
        return found


def test_what_members_asked_for_stands_with_its_day_and_says_when_it_is_late(staff: Visitor, asked: Story) -> None:
    said = plain(staff.get("/tasks").text)
    assert "Open 2 Overdue 0" in said
    assert "Sharpen two knives Maya Lindqvist" in said
    assert "Wrap <b>the</b> parcel" in said.replace("&lt;", "<").replace("&gt;", ">")
    assert "No day set" in said

    asked.at(asked.works.clock() + timedelta(days=2))
    late = plain(staff.get("/tasks").text)
    assert "Overdue 1" in late
    assert "Overdue since" in late


def test_done_spends_the_points_and_cancelled_gives_them_back_and_both_say_who(staff: Visitor, asked: Story) -> None:
    assert staff.post("/tasks", {"redemption": "k1", "way": "done", "note": "With care"}).status_code == 303
    assert staff.post("/tasks", {"redemption": "k2", "way": "cancelled"}).status_code == 303

    assert states(asked) == {"k1": "done", "k2": "cancelled"}
    assert (amounts(asked)["available"], amounts(asked).get("held", 0)) == (160, 0)
    assert "Nothing to do" in plain(staff.get("/tasks").text)
    closed = plain(staff.get("/tasks?view=closed").text)
    assert "With care" in closed
    assert "Cancelled" in closed


def test_closing_it_twice_is_once_and_closing_it_otherwise_is_said(staff: Visitor, asked: Story) -> None:
    for _ in range(2):
        assert staff.post("/tasks", {"redemption": "k1", "way": "done"}).status_code == 303
    answer = staff.post("/tasks", {"redemption": "k1", "way": "cancelled"})

    assert (answer.status_code, states(asked)["k1"]) == (409, "done")
    assert "Somebody closed it otherwise" in answer.text
    assert staff.post("/tasks", {"redemption": "k1", "way": "sold"}).status_code == 400
    assert staff.post("/tasks", {"redemption": "nobody's", "way": "done"}).status_code == 404


def _form(staff: Visitor, path: str, **typed: str) -> dict[str, str]:
    key = re.search(r'name="key" value="([0-9a-f]{32})"', staff.get(path).text)
    assert key is not None
    return {"key": key[1], **typed}


def test_a_reward_is_given_for_nothing_once_with_its_reason_and_counts_as_goodwill(
    staff: Visitor, asked: Story
) -> None:
    path = f"/members/{asked.member('101')}/give"
    page = plain(staff.get(path).text)
    assert "80 points of this month's budget are left" in page.replace("&#39;", "'")
    assert "One of several" not in page, "what the member must pick first cannot be given as it is"
    form = _form(staff, path, reward="five", note="A lost parcel")
    for _ in range(2):
        assert staff.post(path, form).status_code == 303

    with reading(asked.works.engine) as session:
        given = session.scalars(
            select(RedemptionRow).where(
                RedemptionRow.programme_id == asked.programme_id, RedemptionRow.reward == "five"
            )
        ).all()
        deeds = session.execute(
            select(DeedRow.actor, DeedRow.why).where(
                DeedRow.programme_id == asked.programme_id, DeedRow.what == "give_reward"
            )
        ).all()
    assert len(given) == 1
    assert [tuple(deed) for deed in deeds] == [("operator", "A lost parcel")]
    assert amounts(asked)["available"] == 140
    assert "30 points of this month" in plain(staff.get(path).text)


def test_the_budget_blocks_the_next_gesture_and_a_reason_is_asked_for(staff: Visitor, asked: Story) -> None:
    path = f"/members/{asked.member('101')}/give"
    staff.post(path, _form(staff, path, reward="five", note="A lost parcel"))
    refused = staff.post(path, _form(staff, path, reward="five", note="Another"))
    silent = staff.post(path, _form(staff, path, reward="wrap", note=" "))
    unknown = staff.post(path, _form(staff, path, reward="pick", note="Please"))

    assert (refused.status_code, silent.status_code, unknown.status_code) == (409, 422, 422)
    assert "more than the 30 points left" in plain(refused.text)
    assert "Choose a reward" in unknown.text


def test_the_first_page_lists_what_is_overdue_and_leads_there(staff: Visitor, asked: Story) -> None:
    assert "task is overdue" not in staff.get("/home").text
    asked.at(asked.works.clock() + timedelta(days=2))
    page = staff.get("/home").text

    assert "1 task is overdue" in page
    assert re.search(r'href="/tasks">\s*Look', page)
