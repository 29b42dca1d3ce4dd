"""What goods are filed under: the categories and tags of their products, which only the catalogue knows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import unquote

from app.loyalty.facts import Line
from integrations.reading import items, optional_identifier, text


def filed(line: Line, products: Sequence[Mapping[str, object]] | None) -> Line:
    """Return the line with its product's labels; a product that is no longer there has none."""
    if products is None:
        return line
    told = [product for product in products if optional_identifier(product.get("id"), "products[].id") == line.product]
    return replace(line, labels=_labels(told[0]) if told else (), filed=True)


def _labels(product: Mapping[str, object]) -> tuple[str, ...]:
    """Return the categories and tags of a product, each by its number and by its slug (as it is read, not as sent)."""
    labels: set[str] = set()
    for kind, field in (("category", "categories"), ("tag", "tags")):
        for term in items(product.get(field), f"products[].{field}"):
            names = (optional_identifier(term.get("id"), f"{field}[].id"), text(unquote(text(term.get("slug")))))
            labels |= {f"{kind}:{name}" for name in names if name}
    return tuple(sorted(labels))
