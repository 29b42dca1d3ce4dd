"""Reads what a store says of itself: currency, prices with or without tax, time zone, name, language."""

from collections.abc import Mapping
from decimal import Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from integrations.platform import PlatformError, ReauthorizeError, ShopProfile
from integrations.reading import UnreadableError, currency_code, text
from integrations.woocommerce.client import Client, thing

_INDEX = "name,home,url,timezone_string,gmt_offset"
_WEST, _EAST = -12, 14
_OFFSETS: Mapping[Decimal, str] = {
    Decimal("-9.5"): "Pacific/Marquesas",
    Decimal("3.5"): "Asia/Tehran",
    Decimal("4.5"): "Asia/Kabul",
    Decimal("5.5"): "Asia/Kolkata",
    Decimal("5.75"): "Asia/Kathmandu",
    Decimal("6.5"): "Asia/Yangon",
    Decimal("8.75"): "Australia/Eucla",
    Decimal("9.5"): "Australia/Darwin",
}
"""Zones that keep an offset of a broken hour the whole year round."""


def read_profile(client: Client, domain: str) -> ShopProfile:
    """Ask the store who it is. The first question needs the keys: it proves them. Raises PlatformError.

    How many decimals the store shows is not asked: it says how amounts are written, not what they are.
    """
    currency = _setting(client, "settings/general/woocommerce_currency")
    taxed = _setting(client, "settings/tax/woocommerce_prices_include_tax")
    index = thing(client.index(_INDEX))
    try:
        code = currency_code(currency, "currency")
    except UnreadableError:
        raise PlatformError("ANSWER_UNEXPECTED") from None
    home = text(index.get("home")) or text(index.get("url"))
    return ShopProfile(
        domain=domain,
        name=text(index.get("name")) or domain,
        currency=code,
        zone=_zone(index.get("timezone_string"), index.get("gmt_offset")),
        locale=_locale(client),
        prices_include_tax=taxed == "yes",
        home_url=home if home.startswith("https://") else f"https://{domain}/",
    )


def _setting(client: Client, path: str) -> object:
    return thing(client.get(path)).get("value")


def _zone(name: object, offset: object) -> str:
    """Return the zone's name. A store may be set to a bare offset instead, for a zone without summer time."""
    try:
        return ZoneInfo(str(name)).key if name else _zone_of_offset(Decimal(str(offset)))
    except (ZoneInfoNotFoundError, ValueError, ArithmeticError):
        return "UTC"


def _zone_of_offset(hours: Decimal) -> str:
    if hours in _OFFSETS:
        return _OFFSETS[hours]
    whole = int(hours)
    if not whole or not _WEST <= whole <= _EAST:
        return "UTC"
    return f"Etc/GMT{-whole:+d}"  # these names count westwards


def _locale(client: Client) -> str:
    """Return the language of the site, "en" where the store does not tell it: shoppers' pages say their own anyway."""
    try:
        status = thing(client.get("system_status", {"_fields": "environment.language"}))
    except ReauthorizeError:
        raise
    except PlatformError:
        return "en"
    environment = status.get("environment")
    language = text(environment.get("language")) if isinstance(environment, dict) else ""
    return language.replace("_", "-") or "en"
