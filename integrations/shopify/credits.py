"""Money that Shopify holds for a customer: store credit and gift cards, given once whatever gets lost on the way.

A gift card's code is ours and exists once in a shop, so it is the key: a card that is ``TAKEN``, or whose making was
not answered, is looked up and known by our reference in its note. Store credit has neither key nor note. So before
every try the customer's credits are read: one of the same sum, made since the points were asked for and not recorded
for another redemption, is ours.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from app.loyalty.effects import CreditKind, GrantCredit
from app.loyalty.money import to_major
from integrations.platform import Credentials, Performed, PlatformError
from integrations.reading import UnreadableError, mapping
from integrations.shopify.amounts import gid, nodes
from integrations.shopify.client import DOUBTFUL, Admin, UserError
from integrations.shopify.discounts import CLOCKS_APART
from integrations.shopify.documents import CREATE_GIFT_CARD, GIFT_CARDS, GRANT_STORE_CREDIT, STORE_CREDITS

OPTIONAL_SCOPES: Final[Mapping[CreditKind, tuple[str, ...]]] = {
    CreditKind.STORE_CREDIT: (
        "write_store_credit_account_transactions",
        "read_store_credit_account_transactions",
    ),
    CreditKind.GIFT_CARD: ("write_gift_cards", "read_gift_cards"),
}
"""What ``shopify.app.toml`` declares as optional: a merchant is asked for it once a programme offers the kind."""
_ADJUSTMENT: Final = "ADJUSTMENT"
"""The event of a credit that staff or an app gave; refunds and returned payments have others."""
_CODE_LENGTHS: Final = range(8, 21)


def grant(effect: GrantCredit, admin: Admin, credentials: Credentials) -> Performed:
    """Give the money, or find that it was given. Raises PlatformError; ``NO_ACCOUNT``: a guest has none."""
    if effect.customer is None or effect.customer.id is None:
        raise PlatformError("NO_ACCOUNT", permanent=True)
    owner = gid("Customer", effect.customer.id)
    if effect.kind is CreditKind.GIFT_CARD:
        return _card(effect, owner, admin, credentials)
    return _credit(effect, owner, admin, credentials)


def card_code(code: str) -> str:
    """Return a redemption's code as gift cards have them: letters and digits only."""
    return "".join(sign for sign in code if sign.isalnum())


def _credit(effect: GrantCredit, owner: str, admin: Admin, credentials: Credentials) -> Performed:
    given = _given(effect, owner, admin, credentials)
    if given is not None:
        return Performed(given)
    terms: dict[str, object] = {"creditAmount": _money(effect)}
    if effect.ends_at is not None:
        terms["expiresAt"] = effect.ends_at.astimezone(UTC).isoformat().replace("+00:00", "Z")
    made = admin.write(credentials, GRANT_STORE_CREDIT, id=owner, credit=terms)
    return Performed(_id(made, "storeCreditAccountTransaction"))


def _given(effect: GrantCredit, owner: str, admin: Admin, credentials: Credentials) -> str | None:
    """Return the credit that an earlier try gave, None where none did."""
    customer = admin.read(credentials, STORE_CREDITS, id=owner).data.get("customer")
    if customer is None:
        raise PlatformError("CUSTOMER_GONE", permanent=True)
    try:
        found = [
            id_
            for id_, at, amount in _credits(mapping(customer, "customer"), effect.currency)
            if at >= effect.asked_at - CLOCKS_APART and amount == _sum(effect) and id_ not in effect.known
        ]
    except (UnreadableError, InvalidOperation, ValueError):
        raise PlatformError("BAD_ANSWER") from None
    return found[-1] if found else None


def _credits(customer: Mapping[str, object], currency: str) -> Iterator[tuple[str, datetime, Decimal]]:
    """Return the credits given by hand or by an app in a currency, the newest first."""
    for account in nodes(customer.get("storeCreditAccounts"), "storeCreditAccounts"):
        for one in nodes(account.get("transactions"), "transactions"):
            amount = mapping(one.get("amount"), "amount")
            if one.get("event") == _ADJUSTMENT and amount.get("currencyCode") == currency:
                at = datetime.fromisoformat(str(one.get("createdAt")))
                yield str(one.get("id")), at.astimezone(UTC), Decimal(str(amount.get("amount")))


def _card(effect: GrantCredit, owner: str, admin: Admin, credentials: Credentials) -> Performed:
    code = card_code(effect.code)
    if len(code) not in _CODE_LENGTHS:
        raise PlatformError("CODE_UNFIT", permanent=True)
    card: dict[str, object] = {
        "initialAmount": _money(effect),
        "code": code,
        "customerId": owner,
        "note": f"{effect.title} · {effect.reference}",
    }
    if effect.ends_at is not None:
        card["expiresOn"] = effect.ends_at.astimezone(UTC).date().isoformat()
    try:
        return Performed(_id(admin.write(credentials, CREATE_GIFT_CARD, card=card), "giftCard"))
    except PlatformError as error:
        if error.code not in {"TAKEN", *DOUBTFUL}:
            raise
        found = _made(effect, code, admin, credentials)
        if found is None:
            if isinstance(error, UserError):
                raise PlatformError("CODE_TAKEN", permanent=True) from None
            raise
    return Performed(found)


def _made(effect: GrantCredit, code: str, admin: Admin, credentials: Credentials) -> str | None:
    """Return the card of a code, if it is ours and as wished; None where there is none of ours."""
    answer = admin.read(credentials, GIFT_CARDS, query=code)
    try:
        for card in nodes(answer.data.get("giftCards"), "giftCards"):
            if str(card.get("note")).endswith(f" · {effect.reference}"):
                value = mapping(card.get("initialValue"), "initialValue")
                if Decimal(str(value.get("amount"))) != _sum(effect):
                    raise PlatformError("CODE_DIFFERS", permanent=True)
                return str(card.get("id"))
    except (UnreadableError, InvalidOperation):
        raise PlatformError("BAD_ANSWER") from None
    return None


def _sum(effect: GrantCredit) -> Decimal:
    return to_major(effect.value_minor, effect.currency)


def _money(effect: GrantCredit) -> dict[str, str]:
    return {"amount": f"{_sum(effect):f}", "currencyCode": effect.currency}


def _id(result: Mapping[str, object], name: str) -> str:
    made = result.get(name)
    id_ = made.get("id") if isinstance(made, dict) else None
    if not isinstance(id_, str):
        raise PlatformError("BAD_ANSWER")
    return id_
