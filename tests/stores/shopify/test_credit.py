"""The Shopify demonstration store keeps store credit and gift cards as an app gives them."""

from integrations.shopify import documents
from tests.sandbox.running import ShopifyStore
from tests.stores.shopify.asking import ask

FIVE = {"amount": "5.00", "currencyCode": "USD"}


def test_store_credit_lies_in_the_customers_account_the_newest_first(shop: ShopifyStore) -> None:
    owner = f"gid://shopify/Customer/{shop.sign_up('maya@example.test').id}"
    for amount in ("5.00", "7.50"):
        credit = {"creditAmount": {**FIVE, "amount": amount}}
        made = ask(shop, documents.GRANT_STORE_CREDIT, id=owner, credit=credit)["data"]["result"]
        assert made["userErrors"] == []

    answer = ask(shop, documents.STORE_CREDITS, id=owner)["data"]["customer"]["storeCreditAccounts"]["nodes"]

    [account] = answer
    assert [(one["event"], one["amount"]["amount"]) for one in account["transactions"]["nodes"]] == [
        ("ADJUSTMENT", "7.50"),
        ("ADJUSTMENT", "5.00"),
    ]


def test_credit_in_another_currency_or_for_nobody_is_refused(shop: ShopifyStore) -> None:
    owner = f"gid://shopify/Customer/{shop.sign_up('maya@example.test').id}"
    yen = {"creditAmount": {"amount": "500", "currencyCode": "JPY"}}
    codes = [
        ask(shop, documents.GRANT_STORE_CREDIT, id=whose, credit=credit)["data"]["result"]["userErrors"][0]["code"]
        for whose, credit in ((owner, yen), ("gid://shopify/Customer/1", {"creditAmount": FIVE}))
    ]

    assert codes == ["MISMATCHING_CURRENCY", "OWNER_NOT_FOUND"]


def test_a_gift_cards_code_exists_once_and_finds_it(shop: ShopifyStore) -> None:
    card = {"code": "KZGIFT0001", "initialAmount": FIVE, "note": "Ours · redemption-1"}
    first, second = (ask(shop, documents.CREATE_GIFT_CARD, card=card)["data"]["result"] for _ in range(2))
    found = ask(shop, documents.GIFT_CARDS, query="kzgift0001")["data"]["giftCards"]["nodes"]

    assert (first["userErrors"], second["userErrors"][0]["code"]) == ([], "TAKEN")
    assert [(one["id"], one["note"]) for one in found] == [(first["giftCard"]["id"], "Ours · redemption-1")]
