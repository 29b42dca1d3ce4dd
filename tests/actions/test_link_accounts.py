"""One member across the shops of a group: by an address that was proved at both, and by nothing less."""

import pytest
from sqlalchemy import Engine

from app.db.between_shops import owed_between
from app.loyalty.facts import Customer, SignUp
from app.loyalty.terms.programme import Reward
from tests.factories.facts import order
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import version

ADDRESS = "ada@example.com"


def group(db: Engine) -> House:
    """Ada has an account at either shop, under another number each, and bought for 40 at the first."""
    ours = house(db, version(rewards=[Reward("r", 30)]), zones={"s1": "UTC", "s2": "UTC"})
    ours.settle("2025-02-01", account("ada-1"), shop="s1")
    ours.settle("2025-02-01T13", order(price="40.00", customer="ada-1"), shop="s1")
    return ours


def account(customer: str, email: str | None = ADDRESS, *, proved: bool = True) -> SignUp:
    return SignUp(Customer(customer, email), instant("2025-01-20"), proved)


def test_the_same_proved_address_at_two_shops_is_one_member(db: Engine) -> None:
    ours = group(db)
    ours.settle("2025-02-02", account("ada-2"), shop="s2")
    assert ours.member("ada-2", "s2") == ours.member("ada-1", "s1")
    ours.redeem("2025-02-03", "ada-1", "k-group")
    ours.settle(
        "2025-02-04T13", order("o9", "50.00", "2025-02-04", customer="ada-2", codes=[("k-group", "5")]), shop="s2"
    )
    with ours.reading() as scope:
        [owed] = owed_between(scope.session, ours.programme_id)
    assert (owed.issuer, owed.spender, owed.amount) == (ours.shop_ids["s1"], ours.shop_ids["s2"], 30)
    assert ours.amounts("ada-1") == (0, 55, 0, 0)
    assert ours.breaches() == []


def test_points_of_both_accounts_come_together(db: Engine) -> None:
    ours = group(db)
    ours.settle("2025-02-01T14", order("o2", "25.00", customer="ada-2"), shop="s2")
    ours.settle("2025-02-02", account("ada-2"), shop="s2")
    ours.settle("2025-02-02", account("ada-2"), shop="s2")
    assert ours.amounts("ada-1") == (0, 65, 0, 0)
    assert ours.breaches() == []


@pytest.mark.parametrize(
    "told",
    (account("ada-2", proved=False), account("ada-2", "other@example.com"), account("ada-2", None)),
    ids=("unproved", "another", "none"),
)
def test_an_address_that_nobody_proved_links_nobody(db: Engine, told: SignUp) -> None:
    ours = group(db)
    ours.settle("2025-02-02", told, shop="s2")
    assert ours.member("ada-2", "s2") != ours.member("ada-1", "s1")


def test_an_order_with_the_address_links_nobody(db: Engine) -> None:
    ours = group(db)
    ours.settle("2025-02-02", order("o2", customer=Customer("ada-2", ADDRESS)), shop="s2")
    ours.settle("2025-02-02", order("o3", customer=Customer(None, ADDRESS)), shop="s2")
    assert ours.member("ada-2", "s2") != ours.member("ada-1", "s1")
    assert ours.amounts("ada-1") == (0, 40, 0, 0)


def test_whom_people_parted_no_webhook_makes_one_again(db: Engine) -> None:
    ours = group(db)
    ours.settle("2025-02-01T14", order("o2", "25.00", customer="ada-2"), shop="s2")
    second = ours.member("ada-2", "s2")
    ours.settle("2025-02-02", account("ada-2"), shop="s2")
    ours.unmerge("2025-02-03", second)
    ours.settle("2025-02-04", account("ada-2"), shop="s2")
    assert ours.member("ada-2", "s2") == second
    assert (ours.amounts("ada-1"), ours.amounts(second)) == ((0, 40, 0, 0), (0, 25, 0, 0))
