"""What an app may change by GraphQL beside discounts: tags, metafields, webhook subscriptions."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from tests.sandbox.records import Customer, Meta
from tests.sandbox.shopify import nodes
from tests.sandbox.shopify.face import Shopify
from tests.sandbox.shopify.records import Subscription
from tests.sandbox.shopify.writing import gid, number_of
from tests.sandbox.store import Kind

Json = dict[str, Any]
_MOST_METAFIELDS = 25


def refused(field: Sequence[str], code: str, message: str) -> Json:
    """A userError."""
    return {"field": list(field), "code": code, "message": message, "extraInfo": None, "elementIndex": None}


class Mutations:
    """One app's changes to one store. Arguments come checked by the schema."""

    def __init__(self, face: Shopify) -> None:
        """Serve one store."""
        self.face = face
        self.store = face.store

    # Customers

    def tags(self, global_id: str, tags: list[str], *, add: bool) -> Json:
        """Add tags to a customer, or remove them; case does not matter."""
        customer = self._customer(global_id)
        if customer is None:
            return {"node": None, "userErrors": [refused(("id",), "INVALID", "Customer does not exist")]}
        with self.store.change() as change:
            if add:
                known = {tag.lower() for tag in customer.tags}
                customer.tags += [tag for tag in tags if tag.lower() not in known]
            else:
                gone = {tag.lower() for tag in tags}
                customer.tags = [tag for tag in customer.tags if tag.lower() not in gone]
            self._touch(change.now, customer)
            change.put(customer)
            change.tell(Kind.CUSTOMER_UPDATED, customer.id)
        return {"node": nodes.customer_node(self.store, customer), "userErrors": []}

    def set_metafields(self, entries: list[Json]) -> Json:
        """Set metafields, all or none; `compareDigest` guards against somebody else's change."""
        errors = self._metafield_errors(entries)
        if errors:
            return {"metafields": None, "userErrors": errors}
        written = []
        with self.store.change() as change:
            for entry in entries:
                customer = self._customer(entry["ownerId"])
                if customer is None:
                    continue
                meta = _metafield(customer, entry)
                if meta is None:
                    space = nodes.own_namespace(entry.get("namespace"))
                    meta = Meta(change.next_id("meta"), entry["key"], "", space, entry.get("type") or "")
                    customer.metafields.append(meta)
                meta.value, meta.type = entry["value"], entry.get("type") or meta.type
                self._touch(change.now, customer)
                change.put(customer)
                written.append(nodes.metafield_node(meta, customer))
        return {"metafields": written, "userErrors": []}

    def delete_metafields(self, entries: list[Json]) -> Json:
        """Delete metafields; what is not there is passed over."""
        deleted: list[Json | None] = []
        with self.store.change() as change:
            for entry in entries:
                customer = self._customer(entry["ownerId"])
                meta = _metafield(customer, entry) if customer else None
                if customer is not None and meta is not None:
                    customer.metafields.remove(meta)
                    change.put(customer)
                    deleted.append({"key": meta.key, "namespace": meta.namespace, "ownerId": entry["ownerId"]})
                else:
                    deleted.append(None)
        return {"deletedMetafields": deleted, "userErrors": []}

    def _metafield_errors(self, entries: list[Json]) -> list[Json]:
        if len(entries) > _MOST_METAFIELDS:
            return [
                refused(("metafields",), "LESS_THAN_OR_EQUAL_TO", "Exceeded the maximum metafields input limit of 25.")
            ]
        errors = []
        for index, entry in enumerate(entries):
            customer = self._customer(entry["ownerId"])
            at = ("metafields", str(index))
            if customer is None:
                errors.append(refused((*at, "ownerId"), "INVALID", "Owner does not exist."))
                continue
            known = _metafield(customer, entry)
            wanted = entry.get("compareDigest")
            if "compareDigest" in entry and wanted != (nodes.digest(known) if known else None):
                errors.append(
                    refused(
                        (*at, "compareDigest"), "STALE_OBJECT", "The resource has been updated since it was loaded."
                    )
                )
            if known is None and not entry.get("type"):
                errors.append(refused((*at, "type"), "BLANK", "Type can't be blank"))
        return errors

    def _customer(self, global_id: str) -> Customer | None:
        return self.store.customers.get(number_of(global_id, "Customer") or 0)

    def _touch(self, now: datetime, customer: Customer) -> None:
        customer.updated_at = now

    # Webhook subscriptions

    def subscribe(self, topic: str, given: Mapping[str, Any]) -> Json:
        """Subscribe to a topic; one topic, address and filter go together once."""
        # The part before the slash may hold underscores, the part behind it hardly ever does.
        head, _, tail = topic.lower().rpartition("_")
        name = f"{head}/{tail}" if head.endswith("_consent") else topic.lower().replace("_", "/", 1)
        if name.startswith("customer/tags_"):
            name = name.replace("/", ".", 1)  # the one pair of topics that is written with a dot
        uri = given.get("uri") or ""
        errors = self._address_errors(uri)
        if any((s.topic, s.uri, s.filter) == (name, uri, given.get("filter")) and not s.own for s in self._all()):
            errors = [
                refused(
                    ("webhookSubscription", "callbackUrl"), "TAKEN", "Address for this topic has already been taken"
                )
            ]
        if errors:
            return {"webhookSubscription": None, "userErrors": errors}
        made = self.face.subscribe(name, uri, name=given.get("name"))
        made.filter, made.include_fields = given.get("filter"), list(given.get("includeFields") or [])
        self.face.save_subscription(made)
        return {"webhookSubscription": nodes.subscription_node(made), "userErrors": []}

    def update_subscription(self, global_id: str, given: Mapping[str, Any]) -> Json:
        """Move a subscription to another address."""
        found = self._subscription(global_id)
        errors = self._address_errors(given.get("uri") or "") if "uri" in given else []
        if found is None:
            errors = [refused(("id",), "INVALID", "Webhook subscription does not exist")]
        if errors or found is None:
            return {"webhookSubscription": None, "userErrors": errors}
        found.uri = given.get("uri", found.uri)
        found.updated_at = self.store.clock.now()
        self.face.save_subscription(found)
        return {"webhookSubscription": nodes.subscription_node(found), "userErrors": []}

    def unsubscribe(self, global_id: str) -> Json:
        """Delete a subscription."""
        found = self._subscription(global_id)
        if found is None:
            errors = [refused(("id",), "INVALID", "Webhook subscription does not exist")]
            return {"deletedWebhookSubscriptionId": None, "userErrors": errors}
        self.face.unsubscribe(found)
        return {"deletedWebhookSubscriptionId": gid("WebhookSubscription", found.id), "userErrors": []}

    def _all(self) -> list[Subscription]:
        return list(self.face.subscriptions.values())

    def _subscription(self, global_id: str) -> Subscription | None:
        found = self.face.subscriptions.get(number_of(global_id, "WebhookSubscription") or 0)
        return found if found and not found.own else None

    def _address_errors(self, uri: str) -> list[Json]:
        if self.face.roads.allowed(uri):
            return []
        return [refused(("webhookSubscription", "callbackUrl"), "INVALID", "Address protocol http:// is not supported")]


def _metafield(customer: Customer, entry: Mapping[str, Any]) -> Meta | None:
    space = nodes.own_namespace(entry.get("namespace"))
    return next((m for m in customer.metafields if (m.namespace, m.key) == (space, entry["key"])), None)
