"""What the coming version of Shopify's Admin API would refuse of what we send: read it before the pin is raised.

`python -m tests.integrations.shopify.coming`
"""

from graphql import GraphQLSchema

from integrations.shopify import documents
from tests.integrations.shopify.admin import NAMED
from tests.integrations.shopify.admin_schema import COMING, coming_schema, problems
from tests.integrations.shopify.test_documents import SAMPLES


def report(published: GraphQLSchema) -> dict[str, list[str]]:
    """Return what would be refused, by document: nothing where a document fits, deprecated words included."""
    return {name: problems(getattr(documents, name), SAMPLES[name], published) for name in sorted(NAMED.values())}


if __name__ == "__main__":
    told = report(coming_schema())
    for name, found in told.items():
        print(f"{name}: {'; '.join(found) or 'fits'}")  # noqa: T201 - it is what the command is for
    print(f"{sum(map(bool, told.values()))} of {len(told)} documents differ at {COMING}.")  # noqa: T201
