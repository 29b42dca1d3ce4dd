"""Acceptance case 12: one member, a shop on each platform, told in the bodies that both platforms really send."""

import json

from sqlalchemy import Engine, update

from app.db.between_shops import owed_between, standings
from app.db.tables import ShopRow
from app.loyalty.facts import Fact
from app.loyalty.terms.programme import Reward
from integrations.platform import Ignored, Malformed, Refetch, Translation
from integrations.shopify.translate import translate as read_shopify
from integrations.woocommerce.translate import translate as read_woocommerce
from tests.factories.houses import House, house
from tests.factories.programmes import version
from tests.integrations.shopify.shops import PROFILE, body
from tests.integrations.woocommerce.recorded import PAYLOADS, SHOP

COUPON = "store-api-checkout-cod-with-coupon"
CODE = "loyal-1795351873339367027"


def facts(seen: Translation) -> tuple[Fact, ...]:
    assert not isinstance(seen, Ignored | Malformed | Refetch), seen
    return tuple(seen)


def shopify(name: str) -> tuple[Fact, ...]:
    return facts(read_shopify(name.rpartition("/")[0], body(name), PROFILE))


def woocommerce(file: str, topic: str, **changes: object) -> tuple[Fact, ...]:
    """Read a recorded body in which this shopper, and when they paid, stand."""
    sent = json.loads((PAYLOADS / f"{file}.json").read_text("utf-8"))["requests"]
    [told] = [one["body"] for one in sent if one["headers"].get("X-WC-Webhook-Topic") == topic]
    return facts(read_woocommerce(topic, json.dumps(json.loads(told) | changes).encode(), SHOP))


def group(db: Engine) -> House:
    """A store on Shopify and one on WooCommerce with one programme; the second's accounts prove their addresses."""
    zones = {"tidewell": "America/New_York", "bench": "America/New_York"}
    ours = house(db, version(rewards=[Reward("r", 30)]), zones=zones, platform="shopify", currency="USD")
    with ours.unit("2026-10-01") as scope:
        scope.session.execute(
            update(ShopRow)
            .where(ShopRow.programme_id == ours.programme_id, ShopRow.shop_id == ours.shop_ids["bench"])
            .values(platform="woocommerce", confirms_addresses=True)
        )
    return ours


def test_case_12_the_same_member_on_shopify_and_woocommerce_earns_on_one_spends_on_the_other_and_it_sums_to_zero(
    db: Engine,
) -> None:
    ours = group(db)
    maren, shops = "7412258816291", ours.shop_ids
    ours.settle("2026-10-03", *shopify("customers/create/from-the-account-page"), shop="tidewell")
    ours.settle("2026-10-05", *shopify("orders/paid/two-lines-a-sale-and-a-code"), shop="tidewell")
    earned = ours.amounts(maren)[1]
    assert earned >= 30

    account = woocommerce("customer-updated", "customer.updated", id=2, email="maren@example.com")
    ours.settle("2026-11-22T12", *account, shop="bench")
    assert ours.member("2", "bench") == ours.member(maren, "tidewell")

    key = f"case-12-{ours.programme_id.hex}"
    coupon = f"{CODE}-{ours.programme_id.hex}"
    assert ours.redeem("2026-11-22T12", maren, key, code=coupon).refused is None
    lines = [{"id": 21, "code": coupon, "discount": "5", "discount_tax": "0"}]
    paid = {"date_paid_gmt": "2026-11-22T12:51:13", "coupon_lines": lines}
    ours.settle("2026-11-22T13", *woocommerce(COUPON, "order.updated", **paid), shop="bench")

    with ours.reading() as scope:
        owed = owed_between(scope.session, ours.programme_id)
    assert [(entry.issuer, entry.spender, entry.amount) for entry in owed] == [(shops["tidewell"], shops["bench"], 30)]
    assert standings(owed) == {shops["tidewell"]: -30, shops["bench"]: 30}
    assert sum(standings(owed).values()) == 0
    assert ours.amounts(maren)[2] == 0
    assert ours.breaches() == []
