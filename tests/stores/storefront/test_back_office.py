"""Reviews, refunds and orders in the demonstration stores' back office."""

from tests.sandbox import totals
from tests.stores.storefront.asking import NOON, AnyStore, Person, code, say


def test_a_review_is_seen_once_the_back_office_shows_it(store: AnyStore) -> None:
    product = next(iter(store.store.products.values()))
    shopper, visitor = store.sign_up("maya@example.test", "Maya", "Lind"), Person(store)
    visitor.post("/account/sign-in", customer=shopper.id)
    visitor.post(f"/products/{product.slug}/reviews", rating="4", title="Fine", body="Quite a find, this one.")
    (review,) = store.store.reviews.values()
    assert "Quite a find" not in visitor.get(f"/products/{product.slug}").text
    Person(store).post(f"/back-office/reviews/{review.id}", status="approved")
    assert "Quite a find" in visitor.get(f"/product/{product.slug}/").text
    Person(store).post(f"/back-office/reviews/{review.id}", status="trashed")
    assert "Quite a find" not in visitor.get(f"/products/{product.slug}").text


def test_the_back_office_refunds_units_amounts_and_the_rest_but_never_too_much(store: AnyStore) -> None:
    order = store.buy("guest@example.test", {next(iter(store.store.products.values())).slug: 3})
    keeper = Person(store)
    base = f"/back-office/orders/{order.id}"
    keeper.post(f"{base}/refund-lines", **{f"line-{order.lines[0].id}": "1"})
    keeper.post(f"{base}/refund-amount", amount="1")
    for nonsense in ("much", "-1", "99999999"):
        assert say(store, "bo_refund_refused") in keeper.post(f"{base}/refund-amount", amount=nonsense).text
    assert len(order.refunds) == 2
    keeper.post(f"{base}/refund-rest")
    assert totals.refundable(order, store.store.shop) == 0
    assert say(store, "state_refunded") in keeper.get(base).text


def test_the_back_office_sends_and_cancels_and_finds_orders_by_name_or_number(store: AnyStore) -> None:
    store.buy("somebody@example.test", {next(iter(store.store.products.values())).slug: 1})
    order = store.buy("guest@example.test", {next(iter(store.store.products.values())).slug: 1})
    keeper = Person(store)
    keeper.post(f"/back-office/orders/{order.id}/fulfil")
    keeper.post(f"/back-office/orders/{order.id}/cancel")
    assert (order.fulfilled_at, order.cancelled_at) == (NOON, NOON)
    found = keeper.get("/back-office?q=GUEST@").text
    assert "guest@example.test" in found
    assert "somebody@example.test" not in found


def test_every_page_of_the_back_office_opens(store: AnyStore) -> None:
    code(store, "FIVE", usage_limit=3)
    store.review("guest@example.test", next(iter(store.store.products.values())).slug)
    for path in ("", "/reviews", "/codes", "/webhooks"):
        assert Person(store).get(f"/back-office{path}").status_code == 200
    assert Person(store).get("/back-office/orders/1").status_code == 404
