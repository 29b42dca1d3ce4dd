"""People shop at both demonstration stores: accounts, orders, codes at the checkout."""

import pytest

from tests.sandbox import totals
from tests.sandbox.discounts import CodeRefusedError, Refusal
from tests.sandbox.history import Size
from tests.sandbox.listener import Listener
from tests.sandbox.running import Stores, running_stores
from tests.stores.storefront.asking import NOON, AnyStore, Person, code, say


def test_one_click_makes_a_visitor_a_shopper_and_another_a_stranger_again(store: AnyStore) -> None:
    shopper, visitor = store.sign_up("maya@example.test", "Maya", "Lind"), Person(store)
    visitor.post("/account/sign-in", customer=shopper.id)
    assert "maya@example.test" in visitor.get("/account").text
    visitor.post("/account/sign-out")
    assert "maya@example.test" not in visitor.get("/account").text


def test_shoppers_with_a_history_are_offered_by_name(app: Listener) -> None:
    with running_stores(app.url, at=NOON, sending=False, year=Size(members=20, orders=80)) as stores:
        for one in stores.both():
            page = Person(one).get("/account/choose").text
            known = [customer for customer in one.store.customers.values() if customer.note]
            assert 4 <= len(known) <= 6
            assert all(customer.note in page for customer in known)


def test_a_new_customer_buys_and_finds_the_order_in_the_account(store: AnyStore) -> None:
    visitor = Person(store)
    visitor.post("/account/sign-up", email="new@example.test", first_name="Neu", last_name="Mann")
    visitor.take()
    order = visitor.pay(email="new@example.test")
    customer = store.store.customer_by_email("new@example.test")
    assert customer is not None
    assert order.customer_id == customer.id
    assert f"#{order.number}" in visitor.get("/account").text
    assert totals.total(order, store.store.shop) > 0
    assert say(store, "cart_count", count=1) not in visitor.get("/").text


def test_a_guest_may_open_an_account_with_the_order(store: AnyStore) -> None:
    visitor = Person(store)
    visitor.take()
    order = visitor.pay(email="fresh@example.test", create_account="yes")
    assert order.customer_id is not None
    assert store.store.customers[order.customer_id].address.address1 == "1 Quay"


def test_an_order_is_shown_to_who_placed_it_and_to_nobody_else(store: AnyStore) -> None:
    visitor, stranger = Person(store), Person(store)
    visitor.take()
    order = visitor.pay()
    assert visitor.get(f"/orders/{order.id}?key={order.key}").status_code == 200
    assert stranger.get(f"/orders/{order.id}").status_code == 404


def test_an_order_by_transfer_waits_for_the_back_office(store: AnyStore) -> None:
    visitor = Person(store)
    visitor.take()
    order = visitor.pay(payment="transfer")
    assert order.paid_at is None
    Person(store).post(f"/back-office/orders/{order.id}/pay")
    assert order.paid_at == NOON


def test_a_code_typed_at_the_checkout_takes_off_what_it_is_worth(store: AnyStore) -> None:
    code(store, "FIVE")
    visitor = Person(store)
    visitor.take()
    page = visitor.post("/cart/code", code="five", next="/checkout").text
    assert say(store, "discount", code="FIVE") in page
    order = visitor.pay()
    assert order.codes[0].amount == 500


def test_a_code_that_is_refused_is_told_with_its_reason_and_not_kept(store: AnyStore) -> None:
    owner = store.sign_up("owner@example.test")
    code(store, "HERS", customer_ids=[owner.id])
    visitor = Person(store)
    visitor.take()
    assert say(store, "refused_unknown", code="NONSENSE") in visitor.post("/cart/code", code="nonsense").text
    assert say(store, "refused_sign_in", code="HERS") in visitor.post("/cart/code", code="hers").text
    assert visitor.pay().codes == []


def test_a_code_that_ran_out_meanwhile_is_dropped_before_paying(store: AnyStore) -> None:
    code(store, "ONCE", usage_limit=1)
    first, second = Person(store), Person(store)
    for person in (first, second):
        person.take()
        person.post("/cart/code", code="once")
    assert first.pay().codes
    assert say(store, "refused_used_up", code="ONCE") in second.get("/checkout").text
    assert second.pay().codes == []


@pytest.mark.parametrize(
    ("name", "link", "page"),
    (
        ("shopify", "/discount/FIVE?redirect=/cart", "/cart"),
        ("woo", "/cart/?kz_code=FIVE", "/cart/"),
        ("woo", "/?kz_code=FIVE&kz_ref=abc", "/?kz_ref=abc"),
    ),
)
def test_a_link_brings_its_code_into_a_cart_that_may_still_be_empty(
    stores: Stores, name: str, link: str, page: str
) -> None:
    store: AnyStore = getattr(stores, name)
    code(store, "FIVE")
    visitor = Person(store)
    assert visitor.get(link).url == store.url + page
    visitor.take()
    assert say(store, "discount", code="FIVE") in visitor.get("/cart").text


@pytest.mark.parametrize("path", ("//elsewhere.example", "https://elsewhere.example", "/\\elsewhere.example"))
def test_links_and_forms_lead_nowhere_outside_the_store(store: AnyStore, path: str) -> None:
    shopper, visitor = store.sign_up("maya@example.test"), Person(store)
    answers = [
        visitor.http.post(f"{store.url}/account/sign-in", data={"customer": shopper.id, "next": path},
                          allow_redirects=False, timeout=5),
        visitor.http.get(f"{store.url}/discount/X", params={"redirect": path}, allow_redirects=False, timeout=5),
    ]  # fmt: skip
    assert [answer.headers["Location"] for answer in answers] == ["/account", "/"]


def test_a_code_for_one_piece_of_one_product_takes_off_that_piece_and_is_refused_without_it(store: AnyStore) -> None:
    first, other = list(store.store.products.values())[:2]
    code(store, "PIECE", goods=[first.variants[0].id], pieces=1, amount=10**6)
    shopper = store.sign_up("maya@example.test")

    order = store.buy(shopper, {first.slug: 3, other.slug: 1}, codes=["PIECE"])
    assert [line.discount for line in order.lines] == [first.variants[0].price, 0]
    with pytest.raises(CodeRefusedError) as refused:
        store.buy(shopper, {other.slug: 1}, codes=["PIECE"])
    assert refused.value.reason is Refusal.NOT_THESE
