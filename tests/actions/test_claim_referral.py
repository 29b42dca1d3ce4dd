"""A friend follows a link: a code of their own for an address, or the reason why there is none."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, select

from app.actions.claim_referral import Claim, Friend, Why, claim_referral, plain_address
from app.actions.describe_effect import describe_effect
from app.actions.record_effect import effect_is_lost
from app.db.outbox import EffectKind
from app.db.tables import OutboxRow, ReferralRow
from app.loyalty.effects import IssueDiscount
from app.loyalty.facts import Customer
from app.loyalty.terms.programme import FriendReward, Version
from app.loyalty.terms.rewards import Percentage
from app.loyalty.terms.rules import ReferralRule
from tests.factories.facts import order, sign_up
from tests.factories.houses import House, house
from tests.factories.instants import instant
from tests.factories.programmes import ONE_PER_EURO, version

TERMS = replace(
    version(earn=[ONE_PER_EURO, ReferralRule(500)]), friend_reward=FriendReward(Percentage(1000), 2000, code_days=30)
)


@pytest.fixture
def ours(db: Engine) -> House:
    made = house(db, TERMS)
    made.settle("2025-02-01", sign_up(Customer("ada", "Ada@Example.com")))
    return made


def claim(
    ours: House,
    email: str = "ben@example.com",
    *,
    advocate: str = "ada",
    code: str = "KZ-BEN",
    now: str = "2025-02-02",
    terms: Version | None = TERMS,
    member: str | None = None,
) -> Claim | None:
    link, member_id = ours.row(advocate).referral_code, ours.member(member) if member else None
    with ours.unit(now) as scope:
        return claim_referral(scope, ours.shop_id, terms, link, Friend(email, member_id), code=code)


def claims(ours: House) -> int:
    with ours.reading() as scope:
        found = select(func.count()).select_from(ReferralRow).where(ReferralRow.programme_id == ours.programme_id)
        return scope.session.scalar(found) or 0


def why(told: Claim | None) -> Why | None:
    assert told is not None
    return told.refused


def test_a_friend_gets_a_code_that_anybody_may_use_once_with_the_terms_of_the_programme(ours: House) -> None:
    told = claim(ours)
    assert told is not None
    assert told.row is not None
    assert (told.row.code, told.row.ends_at) == ("KZ-BEN", instant("2025-03-04"))
    with ours.reading() as scope:
        [wish] = scope.session.scalars(
            select(OutboxRow).where(
                OutboxRow.programme_id == ours.programme_id, OutboxRow.kind == EffectKind.ISSUE_FRIEND_CODE.value
            )
        )
        effect = describe_effect(scope, ours.shop_id, EffectKind.ISSUE_FRIEND_CODE, wish.payload)
    assert isinstance(effect, IssueDiscount)
    assert (effect.code, effect.value, effect.minimum_minor, effect.customer) == ("KZ-BEN", 1000, 2000, None)


@pytest.mark.parametrize("typed", (" BEN@example.com ", "ben+shop@example.com"))
def test_the_same_mailbox_gets_the_same_code_again(ours: House, typed: str) -> None:
    first, again = claim(ours), claim(ours, typed, code="KZ-OTHER", now="2025-02-03")
    assert first is not None
    assert again is not None
    assert first.row is not None
    assert again.row is not None
    assert (again.row.referral_id, again.row.code) == (first.row.referral_id, "KZ-BEN")
    assert claims(ours) == 1


@pytest.mark.parametrize("typed", ("ada@example.com", "ADA+friend@example.com"))
def test_nobody_brings_themselves_by_another_spelling_of_their_address(ours: House, typed: str) -> None:
    assert why(claim(ours, typed)) is Why.SELF_REFERRAL
    assert claims(ours) == 0


def test_nobody_brings_themselves_while_signed_in(ours: House) -> None:
    assert why(claim(ours, "other@example.com", member="ada")) is Why.SELF_REFERRAL


def test_who_bought_here_before_is_no_new_friend(ours: House) -> None:
    ours.settle("2025-01-20", order("b1", paid="2025-01-20", customer=Customer("ben", "ben@example.com")))
    told = claim(ours)
    assert why(told) is Why.ALREADY_CUSTOMER
    assert told is not None
    assert told.since == instant("2025-01-20")
    assert why(claim(ours, "new@example.com", member="ben")) is Why.ALREADY_CUSTOMER
    assert claims(ours) == 0


def test_an_account_that_never_bought_may_still_be_brought(ours: House) -> None:
    ours.settle("2025-01-20", sign_up(Customer("ben", "ben@example.com")))
    told = claim(ours, member="ben")
    assert why(told) is None


def test_a_friend_belongs_to_the_first_who_brought_them(ours: House) -> None:
    ours.settle("2025-02-01", sign_up(Customer("cleo", "cleo@example.com")))
    claim(ours)
    told = claim(ours, advocate="cleo")
    assert told is not None
    assert (told.refused, told.since) == (Why.ALREADY_REFERRED, instant("2025-02-02"))


@pytest.mark.parametrize(
    "terms", (None, version(earn=[ReferralRule(500)]), replace(TERMS, earn=(ONE_PER_EURO,))), ids=str
)
def test_without_a_programme_for_friends_there_is_no_code(ours: House, terms: Version | None) -> None:
    assert why(claim(ours, terms=terms)) is Why.CLOSED
    assert claims(ours) == 0


def test_a_code_past_its_end_is_not_shown_again(ours: House) -> None:
    claim(ours)
    assert why(claim(ours, now="2025-03-03")) is None
    assert why(claim(ours, now="2025-03-04")) is Why.CLOSED


def test_a_code_the_shop_could_not_make_is_not_shown_again(ours: House) -> None:
    told = claim(ours)
    assert told is not None
    assert told.row is not None
    with ours.unit("2025-02-03") as scope:
        effect_is_lost(scope, EffectKind.ISSUE_FRIEND_CODE, {"referral": told.row.referral_id})
    assert why(claim(ours, now="2025-02-04")) is Why.CLOSED


def test_a_friend_whose_code_was_used_is_a_customer(ours: House) -> None:
    claim(ours)
    friend = Customer("ben", "ben@example.com")
    ours.settle("2025-02-05", order("b1", "50.00", "2025-02-05", customer=friend, codes=[("kz-ben", "5.00")]))
    assert why(claim(ours, now="2025-02-06")) is Why.ALREADY_CUSTOMER
    assert ours.amounts("ada") == (0, 500, 0, 0)


def test_a_link_nobody_has_leads_nowhere(ours: House) -> None:
    with ours.unit("2025-02-02") as scope:
        assert claim_referral(scope, ours.shop_id, TERMS, "nobody", Friend("b@example.com"), code="K") is None


def test_a_link_of_another_programme_leads_nowhere(db: Engine, ours: House) -> None:
    theirs = house(db, TERMS)
    link = ours.row("ada").referral_code
    with theirs.unit("2025-02-02") as scope:
        assert claim_referral(scope, theirs.shop_id, TERMS, link, Friend("b@example.com"), code="K") is None


@pytest.mark.parametrize(
    ("typed", "plain"),
    ((" Ben+x+y@Example.COM", "ben@example.com"), ("ben@example.com", "ben@example.com"), ("@", "@")),
)
def test_what_makes_one_mailbox_look_like_many_is_left_out(typed: str, plain: str) -> None:
    assert plain_address(typed) == plain
