"""What Shopify knows of the app itself: its keys, addresses, scopes and subscriptions, from the app's own TOML file."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_WIDGETS = Path(__file__).parents[3] / "widgets" / "shopify"
_SCOPES = (
    "read_customers,write_customers,read_orders,read_all_orders,write_discounts,read_products,"
    "write_app_proxy,read_customer_merge"
)
COMPLIANCE = ("customers/data_request", "customers/redact", "shop/redact")


@dataclass(frozen=True, slots=True)
class AppConfiguration:
    """The app as registered. `own_topics` maps topics to paths of the app; Shopify subscribes those by itself."""

    client_id: str
    client_secret: str
    judgeme_secret: str
    home: str
    scopes: tuple[str, ...]
    own_topics: dict[str, str]
    redirects: tuple[str, ...]

    @property
    def known(self) -> bool:
        """Whether there is an app at all."""
        return bool(self.client_id and self.client_secret)


def configuration(client_id: str, client_secret: str, judgeme_secret: str) -> AppConfiguration:
    """Read `shopify.app.toml` where the app has one; its addresses are taken by their path, below the app's own."""
    path = next(
        (p for p in (_WIDGETS / "shopify.app.toml", _WIDGETS.parents[1] / "shopify.app.toml") if p.is_file()), None
    )
    given: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8")) if path else {}
    topics = dict.fromkeys(COMPLIANCE, "/webhooks/shopify")
    for entry in given.get("webhooks", {}).get("subscriptions", []):
        for topic in [*entry.get("topics", []), *entry.get("compliance_topics", [])]:
            topics[topic] = _path(entry["uri"])
    scopes = given.get("access_scopes", {}).get("scopes") or _SCOPES
    return AppConfiguration(
        client_id=client_id,
        client_secret=client_secret,
        judgeme_secret=judgeme_secret,
        home=_path(str(given.get("application_url") or "/shopify/app")),
        scopes=tuple(scope.strip() for scope in scopes.split(",") if scope.strip()),
        own_topics=topics,
        redirects=tuple(_path(url) for url in given.get("auth", {}).get("redirect_urls", ["/connect/shopify/finish"])),
    )


def _path(url: str) -> str:
    return "/" + url.split("://", 1)[-1].partition("/")[2] if "://" in url else url
