"""The outside world: platforms, review apps, and the one transport to them. Two tables name them all."""

from collections.abc import Callable, Mapping

from app.settings import Settings
from integrations.neutral import Neutral
from integrations.outgoing import Outgoing
from integrations.platform import Platform, ReviewSource
from integrations.reviews.judgeme import JudgeMe
from integrations.shopify import Shopify
from integrations.woocommerce import WooCommerce


def _shopify(settings: Settings, outgoing: Outgoing) -> Platform:
    return Shopify.from_settings(settings, outgoing)


def _woocommerce(settings: Settings, outgoing: Outgoing) -> Platform:
    return WooCommerce.from_settings(settings, outgoing)


def _neutral(settings: Settings, outgoing: Outgoing) -> Platform:
    del settings, outgoing
    return Neutral()


def _judgeme(settings: Settings) -> ReviewSource:
    return JudgeMe.from_settings(settings)


PLATFORMS: Mapping[str, Callable[[Settings, Outgoing], Platform]] = {
    "shopify": _shopify,
    "woocommerce": _woocommerce,
    "neutral": _neutral,
}
SOURCES: Mapping[str, Callable[[Settings], ReviewSource]] = {
    "judgeme": _judgeme,
}


def platforms(settings: Settings) -> dict[str, Platform]:
    """Return every platform, with one way out for all of them."""
    outgoing = Outgoing.from_settings(settings)
    return {name: build(settings, outgoing) for name, build in PLATFORMS.items()}


def sources(settings: Settings) -> dict[str, ReviewSource]:
    """Return every review app."""
    return {name: build(settings) for name, build in SOURCES.items()}
