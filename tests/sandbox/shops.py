"""Who the two stores are: names, money, time zone, taxes, what delivery costs."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from zoneinfo import ZoneInfo


class Platform(StrEnum):
    """The contract a store speaks."""

    SHOPIFY = "shopify"
    WOOCOMMERCE = "woocommerce"


@dataclass(frozen=True, slots=True)
class Shop:
    """A store's settings. Prices and fees are minor units of `currency`."""

    key: str
    name: str
    platform: Platform
    domain: str
    currency: str
    language: str
    zone: str
    brand: str
    tax_name: str
    tax_rate: Decimal
    taxes_included: bool
    shipping_taxed: bool
    shipping_fee: int
    free_shipping_from: int
    country: str
    owner: str
    owner_email: str

    @property
    def home(self) -> str:
        """The public address, as the platform would print it."""
        return f"https://{self.domain}"

    @property
    def tz(self) -> ZoneInfo:
        """The store's own time zone."""
        return ZoneInfo(self.zone)


TIDEWELL = Shop(
    key="tidewell",
    name="Tidewell",
    platform=Platform.SHOPIFY,
    domain="tidewell.myshopify.com",
    currency="USD",
    language="en",
    zone="America/New_York",
    brand="#0f5c6e",
    tax_name="Sales tax",
    tax_rate=Decimal("0.055"),
    taxes_included=False,
    shipping_taxed=False,
    shipping_fee=450,
    free_shipping_from=6000,
    country="US",
    owner="Robin Hale",
    owner_email="robin@tidewell.test",
)

MADO = Shop(
    key="mado",
    name="窓と森",
    platform=Platform.WOOCOMMERCE,
    domain="mado.example",
    currency="JPY",
    language="ja",
    zone="Asia/Tokyo",
    brand="#2c6e4f",
    tax_name="消費税",
    tax_rate=Decimal("0.10"),
    taxes_included=True,
    shipping_taxed=True,
    shipping_fee=660,
    free_shipping_from=8800,
    country="JP",
    owner="森 灯",
    owner_email="akari@mado.example",
)

SHOPS = {shop.key: shop for shop in (TIDEWELL, MADO)}
