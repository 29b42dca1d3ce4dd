"""The Shopify side of a store: one app's installation, tokens and subscriptions, and the news that become webhooks."""

import hmac
import uuid
from base64 import b64encode
from collections.abc import Collection
from datetime import datetime, timedelta

import urllib3

from tests.sandbox import totals
from tests.sandbox.calls import CallLog
from tests.sandbox.courier import Courier, Letter, Manners, Parcel
from tests.sandbox.roads import Roads
from tests.sandbox.shopify import bodies, judgeme
from tests.sandbox.shopify.app_configuration import COMPLIANCE, AppConfiguration
from tests.sandbox.shopify.people_bodies import consent_body, customer_body, merge_body
from tests.sandbox.shopify.records import Subscription
from tests.sandbox.shopify.refund_bodies import refund_body
from tests.sandbox.shopify.throttle import Bucket
from tests.sandbox.shopify.tokens import Tokens
from tests.sandbox.shopify.writing import API_VERSION, SHOP_ID, Json, encode
from tests.sandbox.store import Event, Kind, Store

JUDGEME = "judgeme"
_TRIES = 9  # the first and eight retries
_PAUSES = [timedelta(seconds=10)] + [timedelta(minutes=m) for m in (1, 3, 8, 18, 40, 70, 95)]
_TAKEN = range(200, 300)

# What an event becomes; a new order has no topic of its own here that the app listens to but `orders/create`.
_TOPICS: dict[Kind, tuple[str, ...]] = {
    Kind.ORDER_CREATED: ("orders/create", "orders/updated"),
    Kind.ORDER_PAID: ("orders/paid", "orders/updated"),
    Kind.ORDER_UPDATED: ("orders/updated",),
    Kind.ORDER_FULFILLED: ("orders/fulfilled", "orders/updated"),
    Kind.ORDER_EDITED: ("orders/edited", "orders/updated"),
    Kind.ORDER_CANCELLED: ("orders/cancelled", "orders/updated"),
    Kind.REFUND_CREATED: ("refunds/create", "orders/updated"),
    Kind.CUSTOMER_CREATED: ("customers/create",),
    Kind.CUSTOMER_UPDATED: ("customers/update",),
    Kind.CUSTOMER_DELETED: ("customers/delete",),
    Kind.CUSTOMERS_MERGED: ("customers/merge",),
    Kind.CONSENT_CHANGED: ("customers_email_marketing_consent/update",),
}
_REVIEWS = {
    Kind.REVIEW_WRITTEN: "review/created",
    Kind.REVIEW_APPROVED: "review/updated",
    Kind.REVIEW_WITHDRAWN: "review/updated",
}


class Shopify:
    """What the routes below share."""

    def __init__(self, store: Store, roads: Roads, log: CallLog, app: AppConfiguration) -> None:
        """Take over what the store's file remembers of the app."""
        self.store = store
        self.shop = store.shop
        self.roads = roads
        self.log = log
        self.app = app
        self.tokens = Tokens(store)
        self.subscriptions: dict[int, Subscription] = store.load(Subscription)
        self.sees_all_orders = True
        self.bucket = Bucket()
        timeout = urllib3.Timeout(connect=1, read=4)
        self.courier = Courier(store, roads, log, Manners(self._prepare, self._concluded, timeout, threads=2))
        store.listen(self._heard)

    # The installation

    @property
    def installed(self) -> bool:
        """Whether the merchant has installed the app."""
        return self.store.fact("app installed") == "yes"

    @property
    def scopes(self) -> list[str]:
        """Access scopes the merchant granted."""
        return [scope for scope in self.store.fact("app scopes").split(",") if scope]

    @property
    def embed_on(self) -> bool:
        """Whether the merchant switched the app embed on in the theme editor."""
        return self.store.fact("app embed") == "on"

    def install(self, scopes: list[str] | None = None) -> None:
        """The merchant agrees to the scopes; the app's own subscriptions begin."""
        with self.store.change() as change:
            change.fact("app installed", "yes")
            change.fact("app scopes", ",".join(scopes if scopes is not None else self.app.scopes))
            known = {subscription.topic for subscription in self.subscriptions.values() if subscription.own}
            for topic, path in self.app.own_topics.items():
                if topic not in known:
                    self.subscribe(topic, self.roads.app_url + path, own=True)

    def switch_embed(self, *, on: bool) -> None:
        """Switch the app embed on or off, as the theme editor does."""
        with self.store.change() as change:
            change.fact("app embed", "on" if on else "off")

    def uninstall(self) -> None:
        """The merchant removes the app: tokens die at once, subscriptions end after the last word."""
        self._post("app/uninstalled", self._shop_body(), str(uuid.uuid4()), SHOP_ID)
        self.tokens.revoke_all()
        with self.store.change() as change:
            change.fact("app installed", "no")
            change.fact("app embed", "off")
            for subscription in list(self.subscriptions.values()):
                if subscription.topic not in COMPLIANCE:
                    del self.subscriptions[subscription.id]
                    change.remove(subscription)

    def comply(self, topic: str, body: Json) -> None:
        """Send one of the compliance topics (`customers/redact`, …); shop id and domain are added."""
        told = {"shop_id": SHOP_ID, "shop_domain": self.shop.domain, **body}
        self._post(topic, encode(told), str(uuid.uuid4()), SHOP_ID)

    # Subscriptions

    def subscribe(self, topic: str, uri: str, *, own: bool = False, name: str | None = None) -> Subscription:
        """Add a webhook subscription."""
        with self.store.change() as change:
            made = Subscription(change.next_id("subscription"), topic, uri, change.now, change.now, own=own, name=name)
            self.save_subscription(made)
        return made

    def save_subscription(self, subscription: Subscription) -> None:
        """Keep a new or changed subscription."""
        with self.store.change() as change:
            self.subscriptions[subscription.id] = subscription
            change.put(subscription)

    def unsubscribe(self, subscription: Subscription) -> None:
        """Delete a subscription."""
        with self.store.change() as change:
            self.subscriptions.pop(subscription.id, None)
            change.remove(subscription)

    # Webhooks

    def letters_of(
        self, event: Event, only: Collection[str] | None = None
    ) -> list[tuple[Subscription | None, str, bytes]]:
        """What an event makes the store say (of these topics), as of that instant: subscription, topic, body.

        The review app speaks beside Shopify: its letters have no subscription.
        """
        if event.kind in _REVIEWS:
            if not self.app.judgeme_secret or (only is not None and _REVIEWS[event.kind] not in only):
                return []
            body = judgeme.body(self.store, self.store.reviews[event.subject], _REVIEWS[event.kind], event.at)
            return [(None, _REVIEWS[event.kind], body)]
        said: list[tuple[Subscription | None, str, bytes]] = []
        for topic in _TOPICS.get(event.kind, ()):
            listeners = [s for s in self.subscriptions.values() if s.topic == topic]
            if listeners and (only is None or topic in only):
                body = self.body(topic, event)
                said += [(subscription, topic, body) for subscription in listeners]
        return said

    def body(self, topic: str, event: Event) -> bytes:
        """Write a webhook's body with the state as of the event."""
        if topic.startswith("customers"):
            return encode(self._of_a_customer(topic, event))
        order = totals.as_of(self.store.orders[event.subject], event.at)
        order.updated_at = event.at
        if topic == "orders/edited":
            return encode(bodies.edit_body(order, self.shop))
        if topic == "refunds/create":
            refund = next(refund for refund in order.refunds if refund.id == event.part)
            return encode(refund_body(order, refund, self.shop))
        return encode(bodies.order_body(self.store, order))

    def _of_a_customer(self, topic: str, event: Event) -> Json:
        if topic == "customers/delete":
            return {"id": event.subject, "admin_graphql_api_id": f"gid://shopify/Customer/{event.subject}"}
        if topic == "customers/merge":
            return merge_body(event.part or 0, event.subject)
        customer = self.store.customers[event.subject]
        if topic == "customers_email_marketing_consent/update":
            return consent_body(customer, event.at, self.shop)
        return customer_body(self.store, customer)

    def headers(
        self, topic: str, body: bytes, *, event_id: str, at: datetime, name: str | None = None
    ) -> dict[str, str]:
        """Write the headers of a webhook, its signature included."""
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Shopify-Captain-Hook",
            "X-Shopify-Topic": topic,
            "X-Shopify-Hmac-Sha256": signature(self.app.client_secret, body),
            "X-Shopify-Shop-Domain": self.shop.domain,
            "X-Shopify-API-Version": API_VERSION,
            "X-Shopify-Webhook-Id": str(uuid.uuid4()),
            "X-Shopify-Triggered-At": at.strftime("%Y-%m-%dT%H:%M:%S.000000000Z"),
            "X-Shopify-Event-Id": event_id,
        }
        return {**headers, "X-Shopify-Name": name} if name else headers

    def letter(self, event: Event, subscription: Subscription | None, topic: str, body: bytes) -> Letter:
        """Write a webhook ready to be sent."""
        if subscription is None:
            return Letter(
                f"{self.roads.app_url}/webhooks/judgeme", judgeme.headers(self.app.judgeme_secret, body), body
            )
        event_id = event.action or str(uuid.uuid5(uuid.NAMESPACE_URL, f"{event.kind} {event.subject} {event.at}"))
        headers = self.headers(topic, body, event_id=event_id, at=event.at, name=subscription.name)
        return Letter(subscription.uri, headers, body)

    def _heard(self, event: Event) -> None:
        if not self.installed:
            return
        waiting = {(p.topic, p.headers.get("X-Shopify-Event-Id"), p.webhook_id) for p in self.courier.waiting()}
        for subscription, topic, body in self.letters_of(event):
            letter = self.letter(event, subscription, topic, body)
            number = subscription.id if subscription else 0
            # One action tells of an order's update once.
            if topic != "orders/updated" or (topic, event.action, number) not in waiting:
                headers = {**letter.headers, "": letter.url}
                self.courier.add(number, topic, event.subject, body=body.decode(), headers=headers)

    def _post(self, topic: str, body: bytes, event_id: str, subject: int) -> None:
        for subscription in [s for s in self.subscriptions.values() if s.topic == topic]:
            headers = self.headers(topic, body, event_id=event_id, at=self.store.clock.now(), name=subscription.name)
            headers[""] = subscription.uri
            self.courier.add(subscription.id, topic, subject, body=body.decode(), headers=headers)

    def _prepare(self, parcel: Parcel) -> Letter | None:
        headers = dict(parcel.headers)
        return Letter(headers.pop(""), headers, parcel.body.encode())

    def _concluded(self, parcel: Parcel, status: int | None) -> None:
        subscription = self.subscriptions.get(parcel.webhook_id)
        if status in _TAKEN:  # a redirect counts as a failure
            parcel.done = True
            if subscription and subscription.failures:
                subscription.failures = 0
                self.save_subscription(subscription)
            return
        if parcel.attempts >= _TRIES:
            parcel.done = True
            if subscription and not subscription.own:
                self.unsubscribe(subscription)
            return
        parcel.due_at = self.store.clock.now() + _PAUSES[parcel.attempts - 1]
        if subscription:
            subscription.failures += 1
            self.save_subscription(subscription)

    def _shop_body(self) -> bytes:
        shop = self.shop
        return encode(
            {
                "id": SHOP_ID,
                "name": shop.name,
                "email": shop.owner_email,
                "domain": shop.domain,
                "myshopify_domain": shop.domain,
                "country_code": shop.country,
                "currency": shop.currency,
                "iana_timezone": shop.zone,
                "shop_owner": shop.owner,
                "taxes_included": shop.taxes_included,
                "primary_locale": shop.language,
            }
        )


def signature(secret: str, body: bytes) -> str:
    """The signature of a webhook: base64 of HMAC-SHA256 over the raw body."""
    return b64encode(hmac.digest(secret.encode(), body, "sha256")).decode("ascii")
