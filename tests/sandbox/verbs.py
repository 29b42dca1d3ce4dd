"""What people do in a store, in one line each: for tests that tell a story."""

from collections.abc import Mapping, Sequence

from tests.sandbox import accounts, ordering, refunding, reviewing
from tests.sandbox.ordering import Buyer, Item
from tests.sandbox.records import Address, Customer, Order, Refund, Review, ReviewStatus, Way
from tests.sandbox.store import Store


class Verbs:
    """Mixed into the running stores; goods are named by their slug, with `:n` for another variant than the first."""

    __slots__ = ()
    store: Store

    def sign_up(self, email: str, first_name: str = "Ann", last_name: str = "Example") -> Customer:
        """Somebody opens an account."""
        return accounts.sign_up(self.store, email, first_name, last_name)

    def buy(
        self,
        who: Customer | str,
        goods: Mapping[str, int],
        *,
        codes: Sequence[str] = (),
        payment: str = "card",
        attributes: dict[str, str] | None = None,
        way: Way | None = None,
    ) -> Order:
        """A shopper (or a guest, by e-mail) buys; by card it is paid at once. Raises CodeRefusedError."""
        buyer = ordering.buyer(who) if isinstance(who, Customer) else Buyer(None, who, _somewhere(self.store))
        items = [Item(self.variant(name), units) for name, units in goods.items()]
        return ordering.place(self.store, items, buyer, codes=codes, payment=payment, attributes=attributes, way=way)

    def file(self, slug: str, category: str, *tags: str) -> None:
        """The merchant moves a product to another category and tags it so."""
        with self.store.change() as change:
            product = self.store.product(slug)
            if product is None:
                raise KeyError(slug)
            product.category, product.tags = category, list(tags)
            change.put(product)

    def tag(self, order: Order, *tags: str) -> None:
        """The merchant tags an order so."""
        order.way.tags = list(tags)
        ordering.touch(self.store, order)

    def merge(self, kept: Customer, lost: Customer) -> None:
        """Staff make two accounts one."""
        accounts.merge(self.store, kept, lost)

    def join_newsletter(self, who: Customer) -> None:
        """A shopper wants the shop's e-mails."""
        accounts.consent(self.store, who, given=True)

    def leave_newsletter(self, who: Customer) -> None:
        """And no more."""
        accounts.consent(self.store, who, given=False)

    def variant(self, name: str) -> int:
        """The variant that goods are named by: `harbour-blend` or `harbour-blend:1`."""
        slug, _, place = name.partition(":")
        product = self.store.product(slug)
        if product is None:
            raise KeyError(name)
        return product.variants[int(place or 0)].id

    def pay(self, order: Order) -> None:
        """The transfer came in."""
        ordering.pay(self.store, order)

    def fulfil(self, order: Order) -> None:
        """The goods went out."""
        ordering.fulfil(self.store, order)

    def cancel(self, order: Order) -> None:
        """The order is cancelled."""
        ordering.cancel(self.store, order)

    def edit(self, order: Order, changes: Mapping[int, int]) -> None:
        """Units of lines (by place in the order) are added or taken away."""
        ordering.edit(self.store, order, {order.lines[place].id: by for place, by in changes.items()})

    def refund(self, order: Order, units: Mapping[int, int] | None = None, *, amount: int | None = None) -> Refund:
        """Money goes back: units of lines (by place in the order), an amount in minor units, or all that is left."""
        if units is not None:
            return refunding.by_line(self.store, order, {order.lines[p].id: count for p, count in units.items()})
        if amount is not None:
            return refunding.by_amount(self.store, order, amount)
        return refunding.the_rest(self.store, order)

    def review(self, who: Customer | str, slug: str, rating: int = 5, *, approved: bool = True) -> Review:
        """Somebody writes about a product, and the shop approves it unless told not to."""
        product = self.store.product(slug)
        if product is None:
            raise KeyError(slug)
        customer = who if isinstance(who, Customer) else None
        email = who if isinstance(who, str) else who.email
        review = reviewing.write(
            self.store,
            product,
            customer=customer,
            name=customer.first_name if customer else "Guest",
            email=email,
            rating=rating,
            body="Very nice.",
        )
        if approved:
            reviewing.moderate(self.store, review, ReviewStatus.APPROVED)
        return review

    def withdraw(self, review: Review) -> None:
        """The shop takes a review down."""
        reviewing.moderate(self.store, review, ReviewStatus.TRASHED)


def _somewhere(store: Store) -> Address:
    return Address("Gast", "Gast", "1 Quay", city="Harbour", zip="04101", country_code=store.shop.country)
