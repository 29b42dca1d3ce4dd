"""What a rule or a campaign is about: some goods, some orders. Conditions are values; an empty one holds for all."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, fields, is_dataclass


@dataclass(frozen=True, slots=True)
class Goods:
    """Lines whose product, variant or label is among those named.

    Labels are what the shop files a product under, each with its kind: ``category:12``, ``collection:summer``,
    ``tag:sale``, ``type:Tea``, ``vendor:Kizuna``.
    """

    products: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        """Say whether no goods are left out: then what belongs to no product counts as well."""
        return not (self.products or self.variants or self.labels)

    def hold(self, product: str | None, variant: str | None, labels: Collection[str]) -> bool:
        """Say whether a line is among these goods."""
        return (
            self.everything
            or product in self.products
            or variant in self.variants
            or any(label in labels for label in self.labels)
        )


@dataclass(frozen=True, slots=True)
class Orders:
    """Orders that came by one of the channels, paid by one of the ways, in one of the currencies, with one of the tags.

    Each that names anything must hold. The currency is the one the shopper paid in; amounts are the shop's own.
    """

    channels: tuple[str, ...] = ()
    payments: tuple[str, ...] = ()
    currencies: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()

    def hold(self, channel: str | None, payment: str | None, currency: str, tags: Collection[str]) -> bool:
        """Say whether an order is among these."""
        return (
            (not self.channels or channel in self.channels)
            and (not self.payments or payment in self.payments)
            and (not self.currencies or currency in self.currencies)
            and (not self.tags or any(tag in tags for tag in self.tags))
        )


def names_labels(value: object) -> bool:
    """Say whether anything in a value, however deep, is about goods by their labels."""
    return _anywhere(value, lambda each: isinstance(each, Goods) and bool(each.labels))


def names_orders(value: object) -> bool:
    """Say whether anything in a value, however deep, is about orders by how they come about."""
    return _anywhere(value, lambda each: isinstance(each, Orders) and each != Orders())


def _anywhere(value: object, holds: Callable[[object], bool]) -> bool:
    if holds(value):
        return True
    if isinstance(value, Mapping):
        return any(_anywhere(each, holds) for each in value.values())
    if isinstance(value, tuple):
        return any(_anywhere(each, holds) for each in value)
    return is_dataclass(value) and any(_anywhere(getattr(value, each.name), holds) for each in fields(value))


EVERYTHING = Goods()
ALL_ORDERS = Orders()
