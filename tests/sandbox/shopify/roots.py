"""What stands at the top of the Admin API: each field's answer, and each mutation's deed."""

from collections.abc import Callable
from typing import Any

from graphql import GraphQLError

from tests.sandbox.records import Order
from tests.sandbox.shopify import nodes, order_nodes, search
from tests.sandbox.shopify.credit import Credits
from tests.sandbox.shopify.discount_mutations import DiscountMutations
from tests.sandbox.shopify.face import Shopify
from tests.sandbox.shopify.mutations import Mutations
from tests.sandbox.shopify.writing import SHOP_ID, gid, number_of

Json = dict[str, Any]
_DAYS_SEEN = 60


class Roots:
    """The fields of QueryRoot and Mutation for one store."""

    def __init__(self, face: Shopify) -> None:
        """Serve one store."""
        self.face = face
        self.store = face.store
        self._changes = Mutations(face)
        self._discounts = DiscountMutations(face)
        self._credits = Credits(face.store)

    def by_name(self) -> dict[str, Callable[..., Any]]:
        """Resolvers by field."""
        change, discounts = self._changes, self._discounts
        return {
            "shop": lambda _info: nodes.shop_node(self.store.shop, SHOP_ID),
            "currentAppInstallation": lambda info: {
                "id": gid("AppInstallation", 1),
                "accessScopes": [{"handle": scope, "description": scope} for scope in info.context.scopes],
            },
            "order": lambda _info, id: self._order(id),
            "orders": self._orders,
            "refund": lambda _info, id: self._refund(id),
            "customer": lambda _info, id: self._customer(id),
            "customers": self._customers,
            "node": lambda _info, id: self._order(id) or self._refund(id) or self._customer(id),
            "nodes": lambda _info, ids: [self._product(each) for each in ids],
            "codeDiscountNodeByCode": lambda _info, code: self._discount(code),
            "webhookSubscription": lambda _info, id: self._subscription(id),
            "webhookSubscriptions": self._subscriptions,
            "discountCodeBasicCreate": lambda _info, **given: discounts.create_basic(given["basicCodeDiscount"]),
            "discountCodeFreeShippingCreate": (
                lambda _info, **given: discounts.create_free_shipping(given["freeShippingCodeDiscount"])
            ),
            "discountCodeDeactivate": lambda _info, id: discounts.deactivate(id),
            "giftCards": self._credits.found,
            "giftCardCreate": lambda _info, **given: self._credits.card(given["input"]),
            "storeCreditAccountCredit": lambda _info, id, **given: self._credits.credit(id, given["creditInput"]),
            "tagsAdd": lambda _info, id, tags: change.tags(id, tags, add=True),
            "tagsRemove": lambda _info, id, tags: change.tags(id, tags, add=False),
            "metafieldsSet": lambda _info, metafields: change.set_metafields(metafields),
            "metafieldsDelete": lambda _info, metafields: change.delete_metafields(metafields),
            "webhookSubscriptionCreate": (
                lambda _info, topic, **given: change.subscribe(topic, given["webhookSubscription"])
            ),
            "webhookSubscriptionUpdate": (
                lambda _info, id, **given: change.update_subscription(id, given["webhookSubscription"])
            ),
            "webhookSubscriptionDelete": lambda _info, id: change.unsubscribe(id),
        }

    def _visible(self, order: Order) -> bool:
        age = self.store.clock.now() - order.created_at
        return self.face.sees_all_orders or "read_all_orders" in self.face.scopes or age.days < _DAYS_SEEN

    def _order(self, global_id: str) -> Json | None:
        order = self.store.orders.get(number_of(global_id, "Order") or 0)
        return order_nodes.order_node(self.store, order) if order and self._visible(order) else None

    def _orders(self, info: object, *, query: str = "", reverse: bool = False, **given: Any) -> Json:  # noqa: ANN401
        try:
            fits = search.matches(query, self.store.shop)
        except (search.UnsupportedSearchError, ValueError) as error:
            raise GraphQLError(f"this store cannot search for {error}") from None
        found = [order for order in self.store.orders.values() if self._visible(order) and fits(order)]
        keys: dict[str, Callable[[Order], list[Any]]] = {
            "CREATED_AT": lambda order: [order.created_at.isoformat(), order.id],
            "UPDATED_AT": lambda order: [order.updated_at.isoformat(), order.id],
            "ID": lambda order: [order.id],
            "ORDER_NUMBER": lambda order: [order.number],
        }
        key = keys.get(str(given.get("sortKey")), keys["CREATED_AT"])
        keyed = [(key(order), order) for order in sorted(found, key=key)]

        def write(order: Order) -> Json:
            return order_nodes.order_node(self.store, order)

        return nodes.connection(keyed, reverse=reverse, write=write)(info, **given)

    def _refund(self, global_id: str) -> Json | None:
        wanted = number_of(global_id, "Refund")
        for order in self.store.orders.values():
            for refund in order.refunds:
                if refund.id == wanted:
                    return order_nodes.refund_node(self.store, order, refund)
        return None

    def _customer(self, global_id: str) -> Json | None:
        customer = self.store.customers.get(number_of(global_id, "Customer") or 0)
        if customer is None:
            return None
        return nodes.customer_node(self.store, customer) | {"storeCreditAccounts": self._credits.accounts(customer.id)}

    def _product(self, global_id: str) -> Json | None:
        product = self.store.products.get(number_of(global_id, "Product") or 0)
        return nodes.product_node(self.store, product) if product else None

    def _customers(self, info: object, *, query: str = "", reverse: bool = False, **given: Any) -> Json:  # noqa: ANN401
        email = query.removeprefix("email:").strip("'\"").lower()
        found = [c for c in self.store.customers.values() if not query or c.email.lower() == email]
        keyed = [([customer.id], nodes.customer_node(self.store, customer)) for customer in found]
        return nodes.connection(keyed, reverse=reverse)(info, **given)

    def _discount(self, name: str) -> Json | None:
        code = self.store.code(name)
        return nodes.discount_node(self.store, code) if code else None

    def _subscription(self, global_id: str) -> Json | None:
        found = self.face.subscriptions.get(number_of(global_id, "WebhookSubscription") or 0)
        return nodes.subscription_node(found) if found and not found.own else None

    def _subscriptions(self, info: object, *, reverse: bool = False, **given: Any) -> Json:  # noqa: ANN401
        uri, topics = given.get("uri"), given.get("topics")
        # The app's own subscriptions, from its configuration, are not listed here.
        found = [nodes.subscription_node(s) for s in self.face.subscriptions.values() if not s.own]
        found = [node for node in found if uri in (None, node["uri"]) and (not topics or node["topic"] in topics)]
        return nodes.connection([([node["id"]], node) for node in found], reverse=reverse)(info, **given)
