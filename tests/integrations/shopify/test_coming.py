"""The coming version of Shopify's Admin API is looked at before it comes: a report about every document, no failure."""

from tests.integrations.shopify.admin import NAMED
from tests.integrations.shopify.admin_schema import coming_schema, problems
from tests.integrations.shopify.coming import report


def test_every_document_is_held_against_the_coming_version_and_what_differs_is_only_told() -> None:
    published = coming_schema()
    assert problems("query Q { shop { nmae } }", {}, published), "it would find something"
    told = report(published)
    print("\n".join(f"{name}: {each}" for name, found in told.items() for each in found))  # noqa: T201 - shown by -rP
    assert set(told) == set(NAMED.values())
