"""A stand-in for our plugin's server side: keeps the shared secret, mints shoppers' tokens, prints the widget.

The real one is PHP (widgets/woocommerce); routes, names and forms here are the same.
"""

import hmac
import json
import re
from base64 import urlsafe_b64encode
from html import escape
from pathlib import Path
from urllib.parse import urlsplit

from tests.sandbox.records import Customer
from tests.sandbox.store import Store
from tests.sandbox.woocommerce.writing import VERSION, WORDPRESS, Json

_VERSION = "0.1.0"
_TOKEN_SECONDS = 300
_SHOP = re.compile(r"[A-Za-z0-9-]{1,64}")
_SECRET = re.compile(r"[A-Za-z0-9]{32,128}")
_HOST = re.compile(r"[a-z0-9.-]+")
_WIDGETS = Path(__file__).parents[3] / "widgets"
# The plugin's own folder once it is built, else the widget's.
ASSETS = (_WIDGETS / "woocommerce" / "assets", _WIDGETS / "storefront" / "dist")


class Plugin:
    """What the plugin knows of its server."""

    def __init__(self, store: Store) -> None:
        """Remember what an earlier start was told."""
        self._store = store

    @property
    def active(self) -> bool:
        """Whether the merchant has left the plugin switched on."""
        return self._store.fact("kizuna plugin", "on") == "on"

    def switch(self, *, on: bool) -> None:
        """Switch the plugin on or off; what the server told it is kept."""
        with self._store.change() as change:
            change.fact("kizuna plugin", "on" if on else "off")

    @property
    def shop_id(self) -> str:
        """Our id at the server; empty before it told us."""
        return self._store.fact("kizuna shop")

    @property
    def app(self) -> str:
        """The server's address; empty before it told us."""
        return self._store.fact("kizuna app")

    def connect(self, shop: object, app: object, secret: object) -> str:
        """Keep what the server says; returns the name of the parameter that is wrong, or an empty text."""
        if not (isinstance(shop, str) and _SHOP.fullmatch(shop)):
            return "shop"
        if not (isinstance(secret, str) and _SECRET.fullmatch(secret)):
            return "secret"
        address = clean_app(app)
        if not address:
            return "app"
        with self._store.change() as change:
            change.fact("kizuna shop", shop)
            change.fact("kizuna app", address)
            change.fact("kizuna secret", secret)
        return ""

    def status(self) -> Json:
        """What the server may ask of us."""
        return {
            "plugin": _VERSION,
            "connected": bool(self.shop_id),
            "shop": self.shop_id or None,
            "app": self.app or None,
            "wordpress": WORDPRESS,
            "woocommerce": VERSION,
            "widget": asset("loader.js") is not None,
        }

    def token(self, customer: Customer | None) -> str | None:
        """A short-lived token for the signed-in shopper; None for anybody else."""
        if customer is None or not self.shop_id:
            return None
        ends = int(self._store.clock.now().timestamp()) + _TOKEN_SECONDS
        return shopper_token(self._store.fact("kizuna secret"), self.shop_id, str(customer.id), customer.email, ends)

    def nonce(self, customer: Customer | None) -> str:
        """What proves that a request comes from a page of ours, for this shopper."""
        who = f"{self._store.shop.key} {customer.id if customer else 0}"
        return hmac.digest(b"demonstration nonce", who.encode(), "sha256").hex()[:10]

    def widget(self, customer: Customer | None, locale: str) -> str:
        """The element and script tag that the plugin prints into every page's foot; empty before it is connected."""
        if not (self.active and self.shop_id):
            return ""
        token_url = "/wp-json/kizuna/v1/token"
        if customer:
            token_url += f"?_wpnonce={self.nonce(customer)}"
        config = {
            "api": f"{self.app}/storefront/api",
            "shop": self.shop_id,
            "locale": locale,
            "token-url": token_url,
            "signed-in": "true" if customer else "false",
            "panel": f"{ASSETS_PATH}/panel.js?ver={_VERSION}",
            "join": "/account",
            "sign-in": "/account",
        }
        attributes = "".join(f' data-{name}="{escape(value)}"' for name, value in config.items())
        script = f'<script src="{ASSETS_PATH}/loader.js?ver={_VERSION}" id="kizuna-loader-js" defer></script>'
        return f"{script}\n<kizuna-rewards{attributes}></kizuna-rewards>\n"


ASSETS_PATH = "/wp-content/plugins/kizuna-loyalty-for-woocommerce/assets"


def asset(name: str) -> Path | None:
    """Find a built file of the widget."""
    return next((folder / name for folder in ASSETS if (folder / name).is_file()), None)


def clean_app(address: object) -> str:
    """Return an address as the plugin keeps it: https, or http on this machine; empty for anything else."""
    if not isinstance(address, str):
        return ""
    parts = urlsplit(address.strip())
    host = (parts.hostname or "").lower()
    local = host in ("localhost", "127.0.0.1")
    if parts.username or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
        return ""
    if not _HOST.fullmatch(host):
        return ""
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")


def shopper_token(secret: str, shop: str, customer: str, email: str, ends: int) -> str:
    """`v1.<payload>.<HMAC-SHA256 of "v1.<payload>">`, both base64url without padding."""
    payload = json.dumps(
        {"shop": shop, "customer": customer, "email": email, "exp": ends}, separators=(",", ":")
    ).encode()
    signed = f"v1.{_base64url(payload)}"
    return f"{signed}.{_base64url(hmac.digest(secret.encode(), signed.encode(), 'sha256'))}"


def _base64url(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode("ascii")
