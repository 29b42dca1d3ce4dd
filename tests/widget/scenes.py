"""Every view and state, and how to get there: what the accessibility test walks through and takes pictures of."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from tests.widget.canned import Answer, Store, example, problem
from tests.widget.conftest import Storefront


@dataclass(frozen=True, slots=True)
class Scene:
    """A view in a state. ``awaits`` is what shows that it is there."""

    name: str
    awaits: str
    keys: tuple[str, ...] = ()
    signed_in: bool = True
    path: str = "/"
    prepare: Callable[[Store], object] = lambda _: None
    then: Callable[[Storefront], object] | None = None
    opened: bool = True


def _claim(shop: Storefront) -> None:
    shop.page.locator("#kz-email").fill("jonas@example.com")
    shop.key("claim").click()


def _wrong_address(shop: Storefront) -> None:
    shop.page.locator("#kz-email").fill("jonas")
    shop.key("claim").click()


def _empty(store: Store) -> None:
    store.member["redemptions"] = []
    store.history = {"pending": [], "entries": [], "next": None}
    store.member["balance"]["held"] = 0
    store.member["referral"]["people"] = []


def _refuse(store: Store) -> None:
    store.answer("POST", f"referral/{store.landing['code']}/claim", Answer(example("referral_claim", 2)))


def _prepare_claim(store: Store) -> None:
    store.answer("POST", f"referral/{store.landing['code']}/claim", Answer(example("referral_claim", 1)))


def _in_debt(store: Store) -> None:
    store.member["balance"] |= {"available": 0, "debt": 38, "worth_minor": 0}
    store.member["tier"]["lost"] = {"id": "tide", "at": "2026-11-20T05:00:00Z"}


def _reached(store: Store) -> None:
    store.member["tier"] |= {"id": store.programme["tiers"]["levels"][-1]["id"]}
    store.member["tier"]["progress"] = {"value": 60000, "threshold": None, "next": None}
    for own in store.member["rewards"]:
        own |= {"affordable": True, "missing": 0, "locked": False}


def way(kind: str, **told: object) -> dict[str, object]:
    """A way to earn as the API tells it."""
    every = {"id": kind, "kind": kind, "name": {}, "points": 50, "rate": None, "pending_days": 0}
    return {**every, "min_order_minor": None, **told}


def every_way(store: Store) -> None:
    """All kinds of rules with all they can say, and two campaigns."""
    order, review, referral, sign_up = store.programme["earn"]
    store.programme["earn"] = [
        order | {"some_goods": True, "some_orders": True, "max_per_order": 300, "max_per_day": 500},
        way("per_order", pending_days=14, min_order_minor=2500),
        way("first_order", points=200),
        way("kth_order", every=10),
        way("renewal"),
        way("birthday", points=200),
        way("anniversary"),
        way("anniversary", id="anniversary-2", year=5, points=1000),
        way("dividend", points=None, rate={"points": "10", "per_minor": 10000}, paid_on="03-01"),
        review | {"photo_points": 25},
        referral,
        way("referral_milestone", every=5),
        way("referral_milestone", id="referral_milestone-2", every=3, once=True),
        way("event", event="newsletter", times=1),
        way("event", id="event-2", event="like_us", times_per_day=2, times=10, verified=False),
        way("quiz", points=7),
        sign_up,
    ]
    store.programme["texts"].setdefault(store.locale, {})["earn.event.newsletter"] = "Join our letter"
    campaign = {"name": {}, "multiplier": [2, 1], "ends_at": "2026-12-01T05:00:00Z"}
    store.programme["campaigns"] = [
        campaign | {"id": "double", "some_goods": False, "some_orders": False},
        campaign
        | {"id": "tea", "name": {"en": "Tea week"}, "multiplier": [3, 2], "some_goods": True, "some_orders": True},
    ]


def level(level_id: str, entry: str, **told: object) -> dict[str, object]:
    """A level that is not earned."""
    every = {"id": level_id, "name": {"en": level_id.title()}, "threshold": 0, "multiplier": [2, 1], "entry_reward": 0}
    return {**every, "benefits": [], "entry": entry, "also": {}, "yearly_reward": 0, **told}


def by_right(store: Store) -> None:
    """A bought level is held, and there is one by invitation."""
    ladder = store.programme["tiers"]
    ladder["hold_days"] = 90
    bought = level("harbour", "bought", entry_reward=500, yearly_reward=200)
    ladder["levels"][2:] = [bought, *ladder["levels"][2:], level("guests", "invited")]
    store.member["tier"] |= {"id": "harbour", "until": "2027-01-01T05:00:00Z", "level": bought}


def hidden_level(store: Store) -> None:
    """A level is held that the programme does not show."""
    pearl = level("pearl", "invited", name={"en": "The Pearl"})
    store.member["tier"] |= {"id": "pearl", "until": None, "level": pearl}


def variable(store: Store) -> None:
    """The first reward is money off, as much as the shopper chooses."""
    chosen = {"minimum": 100, "maximum": None, "step": 100, "value_minor": 1, "per_points": 1}
    store.programme["rewards"][0] |= {"id": "chosen", "cost": 100, "chosen": chosen}
    store.member["rewards"][0] |= {"id": "chosen"}


def one_of_several(store: Store) -> None:
    """A reward waits for its choice to be made."""
    ids = [one["id"] for one in store.programme["rewards"]]
    choice = {"state": "choosing", "code": None, "apply_url": None, "returnable": True, "expires_at": None}
    deal = {"kind": "choice", "value_minor": None, "percent": None}
    store.member["redemptions"][0] |= {**choice, "deal": deal, "name": {}, "options": [ids[0], ids[2]]}


def asked(store: Store) -> None:
    """The shop has a question for the member."""
    store.programme["asks"] = True
    store.question = example("question_answer")
    store.question["question"]["text"]["ja"] = "友人にすすめたいと思いますか?"


def profiled(store: Store) -> None:
    """Questions of every kind, one of them answered."""
    skin = example("profile")["questions"][0]
    blank = skin | {"answer": None, "points": 20, "options": []}
    pet = {"id": "pet", "kind": "text", "text": {"en": "Your pet's name?", "ja": "ペットのお名前は?"}}
    since = {"id": "since", "kind": "date", "text": {"en": "With us since?", "ja": "いつからのお客さまですか?"}}
    unanswered = skin | {"id": "hair", "answer": None, "points": 20}
    store.profile["questions"] = [skin, unanswered, blank | pet, blank | since]


def celebrated(store: Store) -> None:
    """A birthday that was celebrated."""
    store.profile["birthday"] = {"month": 2, "day": 29, "points": 100, "celebrated": True}


def suited(store: Store) -> None:
    """A reward is picked, and goods are recommended."""
    store.member["for_you"] = [example("pick") | {"reward": store.programme["rewards"][0]["id"]}]
    store.member["suggestions"] = [example("suggestion")]


INVITED: Final = "/?kz_ref={code}"
SCENES: Final = (
    Scene("closed", ".kz-launcher", opened=False),
    Scene("signed-out", ".hello", signed_in=False),
    Scene(
        "not-a-member",
        '[data-k="again"]',
        prepare=lambda store: store.answer("GET", "member", Answer(example("member", 3))),
    ),
    Scene("home", ".balance"),
    Scene("home-in-debt", ".note.warn", prepare=_in_debt),
    Scene("home-at-the-top", ".cordbar.done", prepare=_reached),
    Scene("home-paused", ".note", prepare=lambda store: store.programme.update(state="paused")),
    Scene("loading", ".skeleton", prepare=lambda store: store.stalled.add("member")),
    Scene("error", ".state", prepare=lambda store: store.answer("GET", "member", problem("INTERNAL", 500))),
    Scene("offline", ".note.warn", then=lambda shop: shop.context.set_offline(offline=True)),
    Scene("earn", ".rows", ("go-earn",)),
    Scene("earn-every-way", ".note", ("go-earn",), prepare=every_way),
    Scene("signed-out-in-a-campaign", ".note", signed_in=False, prepare=every_way),
    Scene("redeem", ".reward", ("go-redeem",)),
    Scene("redeem-paused", ".note", ("go-redeem",), prepare=lambda store: store.programme.update(state="paused")),
    Scene("confirm-choosing", ".choose", ("go-redeem", "get-chosen"), prepare=variable),
    Scene("confirm", ".kz-foot", ("go-redeem", "get-shipping")),
    Scene(
        "confirm-unanswered",
        ".note.warn",
        ("go-redeem", "get-shipping", "redeem"),
        prepare=lambda store: store.answer("POST", "redemptions", problem("INTERNAL", 500)),
    ),
    Scene("rewards", ".ticket", ("row-rewards",)),
    Scene("rewards-choosing", ".ticket", ("row-rewards",), prepare=one_of_several),
    Scene("rewards-after-redeeming", ".toast", ("go-redeem", "get-shipping", "redeem")),
    Scene("rewards-empty", ".empty", ("row-rewards",), prepare=_empty),
    Scene("history", ".led", ("row-history",)),
    Scene("history-empty", ".empty", ("row-history",), prepare=_empty),
    Scene(
        "history-error",
        ".note.warn",
        ("row-history",),
        prepare=lambda store: store.answer("GET", "history", problem("INTERNAL", 500)),
    ),
    Scene("tiers", ".ladder", ("row-tiers",)),
    Scene("tiers-at-the-top", ".ladder", ("row-tiers",), prepare=_reached),
    Scene("tiers-by-right", ".ladder", ("row-tiers",), prepare=by_right),
    Scene("tiers-hidden", ".ladder", ("row-tiers",), prepare=hidden_level),
    Scene("refer", ".deal", ("go-refer",)),
    Scene("refer-empty", ".deal", ("go-refer",), prepare=_empty),
    Scene("home-asked", ".nudge", prepare=asked),
    Scene("ask", ".scale", ("ask",), prepare=asked),
    Scene("ask-scored", "#kz-comment", ("ask", "score-9"), prepare=asked),
    Scene("ask-answered", ".empty", ("ask", "score-9", "send"), prepare=asked),
    Scene("suits", ".reward", ("row-suits",), prepare=suited),
    Scene("about", ".pair", ("row-about",)),
    Scene("about-asked", "#kz-q-hair", ("row-about",), prepare=profiled),
    Scene("about-celebrated", ".switch", ("row-about",), prepare=celebrated),
    Scene(
        "about-error",
        ".note.warn",
        ("row-about",),
        prepare=lambda store: store.answer("GET", "profile", problem("INTERNAL", 500)),
    ),
    Scene("leave", ".danger", ("row-about", "leave")),
    Scene("friend", ".claim", signed_in=False, path=INVITED),
    Scene("friend-wrong-address", ".bad", signed_in=False, path=INVITED, then=_wrong_address),
    Scene("friend-preparing", ".codepill.wait", signed_in=False, path=INVITED, prepare=_prepare_claim, then=_claim),
    Scene("friend-code", ".codepill code", signed_in=False, path=INVITED, then=_claim),
    Scene("friend-refused", ".empty", signed_in=False, path=INVITED, prepare=_refuse, then=_claim),
    Scene(
        "friend-closed",
        ".empty",
        signed_in=False,
        path=INVITED,
        prepare=lambda store: store.landing.update(state="closed"),
    ),
)


def play(scene: Scene, shop: Storefront) -> None:
    """Go to the scene in a storefront made for it."""
    shop.visit(scene.path.format(code=shop.store.landing["code"]))
    shop.launcher.wait_for()
    if scene.opened and scene.path == "/":
        shop.launcher.click()
    shop.go(*scene.keys)
    if scene.then:
        shop.body.locator(".balance, .hello, .empty").first.wait_for()
        scene.then(shop)
    shop.page.locator(scene.awaits).first.wait_for()
