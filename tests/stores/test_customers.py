"""What Shopify tells of customers besides buying, over HTTP and on both engines: newsletters, and accounts made one."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from app.loyalty.terms.rules import EventRule, SignUpRule
from tests.factories.programmes import ONE_PER_EURO, version
from tests.stores.living import Living, living_shopify

PROMISED = version(earn=[ONE_PER_EURO, SignUpRule(100), EventRule("newsletter", 15)])


@pytest.fixture
def tidewell(engine: Engine) -> Iterator[Living]:
    with living_shopify(engine, lambda begun: replace(PROMISED, starts_at=begun)) as one:
        yield one


def test_the_newsletter_pays_once_and_leaving_it_costs_nothing(tidewell: Living) -> None:
    ann = tidewell.store.sign_up("ann@example.test")
    for change in (tidewell.store.join_newsletter, tidewell.store.leave_newsletter, tidewell.store.join_newsletter):
        change(ann)
        tidewell.hear()
        assert tidewell.house.amounts(str(ann.id)) == (0, 115, 0, 0)


def test_accounts_that_staff_make_one_are_one_member(tidewell: Living) -> None:
    ann, old = tidewell.store.sign_up("ann@example.test"), tidewell.store.sign_up("ann.old@example.test")
    tidewell.store.buy(ann, {"stoneware-mug": 1})
    bought = tidewell.store.buy(old, {"stoneware-mug": 2})
    tidewell.hear()
    assert tidewell.house.amounts(str(old.id)) == (0, 148, 0, 0)
    tidewell.store.merge(ann, old)
    tidewell.hear()
    assert tidewell.house.member(str(old.id)) == tidewell.house.member(str(ann.id))
    assert tidewell.house.amounts(str(ann.id)) == (0, 24 + 48 + 100, 0, 0)
    tidewell.store.refund(bought, {0: 1})
    tidewell.hear()
    assert tidewell.house.amounts(str(ann.id)) == (0, 24 + 24 + 100, 0, 0)
    assert tidewell.house.breaches() == []
