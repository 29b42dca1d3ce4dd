"""What an order's goods are filed under is asked once, kept for ever, and moves no point afterwards."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import permutations

import pytest
from sqlalchemy import Engine, select

from app.db.outbox import EffectKind
from app.db.tables import OutboxRow
from app.loyalty.facts import Line, Order
from app.loyalty.terms.campaigns import Campaign
from app.loyalty.terms.conditions import Goods
from app.loyalty.terms.programme import Version
from app.loyalty.terms.recommending import Recommending
from app.loyalty.terms.rules import AmountRule, DividendRule
from app.loyalty.terms.segments import Segment
from app.loyalty.terms.segments.bought import Bought
from tests.factories.facts import line, order, refund
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import ONE_PER_EURO, version

LABELLED = Goods(labels=("category:tea",))
TEA = AmountRule(Decimal(2), 100, goods=LABELLED)


def told(*lines: Line, updated: str = "2025-02-01", **given: object) -> Order:
    """Return an order as a webhook tells it: without labels, by a shop with a catalogue."""
    made = order(updated=updated, lines=lines or (line("10.00"),), **given)  # type: ignore[arg-type]
    return replace(made, has_catalogue=True)


def read(as_told: Order, *labels: str) -> Order:
    """Return the same order as it is read beside the catalogue, which files all its goods alike."""
    return replace(as_told, lines=tuple(replace(each, labels=labels, filed=True) for each in as_told.lines))


def wishes(ours: House) -> Sequence[str]:
    with ours.reading() as scope:
        found = select(OutboxRow.subject).where(
            OutboxRow.programme_id == ours.programme_id, OutboxRow.kind == EffectKind.REFETCH.value
        )
        return scope.session.scalars(found).all()


def running(db: Engine, *versions: Version) -> House:
    return house(db, *(versions or (version(earn=[TEA]),)))


def test_goods_earn_by_their_category_once_the_shop_was_asked_about_the_order(db: Engine) -> None:
    ours = running(db)
    ours.settle("2025-02-02", told())
    assert (wishes(ours), ours.amounts("ada")) == (["goods:o1"], (0, 0, 0, 0))
    ours.settle("2025-02-02", read(told(), "category:tea"))
    assert (wishes(ours), ours.amounts("ada")) == (["goods:o1"], (0, 20, 0, 0))


def test_the_shop_is_asked_once_however_often_it_tells_of_the_order(db: Engine) -> None:
    ours = running(db)
    ours.settle("2025-02-02", told(), told(updated="2025-02-02"))
    ours.settle("2025-02-03", told(updated="2025-02-03"))
    assert wishes(ours) == ["goods:o1"]


def test_nobody_is_asked_where_no_rule_of_the_orders_time_is_about_labels(db: Engine) -> None:
    later = version("2025-03-01T00", earn=[TEA])
    ours = running(db, version(earn=[ONE_PER_EURO]), later)
    ours.settle("2025-03-02", told())
    assert (wishes(ours), ours.amounts("ada")) == ([], (0, 10, 0, 0))
    ours.settle("2025-03-02", told(id="o2", paid="2025-03-02", updated="2025-03-02"))
    assert wishes(ours) == ["goods:o2"]


def test_a_campaign_for_a_collection_asks_as_well(db: Engine) -> None:
    summer = Campaign(
        "summer", instant("2025-01-01T00"), instant("2026-01-01T00"), (3, 1), goods=Goods(labels=("collection:summer",))
    )
    ours = running(db, replace(version(), campaigns=(summer,)))
    ours.settle("2025-02-02", told())
    assert (wishes(ours), ours.amounts("ada")) == (["goods:o1"], (0, 10, 0, 0))
    ours.settle("2025-02-02", read(told(), "collection:summer"))
    assert ours.amounts("ada") == (0, 30, 0, 0)


@pytest.mark.parametrize(
    "content",
    (
        version(earn=[ONE_PER_EURO, DividendRule(Decimal(1), 1000, goods=LABELLED)]),
        replace(version(), recommend=Recommending(durable=LABELLED)),
        replace(version(), segments=(Segment("tea", any=(Bought(goods=LABELLED),)),)),
    ),
    ids=("dividend", "recommending", "segment"),
)
def test_whatever_in_a_version_is_about_a_category_asks_as_well(db: Engine, content: Version) -> None:
    ours = running(db, content)
    ours.settle("2025-02-02", told())
    assert wishes(ours) == ["goods:o1"]


def test_a_shop_without_a_catalogue_is_never_asked_and_its_last_word_counts(db: Engine) -> None:
    ours = running(db)
    tea = replace(line("10.00"), labels=("category:tea",))
    ours.settle("2025-02-02", order(lines=[tea]))
    assert (wishes(ours), ours.amounts("ada")) == ([], (0, 20, 0, 0))
    ours.settle("2025-02-03", order(lines=[line("10.00")], updated="2025-02-03"))
    assert ours.amounts("ada") == (0, 0, 0, 0)


def test_moving_a_product_to_another_category_moves_no_point_of_orders_before(db: Engine) -> None:
    ours = running(db)
    ours.settle("2025-02-02", read(told(), "category:tea"))
    again = told(updated="2025-02-03")
    ours.settle("2025-02-03", again, read(again, "category:mugs"), read(again))
    assert (wishes(ours), ours.amounts("ada")) == ([], (0, 20, 0, 0))


def test_a_refund_is_judged_by_the_category_the_goods_had_when_they_were_bought(db: Engine) -> None:
    ours = running(db)
    bought = told(line("10.00"), line("30.00", "l2"))
    ours.settle("2025-02-02", read(bought, "category:tea"))
    assert ours.amounts("ada") == (0, 80, 0, 0)
    back = replace(bought, updated_at=instant("2025-02-04"), refunds=(refund("2025-02-04", lines=[("l2", "30.00")]),))
    ours.settle("2025-02-04", read(back, "category:mugs"))
    assert ours.amounts("ada") == (0, 20, 0, 0)


def test_a_product_that_is_deleted_later_is_still_what_was_bought(db: Engine) -> None:
    ours = running(db, version(earn=[AmountRule(Decimal(1), 100, products={"p1": Decimal(5)}), TEA]))
    ours.settle("2025-02-02", read(told(replace(line("10.00"), variant="v1")), "category:tea"))
    assert ours.amounts("ada") == (0, 70, 0, 0)
    ours.settle("2025-02-03", told(line("10.00", product=None), updated="2025-02-03"))
    assert ours.amounts("ada") == (0, 70, 0, 0)


def test_an_answer_that_was_overtaken_by_a_newer_snapshot_still_tells_what_the_goods_are(db: Engine) -> None:
    ours = running(db)
    ours.settle("2025-02-02", told())
    ours.settle("2025-02-03", told(updated="2025-02-03", refunds=(refund("2025-02-03", "4.00"),)))
    (outcome,) = ours.settle("2025-02-03", read(told(), "category:tea"))
    assert (outcome.reason, ours.amounts("ada")) == (None, (0, 12, 0, 0))
    (outcome,) = ours.settle("2025-02-03", read(told(), "category:mugs"))
    assert (outcome.reason, ours.amounts("ada")) == ("OLDER", (0, 12, 0, 0))


def test_only_what_was_added_to_an_order_is_asked_about_anew(db: Engine) -> None:
    ours = running(db)
    ours.settle("2025-02-02", read(told(), "category:tea"))
    more = told(line("10.00"), line("5.00", "l2", "p2"), updated="2025-02-03")
    ours.settle("2025-02-03", more)
    assert (wishes(ours), ours.amounts("ada")) == (["goods:o1"], (0, 20, 0, 0))
    ours.settle("2025-02-03", read(more, "category:tea", "category:new"))
    assert ours.amounts("ada") == (0, 30, 0, 0)
    assert ours.breaches() == []


def test_gift_cards_are_not_worth_a_question(db: Engine) -> None:
    ours = running(db)
    ours.settle("2025-02-02", told(line("25.00", gift_card=True)))
    assert wishes(ours) == []


@pytest.mark.parametrize("order_of_arrival", tuple(permutations(range(3))), ids=str)
def test_snapshots_and_the_answer_end_alike_in_whatever_order_they_come(
    db: Engine, order_of_arrival: tuple[int, ...]
) -> None:
    ours = running(db)
    refunded = told(updated="2025-02-03", refunds=(refund("2025-02-03", "4.00"),))
    facts = (told(), read(told(), "category:tea"), refunded)
    for place in order_of_arrival:
        ours.settle("2025-02-04", facts[place])
    assert ours.amounts("ada") == (0, 12, 0, 0)
    assert ours.breaches() == []
