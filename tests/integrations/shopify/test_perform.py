"""Effects at a shop happen once, whatever gets lost on the way."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from app.loyalty.effects import Beside, DisableDiscount, DiscountKind, IssueDiscount, SyncMember
from app.loyalty.facts import Customer
from integrations.platform import Performed, PlatformError, StaleTokenError
from integrations.shopify import Shopify
from tests.integrations.shopify.admin import Said, Shop, refused
from tests.integrations.shopify.shops import CREDENTIALS

REFERENCE = "0198c0de-7d5a-7cc1-9d1c-1f2e3d4c5b6a"
MAREN = Customer(id="7412258816291", email="maren@example.com")
ID = "gid://shopify/DiscountCodeNode/1300000001"
ISSUE = IssueDiscount(
    reference=REFERENCE,
    code="KZ-7Q4M-X2",
    kind=DiscountKind.AMOUNT_OFF,
    value=500,
    currency="USD",
    customer=MAREN,
    starts_at=datetime(2026, 11, 22, 12, 0, tzinfo=UTC),
    ends_at=datetime(2026, 12, 22, 12, 0, tzinfo=UTC),
    minimum_minor=2000,
    title="$5 off",
)
SHARE = replace(ISSUE, kind=DiscountKind.PERCENTAGE, value=750, title="7.5 % off")
SHIPPING = replace(ISSUE, kind=DiscountKind.FREE_SHIPPING, value=0, title="Free shipping", minimum_minor=0)
DISABLE = DisableDiscount(reference=REFERENCE, code="KZ-7Q4M-X2", external_id=None)
MADE = {"result": {"codeDiscountNode": {"id": ID}, "userErrors": []}}
LOST: tuple[Said, ...] = (
    requests.ConnectionError("reset"),
    requests.ReadTimeout("slow"),
    (502, "<html>", {}),
    (200, "<b>Warning</b>", {}),
    {"result": {"codeDiscountNode": None, "userErrors": []}},
)


def found(effect: IssueDiscount = ISSUE, **changed: Any) -> dict[str, Any]:  # noqa: ANN401
    """What a shop says of a code that is there."""
    values = {
        DiscountKind.AMOUNT_OFF: {"__typename": "DiscountAmount", "amount": {"amount": "5.0", "currencyCode": "USD"}},
        DiscountKind.PERCENTAGE: {"__typename": "DiscountPercentage", "percentage": 0.075},
    }
    discount: dict[str, Any] = {
        "__typename": "DiscountCodeBasic",
        "title": f"{effect.title} · {effect.reference}",
        "status": "ACTIVE",
        "customerGets": {"value": values.get(effect.kind)},
        "context": {"__typename": "DiscountCustomers", "customers": [{"id": "gid://shopify/Customer/7412258816291"}]},
    }
    if effect.kind is DiscountKind.FREE_SHIPPING:
        discount |= {"__typename": "DiscountCodeFreeShipping", "customerGets": None}
    return {"codeDiscountNodeByCode": {"id": ID, "codeDiscount": {**discount, **changed}}}


NOTHING = {"codeDiscountNodeByCode": None}


# ── Making a code ────────────────────────────────────────────────────────────


def test_an_amount_off_is_personal_single_and_timed(shop: Shop, platform: Shopify) -> None:
    shop.says("CreateDiscount", MADE)
    assert platform.perform(ISSUE, CREDENTIALS) == Performed(ID)
    assert shop.asked == [
        (
            "CreateDiscount",
            {
                "discount": {
                    "title": f"$5 off · {REFERENCE}",
                    "code": "KZ-7Q4M-X2",
                    "startsAt": "2026-11-22T11:59:00Z",
                    "endsAt": "2026-12-22T12:00:00Z",
                    "usageLimit": 1,
                    "appliesOncePerCustomer": True,
                    "context": {"customers": {"add": ["gid://shopify/Customer/7412258816291"]}},
                    "combinesWith": {"orderDiscounts": False, "productDiscounts": False, "shippingDiscounts": True},
                    "minimumRequirement": {"subtotal": {"greaterThanOrEqualToSubtotal": "20.00"}},
                    "customerGets": {
                        "value": {"discountAmount": {"amount": "5.00", "appliesOnEachItem": False}},
                        "items": {"all": True},
                    },
                }
            },
        )
    ]


def test_a_percentage_is_a_share_of_one(shop: Shop, platform: Shopify) -> None:
    shop.says("CreateDiscount", MADE)
    platform.perform(SHARE, CREDENTIALS)
    assert shop.asked[0][1]["discount"]["customerGets"]["value"] == {"percentage": 0.075}


@pytest.mark.parametrize(
    ("variant", "items"),
    (
        (None, {"productsToAdd": ["gid://shopify/Product/77"]}),
        ("78", {"productVariantsToAdd": ["gid://shopify/ProductVariant/78"]}),
    ),
)
def test_a_free_product_takes_its_price_off_once_however_many_are_in_the_cart(
    shop: Shop, platform: Shopify, variant: str | None, items: dict[str, Any]
) -> None:
    shop.says("CreateDiscount", MADE)
    mug = replace(ISSUE, kind=DiscountKind.FREE_PRODUCT, value=1250, product="77", variant=variant)
    assert platform.perform(mug, CREDENTIALS) == Performed(ID)
    discount = shop.asked[0][1]["discount"]
    assert discount["customerGets"] == {
        "value": {"discountAmount": {"amount": "12.50", "appliesOnEachItem": False}},
        "items": {"products": items},
    }
    assert discount["combinesWith"]["productDiscounts"] is False


def test_free_shipping_goes_everywhere_and_beside_discounts_of_goods(shop: Shop, platform: Shopify) -> None:
    shop.says("CreateFreeShipping", MADE)
    assert platform.perform(SHIPPING, CREDENTIALS) == Performed(ID)
    discount = shop.asked[0][1]["discount"]
    assert discount["destination"] == {"all": True}
    assert discount["combinesWith"] == {"orderDiscounts": True, "productDiscounts": True, "shippingDiscounts": False}
    assert "customerGets" not in discount
    assert "minimumRequirement" not in discount


@pytest.mark.parametrize("beside", ((), (Beside.ORDER, Beside.PRODUCT), tuple(Beside)))
def test_a_code_goes_beside_the_discounts_its_reward_names(
    shop: Shop, platform: Shopify, beside: tuple[Beside, ...]
) -> None:
    shop.says("CreateDiscount", MADE)
    platform.perform(replace(ISSUE, beside=beside), CREDENTIALS)
    combines = shop.asked[0][1]["discount"]["combinesWith"]
    assert combines == {f"{each.value}Discounts": each in beside for each in Beside}


@pytest.mark.parametrize(
    ("currency", "minor", "amount"), (("JPY", 500, "500"), ("KWD", 1250, "1.250"), ("EUR", 5, "0.05"))
)
def test_amounts_are_written_with_the_currency_s_decimals(
    shop: Shop, platform: Shopify, currency: str, minor: int, amount: str
) -> None:
    shop.says("CreateDiscount", MADE)
    platform.perform(replace(ISSUE, currency=currency, value=minor), CREDENTIALS)
    assert shop.asked[0][1]["discount"]["customerGets"]["value"]["discountAmount"]["amount"] == amount


@pytest.mark.parametrize("friend", (None, Customer(id=None, email="friend@example.com")))
def test_a_friend_without_an_account_gets_a_code_for_anyone_still_once(
    shop: Shop, platform: Shopify, friend: Customer | None
) -> None:
    shop.says("CreateDiscount", MADE)
    platform.perform(replace(ISSUE, customer=friend, ends_at=None), CREDENTIALS)
    discount = shop.asked[0][1]["discount"]
    assert discount["context"] == {"all": "ALL"}
    assert (discount["usageLimit"], discount["endsAt"]) == (1, None)


def test_a_long_title_keeps_the_reference(shop: Shop, platform: Shopify) -> None:
    shop.says("CreateDiscount", MADE)
    platform.perform(replace(ISSUE, title="x" * 400), CREDENTIALS)
    title = shop.asked[0][1]["discount"]["title"]
    assert len(title) == 255
    assert title.endswith(REFERENCE)


@pytest.mark.parametrize("lost", LOST)
@pytest.mark.parametrize("effect", (ISSUE, SHARE, SHIPPING))
def test_a_code_that_was_made_while_the_answer_got_lost_is_adopted(
    shop: Shop, platform: Shopify, lost: Said, effect: IssueDiscount
) -> None:
    shop.says("CreateFreeShipping" if effect is SHIPPING else "CreateDiscount", lost)
    shop.says("DiscountByCode", found(effect))
    assert platform.perform(effect, CREDENTIALS) == Performed(ID)
    assert shop.operations()[1:] == ["DiscountByCode"]


@pytest.mark.parametrize("lost", LOST)
def test_a_code_that_was_not_made_is_tried_later_with_the_same_code(shop: Shop, platform: Shopify, lost: Said) -> None:
    shop.says("CreateDiscount", lost)
    shop.says("DiscountByCode", NOTHING)
    with pytest.raises(PlatformError) as failed:
        platform.perform(ISSUE, CREDENTIALS)
    assert not failed.value.permanent
    assert shop.operations() == ["CreateDiscount", "DiscountByCode"]


def test_a_code_made_by_an_earlier_try_is_adopted(shop: Shop, platform: Shopify) -> None:
    shop.says("CreateDiscount", refused("TAKEN"))
    shop.says("DiscountByCode", found())
    assert platform.perform(ISSUE, CREDENTIALS) == Performed(ID)


def test_while_it_is_not_known_whether_a_code_was_made_nothing_is_concluded(shop: Shop, platform: Shopify) -> None:
    shop.says("CreateDiscount", requests.ReadTimeout("slow"))
    shop.says("DiscountByCode", *(requests.ReadTimeout("slow") for _ in range(3)))
    with pytest.raises(PlatformError) as failed:
        platform.perform(ISSUE, CREDENTIALS)
    assert not failed.value.permanent


def test_a_code_taken_but_not_to_be_seen_yet_is_asked_for_later(shop: Shop, platform: Shopify) -> None:
    shop.says("CreateDiscount", refused("TAKEN"))
    shop.says("DiscountByCode", NOTHING)
    with pytest.raises(PlatformError) as failed:
        platform.perform(ISSUE, CREDENTIALS)
    assert (failed.value.code, failed.value.permanent) == ("CODE_UNSEEN", False)


@pytest.mark.parametrize("title", ("$5 off", "", f"$5 off · {REFERENCE} copy", "$5 off · another"))
def test_somebody_else_s_code_is_not_adopted(shop: Shop, platform: Shopify, title: str) -> None:
    shop.says("CreateDiscount", refused("TAKEN"))
    shop.says("DiscountByCode", found(title=title))
    with pytest.raises(PlatformError) as failed:
        platform.perform(ISSUE, CREDENTIALS)
    assert (failed.value.code, failed.value.permanent) == ("CODE_TAKEN", True)


@pytest.mark.parametrize(
    "changed",
    (
        {"customerGets": {"value": {"__typename": "DiscountAmount", "amount": {"amount": "50.0"}}}},
        {"customerGets": {"value": {"__typename": "DiscountPercentage", "percentage": 5.0}}},
        {"customerGets": {"value": {"__typename": "DiscountOnQuantity"}}},
        {"context": {"__typename": "DiscountBuyerSelectionAll"}},
        {"context": {"__typename": "DiscountCustomers", "customers": [{"id": "gid://shopify/Customer/1"}]}},
        {"__typename": "DiscountCodeBxgy"},
        {"__typename": "DiscountCodeFreeShipping"},
    ),
)
def test_our_code_with_other_terms_is_not_adopted(shop: Shop, platform: Shopify, changed: dict[str, Any]) -> None:
    shop.says("CreateDiscount", refused("TAKEN"))
    shop.says("DiscountByCode", found(**changed))
    with pytest.raises(PlatformError) as failed:
        platform.perform(ISSUE, CREDENTIALS)
    assert (failed.value.code, failed.value.permanent) == ("CODE_DIFFERS", True)


@pytest.mark.parametrize("said", (refused("INVALID"), refused("VALUE_OUTSIDE_RANGE"), (403, "", {})))
def test_what_can_never_be_made_is_given_up(shop: Shop, platform: Shopify, said: Said) -> None:
    shop.says("CreateDiscount", said)
    with pytest.raises(PlatformError) as failed:
        platform.perform(ISSUE, CREDENTIALS)
    assert failed.value.permanent
    assert shop.operations() == ["CreateDiscount"]


def test_a_stale_token_is_for_the_caller_to_refresh(shop: Shop, platform: Shopify) -> None:
    shop.says("CreateDiscount", (401, "", {}))
    with pytest.raises(StaleTokenError):
        platform.perform(ISSUE, CREDENTIALS)


# ── Making it unusable ───────────────────────────────────────────────────────


def test_a_code_we_know_is_deactivated(shop: Shop, platform: Shopify) -> None:
    shop.says("DeactivateDiscount", MADE)
    assert platform.perform(replace(DISABLE, external_id=ID), CREDENTIALS) == Performed(ID)
    assert shop.asked == [("DeactivateDiscount", {"id": ID})]


def test_a_code_we_only_chose_is_looked_up_first(shop: Shop, platform: Shopify) -> None:
    shop.says("DiscountByCode", found())
    shop.says("DeactivateDiscount", MADE)
    assert platform.perform(DISABLE, CREDENTIALS) == Performed(ID)


@pytest.mark.parametrize("there", (NOTHING, found(title="the merchant's own"), found(status="EXPIRED")))
def test_where_nothing_of_ours_is_alive_it_is_done(shop: Shop, platform: Shopify, there: dict[str, Any]) -> None:
    shop.says("DiscountByCode", there)
    platform.perform(DISABLE, CREDENTIALS)
    assert shop.operations() == ["DiscountByCode"]


def test_a_code_the_merchant_removed_is_done(shop: Shop, platform: Shopify) -> None:
    shop.says("DeactivateDiscount", refused("INVALID"))
    shop.says("DiscountByCode", NOTHING)
    assert platform.perform(replace(DISABLE, external_id=ID), CREDENTIALS) == Performed(ID)


def test_a_code_that_lives_on_is_not_done(shop: Shop, platform: Shopify) -> None:
    shop.says("DeactivateDiscount", refused("INTERNAL_ERROR"), refused("INTERNAL_ERROR"))
    shop.says("DiscountByCode", found())
    with pytest.raises(PlatformError) as failed:
        platform.perform(replace(DISABLE, external_id=ID), CREDENTIALS)
    assert not failed.value.permanent


def test_doubt_about_a_deactivation_is_tried_again_later(shop: Shop, platform: Shopify) -> None:
    shop.says("DeactivateDiscount", requests.ReadTimeout("slow"))
    with pytest.raises(PlatformError) as failed:
        platform.perform(replace(DISABLE, external_id=ID), CREDENTIALS)
    assert failed.value.code == "NO_ANSWER"


# ── Showing a member's standing ──────────────────────────────────────────────

GOLD = SyncMember(customer=MAREN, tier="gold", available=1240)
NONE_YET = {"customer": {"tags": ["wholesale"], "points": None, "tier": None}}
DONE: Said = {"result": {"userErrors": []}}


def test_a_member_s_tier_and_points_are_shown(shop: Shop, platform: Shopify) -> None:
    shop.says("MemberAtTheShop", NONE_YET)
    shop.says("AddTags", DONE)
    shop.says("SetMetafields", DONE)
    assert platform.perform(GOLD, CREDENTIALS) == Performed("gid://shopify/Customer/7412258816291")
    assert shop.asked[1] == ("AddTags", {"id": "gid://shopify/Customer/7412258816291", "tags": ["kizuna tier: gold"]})
    owner = {"ownerId": "gid://shopify/Customer/7412258816291", "namespace": "$app"}
    assert shop.asked[2][1]["metafields"] == [
        {**owner, "key": "points", "type": "number_integer", "value": "1240"},
        {**owner, "key": "tier", "type": "single_line_text_field", "value": "gold"},
    ]


def test_a_new_tier_replaces_the_old_tag_and_no_other(shop: Shop, platform: Shopify) -> None:
    tags = ["wholesale", "kizuna tier: silver", "Kizuna tier: bronze", "kizuna"]
    shop.says("MemberAtTheShop", {"customer": {"tags": tags, "points": {"value": "1240"}, "tier": {"value": "silver"}}})
    for operation in ("RemoveTags", "AddTags", "SetMetafields"):
        shop.says(operation, DONE)
    platform.perform(GOLD, CREDENTIALS)
    assert shop.asked[1][1]["tags"] == ["Kizuna tier: bronze", "kizuna tier: silver"]
    assert shop.operations() == ["MemberAtTheShop", "RemoveTags", "AddTags", "SetMetafields"]


def test_what_agrees_already_is_left_alone(shop: Shop, platform: Shopify) -> None:
    there = {"tags": ["kizuna tier: gold"], "points": {"value": "1240"}, "tier": {"value": "gold"}}
    shop.says("MemberAtTheShop", {"customer": there})
    platform.perform(GOLD, CREDENTIALS)
    assert shop.operations() == ["MemberAtTheShop"]


def test_a_lost_tier_is_taken_down(shop: Shop, platform: Shopify) -> None:
    there = {"tags": ["kizuna tier: gold"], "points": {"value": "5"}, "tier": {"value": "gold"}}
    shop.says("MemberAtTheShop", {"customer": there})
    shop.says("RemoveTags", DONE)
    shop.says("DeleteMetafields", DONE)
    platform.perform(SyncMember(MAREN, tier=None, available=5), CREDENTIALS)
    assert shop.operations() == ["MemberAtTheShop", "RemoveTags", "DeleteMetafields"]


def test_a_guest_has_no_standing_to_show(shop: Shop, platform: Shopify) -> None:
    assert platform.perform(replace(GOLD, customer=Customer(id=None, email="a@b.example")), CREDENTIALS) == Performed()
    assert shop.asked == []


def test_a_customer_the_shop_no_longer_has_is_given_up(shop: Shop, platform: Shopify) -> None:
    shop.says("MemberAtTheShop", {"customer": None})
    with pytest.raises(PlatformError) as failed:
        platform.perform(GOLD, CREDENTIALS)
    assert (failed.value.code, failed.value.permanent) == ("CUSTOMER_GONE", True)
