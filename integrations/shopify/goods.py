"""What goods are filed under: the vendor, which orders tell, and what only the catalogue knows."""

from collections.abc import Mapping

from integrations.reading import tags, text
from integrations.shopify.amounts import nodes, number, optional_number


def catalogue(body: Mapping[str, object]) -> Mapping[str, tuple[str, ...]] | None:
    """Return what the catalogue files an order's products under, by product; None where it was not asked."""
    if "products" not in body:
        return None
    return {number(each.get("id"), "products.id"): _filed(each) for each in nodes(body["products"], "products")}


def _filed(product: Mapping[str, object]) -> tuple[str, ...]:
    """Return a product's type and tags, and its collections each by number and by handle."""
    found = {("type", text(product.get("product_type")))} | {("tag", tag) for tag in tags(product.get("tags"))}
    for collection in nodes(product.get("collections"), "collections"):
        found.add(("collection", optional_number(collection.get("id"), "collections.id") or ""))
        found.add(("collection", text(collection.get("handle"))))
    return tuple(f"{kind}:{name}" for kind, name in found if name)


def labels(
    item: Mapping[str, object], product: str | None, filed: Mapping[str, tuple[str, ...]] | None
) -> tuple[str, ...]:
    """Return what a line's product is filed under: its vendor, which orders tell, and what the catalogue says."""
    vendor = text(item.get("vendor"))
    told = (filed or {}).get(product, ()) if product else ()
    return tuple(sorted({*told, *([f"vendor:{vendor}"] if vendor else [])}))
