"""Offers at the storefront: whoever is not entitled neither sees nor gets one; each pick says why in both languages."""

from datetime import timedelta
from typing import Any

from app.loyalty.facts import SignUp
from app.loyalty.terms.campaigns import Campaign
from app.loyalty.terms.programme import Level, Reward, Version
from app.loyalty.terms.rewards import AmountOff, Opening
from app.loyalty.terms.segments import Bought, Frequency, Joined, Recency, Segment, Spending
from tests.factories.programmes import ladder
from tests.web.contract import fits
from tests.web.storefront import MAYA, Storefront
from tests.web.test_member import bought
from tests.web.test_programme_earning import EVERY, publish

BUYERS = Segment("buyers", (Frequency(1), Spending(5000)))


def offering(storefront: Storefront, *rewards: Reward, segments: tuple[Segment, ...] = (BUYERS,)) -> None:
    now = storefront.clock.now
    double = Campaign("double", now, now + timedelta(days=1), (2, 1), segment=segments[0].id)
    tiers = ladder(Level("silver", 4000))
    publish(
        storefront, Version(now, earn=EVERY[:1], rewards=rewards, segments=segments, campaigns=(double,), tiers=tiers)
    )


def member(storefront: Storefront, customer: str = "501") -> dict[str, Any]:
    found: dict[str, Any] = fits("member", storefront.get("member", customer).get_json())
    return found


def test_an_offer_is_shown_to_the_entitled_alone_and_used_by_them_alone(storefront: Storefront) -> None:
    everybodys, offer = Reward("all", 5, AmountOff(100)), Reward("mine", 0, AmountOff(300), segment="buyers", limit=1)
    offering(storefront, everybodys, offer)
    storefront.settle(SignUp(MAYA, storefront.clock.now), bought(storefront, 5000))

    public = fits("programme", storefront.get("programme").get_json())
    assert ([one["id"] for one in public["rewards"]], public["campaigns"]) == (["all"], [])

    stranger = member(storefront, "777")
    assert (stranger["offers"], stranger["campaigns"]) == ([], [])
    assert [one["id"] for one in stranger["rewards"]] == ["all"]
    wish = {"key": "abcdefghijklmnop", "reward": "mine"}
    refused = storefront.post("redemptions", "777", wish)
    assert refused.status_code == 409
    said = fits("problem", refused.get_json())
    assert (said["code"], said["condition"], said["have"], said["need"], said["missing"]) == (
        "NOT_IN_SEGMENT", "frequency", 0, 1, 1,
    )  # fmt: skip

    maya = member(storefront)
    assert [one["id"] for one in maya["offers"]] == ["mine"]
    assert [one["id"] for one in maya["campaigns"]] == ["double"]
    assert [one["id"] for one in maya["rewards"]] == ["all", "mine"]
    assert [one["reward"] for one in maya["for_you"]] == ["mine", "all"]
    assert maya["for_you"][0]["reason"] == {
        "code": "for_you",
        "condition": "frequency",
        "numbers": {"times": 0, "spend": 0, "missing": 0, "have": 1},
        "text": {
            "en": "For you, because you have ordered here once",
            "ja": "これまでに1回ご注文いただいた方へ",
        },
    }
    assert storefront.post("redemptions", "501", wish).status_code == 201
    assert member(storefront)["offers"] == []


def test_who_wants_no_offers_of_their_own_sees_and_gets_none_and_may_want_them_again(storefront: Storefront) -> None:
    everybodys, offer = Reward("all", 5, AmountOff(100)), Reward("mine", 0, AmountOff(300), segment="buyers", limit=1)
    offering(storefront, everybodys, offer)
    storefront.settle(SignUp(MAYA, storefront.clock.now), bought(storefront, 5000))
    assert member(storefront)["personal"] is True

    for _ in range(2):
        answer = storefront.post("personal", "501", {"wanted": False})
        assert (answer.status_code, fits("personal_answer", answer.get_json())) == (200, {"wanted": False})
    maya = member(storefront)
    told = ("personal", "offers", "for_you", "campaigns", "suggestions")
    assert {name: maya[name] for name in told} == {key: [] for key in told[1:]} | {"personal": False}
    assert [one["id"] for one in maya["rewards"]] == ["all"]
    wish = {"key": "abcdefghijklmnop", "reward": "mine"}
    refused = fits("problem", storefront.post("redemptions", "501", wish).get_json())
    assert (refused["code"], refused["condition"]) == ("NOT_IN_SEGMENT", "personal")

    assert storefront.post("personal", "501", {"wanted": True}).get_json() == {"wanted": True}
    assert [one["id"] for one in member(storefront)["offers"]] == ["mine"]
    assert storefront.post("redemptions", "501", {**wish, "key": "qponmlkjihgfedcba"}).status_code == 201


def test_whether_offers_are_wanted_is_told_by_a_signed_in_shopper_in_so_many_words(storefront: Storefront) -> None:
    assert storefront.post("personal", None, {"wanted": False}).status_code == 401
    for body in ({}, {"wanted": "no"}, {"wanted": None}, {"wanted": False, "customer": "777"}):
        assert storefront.post("personal", "501", body).status_code == 422


def test_every_reason_is_a_sentence_in_both_languages(storefront: Storefront) -> None:
    kinds = (
        Segment("often", (Frequency(1, days=30),)),
        Segment("lately", (Recency(most_days=30),)),
        Segment("much", (Spending(1),)),
        Segment("much_lately", (Spending(1, days=90),)),
        Segment("such", (Bought(),)),
        Segment("joined", (Joined(),)),
        Segment("other", none=(Frequency(9),)),
    )
    now = storefront.clock.now
    rewards = [Reward(f"to_{each.id}", 0, AmountOff(100), segment=each.id) for each in kinds]
    rewards += [
        Reward("soon", 0, AmountOff(100), closes_at=now + timedelta(days=2)),
        Reward("far", 90_000, AmountOff(1)),
    ]
    offering(storefront, *rewards, segments=kinds)
    storefront.settle(SignUp(MAYA, now - timedelta(days=40)), bought(storefront, 5000))

    picked = {one["reward"]: one["reason"] for one in member(storefront)["for_you"]}
    assert set(picked) == {reward.id for reward in rewards}
    english = {name: reason["text"]["en"] for name, reason in picked.items()}
    assert english["to_often"] == "For you, because you have ordered here once in the last 30 days"
    assert english["to_joined"] == "For you, because you have been a member for 40 days"
    assert english["to_other"] == "For you, by what you have bought here"
    assert english["soon"].startswith("It ends on ")
    assert english["far"].endswith("more and it is yours")
    assert len(set(english.values())) == len(english)
    assert all(reason["text"]["ja"] and "{" not in reason["text"]["ja"] for reason in picked.values())
    assert picked["soon"]["code"] == "ends_soon"


def test_what_opens_earlier_for_a_higher_tier_says_when_it_opens_for_whom(storefront: Storefront) -> None:
    now = storefront.clock.now
    openings = (Opening("silver", now), Opening(None, now + timedelta(days=1)))
    offering(storefront, Reward("sale", 0, AmountOff(100), openings=openings))
    storefront.settle(bought(storefront, 5000))

    (public,) = fits("programme", storefront.get("programme").get_json())["rewards"]
    assert [each["level"] for each in public["openings"]] == ["silver", None]

    def told(customer: str) -> tuple[bool, bool]:
        (one,) = member(storefront, customer)["rewards"]
        return one["affordable"], one["opens_at"] is None

    assert (told("501"), told("777")) == ((True, True), (False, False))
    refused = storefront.post("redemptions", "777", {"key": "abcdefghijklmnop", "reward": "sale"}).get_json()
    assert refused["code"] == "NOT_YET_OPEN"
    storefront.clock.pass_(days=1)
    assert told("777") == (True, True)
