"""Accounts of shoppers: sign up, change, delete."""

from tests.sandbox.records import Address, Customer
from tests.sandbox.store import Kind, Store


class AddressTakenError(Exception):
    """Another account has this e-mail address."""


def sign_up(store: Store, email: str, first_name: str, last_name: str, address: Address | None = None) -> Customer:
    """Open an account; raises AddressTakenError."""
    with store.change() as change:
        if store.customer_by_email(email) is not None:
            raise AddressTakenError(email)
        customer = Customer(
            id=change.next_id("customer"),
            email=email.strip(),
            first_name=first_name,
            last_name=last_name,
            created_at=change.now,
            updated_at=change.now,
            address=address or Address(first_name=first_name, last_name=last_name, country_code=store.shop.country),
        )
        change.put(customer)
        change.tell(Kind.CUSTOMER_CREATED, customer.id)
    return customer


def save(store: Store, customer: Customer) -> None:
    """Save what was changed on an account, and tell of it."""
    with store.change() as change:
        customer.updated_at = change.now
        change.put(customer)
        change.tell(Kind.CUSTOMER_UPDATED, customer.id)


def merge(store: Store, kept: Customer, lost: Customer) -> None:
    """Make two accounts one: the orders of the lost one are the kept one's."""
    with store.change() as change:
        for order in store.orders_of(lost.id):
            order.customer_id = kept.id
            change.put(order)
        change.remove(lost)
        change.tell(Kind.CUSTOMERS_MERGED, lost.id, part=kept.id)


def consent(store: Store, customer: Customer, *, given: bool) -> None:
    """A shopper wants the shop's e-mails, or no more."""
    with store.change() as change:
        customer.newsletter_at = change.now if given else None
        change.put(customer)
        change.tell(Kind.CONSENT_CHANGED, customer.id)


def delete(store: Store, customer: Customer) -> None:
    """Delete an account; its orders stay."""
    with store.change() as change:
        change.remove(customer)
        change.tell(Kind.CUSTOMER_DELETED, customer.id)


def display_name(customer: Customer, language: str) -> str:
    """Return a person's name as the store writes it: family name first in Japanese."""
    if language == "ja":
        return f"{customer.last_name} {customer.first_name}".strip()
    return f"{customer.first_name} {customer.last_name}".strip()
