"""A birthday told at the storefront: changed until it was celebrated, then it stays."""

from dataclasses import replace
from typing import Any

import pytest

from app.db import programmes
from app.db.unit import unit_of_work
from app.loyalty.templates.starter import starter_version
from app.loyalty.terms.rules import BirthdayRule
from tests.web.contract import fits
from tests.web.storefront import Storefront


@pytest.fixture
def keeping(storefront: Storefront) -> Storefront:
    currency = "USD" if storefront.platform == "shopify" else "JPY"
    now = storefront.clock.now
    version = starter_version(currency, now, "en")
    with unit_of_work(storefront.works.engine) as session:
        version = replace(version, earn=(BirthdayRule(300),))
        programmes.publish(session, storefront.shop.programme_id, version, by="staff", now=now)
    return storefront


def tell(storefront: Storefront, month: int, day: int) -> Any:  # noqa: ANN401
    return storefront.post("birthday", "501", {"month": month, "day": day})


def available(storefront: Storefront) -> int:
    return int(storefront.get("member", "501").get_json()["balance"]["available"])


def test_it_is_paid_once_can_be_changed_before_and_stays_afterwards(keeping: Storefront) -> None:
    told = fits("profile", keeping.get("profile", "501").get_json())["birthday"]
    assert told == {"month": None, "day": None, "points": 300, "celebrated": False}
    now = keeping.clock.now
    assert tell(keeping, 2, 29).status_code == 200

    keeping.clock.pass_(seconds=1)
    near = now.date().replace(day=now.day + 2)
    told = fits("profile", tell(keeping, near.month, near.day).get_json())["birthday"]
    assert (told["month"], told["day"], told["celebrated"]) == (near.month, near.day, False)
    assert available(keeping) == 0
    keeping.clock.pass_(days=4)

    assert available(keeping) == 300
    told = fits("profile", keeping.get("profile", "501").get_json())["birthday"]
    assert (told["month"], told["day"], told["celebrated"]) == (near.month, near.day, True)
    refused = tell(keeping, near.month, near.day + 3)
    assert (refused.status_code, fits("problem", refused.get_json())["code"]) == (409, "BIRTHDAY_KEPT")
    assert tell(keeping, near.month, near.day).status_code == 200, "the same date says nothing new"
    keeping.clock.pass_(days=30)
    assert available(keeping) == 300


def test_a_day_that_is_today_is_celebrated_next_year(keeping: Storefront) -> None:
    today = keeping.clock.now.date()
    tell(keeping, today.month, today.day)

    keeping.clock.pass_(days=3)

    assert available(keeping) == 0


@pytest.mark.parametrize(
    "body",
    (
        {"month": 2, "day": 30},
        {"month": 13, "day": 1},
        {"month": 0, "day": 1},
        {"month": "2", "day": 1},
        {"month": 2},
        {"month": 2, "day": 3, "year": 1990},
    ),
)
def test_a_day_that_no_year_has_is_refused(keeping: Storefront, body: object) -> None:
    answer = keeping.post("birthday", "501", body)

    assert (answer.status_code, fits("problem", answer.get_json())["code"]) == (422, "INVALID_REQUEST")


def test_where_no_birthday_is_kept_none_is_asked_for(storefront: Storefront) -> None:
    assert fits("profile", storefront.get("profile", "501").get_json())["birthday"] is None
