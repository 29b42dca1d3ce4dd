"""Who wants no offers of their own is in no segment and no draw, and both choices are written down."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, select

from app.actions.choose_offers import choose_offers
from app.actions.draw_surprise import Draw, draw_surprise
from app.actions.open_access import open_access
from app.db import segments
from app.db.tables import DeedRow
from app.loyalty.errors import UnknownMemberError
from app.loyalty.redeeming.offer_errors import NotInSegmentError
from app.loyalty.terms.programme import Reward
from app.loyalty.terms.rewards import Access, AmountOff
from app.loyalty.terms.segments import Frequency, Segment
from tests.factories.facts import order, sign_up
from tests.factories.houses import House, house
from tests.factories.programmes import version

NOW = "2025-06-01"
NAMES = ("ada", "ben", "cas")


def offering(db: Engine) -> House:
    """Three members with an order each, all of them in the segment that an offer and an entry are for."""
    rewards = [
        Reward("r", 0, AmountOff(100), segment="buyers"),
        Reward("door", 0, Access(("sale",)), segment="buyers"),
    ]
    ours = house(db, replace(version(rewards=rewards), segments=(Segment("buyers", (Frequency(1),)),)))
    for name in NAMES:
        ours.settle("2025-02-01", sign_up(name), order(f"o-{name}", customer=name))
    return ours


def choose(ours: House, name: str, *, wanted: bool, actor: str = "shopper", now: str = NOW) -> bool:
    member_id = ours.member(name)
    with ours.unit(now) as scope:
        return choose_offers(scope, member_id, wanted=wanted, actor=actor)


def buyers(ours: House) -> set[str]:
    with ours.reading(NOW) as scope:
        described = segments.describe(scope, "buyers")
        ids = [one for page in segments.members(scope, described) for one in page]
        assert segments.count(scope, described) == len(ids)
    return {name for name in NAMES if ours.member(name) in ids}


def test_who_wants_no_offers_is_in_no_segment_and_can_use_none(db: Engine) -> None:
    ours = offering(db)
    assert choose(ours, "ada", wanted=False)

    assert buyers(ours) == {"ben", "cas"}
    refused = ours.redeem(NOW, "ada", "k1")
    assert (refused.refused, dict(refused.numbers)) == ("NOT_IN_SEGMENT", {"condition": "personal"})
    with ours.unit(NOW) as scope, pytest.raises(NotInSegmentError):
        open_access(scope, ours.shop_id, ours.member("ada"), "door")
    assert ours.redeem(NOW, "ben", "k2").refused is None

    assert choose(ours, "ada", wanted=True)
    assert buyers(ours) == set(NAMES)
    assert ours.redeem(NOW, "ada", "k3").refused is None


def test_who_wants_no_offers_is_in_no_draw_whoever_asks_for_it(db: Engine) -> None:
    ours = offering(db)
    choose(ours, "ben", wanted=False)
    draw = Draw("spring", "seven", [ours.member(name) for name in NAMES], amount=10, budget=100)
    with ours.unit(NOW) as scope:
        winners = draw_surprise(scope, draw, actor="mia", why="Spring")
    choose(ours, "ben", wanted=True)
    with ours.unit(NOW) as scope:
        assert draw_surprise(scope, draw, actor="mia", why="Spring") == winners
    assert set(winners) == {ours.member("ada"), ours.member("cas")}
    with ours.reading() as scope:
        kept = scope.session.scalars(
            select(DeedRow.detail).where(DeedRow.programme_id == ours.programme_id, DeedRow.what == "draw")
        ).one()
    assert kept["left_out"] == [str(ours.member("ben"))]


def test_each_change_is_written_down_with_who_said_so_and_a_repeat_is_none(db: Engine) -> None:
    ours = offering(db)
    told = [
        choose(ours, "ada", wanted=True),
        choose(ours, "ada", wanted=False),
        choose(ours, "ada", wanted=False, actor="mia"),
        choose(ours, "ada", wanted=True, actor="mia", now="2025-06-02"),
    ]
    assert told == [False, True, False, True]
    with ours.reading() as scope:
        rows = scope.session.scalars(
            select(DeedRow)
            .where(DeedRow.programme_id == ours.programme_id, DeedRow.what == "choose_offers")
            .order_by(DeedRow.at)
        ).all()
    assert [(row.actor, row.detail, row.subject) for row in rows] == [
        ("shopper", {"wanted": False}, f"member:{ours.member('ada')}"),
        ("mia", {"wanted": True}, f"member:{ours.member('ada')}"),
    ]


def test_a_merged_person_wants_none_where_one_of_the_two_wanted_none(db: Engine) -> None:
    ours = offering(db)
    choose(ours, "ben", wanted=False)
    lost = ours.member("ben")
    ours.merge(NOW, "ada", "ben")
    assert buyers(ours) == {"cas"}
    with ours.unit(NOW) as scope, pytest.raises(UnknownMemberError):
        choose_offers(scope, lost, wanted=True, actor="shopper")


def test_what_orders_earn_does_not_hang_on_it(db: Engine) -> None:
    ours = offering(db)
    before = ours.amounts("ada")
    choose(ours, "ada", wanted=False)
    ours.settle(NOW, order("o-ada", customer="ada", updated="2025-05-01"))
    assert ours.amounts("ada") == before
