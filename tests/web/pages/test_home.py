"""The first page: health in words, figures that are the ledger's, what needs a person, what happened last."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.actions.disconnect_shop import disconnect_shop
from app.db import inbox, programmes, shops
from app.db.figures import PERIOD, figures
from app.db.overview import TroubleKind, health, troubles
from app.db.tables import AuditRow, MemberRow, PostingRow, SettlementRow, TransactionRow
from app.db.unit import reading, unit_of_work
from app.loyalty.ledger.postings import Reason
from app.loyalty.terms.programme import Reward
from app.loyalty.terms.rewards import GiftCard
from app.web.pages import activity
from jobs.works import Works
from tests.web.pages.conftest import SignIn, Visitor, Year
from tests.web.pages.story import Story, found, order
from tests.web.shops import Clock

Movement = tuple[TransactionRow, PostingRow]


def movements(session: Session, programme_id: UUID) -> Sequence[Movement]:
    """Return every posting of a programme with its transaction: the whole ledger, added up by hand below."""
    rows = session.execute(
        select(TransactionRow, PostingRow)
        .join(
            PostingRow,
            (PostingRow.programme_id == TransactionRow.programme_id)
            & (PostingRow.member_id == TransactionRow.member_id)
            & (PostingRow.transaction_number == TransactionRow.number),
        )
        .where(TransactionRow.programme_id == programme_id)
    )
    return [(transaction, posting) for transaction, posting in rows]


def net(rows: Sequence[Movement], account: str, since: datetime, until: datetime) -> int:
    """Return what went into an account of the programme's side, less what came back, in (since, until]."""
    return sum(
        posting.amount * ((posting.to_account == account) - (posting.from_account == account))
        for transaction, posting in rows
        if since < transaction.at <= until
    )


@pytest.mark.parametrize("of", ("story", "mado"))
def test_the_five_figures_are_the_ledgers(year: Year, of: str) -> None:
    told: Story = getattr(year, of)
    now = year.works.clock()
    begin, middle = now - 2 * PERIOD, now - PERIOD
    with reading(year.works.engine) as session:
        counted = figures(session, told.programme_id, now)
        rows = movements(session, told.programme_id)
        members = session.scalars(select(MemberRow).where(MemberRow.programme_id == told.programme_id)).all()
        settled = session.scalars(select(SettlementRow).where(SettlementRow.programme_id == told.programme_id)).all()

    lying = {
        account: sum(
            posting.amount * ((posting.to_account == account) - (posting.from_account == account))
            for _, posting in rows
        )
        for account in ("available", "pending", "held", "debt")
    }
    out = counted.outstanding
    assert (out.available, out.pending, out.held, -out.owed) == tuple(lying.values())
    assert out.total > 0
    assert (counted.redeemed.now, counted.redeemed.before) == (
        net(rows, "redeemed", middle, now),
        net(rows, "redeemed", begin, middle),
    )
    assert (counted.expired.now, counted.expired.before) == (
        net(rows, "expired", middle, now),
        net(rows, "expired", begin, middle),
    )
    for flow, since, until in ((counted.given.now, middle, now), (counted.given.before, begin, middle)):
        facts = sum(row.posted for row in settled if row.moment is not None and since < row.moment <= until)
        assert flow == facts - net(rows, "granted", since, until) - net(rows, "imported", since, until)
    assert counted.members == len(members)
    assert counted.joined.now == sum(middle < (row.joined_at or row.created_at) <= now for row in members)


def test_what_was_given_in_all_time_is_what_the_ledger_issued(year: Year) -> None:
    """Each settlement's own account of what it was given adds up to the postings, to the last point."""
    with reading(year.works.engine) as session:
        rows = movements(session, year.story.programme_id)
        settled = session.scalars(
            select(SettlementRow.posted).where(SettlementRow.programme_id == year.story.programme_id)
        ).all()

    issued = sum(posting.amount for _, posting in rows if posting.from_account == "issued")
    returned = sum(posting.amount for _, posting in rows if posting.to_account == "issued")
    assert sum(settled) == issued - returned > 0


def test_the_page_shows_the_figures(visitor: Visitor, year: Year) -> None:
    with reading(year.works.engine) as session:
        shown = figures(session, year.story.programme_id, year.works.clock())
    page = visitor.get("/home").text

    for number in (shown.members, shown.outstanding.total, shown.given.now, shown.redeemed.now, shown.expired.now):
        assert f'<span class="v">{number:,}</span>' in page
    # The best fixed reward of the starter programme gives a cent for a point.
    assert f"${shown.outstanding.total / 100:,.2f}</b> at most" in page
    assert "How these are counted" in page


def test_a_shop_that_was_just_connected_learns_what_comes_next(staff: Visitor) -> None:
    page = staff.get("/home").text

    assert "The first points will show here" in page
    assert "No event yet" in page
    assert '<span class="v">0</span>' in page


# -- health and what needs a person ------------------------------------------------------------------------------------


def kinds(story: Story) -> list[TroubleKind]:
    with reading(story.works.engine) as session:
        state = health(session, story.programme_id, story.works.clock())
    return [trouble.kind for trouble in troubles(state, story.works.clock())]


def test_where_everything_runs_nothing_is_asked_of_anyone(young: Story, staff: Visitor, clock: Clock) -> None:
    young.look_over(clock.now)
    page = staff.get("/home").text

    assert kinds(young) == []
    assert "Everything is running" in page
    assert "Nothing waits for you." in page
    assert "Compared just now, 0 differences" in page
    assert "Audited just now, 0 differences" in page


def test_a_delivery_nobody_could_read_is_shown_with_its_reason(visitor: Visitor, year: Year) -> None:
    page = visitor.get("/home").text

    assert TroubleKind.QUARANTINED in kinds(year.story)
    assert "1 delivery could not be read" in page
    assert "orders/updated" in page
    assert "not JSON" in page


def test_a_code_that_could_not_be_made_is_shown_with_its_reason(visitor: Visitor, year: Year) -> None:
    page = visitor.get("/home").text

    assert TroubleKind.LOST in kinds(year.story)
    assert "Making a discount code failed for good" in page
    assert "the store had this code with other terms" in page


def test_a_shop_that_closed_its_door_is_to_be_connected_again(young: Story, staff: Visitor) -> None:
    young.look_over(young.works.clock())
    with unit_of_work(young.works.engine) as session:
        disconnect_shop(young.scope(session), young.shop_id, state="reauthorize")
    page = staff.get("/home").text

    assert kinds(young)[0] is TroubleKind.REAUTHORIZE
    assert "Tidewell has to be connected again" in page
    assert "https://tidewell.myshopify.com/admin/apps/" in page


def test_what_the_programme_offers_and_the_owner_has_not_allowed_is_asked_for(young: Story, staff: Visitor) -> None:
    with unit_of_work(young.works.engine) as session:
        latest = programmes.load(session, young.programme_id).versions[-1]
        card = Reward("card", 500, GiftCard(500))
        offering = replace(latest, number=latest.number + 1, rewards=(card,))
        programmes.publish(session, young.programme_id, offering, by="staff", now=young.works.clock())
    page = staff.get("/home").text
    assert "Tidewell has not allowed gift cards yet" in page
    assert 'data-scopes="write_gift_cards read_gift_cards"' in page
    with unit_of_work(young.works.engine) as session:
        shops.keep_scopes(session, young.programme_id, young.shop_id, ("write_gift_cards", "read_gift_cards"))
    assert "has not allowed" not in staff.get("/home").text


def test_a_woocommerce_shop_is_connected_again_at_its_own_place(works: Works, signing_in: SignIn) -> None:
    mado = found(works, "woocommerce", japanese=True)
    with unit_of_work(works.engine) as session:
        disconnect_shop(mado.scope(session), mado.shop_id)

    assert (
        "/connect/woocommerce/begin?store=https%3A%2F%2Fmado.example" in signing_in(mado.programme_id).get("/home").text
    )


def test_a_queue_nobody_works_off_is_noticed(young: Story, clock: Clock) -> None:
    young.look_over(clock.now)
    with unit_of_work(young.works.engine) as session:
        arrival = inbox.Arrival("shopify", "orders/paid", "k1", b"{}", versioned=True)
        inbox.accept(session, young.works.cipher, young.programme_id, young.shop_id, arrival, clock.now)
    fresh = kinds(young)
    clock.pass_(minutes=11)

    assert (fresh, kinds(young)) == ([], [TroubleKind.INBOX_LATE])


def test_books_that_do_not_agree_come_first(young: Story, staff: Visitor, clock: Clock) -> None:
    young.look_over(clock.now)
    with unit_of_work(young.works.engine) as session:
        session.merge(AuditRow(programme_id=young.programme_id, at=clock.now, breaches=2))
    page = staff.get("/home").text

    assert kinds(young) == [TroubleKind.BREACH]
    assert "The books do not agree in 2 places" in page
    assert "Something needs you" in page


def test_a_clock_that_stands_still_is_noticed(young: Story, clock: Clock) -> None:
    young.look_over(clock.now)
    clock.pass_(hours=2)
    after_hours = kinds(young)
    clock.pass_(hours=40)

    assert after_hours == [TroubleKind.RECONCILE_LATE]
    assert kinds(young) == [TroubleKind.RECONCILE_LATE, TroubleKind.AUDIT_LATE]


# -- newest activity ---------------------------------------------------------------------------------------------------


def test_the_newest_movements_are_told_with_name_and_amount(young: Story, staff: Visitor, clock: Clock) -> None:
    young.joins("101")
    clock.pass_(minutes=2)
    young.tell(clock.now, order(1001, "101", clock.now, 2000))
    clock.pass_(minutes=3)
    page = staff.get("/home").text

    assert page.index("Order <a") < page.index("Signed up")
    assert "+100" in page
    assert "Maya Lindqvist" in page
    assert "3 minutes ago" in page


def test_all_activity_is_paged_by_key_and_nothing_is_left_out(
    visitor: Visitor, year: Year, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(activity, "_PAGE", 4)
    seen, path = [], "/activity"

    for _ in range(40):
        page = visitor.get(path).text
        rows = re.findall(r'<span class="grow"><b><a href="/members/([^"]+)">.*?</span><span>(.*?)</span>', page)
        assert 0 < len(rows) <= 4
        seen += rows
        older = re.search(r'<a class="btn sml" href="(/activity\?[^"]*after=[^"]*)">', page)
        if older is None:
            break
        path = older[1].replace("&amp;", "&")
    with reading(year.works.engine) as session:
        rows_kept = movements(session, year.story.programme_id)
    inner = {Reason.RELEASE.value, Reason.PAY_DEBT.value}
    shown = {(row.member_id, row.number) for row, _ in rows_kept if row.reason not in inner}

    assert len(seen) == len(shown) > 20


def test_activity_is_shown_by_kind(visitor: Visitor) -> None:
    assert "Refund on order" in visitor.get("/activity?kind=given").text
    assert "Refund on order" not in visitor.get("/activity?kind=redeemed").text
    assert "No points have expired" in visitor.get("/activity?kind=expired").text


def test_the_page_is_dated_by_the_shops_clock(visitor: Visitor) -> None:
    assert "Sunday 22 November 2026, 07:00 in New York" in visitor.get("/home").text
