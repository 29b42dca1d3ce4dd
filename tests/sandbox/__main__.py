"""`python -m tests.sandbox`: both demonstration stores, connected to the app and with a year behind them.

At the first start the app is installed at both over HTTP, as a merchant would, and the year is told as webhooks. What
was done is remembered: the next start only opens the doors.
"""

import argparse
import os
import signal
import sys
import threading
from pathlib import Path

from tests.sandbox import history, merchant, replay
from tests.sandbox.first_start import first_start
from tests.sandbox.running import Keys, ShopifyStore, Stores, WooStore, running_stores

_READY_S = 180.0


def main() -> int:
    """Serve until told to stop."""
    options = _options()
    keys = Keys(
        client_id=os.environ.get("KIZUNA_SHOPIFY_CLIENT_ID", "").replace("off", ""),
        client_secret=os.environ.get("KIZUNA_SHOPIFY_CLIENT_SECRET", ""),
        judgeme_secret=os.environ.get("KIZUNA_JUDGEME_SECRET", ""),
    )
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    with running_stores(
        options.app,
        keys=keys,
        data=options.data,
        shopify_port=options.shopify_port,
        woo_port=options.woo_port,
        year=history.Size(options.members, options.orders),
    ) as stores:
        _say(f"Tidewell (Shopify) is open at {stores.shopify.url}, 窓と森 (WooCommerce) at {stores.woo.url}.")
        threading.Thread(target=_begin, args=(stores, ended), daemon=True).start()
        ended.wait()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.sandbox", description="Two demonstration stores.")
    parser.add_argument("--app", default="http://127.0.0.1:8100", help="where the app listens")
    parser.add_argument("--data", type=Path, default=Path(".kizuna/sandbox"), help="folder for the stores' files")
    parser.add_argument("--shopify-port", type=int, default=8101)
    parser.add_argument("--woo-port", type=int, default=8102)
    parser.add_argument("--members", type=int, default=history.Size().members)
    parser.add_argument("--orders", type=int, default=history.Size().orders)
    return parser.parse_args()


def _begin(stores: Stores, ended: threading.Event) -> None:
    """Do what the first start has to; a step that fails is said, and tried again while the stores are open."""
    works = [threading.Thread(target=_until_done, args=(one, stores, ended), daemon=True) for one in stores.both()]
    if all(replay.told(one) for one in stores.both()):
        return
    _say("Waiting for the app to be ready.")
    if not merchant.wait_until(lambda: ended.is_set() or merchant.app_is_ready(stores.roads.app_url), _READY_S):
        _say(f"The app at {stores.roads.app_url} is not ready yet; the stores go on asking.")
    for work in works:
        work.start()


def _until_done(one: ShopifyStore | WooStore, stores: Stores, ended: threading.Event) -> None:
    pause = 1.0
    while not ended.is_set() and not replay.told(one):
        try:
            first_start(one, stores.roads, _say)
        except merchant.ConnectingError as error:
            _say(f"{one.store.shop.name} could not be connected: {error}. Trying again.")
            ended.wait(pause)
            pause = min(60.0, pause * 3)


def _say(sentence: str) -> None:
    print(sentence, flush=True)


if __name__ == "__main__":
    sys.exit(main())
