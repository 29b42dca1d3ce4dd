"""The programme in sentences: what is promised now, and the versions around it."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from app.actions.publish_programme import publish_programme
from app.db import programmes
from app.db.unit import unit_of_work
from app.files.reading import read
from app.loyalty.money import Rounding
from app.loyalty.templates import TEMPLATES
from app.loyalty.terms.campaigns import Campaign
from app.loyalty.terms.programme import (
    AfterUse,
    Clawback,
    Downgrade,
    EarningBase,
    Expiry,
    ExpiryFrom,
    Ladder,
    Level,
    Measure,
    Reward,
    Version,
    Window,
    WindowKind,
)
from app.loyalty.terms.rewards import Access, AmountOff, Choice, Donation, Opening, Percentage, Service, StoreCredit
from app.loyalty.terms.rules import AmountRule, ReferralRule
from app.loyalty.terms.segments import Frequency, Segment
from app.loyalty.terms.suspicion import ReferralDesk
from app.loyalty.terms.variable import Variable
from tests.house.repository import ROOT
from tests.web.pages.conftest import Visitor, Year, seated
from tests.web.pages.story import Story
from tests.web.pages.test_orders import plain

EVERY_KIND = {
    path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "docs/merchants/programmes").glob("*.json")
}


_CHOSEN = Variable(100, 2000, 100, 100, 100)


def page(visitor: Visitor) -> str:
    return plain(visitor.get("/programme").text)


def test_the_starter_programme_reads_as_it_is(visitor: Visitor) -> None:
    said = page(visitor)

    for part in (
        "Version 1, in force since 26 Jan 2026", "Every order", "5 per $1",
        "More at higher tiers: Stream 1.25× and Tide 1.5×",
        "Rounded down to whole points once an order", "Signing up", "100 points", "Writing a review", "50 points",
        "Bringing a friend", "500 points", "That order is $20 or more", "The friend gets 10% off, good for 30 days",
        "$5 off", "Free shipping", "$10 off", "From an order of $20", "15% off", "1,500 points", "From Stream on",
        "Everybody starts here", "From $200. 1.25 times the points. 100 points on arrival. Opens 15% off.",
        "Counted: what is spent in the last 12 months", "Down one tier at a time after 30 days below",
        "14 days after payment", "365 days after they were earned. At the end of the day in New York.",
        "the rest is owed and paid by the next points", "The points of the reward come back.",
        "A member at Tide spends $50: 375 points. Worth up to $3.75, 7.5% back.", "In force",
        "published by Kizuna, when the shop was connected",
    ):  # fmt: skip
        assert part in said, part


def other(starts_at: datetime) -> Version:
    """Return a version that promises everything the other way."""
    return Version(
        starts_at=starts_at,
        rounding=Rounding.HALF_UP,
        expiry=Expiry(30, ExpiryFrom.RELEASE, end_of_day=False),
        clawback=Clawback.CLAMP,
        after_use=AfterUse.KEEP,
        base=EarningBase(tax=True, shipping=True),
        earn=(AmountRule(Decimal("0.5"), 100), ReferralRule(100, friend_points=25)),
        tiers=Ladder(
            Measure.ORDERS, (Level("a", 0), Level("b", 3, (4, 3))), Window(WindowKind.CALENDAR_YEAR),
            downgrade=Downgrade.NEVER,
        ),
        rewards=(Reward("r", 50, Percentage(1250)),),
    )  # fmt: skip


def test_a_version_that_promises_otherwise_reads_otherwise(young: Story, staff: Visitor) -> None:
    with unit_of_work(young.works.engine) as session:
        publish_programme(young.scope(session), other(young.works.clock()), by="shopify:548380009")
    said = page(staff)

    for part in (
        "0.5 per $1", "with tax", "goods and shipping", "Rounded to the nearest whole point", "b 4/3×",
        "The friend gets 25 points", "12.5% off", "The code does not run out and works once", "From 3 orders",
        "Counted: orders in this calendar year", "A tier is never lost", "At once.",
        "30 days after they became usable", "the rest is forgiven", "The points of the reward stay used.",
        "published by Shopify staff 548380009", "Version 2, in force since",
    ):  # fmt: skip
        assert part in said, part
    assert "Worth up to" not in said


def test_a_version_that_begins_later_is_planned_and_not_in_force(young: Story, staff: Visitor) -> None:
    with unit_of_work(young.works.engine) as session:
        scope = young.scope(session)
        current = programmes.load(session, young.programme_id).version(1)
        publish_programme(scope, replace(current, starts_at=scope.now + timedelta(days=3)), by="operator")
    said = page(staff)

    assert "Version 2 from" in said
    assert "Planned" in said
    assert "Version 1, in force since" in said


def test_a_programme_without_tiers_and_rewards_says_so(young: Story, staff: Visitor) -> None:
    with unit_of_work(young.works.engine) as session:
        publish_programme(young.scope(session), Version(starts_at=young.works.clock()), by="operator")
    said = page(staff)

    assert "Nothing earns points in this version." in said
    assert "There is no reward in this version." in said
    assert "This version has no tiers." in said
    assert "Never." in said


@pytest.mark.parametrize("language", ("en", "ja"))
@pytest.mark.parametrize("promised", (*EVERY_KIND, *TEMPLATES))
def test_whatever_kind_is_promised_reads_in_both_languages(
    young: Story, staff: Visitor, promised: str, language: str
) -> None:
    start = young.works.clock()
    version = (
        TEMPLATES[promised].version("USD", start, language)
        if promised in TEMPLATES
        else read(EVERY_KIND[promised], "EUR").version(start)
    )
    with unit_of_work(young.works.engine) as session:
        publish_programme(young.scope(session), version, by="operator")
    answer = staff.get("/programme", {"Accept-Language": language})

    assert answer.status_code == 200
    said = plain(answer.text)
    assert not re.search(r"\b(rule|gift|reward|level|tiers|term)\.[a-z_.]+|[{}]|None", said), said


def test_every_reward_says_what_it_opens_who_may_have_it_and_how_often(young: Story, staff: Visitor) -> None:
    start = young.works.clock()
    opening = start + timedelta(days=60)
    version = Version(
        starts_at=start,
        tiers=Ladder(Measure.SPEND, (Level("gold", 0, name="Gold"), Level("top", 90000, name="Top"))),
        rewards=(
            Reward("any", 0, AmountOff(100), code_days=30, variable=_CHOSEN, limit=1, limit_days=30),
            Reward("knives", 400, Service("Sharpen two knives", 5), stock=3, member_days=90),
            Reward("trees", 100, Donation("trees", 500)),
            Reward("sale", 0, Access(("sale",), (Opening("top", opening),), closes_at=opening + timedelta(days=1))),
            Reward("pick", 900, Choice(("trees", "credit")), code_days=14, levels=("top",)),
            Reward("credit", 500, StoreCredit(500), code_days=90, closes_at=opening),
        ),
        campaigns=(Campaign("double", start, start + timedelta(days=2), (2, 1), name="Double days"),),
        goodwill_budget=5000,
        referral_desk=ReferralDesk(),
    )  # fmt: skip
    with unit_of_work(young.works.engine) as session:
        publish_programme(young.scope(session), version, by="operator")
    said = page(staff)

    for part in (
        "As much as the shopper chooses: $1 for 100 points. At most 2,000 points at a time", "from 100 points",
        "Once in 30 days for each member", "A task for your staff: Sharpen two knives. To be done within 5 days",
        "For members of 90 days or more. There are 3 for all members together", "The cause: trees",
        "Opens sale. Top from", "Money off",
        "The member picks one: $5 for a good cause and $5 store credit. Picked within 14 days, or the points come back",
        "For Top only", "The money is good for 90 days", "for nothing", "Campaign: Double days", "2×",
        "Staff may give up to 5,000 points in a calendar month", "Referrals that look wrong",
    ):  # fmt: skip
        assert part in said, part
    assert said.count("The code") == 1, "only codes are codes"


def test_the_other_shops_programme_reads_in_yen_and_japanese(year: Year) -> None:
    mado = seated(year.app, year.mado.programme_id)
    said = plain(mado.get("/programme", {"Accept-Language": "ja"}).text)

    for part in (
        "¥100ごとに5",
        "¥500引き",
        "送料無料",
        "木もれ日",
        "¥20,000から",
        "支払いの14日後",
        "最大¥375分(7.5%還元)です",
    ):
        assert part in said, part


def test_what_is_for_some_says_for_whom_and_from_when_for_which_tier(young: Story, staff: Visitor) -> None:
    start = young.works.clock()
    regulars = Segment("regulars", (Frequency(3),), name="Regulars")
    openings = (Opening("tide", start + timedelta(days=1)), Opening(None, start + timedelta(days=2)))
    double = Campaign("double", start, start + timedelta(days=9), (2, 1), segment="regulars")
    tiers = Ladder(Measure.SPEND, (Level("tide", 5000, name="Tide"),))
    reward = Reward("r", 10, AmountOff(500), segment="regulars", openings=openings)
    version = Version(start, tiers=tiers, rewards=(reward,), segments=(regulars,), campaigns=(double,))
    with unit_of_work(young.works.engine) as session:
        publish_programme(young.scope(session), version, by="operator")

    said = page(staff)
    assert said.count("Only for the segment Regulars") == 2
    assert re.search(r"Tide from .* Open from ", said)
