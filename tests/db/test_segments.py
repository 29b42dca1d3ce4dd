"""Who is in a segment, asked of a database: the number shown is that of the members who are then found."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, select

from app.actions.draw_surprise import Draw, draw_surprise
from app.db import segments
from app.db.tables import IdentityRow
from app.loyalty.errors import KeyReusedError
from app.loyalty.facts import Customer, Order, Place, SignUp
from app.loyalty.terms.programme import Level, Reward
from app.loyalty.terms.rewards import AmountOff
from app.loyalty.terms.segments import Frequency, Located, Points, Recency, Score, Segment, Spending, Tagged, Tier
from tests.factories.facts import order, refund, sign_up
from tests.factories.hearing import NPS, answer, asked, terms
from tests.factories.houses import House, house
from tests.factories.programmes import ladder, version

NAMES = tuple("abcdefgh")
TOLD = (
    Segment("often", (Frequency(2),)),
    Segment("much", (Spending(5000),)),
    Segment("lately", (Recency(most_days=30),)),
    Segment("silver", (Tier(("silver",)),)),
    Segment("saved", (Points(40),)),
    Segment("quiet", none=(Frequency(1, days=20),)),
)
NOW = "2025-06-01"


def founded(db: Engine, *facts: Order, names: Sequence[str] = NAMES) -> House:
    tiers = ladder(Level("silver", 4000))
    rewards = [Reward("r", 10, AmountOff(100), segment="often")]
    ours = house(db, replace(version(tiers=tiers, rewards=rewards), segments=TOLD))
    ours.settle("2025-01-01", *[sign_up(name, "2025-01-01") for name in names])
    for fact in facts:
        ours.settle(NOW, fact)
    return ours


def found(ours: House, segment: str, now: str = NOW) -> set[str]:
    """The names of who is in it, where the count says so too."""
    with ours.reading(now) as scope:
        described = segments.describe(scope, segment)
        ids = [one for page in segments.members(scope, described) for one in page]
        assert segments.count(scope, described) == len(ids) == len(set(ids))
    return {name for name in NAMES if ours.member(name) in ids}


ORDERS = st.lists(
    st.tuples(
        st.sampled_from(NAMES),
        st.integers(1, 28),
        st.sampled_from((1, 3, 5)),
        st.sampled_from((10, 25, 60)),
        st.booleans(),
    ),
    max_size=14,
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bought=ORDERS)
def test_what_is_counted_is_what_is_found_and_what_the_orders_say(
    db: Engine, bought: list[tuple[str, int, int, int, bool]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "PAGE", 3)
    facts = [
        order(
            f"o{number}", f"{euros}.00", f"2025-{month:02}-{day:02}", customer=name,
            refunds=[refund("2025-05-30", f"{euros}.00")] if given_back else (),
        )
        for number, (name, day, month, euros, given_back) in enumerate(bought)
    ]  # fmt: skip
    ours = founded(db, *facts)
    kept = {
        name: [(month, day, euros) for who, day, month, euros, back in bought if who == name and not back]
        for name in NAMES
    }
    assert found(ours, "often") == {name for name in NAMES if len(kept[name]) >= 2}
    assert found(ours, "much") == {name for name in NAMES if sum(euros for _, _, euros in kept[name]) >= 50}
    assert found(ours, "silver") == {name for name in NAMES if ours.row(name).tier == "silver"}
    assert found(ours, "lately") == {
        name for name in NAMES if any((month, day) >= (5, 2) for month, day, _ in kept[name])
    }
    assert found(ours, "saved") == {name for name in NAMES if ours.amounts(name)[1] >= 40}
    assert found(ours, "quiet") == {
        name for name in NAMES if not any((month, day) > (5, 12) for month, day, _ in kept[name])
    }


def test_scores_are_those_among_all_members(db: Engine) -> None:
    """Five who bought: the latest, most often and most by far is e; a is last in all."""
    facts = [
        order(f"o{name}{number}", f"{10 * place}.00", f"2025-0{place}-01", customer=name)
        for place, name in enumerate("abcde", 1)
        for number in range(place)
    ]
    ours = founded(db, *facts)
    assert found(ours, "standing:champions") == {"d", "e"}
    assert found(ours, "standing:loyal") == set()
    assert found(ours, "standing:need_attention") == {"c"}
    assert found(ours, "standing:asleep") == {"b"}
    assert found(ours, "standing:lost") == {"a"}


def test_guests_and_members_who_became_another_are_not_counted(db: Engine) -> None:
    ours = founded(db, *[order(f"o{name}", "60.00", "2025-05-20", customer=name) for name in "ab"])
    ours.settle(NOW, order("og", "60.00", "2025-05-20", customer=Customer(None, "guest@example.com")))
    ours.merge(NOW, "a", "b")
    with ours.reading(NOW) as scope:
        assert segments.count(scope, segments.describe(scope, "much")) == 1
    assert len(found(ours, "quiet")) == len(NAMES) - 2


def test_who_is_counted_is_who_then_gets_it(db: Engine) -> None:
    facts = [
        order(f"o{name}{n}", "20.00", f"2025-05-0{n}", customer=name)
        for name in "abc"
        for n in (1, 2, 3)[: ord(name) - 96]
    ]
    ours = founded(db, *facts)
    entitled = found(ours, "often")
    given_it = {name for name in "abc" if ours.redeem(NOW, name, f"key-{name}").refused is None}
    assert given_it == entitled == {"b", "c"}
    refused = ours.redeem(NOW, "a", "again")
    assert (refused.refused, dict(refused.numbers)) == (
        "NOT_IN_SEGMENT", {"condition": "frequency", "have": 1, "need": 2, "missing": 1},
    )  # fmt: skip
    assert ours.amounts("a")[1] == 20


def test_an_answer_to_a_survey_puts_somebody_into_a_segment_and_opens_its_offer(db: Engine) -> None:
    asked_too = replace(terms(NPS), segments=(Segment("unhappy", (Score("after", most=6),)),))
    ours = house(db, replace(asked_too, rewards=(Reward("r", 0, AmountOff(100), segment="unhappy"),)))
    for name, score in (("ada", 3), ("ben", 9)):
        ours.settle("2025-02-01T13", sign_up(name), order(f"o-{name}", customer=name))
        assert answer(ours, "2025-02-12", asked(ours, "2025-02-11", name), score, customer=name)
    with ours.reading(NOW) as scope:
        found_ids = [one for page in segments.members(scope, segments.describe(scope, "unhappy")) for one in page]
    assert found_ids == [ours.member("ada")]
    assert ours.redeem(NOW, "ada", "k1").refused is None
    assert ours.redeem(NOW, "ben", "k2").refused == "NOT_IN_SEGMENT"


VIP = Segment("vip", (Tagged(("vip",)),))
CANADA = Segment("canada", (Located(("CA",)),))
LYON = Segment("lyon", (Located(regions=("FR-ARA",)),))


def known_by_place(db: Engine) -> House:
    rewards = [Reward("r", 0, AmountOff(100), segment="canada")]
    return house(db, replace(version(rewards=rewards), segments=(VIP, CANADA, LYON)))


def who(name: str, place: Place | None = None, *tags: str) -> SignUp:
    return replace(sign_up(name, "2025-01-01"), customer=Customer(name, place=place, tags=tags or None))


def sent(id: str, name: str, placed: str, place: Place | None) -> Order:
    return replace(order(id, "10.00", placed, customer=name), place=place)


def test_a_place_is_that_of_the_newest_order_that_tells_one_else_the_customers_own(db: Engine) -> None:
    quebec, lyon = Place("CA", "QC"), Place("FR", "ARA")
    ours = known_by_place(db)
    ours.settle(NOW, *[who(name, quebec) for name in "abcd"], *[who(name) for name in "efgh"])
    ours.settle(NOW, sent("o1", "b", "2025-02-01", lyon), sent("o2", "c", "2025-03-01", lyon))
    ours.settle(NOW, sent("o3", "c", "2025-02-01", quebec), sent("o4", "d", "2025-02-01", None))
    ours.settle(NOW, who("b", quebec), sent("o5", "e", "2025-02-01", Place("FR")))

    # a, d: their own address; b: the order's, though told of the address later; c: the newest order, though told first.
    assert found(ours, "canada") == {"a", "d"}
    assert found(ours, "lyon") == {"b", "c"}
    assert {name for name in NAMES if ours.redeem(NOW, name, f"k-{name}").refused is None} == {"a", "d"}


def test_tags_are_those_told_last_and_of_every_shop_a_member_is_known_at(db: Engine) -> None:
    ours = known_by_place(db)
    ours.settle(NOW, who("a", None, "VIP", "tea"), who("b", None, "vip"), who("c", None, "tea"), *map(who, "defgh"))
    assert found(ours, "vip") == {"a", "b"}
    ours.settle(NOW, who("a", None, "tea"), who("b"), who("c", None, "tea", "Vip"))
    assert found(ours, "vip") == {"b", "c"}  # of b nothing was said of tags
    ours.merge(NOW, "a", "c")
    assert found(ours, "vip") == {"a", "b", "c"}  # who stands for c is a


def test_nothing_closer_than_codes_of_country_and_region_is_kept(db: Engine) -> None:
    ours = known_by_place(db)
    ours.settle(NOW, who("a", Place("CA", "ON"), "vip"))
    with ours.reading() as scope:
        row = scope.session.execute(
            select(IdentityRow.__table__).where(IdentityRow.programme_id == ours.programme_id)
        ).one()
    assert (row.country, row.region, row.placed_at, row.tags) == ("CA", "ON", None, ["vip"])
    assert set(row._fields) == {
        "programme_id", "shop_id", "customer_id", "member_id", "created_at", "proved_hash",
        "country", "region", "placed_at", "tags",
    }  # fmt: skip


def test_a_segment_by_standing_reads_every_member_once(db: Engine) -> None:
    ours = founded(db, *[order(f"o{name}", "60.00", "2025-05-20", customer=name) for name in "abcd"])
    said: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        said.append(statement)

    with ours.reading(NOW) as scope:
        event.listen(db, "before_cursor_execute", hear)
        try:
            described = segments.describe(scope, "standing:champions")
            assert segments.count(scope, described) == len(
                [one for page in segments.members(scope, described) for one in page]
            )
        finally:
            event.remove(db, "before_cursor_execute", hear)
    assert len([one for one in said if "FROM orders" in one]) == 1


def test_an_unknown_segment_is_told(db: Engine) -> None:
    ours = founded(db)
    with ours.reading(NOW) as scope:
        assert [each.id for each in segments.segments(scope)][-6:] == [each.id for each in TOLD]
        with pytest.raises(segments.UnknownSegmentError):
            segments.describe(scope, "nobody")


def test_a_draw_from_a_segment_is_made_once_though_the_segment_changes(db: Engine) -> None:
    ours = founded(db, *[order(f"o{name}", "60.00", "2025-05-20", customer=name) for name in "abcd"])

    def draw(seed: str = "seven") -> set[object]:
        with ours.unit(NOW) as scope:
            ids = [one for page in segments.members(scope, segments.describe(scope, "much")) for one in page]
            terms = Draw("spring", seed, ids, amount=10, budget=25, segment="much")
            return set(draw_surprise(scope, terms, actor="mia", why="Spring"))

    winners = draw()
    assert len(winners) == 2
    ours.settle(NOW, order("oe", "60.00", "2025-05-20", customer="e"))
    assert draw() == winners
    with pytest.raises(KeyReusedError):
        draw("eight")
    assert sum(ours.amounts(name)[1] for name in NAMES) == 5 * 60 + 2 * 10
