"""Money the store holds for a customer: store credit and gift cards, as an app gives them by GraphQL."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tests.sandbox.money import minor_units
from tests.sandbox.shopify.nodes import Node, connection, instant
from tests.sandbox.shopify.writing import Json, gid, number_of, text
from tests.sandbox.store import Store


@dataclass(slots=True)
class StoreCredit:
    """One credit to a customer's account in the store's currency; `amount` in minor units."""

    id: int
    customer_id: int
    amount: int
    created_at: datetime
    expires_at: datetime | None = None


@dataclass(slots=True)
class GiftCard:
    """A gift card; codes exist once in a store, without regard to case."""

    id: int
    code: str
    amount: int
    created_at: datetime
    customer_id: int | None = None
    note: str | None = None


class Credits:
    """What was given, as the store's file remembers it."""

    def __init__(self, store: Store) -> None:
        """Serve one store."""
        self.store = store
        self.given: dict[int, StoreCredit] = store.load(StoreCredit)
        self.cards: dict[int, GiftCard] = store.load(GiftCard)

    def accounts(self, customer_id: int) -> Callable[..., Node]:
        """Return a customer's store credit accounts: one, once anything was given."""
        mine = [credit for credit in self.given.values() if credit.customer_id == customer_id]
        if not mine:
            return connection([])

        def transactions(info: object, *, reverse: bool = False, **given: Any) -> Node:  # noqa: ANN401
            keyed = [([credit.id], self._transaction(credit)) for credit in mine]
            return connection(keyed, reverse=reverse)(info, **given)

        account = {"id": gid("StoreCreditAccount", customer_id), "transactions": transactions}
        account["balance"] = self._money(sum(credit.amount for credit in mine))
        return connection([([customer_id], account)])

    def credit(self, owner: str, wanted: Mapping[str, Any]) -> Json:
        """Give store credit to a customer."""
        customer = self.store.customers.get(number_of(owner, "Customer") or 0)
        amount, errors = self._wanted(wanted["creditAmount"], ("creditInput", "creditAmount"))
        if customer is None:
            errors = [_error(("id",), "OWNER_NOT_FOUND", "Owner does not exist.")]
        if errors or customer is None:
            return {"storeCreditAccountTransaction": None, "userErrors": errors}
        with self.store.change() as change:
            ends = wanted.get("expiresAt")
            made = StoreCredit(
                change.next_id("credit"),
                customer.id,
                amount,
                change.now,
                datetime.fromisoformat(ends) if ends else None,
            )
            self.given[made.id] = made
            change.put(made)
        return {"storeCreditAccountTransaction": self._transaction(made), "userErrors": []}

    def card(self, wanted: Mapping[str, Any]) -> Json:
        """Make a gift card under the code asked for."""
        code = str(wanted.get("code") or "").lower()
        amount, errors = self._wanted(wanted["initialAmount"], ("input", "initialAmount"))
        if any(card.code == code for card in self.cards.values()):
            errors = [_error(("input", "code"), "TAKEN", "Code has already been taken")]
        if errors:
            return {"giftCard": None, "giftCardCode": None, "userErrors": errors}
        with self.store.change() as change:
            customer = number_of(str(wanted.get("customerId")), "Customer")
            made = GiftCard(change.next_id("gift card"), code, amount, change.now, customer, wanted.get("note"))
            self.cards[made.id] = made
            change.put(made)
        return {"giftCard": self._card(made), "giftCardCode": code, "userErrors": []}

    def found(self, info: object, *, query: str = "", **given: Any) -> Node:  # noqa: ANN401
        """Return the gift cards whose code ends with what is asked for."""
        fits = [card for card in self.cards.values() if card.code.endswith(query.lower())]
        return connection([([card.id], self._card(card)) for card in fits])(info, **given)

    def _wanted(self, money: Mapping[str, Any], field: tuple[str, ...]) -> tuple[int, list[Json]]:
        if money["currencyCode"] != self.store.shop.currency:
            return 0, [_error(field, "MISMATCHING_CURRENCY", "The currency is not the shop's.")]
        amount = minor_units(money["amount"], self.store.shop.currency)
        return amount, [] if amount > 0 else [_error(field, "NEGATIVE_OR_ZERO_AMOUNT", "Amount must be positive.")]

    def _money(self, minor: int) -> Json:
        return {"amount": text(minor, self.store.shop), "currencyCode": self.store.shop.currency}

    def _transaction(self, credit: StoreCredit) -> Node:
        return {
            "__typename": "StoreCreditAccountCreditTransaction",
            "id": gid("StoreCreditAccountCreditTransaction", credit.id),
            "amount": self._money(credit.amount),
            "remainingAmount": self._money(credit.amount),
            "createdAt": instant(credit.created_at),
            "expiresAt": instant(credit.expires_at),
            "event": "ADJUSTMENT",
        }

    def _card(self, card: GiftCard) -> Node:
        return {
            "__typename": "GiftCard",
            "id": gid("GiftCard", card.id),
            "initialValue": self._money(card.amount),
            "balance": self._money(card.amount),
            "createdAt": instant(card.created_at),
            "enabled": True,
            "lastCharacters": card.code[-4:],
            "note": card.note,
        }


def _error(field: tuple[str, ...], code: str, message: str) -> Json:
    return {"field": list(field), "code": code, "message": message}
