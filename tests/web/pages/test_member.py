"""One member's page: the split, the timeline with its running balance, and points moved by hand."""

import re
from typing import Final
from uuid import UUID, uuid4

import pytest
from sqlalchemy import func, select

from app.db import timeline
from app.db.tables import BalanceRow, DeedRow, PostingRow, RequestRow, TransactionRow
from app.db.timeline import of_member
from app.db.unit import reading
from app.loyalty.facts import Customer, Referral
from tests.web.pages.conftest import Visitor, Year
from tests.web.pages.story import PEOPLE, Story, order
from tests.web.shops import Clock

SIGHT: Final = {"pending", "available", "debt"}


def lying(story: Story, member_id: UUID) -> dict[str, int]:
    with reading(story.works.engine) as session:
        rows = session.execute(
            select(BalanceRow.account, func.sum(BalanceRow.amount))
            .where(BalanceRow.member_id == member_id)
            .group_by(BalanceRow.account)
        )
        return {account: int(amount) for account, amount in rows}


@pytest.mark.parametrize("customer", sorted(PEOPLE))
def test_the_split_is_what_lies_in_the_accounts(visitor: Visitor, year: Year, customer: str) -> None:
    member_id = year.story.member(customer)
    there = lying(year.story, member_id)
    page = visitor.get(f"/members/{member_id}").text
    shown = re.findall(r"<div><dt>([^<]+)</dt><dd>([^<]+)</dd>", page)

    assert dict(shown)["Available"] == f"{there.get('available', 0):,}"
    assert dict(shown)["On the way"] == f"{there.get('pending', 0):,}"
    assert dict(shown)["On hold"] == f"{there.get('held', 0):,}"


@pytest.mark.parametrize("customer", sorted(PEOPLE))
@pytest.mark.parametrize("everything", (False, True))
def test_the_running_balance_is_the_ledgers(year: Year, customer: str, *, everything: bool) -> None:
    member_id = year.story.member(customer)
    with reading(year.works.engine) as session:
        page = of_member(session, year.story.programme_id, member_id, everything=everything)
        postings = session.scalars(
            select(PostingRow).where(PostingRow.member_id == member_id).order_by(PostingRow.number)
        ).all()
    running, after = 0, {}
    for posting in postings:
        running += posting.amount * ((posting.to_account in SIGHT) - (posting.from_account in SIGHT))
        after[posting.transaction_number] = running
    told = [entry for entry in page.entries if entry.number is not None]

    assert [entry.running for entry in told] == [after[entry.number or 0] for entry in told]
    assert told[0].running == running == sum(lying(year.story, member_id).get(account, 0) for account in SIGHT)
    assert sum(entry.change for entry in told) == running


def test_pages_of_a_timeline_follow_each_other_and_keep_the_running_balance(year: Year) -> None:
    member_id = year.story.member("101")
    with reading(year.works.engine) as session:
        whole = of_member(session, year.story.programme_id, member_id).entries
        parts: list[timeline.Entry] = []
        before: int | None = None
        while True:
            page = of_member(session, year.story.programme_id, member_id, before=before, limit=3)
            parts += page.entries
            before = page.before
            if before is None:
                break

    assert [(entry.source, entry.running, entry.reason) for entry in parts] == [
        (entry.source, entry.running, entry.reason) for entry in whole
    ]


def test_the_timeline_tells_what_happened_in_words(visitor: Visitor, year: Year) -> None:
    page = re.sub(r"<[^>]+>", "", visitor.get(f"/members/{year.story.member('101')}").text)

    for said in (
        "Order #10482 paid", "Refund on order #10391", "Took “$5 off”", "Used “$5 off” on order #10402",
        "Adjusted by Shopify staff 548380009", "“Sorry your parcel was late”", "Review approved", "Reached Stream",
        "Referral with Jonas Petrov counts", "A review earned nothing", "The product was not bought before the review",
        "Signed up", "$31.50 at 5 per $1, times 1.25", "Version 1", "On the way until 5 Dec",
    ):  # fmt: skip
        assert said in page, said


def test_a_cancelled_order_is_told_as_such_and_an_earlier_refund_stays_a_refund(
    young: Story, staff: Visitor, clock: Clock
) -> None:
    member_id = young.joins("101")
    paid = clock.now
    young.tell(paid, order(7, "101", paid, 10000))
    clock.pass_(days=1)
    part = clock.now
    young.tell(part, order(7, "101", paid, 10000, refunded=(part, 4000)))
    clock.pass_(days=1)
    young.tell(clock.now, order(7, "101", paid, 10000, refunded=(part, 4000), cancelled=clock.now))
    page = re.sub(r"<[^>]+>", "", staff.get(f"/members/{member_id}").text)

    assert page.index("Order #7 cancelled") < page.index("Refund on order #7") < page.index("Order #7 paid")


def test_every_movement_can_be_shown(visitor: Visitor, year: Year) -> None:
    member_id = year.story.member("101")
    with reading(year.works.engine) as session:
        count = session.scalar(
            select(func.count()).select_from(TransactionRow).where(TransactionRow.member_id == member_id)
        )
    plain, whole = visitor.get(f"/members/{member_id}").text, visitor.get(f"/members/{member_id}?everything=1").text

    assert plain.count('class="kn"') < whole.count('class="kn"')
    assert whole.count('class="kn"') == (count or 0) + 1  # the review that earned nothing moved nothing
    assert "can be used" in whole


def test_the_page_knows_tier_progress_codes_friends_and_names(visitor: Visitor, year: Year) -> None:
    page = visitor.get(f"/members/{year.story.member('101')}").text
    plain = re.sub(r"<[^>]+>", "", page)

    assert re.search(r'<progress class="bar" max="50000" value="\d+"', page)
    assert "in the last 12 months" in plain
    assert "TIDE-4HX9-R2, used on order #10402" in plain
    assert "Jonas Petrov" in plain
    assert "customer 101" in plain
    assert "Worth up to $" in plain


def test_a_guests_points_wait_until_the_address_is_proved(visitor: Visitor, year: Year) -> None:
    found = re.search(r'/members/([^"]+)">Ingrid Holm', visitor.get("/members?q=Ingrid").text)
    assert found is not None
    page = visitor.get(f"/members/{found[1]}").text

    assert "until the address is proved" in page
    assert "guest, by e-mail" in page
    assert '<span class="chip">Guest</span>' in page


def test_who_owes_is_told_why(young: Story, staff: Visitor, clock: Clock) -> None:
    member_id = young.joins("101")
    paid = clock.now
    young.tell(paid, order(7, "101", paid, 20000))
    clock.pass_(days=15)
    young.redeem(clock.now, "101", "r1", "ten_off", "CODE-1")
    clock.pass_(days=1)
    young.tell(clock.now, order(7, "101", paid, 20000, cancelled=clock.now))

    assert lying(young, member_id)["debt"] < 0
    assert "are owed: a refund took back more than was left" in staff.get(f"/members/{member_id}").text


def test_the_friends_side_names_who_invited(young: Story, staff: Visitor, clock: Clock) -> None:
    young.joins("101")
    young.joins("102", "Jonas Petrov", "jonas@example.com")
    young.tell(clock.now, Referral("x1", Customer("101"), Customer("102"), clock.now))
    advocate = re.sub(r"<[^>]+>", "", staff.get(f"/members/{young.member('101')}").text)
    friend = re.sub(r"<[^>]+>", "", staff.get(f"/members/{young.member('102')}").text)

    assert "The friend has not ordered yet" in advocate
    assert "Invited byMaya Lindqvist" in friend


# -- moving points by hand ---------------------------------------------------------------------------------------------


@pytest.fixture
def member_id(young: Story) -> UUID:
    """Maya, with the hundred points of signing up."""
    return young.joins("101")


def form(amount: str = "40", way: str = "add", note: str = "Sorry for the wait", **more: str) -> dict[str, str]:
    return {"key": uuid4().hex, "way": way, "amount": amount, "note": note, **more}


def posted(story: Story, member_id: UUID) -> int:
    with reading(story.works.engine) as session:
        count = session.scalar(
            select(func.count())
            .select_from(TransactionRow)
            .where(TransactionRow.member_id == member_id, TransactionRow.reason == "adjust")
        )
    return count or 0


def test_first_it_is_shown_what_would_become_of_it(staff: Visitor, young: Story, member_id: UUID) -> None:
    answer = staff.post(f"/members/{member_id}/adjust", form())
    plain = re.sub(r"<[^>]+>", " ", answer.text)

    assert answer.status_code == 200
    assert "Add 40 points for Maya Lindqvist?" in plain
    assert re.search(r"Available now\s+100\s.*\+40\s.*Available then\s+140", plain, re.DOTALL)
    assert posted(young, member_id) == 0


def test_confirmed_points_are_moved_with_who_and_why(staff: Visitor, young: Story, member_id: UUID) -> None:
    sent = form(confirmed="1")
    answer = staff.post(f"/members/{member_id}/adjust", sent)
    page = staff.get(answer.location).text

    assert (answer.status_code, answer.location) == (303, f"/members/{member_id}?done={sent['key']}")
    assert "40 points added." in page
    assert "Adjusted by the operator" in page
    assert "“Sorry for the wait”" in page
    assert lying(young, member_id)["available"] == 140
    with reading(young.works.engine) as session:
        deed = session.scalars(select(DeedRow).where(DeedRow.what == "adjust_points")).one()
    assert (deed.actor, deed.why, deed.detail["amount"]) == ("operator", "Sorry for the wait", 40)


def test_sending_the_form_twice_moves_points_once(staff: Visitor, young: Story, member_id: UUID) -> None:
    sent = form(confirmed="1")
    answers = [staff.post(f"/members/{member_id}/adjust", sent) for _ in range(3)]

    assert {(answer.status_code, answer.location) for answer in answers} == {(303, answers[0].location)}
    assert (posted(young, member_id), lying(young, member_id)["available"]) == (1, 140)


def test_one_form_cannot_be_used_for_two_amounts(staff: Visitor, young: Story, member_id: UUID) -> None:
    sent = form(confirmed="1")
    staff.post(f"/members/{member_id}/adjust", sent)
    other = staff.post(f"/members/{member_id}/adjust", {**sent, "amount": "900"})

    assert other.status_code == 409
    assert "This form was used already" in other.text
    assert lying(young, member_id)["available"] == 140


def test_points_can_be_taken_but_never_more_than_there_are(staff: Visitor, young: Story, member_id: UUID) -> None:
    good = staff.post(f"/members/{member_id}/adjust", form("60", "take", confirmed="1"))
    asked = staff.post(f"/members/{member_id}/adjust", form("41", "take"))
    sure = staff.post(f"/members/{member_id}/adjust", form("41", "take", confirmed="1"))

    assert good.status_code == 303
    assert (asked.status_code, sure.status_code) == (409, 409)
    assert "Only 40 points are available" in asked.text
    assert lying(young, member_id)["available"] == 40


@pytest.mark.parametrize(
    ("changed", "said"),
    (
        ({"note": ""}, "Say why, in a few words"), ({"note": "   "}, "Say why, in a few words"),
        ({"note": "x" * 201}, "Say it in at most 200 letters"), ({"amount": ""}, "Type a number of points above zero"),
        ({"amount": "0"}, "above zero"), ({"amount": "-5"}, "above zero"), ({"amount": "1.5"}, "above zero"),
        ({"amount": "1e3"}, "above zero"), ({"amount": "99999999999"}, "above zero"), ({"amount": "ten"}, "above zero"),
        ({"key": "no key of ours"}, "This form was used already"),
    ),
)  # fmt: skip
def test_a_form_that_is_not_right_is_shown_again_with_what_is_wrong(
    staff: Visitor, young: Story, member_id: UUID, changed: dict[str, str], said: str
) -> None:
    answer = staff.post(f"/members/{member_id}/adjust", {**form(confirmed="1"), **changed})

    assert answer.status_code == 422
    assert said in answer.text
    assert posted(young, member_id) == 0


def test_what_was_right_stays_typed(staff: Visitor, member_id: UUID) -> None:
    page = staff.post(f"/members/{member_id}/adjust", form("1,250", "take", note="")).text

    assert 'value="1,250"' in page
    assert re.search(r'value="take" checked', page)
    assert 'aria-invalid="true"' in page


def test_full_width_digits_are_numbers_too(staff: Visitor, young: Story, member_id: UUID) -> None:
    staff.post(f"/members/{member_id}/adjust", form("1,0 0", confirmed="1"))

    assert lying(young, member_id)["available"] == 200


# -- taking it back ----------------------------------------------------------------------------------------------------


def reversal(staff: Visitor, member_id: UUID, key: str) -> dict[str, str]:
    """Return what the page that asks would send."""
    page = staff.get(f"/members/{member_id}/adjust?reverses={key}").text
    fields = dict(re.findall(r'name="(key|way|amount|reverses|confirmed|note)" value="([^"]*)"', page))
    return {**fields, "confirmed": "1"}


def test_an_adjustment_is_undone_by_its_reverse(staff: Visitor, young: Story, member_id: UUID) -> None:
    sent = form(confirmed="1")
    staff.post(f"/members/{member_id}/adjust", sent)
    link = f"/members/{member_id}/adjust?reverses={sent['key']}"
    before = staff.get(f"/members/{member_id}").text
    question = re.sub(r"<[^>]+>", "", staff.get(link).text)
    answer = staff.post(f"/members/{member_id}/adjust", reversal(staff, member_id, sent["key"]))
    after = staff.get(f"/members/{member_id}").text

    assert link in before.replace("&amp;", "&")
    assert "Take 40 points from Maya Lindqvist?" in question
    assert answer.status_code == 303
    assert (posted(young, member_id), lying(young, member_id)["available"]) == (2, 100)
    assert "“Reversed: Sorry for the wait”" in after
    assert '<span class="chip">Reversed</span>' in after
    assert link not in after.replace("&amp;", "&")


def test_two_tabs_reverse_once(staff: Visitor, young: Story, member_id: UUID) -> None:
    sent = form(confirmed="1")
    staff.post(f"/members/{member_id}/adjust", sent)
    one, two = (reversal(staff, member_id, sent["key"]) for _ in range(2))
    answers = [staff.post(f"/members/{member_id}/adjust", tab).status_code for tab in (one, two)]

    assert answers == [303, 303]
    assert lying(young, member_id)["available"] == 100


def test_what_was_reversed_cannot_be_reversed_again(staff: Visitor, young: Story, member_id: UUID) -> None:
    sent = form(confirmed="1")
    staff.post(f"/members/{member_id}/adjust", sent)
    back = reversal(staff, member_id, sent["key"])
    staff.post(f"/members/{member_id}/adjust", back)

    again = staff.post(f"/members/{member_id}/adjust", {**back, "key": f"reverse-{sent['key']}-1"})
    of_the_reverse = staff.post(f"/members/{member_id}/adjust", {**back, "key": uuid4().hex, "reverses": back["key"]})

    assert (again.status_code, of_the_reverse.status_code) == (422, 422)
    assert staff.get(f"/members/{member_id}/adjust?reverses={sent['key']}").status_code == 303
    assert lying(young, member_id)["available"] == 100


def test_a_reversal_that_failed_for_want_of_points_can_be_tried_later(
    staff: Visitor, young: Story, member_id: UUID
) -> None:
    sent = form("500", confirmed="1")
    staff.post(f"/members/{member_id}/adjust", sent)
    young.redeem(young.works.clock(), "101", "r1", "five_off", "CODE-1")
    short = staff.post(f"/members/{member_id}/adjust", reversal(staff, member_id, sent["key"]))
    staff.post(f"/members/{member_id}/adjust", form("400", confirmed="1"))
    later = staff.post(f"/members/{member_id}/adjust", reversal(staff, member_id, sent["key"]))

    assert (short.status_code, later.status_code) == (409, 303)
    assert "Only 100 points are available" in short.text
    assert lying(young, member_id)["available"] == 0


def test_a_reversal_takes_the_first_amount_whatever_the_form_says(
    staff: Visitor, young: Story, member_id: UUID
) -> None:
    sent = form(confirmed="1")
    staff.post(f"/members/{member_id}/adjust", sent)
    back = {**reversal(staff, member_id, sent["key"]), "amount": "1", "way": "add"}
    staff.post(f"/members/{member_id}/adjust", back)

    assert lying(young, member_id)["available"] == 100


def test_a_request_that_was_refused_keeps_its_own_answer(staff: Visitor, young: Story, member_id: UUID) -> None:
    staff.post(f"/members/{member_id}/adjust", form("400", "take", confirmed="1"))

    with reading(young.works.engine) as session:
        assert session.scalars(select(RequestRow.answer)).all() == []
    assert posted(young, member_id) == 0
