"""What a merchant does at the first start: connects the app at both stores over HTTP, in the way of each platform."""

import re
import time
from collections.abc import Callable
from html import unescape
from urllib.parse import urljoin, urlsplit

import requests

from tests.sandbox.roads import Roads
from tests.sandbox.running import ShopifyStore, WooStore
from tests.sandbox.shopify.admin_pages import AdminPages
from tests.sandbox.woocommerce.consent import PASSWORD

_MOST_STEPS = 12
_APPROVE = re.compile(r'class="button" href="([^"]*access_granted[^"]*)"')


class ConnectingError(Exception):
    """The app did not answer as it should; the sentence says where."""


class Browser:
    """A browser that knows the roads: it follows redirects to the stores' and the app's public names."""

    def __init__(self, roads: Roads) -> None:
        """Begin without cookies."""
        self._roads = roads
        self._http = requests.Session()
        self._http.trust_env = False
        self.at = ""

    def open(self, url: str, form: dict[str, str] | None = None) -> requests.Response:
        """Open a page and follow where it leads; the last answer. Raises ConnectingError when it leads nowhere."""
        for _ in range(_MOST_STEPS):
            way = self._roads.way(url)
            self.at = url
            try:
                answer = self._http.request(
                    "POST" if form else "GET",
                    way.origin + way.path,
                    data=form,
                    headers={"Host": way.host},
                    allow_redirects=False,
                    timeout=30,
                )
            except requests.RequestException as error:
                raise ConnectingError(f"{way.origin} does not answer ({type(error).__name__})") from error
            form = None
            if answer.status_code not in (301, 302, 303, 307):
                return answer
            url = urljoin(url, answer.headers["Location"])
        raise ConnectingError(f"{url} leads in circles")


def wait_until(fits: Callable[[], bool], seconds: float) -> bool:
    """Look every fifth of a second until something holds; False when time ran out."""
    end = time.monotonic() + seconds
    while not fits():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


def app_is_ready(app_url: str) -> bool:
    """Whether the app says that it is ready."""
    try:
        return requests.get(f"{app_url}/readyz", timeout=2).status_code == 200
    except requests.RequestException:
        return False


def connect_woocommerce(store: WooStore, roads: Roads, *, invitation: str | None = None) -> None:
    """Begin at the app, sign in to the store, approve, and come back; raises ConnectingError.

    With an `invitation` the store joins the programme it is for.
    """
    shop = store.store.shop
    browser = Browser(roads)
    invited = f"&invitation={invitation}" if invitation else ""
    page = browser.open(f"{roads.app_url}/connect/woocommerce/begin?store={shop.home}{invited}")
    if "/wc-auth/v1/login" not in browser.at:
        raise ConnectingError(f"{roads.app_url}/connect/woocommerce/begin answered {page.status_code}")
    page = browser.open(browser.at, {"username": shop.owner_email, "password": PASSWORD})
    approve = _APPROVE.search(page.text)
    if approve is None:
        raise ConnectingError(f"the store does not ask for approval ({page.status_code})")
    page = browser.open(urljoin(browser.at, unescape(approve[1])))
    if not store.face.keys:
        raise ConnectingError("the app did not take the store's keys")
    if page.status_code >= 400:
        raise ConnectingError(f"{urlsplit(browser.at).path} answered {page.status_code}")


def connect_shopify(store: ShopifyStore, roads: Roads) -> None:
    """Install the app and open it in the admin's frame, which exchanges the session token; raises ConnectingError."""
    store.face.install()
    browser = Browser(roads)
    page = browser.open(AdminPages(store.face).frame_url())
    if not store.face.tokens.pairs:
        raise ConnectingError(f"{urlsplit(browser.at).path} answered {page.status_code} and asked for no token")
    store.face.switch_embed(on=True)
