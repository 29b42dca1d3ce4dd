"""Entry by a short-lived token: early access by tier, and events that cost points."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from app.actions.open_access import check_access, open_access
from app.loyalty.errors import AccessTokenInvalidError, LoyaltyError
from app.loyalty.redeeming.access import Pass, read, sign
from app.loyalty.templates import TEMPLATES
from app.loyalty.terms.programme import Level, Reward
from app.loyalty.terms.rewards import Access, Opening
from tests.factories.ciphers import CIPHER
from tests.factories.facts import order
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import ladder, version

TIERS = ladder(Level("silver", 5000), Level("gold", 20000))
SALE = Access(
    ("sale",),
    (Opening("gold", instant("2025-03-01T09")), Opening("silver", instant("2025-03-02T09"))),
    closes_at=instant("2025-03-08T09"),
)
EVENT = Access(("tasting",), closes_at=instant("2025-03-08T09"))


def shops(db: Engine) -> House:
    """Gold has spent 250, silver 100, new nothing to speak of."""
    ours = house(db, version(tiers=TIERS, rewards=[Reward("early", 0, SALE), Reward("event", 30, EVENT, stock=1)]))
    for name, price in (("gold", "250.00"), ("silver", "100.00"), ("new", "1.00")):
        ours.settle("2025-02-01T13", order(f"o-{name}", price, customer=name))
    return ours


def entered(ours: House, now: str, customer: str, reward: str = "early") -> str:
    """Return the token a member gets, else the refusal's code."""
    try:
        with ours.reading(now) as scope:
            return open_access(scope, ours.shop_id, ours.member(customer), reward)[0]
    except LoyaltyError as refused:
        return refused.code


def checked(ours: House, now: str, token: str, thing: str = "sale") -> str:
    try:
        with ours.reading(now) as scope:
            return check_access(scope, ours.shop_id, token, thing)[0].reward
    except AccessTokenInvalidError as refused:
        return refused.why
    except LoyaltyError as refused:
        return refused.code


# who, when, and what the door says: gold at nine, silver a day later, a week's sale
DOOR = (
    ("gold", "2025-03-01T08:59:59", "NOT_YET_OPEN"),
    ("gold", "2025-03-01T09", None),
    ("silver", "2025-03-01T09", "NOT_YET_OPEN"),
    ("silver", "2025-03-02T08:59:59", "NOT_YET_OPEN"),
    ("silver", "2025-03-02T09", None),
    ("new", "2025-03-03", "TIER_TOO_LOW"),
    ("gold", "2025-03-08T08:59:59", None),
    ("gold", "2025-03-08T09", "OFFER_CLOSED"),
)


def test_the_template_of_early_access_opens_the_sale_tier_by_tier_and_its_token_at_the_door(db: Engine) -> None:
    ours = house(db, TEMPLATES["early_access"].version("EUR", instant("2025-01-01T00"), "en"))
    for name, price in (("summit", "1000.00"), ("ridge", "300.00"), ("trail", "1.00")):
        ours.settle("2025-02-01T13", order(f"o-{name}", price, customer=name))

    for customer, day in (("summit", "2025-03-02"), ("ridge", "2025-03-03"), ("trail", "2025-03-04")):
        token = entered(ours, f"{day}T00:00:00", customer, "early_sale")
        assert checked(ours, f"{day}T00:05", token) == "early_sale"
    assert entered(ours, "2025-03-02T23:59:59", "ridge", "early_sale") == "NOT_YET_OPEN"
    assert entered(ours, "2025-03-12T00:00:00", "summit", "early_sale") == "OFFER_CLOSED"
    assert entered(ours, "2025-03-05", "ridge", "field_test") == "NO_ENTRY"


def test_a_higher_tier_enters_earlier_and_nobody_after_the_end(db: Engine) -> None:
    ours = shops(db)
    for customer, now, refused in DOOR:
        token = entered(ours, now, customer)
        assert (token == refused) if refused else checked(ours, now, token) == "early", (customer, now, token)


def test_a_token_opens_its_thing_at_its_shop_for_ten_minutes_and_not_when_changed(db: Engine) -> None:
    ours, theirs = shops(db), shops(db)
    token = entered(ours, "2025-03-03T10", "gold")
    assert checked(ours, "2025-03-03T10:09:59", token) == "early"
    assert checked(ours, "2025-03-03T10:10", token) == "EXPIRED"
    assert checked(theirs, "2025-03-03T10", token) == "ANOTHER_SHOP"
    assert checked(ours, "2025-03-03T10", token, "tasting") == "UNKNOWN_REWARD"
    for broken in (token[:-1] + ("A" if token[-1] != "A" else "B"), token.replace("a1.", "a1.A"), f"{token}.x"):
        assert checked(ours, "2025-03-03T10", broken) == "FORGED"
    assert checked(ours, "2025-03-03T10", "nothing") == "MALFORMED"


def test_a_token_ends_with_the_sale(db: Engine) -> None:
    ours = shops(db)
    token = entered(ours, "2025-03-08T08:55", "gold")
    assert checked(ours, "2025-03-08T08:59:59", token) == "early"
    assert checked(ours, "2025-03-08T09", token) == "EXPIRED"


def test_a_token_of_a_lower_tier_is_refused_even_with_our_signature(db: Engine) -> None:
    ours = shops(db)
    now = instant("2025-03-01T10")
    secret = CIPHER.secret("access")
    lower = Pass(str(ours.shop_id), str(ours.member("new")), "early", None, int(now.timestamp()) + 60)
    assert checked(ours, "2025-03-01T10", sign(lower, secret)) == "TIER_TOO_LOW"
    assert checked(ours, "2025-03-01T10", sign(replace(lower, level="silver"), secret)) == "NOT_YET_OPEN"
    with pytest.raises(AccessTokenInvalidError):
        read(sign(lower, b"another key"), [secret], lower.shop, now)


def test_an_event_is_entered_by_who_redeemed_it_and_there_are_only_so_many(db: Engine) -> None:
    ours = shops(db)
    assert entered(ours, "2025-03-03", "gold", "event") == "NO_ENTRY"
    assert ours.redeem("2025-03-03", "gold", "k1", "event").refused is None
    assert ours.redeem("2025-03-03", "silver", "k2", "event").refused == "SOLD_OUT"
    assert checked(ours, "2025-03-03", entered(ours, "2025-03-03", "gold", "event"), "tasting") == "event"
    assert entered(ours, "2025-03-03", "silver", "event") == "NO_ENTRY"
    assert ours.breaches() == []
