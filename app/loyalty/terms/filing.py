"""What an order's goods are filed under: as the catalogue had it when the order was first taken, and so for ever."""

from dataclasses import replace

from app.loyalty.facts import Line, Order


def is_unfiled(order: Order) -> bool:
    """Say whether the shop's catalogue has still to be asked about some goods of an order."""
    return order.has_catalogue and any(not (line.filed or line.gift_card) for line in order.lines)


def as_first_filed(known: Order | None, order: Order) -> Order:
    """Return the order with what was told of its goods before: the shop may move or delete them meanwhile.

    Where the shop has no catalogue that can be asked, the order's own labels count, the last ones told.
    """
    if known is None or not order.has_catalogue:
        return order
    before = {line.id: line for line in known.lines}
    return replace(order, lines=tuple(_as_before(before.get(line.id), line) for line in order.lines))


def filed_late(known: Order, reading: Order) -> Order:
    """Return the known order with what an older reading tells of goods that were not filed yet; else as it is."""
    told = {line.id: line for line in reading.lines}
    return replace(
        known, lines=tuple(line if line.filed else _as_before(told.get(line.id), line) for line in known.lines)
    )


def _as_before(before: Line | None, line: Line) -> Line:
    if before is None:
        return line
    line = replace(line, product=line.product or before.product, variant=line.variant or before.variant)
    return replace(line, labels=before.labels, filed=True) if before.filed else line
