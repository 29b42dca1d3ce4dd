"""Tells the app a year of history as webhooks, in the order of time, with several senders at once."""

from collections.abc import Callable, Iterator

from tests.sandbox import history
from tests.sandbox.courier import Letter
from tests.sandbox.running import ShopifyStore, WooStore
from tests.sandbox.store import Event, Kind
from tests.sandbox.woocommerce.records import WebhookStatus

# What each event says in the replay. WooCommerce tells an order as it is at delivery, so once is enough.
_SHOPIFY: dict[Kind, tuple[str, ...]] = {
    Kind.CUSTOMER_CREATED: ("customers/create",),
    Kind.ORDER_CREATED: ("orders/updated",),
    Kind.ORDER_PAID: ("orders/paid",),
    Kind.ORDER_CANCELLED: ("orders/cancelled",),
    Kind.REFUND_CREATED: ("refunds/create", "orders/updated"),
    Kind.REVIEW_APPROVED: ("review/updated",),
}
_WOO: dict[Kind, str] = {
    Kind.CUSTOMER_CREATED: "customer.created",
    Kind.ORDER_CREATED: "order.updated",
    Kind.REVIEW_APPROVED: "action.woocommerce_kizuna_review_approved",
}
_SENDERS = 3
_NOTE_EVERY = 250
_DONE = "all"
_FACT = "history told"


def told(store: ShopifyStore | WooStore) -> bool:
    """Whether the year was told already."""
    return store.store.fact(_FACT) == _DONE


def tell(store: ShopifyStore | WooStore, progress: Callable[[int, int], None]) -> int:
    """Send the year, from where an earlier start stopped; returns how many letters were lost."""
    letters = list(_letters(store))  # some 30 MB for a full year
    begun = int(store.store.fact(_FACT, "0"))
    # Several senders finish out of order: go back a little, what comes twice does no harm.
    rest = letters[max(0, begun - 10 * _SENDERS) :]
    skipped = len(letters) - len(rest)

    def count(sent: int) -> None:
        if sent % _NOTE_EVERY == 0:
            _note(store, str(skipped + sent))
            progress(skipped + sent, len(letters))

    lost = store.courier.carry_all(rest, threads=_SENDERS, told=count)
    if not store.courier.stopping:
        _note(store, _DONE)
    return lost


def _note(store: ShopifyStore | WooStore, value: str) -> None:
    with store.store.change() as change:
        change.fact(_FACT, value)


def _letters(store: ShopifyStore | WooStore) -> Iterator[tuple[str, Letter]]:
    events = history.happenings(store.store)
    return _of_shopify(store, events) if isinstance(store, ShopifyStore) else _of_woo(store, events)


def _of_shopify(store: ShopifyStore, events: list[Event]) -> Iterator[tuple[str, Letter]]:
    face = store.face
    for event in events:
        wanted = _SHOPIFY.get(event.kind, ())
        if event.kind is Kind.ORDER_CREATED and store.store.orders[event.subject].paid_at == event.at:
            continue  # paid at once: `orders/paid` says it all
        for subscription, topic, body in face.letters_of(event, wanted):
            yield topic, face.letter(event, subscription, topic, body)


def _of_woo(store: WooStore, events: list[Event]) -> Iterator[tuple[str, Letter]]:
    face = store.face
    hooks = {hook.topic: hook for hook in face.webhooks.values() if hook.status is WebhookStatus.ACTIVE}
    for event in events:
        hook = hooks.get(_WOO.get(event.kind, ""))
        if hook is not None:
            fixed = next((body for _, body in face.deliveries_of(event) if body), b"")
            yield hook.topic, face.letter(hook, fixed or face.body(hook.topic, event.subject))
