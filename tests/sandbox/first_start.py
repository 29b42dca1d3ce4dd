"""What a store does at its first start: the app is installed as a merchant would, then the store tells of its year."""

import time
from collections.abc import Callable

from tests.sandbox import merchant, replay
from tests.sandbox.roads import Roads
from tests.sandbox.running import ShopifyStore, WooStore

_SUBSCRIBED_S = 90.0
_NEEDED = {"order.updated", "customer.created", "action.woocommerce_kizuna_review_approved"}


def first_start(one: ShopifyStore | WooStore, roads: Roads, say: Callable[[str], None]) -> None:
    """Connect the app that answers already, and tell it the year. Raises ConnectingError; doing it again goes on."""
    name = one.store.shop.name
    if isinstance(one, ShopifyStore):
        if not one.face.app.known:
            say(f"{name} has no app: Shopify is switched off (KIZUNA_SHOPIFY_CLIENT_ID).")
            with one.store.change() as change:
                change.fact("history told", "all")
            return
        if not one.face.tokens.pairs:
            merchant.connect_shopify(one, roads)
            say(f"{name} has installed the app and switched its app embed on.")
    else:
        if not one.face.keys:
            merchant.connect_woocommerce(one, roads)
            say(f"{name} has approved the app and given it keys.")
        if not merchant.wait_until(
            lambda: {hook.topic for hook in one.face.webhooks.values()} >= _NEEDED, _SUBSCRIBED_S
        ):
            raise merchant.ConnectingError("the app has not asked for its webhooks yet")
    began = time.monotonic()
    say(f"{name} begins to tell of its year.")
    lost = replay.tell(one, lambda sent, count: say(f"{name} has told {sent:,} of {count:,} things."))
    took = time.monotonic() - began
    say(f"{name} has told everything in {took:.0f} s" + (f"; {lost} were not taken." if lost else "."))
