"""Store credit and gift cards are given once, whatever gets lost on the way."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from app.loyalty.effects import CreditKind, GrantCredit
from app.loyalty.facts import Customer
from integrations.platform import Performed, PlatformError
from integrations.shopify import Shopify
from tests.integrations.shopify.admin import Said, Shop, refused
from tests.integrations.shopify.shops import CREDENTIALS

OWNER = "gid://shopify/Customer/7412258816291"
CREDIT_ID = "gid://shopify/StoreCreditAccountCreditTransaction/11"
CARD_ID = "gid://shopify/GiftCard/12"
REFERENCE = "red_0198c0de7d5a7cc19d1c1f2e3d4c5b6a"
CREDIT = GrantCredit(
    reference=REFERENCE,
    code="KZ-7Q4M-X2AB-K4M9P",
    kind=CreditKind.STORE_CREDIT,
    value_minor=1750,
    currency="USD",
    customer=Customer(id="7412258816291", email=None),
    asked_at=datetime(2026, 11, 22, 12, 0, tzinfo=UTC),
    ends_at=None,
    title="Cashback",
)
CARD = replace(CREDIT, kind=CreditKind.GIFT_CARD)
GIVEN = {"result": {"storeCreditAccountTransaction": {"id": CREDIT_ID}, "userErrors": []}}
MADE = {"result": {"giftCard": {"id": CARD_ID}, "userErrors": []}}
LOST: tuple[Said, ...] = (
    requests.ReadTimeout("slow"),
    (502, "<html>", {}),
    {"result": {"storeCreditAccountTransaction": None, "giftCard": None, "userErrors": []}},
)


def told(*given: dict[str, Any]) -> dict[str, Any]:
    """What a shop says of a customer's credits, the newest first."""
    whole = [
        {
            "id": CREDIT_ID,
            "createdAt": "2026-11-22T12:00:05Z",
            "event": "ADJUSTMENT",
            "amount": {"amount": "17.5", "currencyCode": "USD"},
            **each,
        }
        for each in given
    ]
    return {"customer": {"storeCreditAccounts": {"nodes": [{"transactions": {"nodes": whole}}]}}}


def cards(*notes: str, amount: str = "17.5") -> dict[str, Any]:
    value = {"amount": amount, "currencyCode": "USD"}
    return {"giftCards": {"nodes": [{"id": CARD_ID, "note": note, "initialValue": value} for note in notes]}}


def test_credit_is_given_to_the_customer_after_looking_whether_it_was(shop: Shop, platform: Shopify) -> None:
    shop.says("StoreCredits", told())
    shop.says("GrantStoreCredit", GIVEN)
    assert platform.perform(CREDIT, CREDENTIALS) == Performed(CREDIT_ID)
    assert shop.asked == [
        ("StoreCredits", {"id": OWNER}),
        ("GrantStoreCredit", {"id": OWNER, "credit": {"creditAmount": {"amount": "17.50", "currencyCode": "USD"}}}),
    ]


def test_a_credit_that_ends_says_when(shop: Shop, platform: Shopify) -> None:
    shop.says("StoreCredits", told())
    shop.says("GrantStoreCredit", GIVEN)
    platform.perform(replace(CREDIT, ends_at=datetime(2027, 1, 1, tzinfo=UTC)), CREDENTIALS)
    assert shop.asked[1][1]["credit"]["expiresAt"] == "2027-01-01T00:00:00Z"


@pytest.mark.parametrize("lost", LOST)
def test_a_credit_whose_answer_was_lost_is_found_and_not_given_again(shop: Shop, platform: Shopify, lost: Said) -> None:
    shop.says("StoreCredits", told(), told({}))
    shop.says("GrantStoreCredit", lost)
    with pytest.raises(PlatformError) as doubt:
        platform.perform(CREDIT, CREDENTIALS)
    assert not doubt.value.permanent
    assert platform.perform(CREDIT, CREDENTIALS) == Performed(CREDIT_ID)
    assert shop.operations().count("GrantStoreCredit") == 1


@pytest.mark.parametrize(
    "other",
    (
        {"createdAt": "2026-11-22T11:58:59Z"},  # before the points were asked for
        {"amount": {"amount": "17.51", "currencyCode": "USD"}},
        {"amount": {"amount": "17.5", "currencyCode": "EUR"}},
        {"event": "ORDER_REFUND"},
        {"id": "gid://shopify/StoreCreditAccountCreditTransaction/9"},  # recorded for another redemption
    ),
)
def test_another_credit_is_not_taken_for_ours(shop: Shop, platform: Shopify, other: dict[str, Any]) -> None:
    known = frozenset({"gid://shopify/StoreCreditAccountCreditTransaction/9"})
    shop.says("StoreCredits", told(other))
    shop.says("GrantStoreCredit", GIVEN)
    platform.perform(replace(CREDIT, known=known), CREDENTIALS)
    assert shop.operations() == ["StoreCredits", "GrantStoreCredit"]


@pytest.mark.parametrize("code", ("CREDIT_LIMIT_EXCEEDED", "UNSUPPORTED_CURRENCY"))
def test_what_the_shop_refuses_is_refused_for_good(shop: Shop, platform: Shopify, code: str) -> None:
    shop.says("StoreCredits", told())
    shop.says("GrantStoreCredit", refused(code))
    with pytest.raises(PlatformError) as error:
        platform.perform(CREDIT, CREDENTIALS)
    assert (error.value.code, error.value.permanent) == (code, True)


@pytest.mark.parametrize("effect", (CREDIT, CARD))
@pytest.mark.parametrize("customer", (None, Customer(id=None, email="guest@example.com")))
def test_a_guest_has_no_account_to_put_money_on(
    shop: Shop, platform: Shopify, effect: GrantCredit, customer: Customer | None
) -> None:
    with pytest.raises(PlatformError) as error:
        platform.perform(replace(effect, customer=customer), CREDENTIALS)
    assert (error.value.code, error.value.permanent) == ("NO_ACCOUNT", True)
    assert shop.asked == []


def test_a_gift_card_has_the_code_chosen_before_and_says_whose_it_is(shop: Shop, platform: Shopify) -> None:
    shop.says("CreateGiftCard", MADE)
    ends = datetime(2027, 1, 1, tzinfo=UTC)
    assert platform.perform(replace(CARD, ends_at=ends), CREDENTIALS) == Performed(CARD_ID)
    assert shop.asked == [
        (
            "CreateGiftCard",
            {
                "card": {
                    "initialAmount": {"amount": "17.50", "currencyCode": "USD"},
                    "code": "KZ7Q4MX2ABK4M9P",
                    "customerId": OWNER,
                    "note": f"Cashback · {REFERENCE}",
                    "expiresOn": "2027-01-01",
                }
            },
        )
    ]


@pytest.mark.parametrize("doubt", (*LOST, refused("TAKEN")))
def test_a_card_that_is_there_already_is_ours_by_its_note(shop: Shop, platform: Shopify, doubt: Said) -> None:
    shop.says("CreateGiftCard", doubt)
    shop.says("GiftCards", cards("Somebody else's", f"Cashback · {REFERENCE}"))
    assert platform.perform(CARD, CREDENTIALS) == Performed(CARD_ID)


def test_a_code_of_somebody_elses_card_is_given_up(shop: Shop, platform: Shopify) -> None:
    shop.says("CreateGiftCard", refused("TAKEN"))
    shop.says("GiftCards", cards("Birthday"))
    with pytest.raises(PlatformError) as error:
        platform.perform(CARD, CREDENTIALS)
    assert (error.value.code, error.value.permanent) == ("CODE_TAKEN", True)


def test_a_card_of_another_sum_is_not_ours(shop: Shop, platform: Shopify) -> None:
    shop.says("CreateGiftCard", refused("TAKEN"))
    shop.says("GiftCards", cards(f"Cashback · {REFERENCE}", amount="5.0"))
    with pytest.raises(PlatformError) as error:
        platform.perform(CARD, CREDENTIALS)
    assert error.value.code == "CODE_DIFFERS"
