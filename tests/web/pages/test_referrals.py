"""The referral desk's page: reasons in words, what is at stake, deciding, and how often holding back was wrong."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from app.db import sharing
from app.db.tables import DeedRow, ReferralRow
from app.db.unit import reading, unit_of_work
from app.factory import create_app
from app.loyalty.terms.sharing import Channel
from app.settings import Settings
from app.web.pages import referrals
from tests.web.pages.conftest import Retold, Visitor, seated
from tests.web.pages.desk import a_desk
from tests.web.pages.story import Story, found

KEY = re.compile(r'name="key" value="([0-9a-f]{32})"')


@pytest.fixture
def told(retold: Retold) -> Story:
    return retold(a_desk)


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


def decided(told: Story) -> dict[str, str | None]:
    with reading(told.works.engine) as session:
        rows = session.execute(
            select(ReferralRow.referral_id, ReferralRow.decision).where(ReferralRow.programme_id == told.programme_id)
        )
        return dict(rows.all())


def form(visitor: Visitor, decision: str, **more: str) -> dict[str, str]:
    key = KEY.search(visitor.get("/referrals").text)
    assert key is not None
    return {"key": key[1], "view": "waiting", "referral": "rf0", "decision": decision, "why": "She says so", **more}


def test_what_waits_stands_with_its_reasons_and_what_is_at_stake(staff: Visitor, told: Story) -> None:
    page = text(staff.get("/referrals").text)

    assert "Maya Lindqvist brought" in page
    for said in (
        "Both e-mail addresses lead to one mailbox – counts 100", "Both have orders to the same address – counts 60",
        "Both ordered from the same internet connection – counts 60",
        "The friend ordered 3 minutes after the referral – counts 20",
        "The friend&#39;s account is 8 days older than the referral – counts 20", "500 points, worth $5.00",
        "It waits for your decision",
    ):  # fmt: skip
        assert said in page.replace("'", "&#39;"), said
    assert "Ola Berg" not in page
    assert decided(told)["rf0"] is None


def test_how_often_holding_back_was_wrong_stands_on_the_page(staff: Visitor, told: Story) -> None:
    assert "0 approved of 1 decided" in staff.get("/referrals").text

    staff.post("/referrals", form(staff, "approve"))
    page = text(staff.get("/referrals").text)

    assert decided(told) == {"rf0": "approved", "rf1": "refused", "rf2": None}
    assert "Held back wrongly 50% 1 approved of 2 decided" in page
    assert "Nothing waits for you" in page


def test_an_approval_gives_the_points_and_keeps_who_and_why(staff: Visitor, told: Story) -> None:
    answer = staff.post("/referrals", form(staff, "approve"))
    member = staff.get(f"/members/{told.member('101')}").text

    assert (answer.status_code, answer.headers["Location"]) == (303, "/referrals?view=waiting")
    assert "500" in member
    with reading(told.works.engine) as session:
        deeds = session.execute(
            select(DeedRow.actor, DeedRow.why).where(
                DeedRow.programme_id == told.programme_id, DeedRow.subject == "referral:rf0"
            )
        ).all()
    assert [tuple(deed) for deed in deeds] == [("operator", "She says so")]
    assert "She says so" in staff.get("/referrals?view=decided").text


def test_a_form_sent_twice_decides_once(staff: Visitor, told: Story) -> None:
    sent = form(staff, "refuse")
    first, again, other = (
        staff.post("/referrals", {**sent, "decision": decision}) for decision in ("refuse", "refuse", "approve")
    )

    assert (first.status_code, again.status_code, other.status_code) == (303, 303, 409)
    assert "This form was used already" in other.text
    assert decided(told)["rf0"] == "refused"


@pytest.mark.parametrize("why", ("", "   ", "x" * 201))
def test_a_decision_needs_a_reason_of_a_few_words(staff: Visitor, told: Story, why: str) -> None:
    answer = staff.post("/referrals", form(staff, "approve", why=why))

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text
    assert decided(told)["rf0"] is None


@pytest.mark.parametrize(
    ("wrong", "status"),
    (({"referral": "nobody"}, 404), ({"decision": "burn"}, 400), ({"key": "short"}, 400), ({"csrf": "x"}, 403)),
    ids=("unknown", "no such decision", "no key", "another site"),
)
def test_nothing_else_decides(staff: Visitor, told: Story, wrong: dict[str, str], status: int) -> None:
    assert staff.post("/referrals", form(staff, "approve") | wrong).status_code == status
    assert decided(told)["rf0"] is None


def test_another_programme_sees_and_decides_nothing(app: Flask, staff: Visitor, told: Story) -> None:
    sent = form(staff, "approve")
    other = seated(app, found(told.works, japanese=True).programme_id)

    assert "Maya" not in other.get("/referrals?view=all").text
    assert other.post("/referrals", sent | {"csrf": other.csrf()}).status_code == 404
    assert decided(told)["rf0"] is None


def test_a_refused_referral_can_be_approved_after_all(staff: Visitor, told: Story) -> None:
    page = text(staff.get("/referrals?view=decided").text)
    assert "Refused by the operator" in page
    assert "Kim &lt;b&gt;Lind&lt;/b&gt;" in page

    staff.post("/referrals", form(staff, "approve", referral="rf1", view="decided"))
    assert decided(told)["rf1"] == "approved"


def test_all_referrals_are_listed_with_how_they_stand(staff: Visitor, told: Story) -> None:
    page = text(staff.get("/referrals?view=all").text)

    assert len(told.member("104").hex) > 0
    assert "Ola Berg" in page
    assert "Points are given" in page
    assert "Staff refused it" in page
    assert "Both have orders to the same address – counts 60" in page


def test_without_a_desk_the_page_says_so(app: Flask, told: Story) -> None:
    young = found(told.works, domain="young.myshopify.com")
    page = seated(app, young.programme_id).get("/referrals").text

    assert decided(young) == {}
    assert "the version in force has no referral desk" in page
    assert "Nothing waits for you" in page


def test_the_desk_speaks_japanese(staff: Visitor, told: Story) -> None:
    page = staff.get("/referrals", {"Accept-Language": "ja"}).text

    assert decided(told)["rf0"] is None
    assert "両者のメールアドレスは同じ受信箱に届きます(重み100)" in page
    assert "確認待ちです" in page


def test_a_long_list_is_leafed_through_and_every_referral_stands_on_one_page(
    staff: Visitor, told: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(referrals, "_PAGE", 1)
    seen: list[str] = []
    page, address = "", "/referrals?view=all"
    while address and len(seen) < len(decided(told)) + 1:
        page = staff.get(address).text
        seen += re.findall(r'name="referral" value="([^"]+)"', page)
        following = re.search(r'href="(/referrals\?view=all&amp;after=[^"&]+)"', page)
        address = following[1].replace("&amp;", "&") if following is not None else ""

    assert sorted(seen) == ["rf0", "rf1", "rf2"]
    assert "From the beginning" in page
    assert staff.get("/referrals?view=all&after=nonsense").text.count('name="referral"') == 1


def test_what_came_by_each_channel_stands_in_a_table_as_the_log_has_it(told: Story, staff: Visitor) -> None:
    with unit_of_work(told.works.engine) as session:
        scope = told.scope(session)
        for key, channel in (("a", Channel.LINE), ("b", Channel.LINE), ("b", Channel.LINE), ("c", Channel.QR)):
            sharing.click(scope, told.shop_id, key, channel)
        referrals_told = session.scalars(select(ReferralRow).where(ReferralRow.programme_id == told.programme_id)).all()
        for row in referrals_told:
            row.channel = "line"
        asked, bought = len(referrals_told), sum(bool((row.outcome or {}).get("due")) for row in referrals_told)

    page = staff.get("/referrals").text
    rows = dict(re.findall(r'<tr data-channel="(\w+)">(.*?)</tr>', page, re.DOTALL))
    cells = {channel: re.findall(r"<td[^>]*>(.*?)</td>", row) for channel, row in rows.items()}
    assert list(cells) == ["line", "qr"]
    assert cells["line"][:3] == ["2", str(asked), str(bought)]
    assert cells["qr"] == ["1", "0", "0", "0%"]
