"""How each route is called well, and which ids it takes. A route that stands nowhere here turns the tests red."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from string import Formatter
from typing import Any, Final

from flask import Flask
from werkzeug.routing import Rule

from app.web.house import EXTENSION
from app.web.policy import Policy, ShopFrom

FRESH: Final = "fresh"
"""The placeholder of a key that nobody has used."""
OWN_NAMES: Final = frozenset({FRESH, "token"})
"""Placeholders that name nothing of anybody's."""


@dataclass(frozen=True, slots=True)
class Call:
    """``{name}`` stands for an id of the caller's own, of somebody else's, or for one that nobody has.

    ``well`` are the statuses of a call with own ids; a call may find done already what an earlier one did.
    ``proof``: all its ids together are the proof of who asks, so that the other's all together are the other's call.
    """

    well: tuple[int, ...] = (200,)
    address: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    json: Mapping[str, Any] | None = None
    proof: bool = False

    def ids(self) -> list[str]:
        """Return the names of the ids it takes."""
        texts = [*self.address.values(), *self.query.values(), *(self.form or {}).values()]
        texts += [each for each in (self.json or {}).values() if isinstance(each, str)]
        named = {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}
        return sorted(named - OWN_NAMES)


_MEMBER: Final = {"member_id": "{member}"}
_REDEMPTION: Final = {"redemption_id": "{redemption}"}
_KEY: Final = "{fresh}"
_NO_WORD: Final = "nobodys-word"

STOREFRONT: Final[Mapping[str, Call]] = {
    "programme": Call(),
    "member": Call(),
    "history": Call(query={"before": "999"}),
    "redeem": Call((201,), json={"key": _KEY, "reward": "{reward}"}),
    "look": Call(address=_REDEMPTION),
    "give_back": Call((200,), {"redemption_id": "{redemption}"}),
    "pick": Call((200, 409), {"redemption_id": "{choosing}"}, json={"key": _KEY, "option": "{option}"}),
    "enter": Call(address={"reward_id": "{door}"}),
    "check": Call((409,), json={"token": _NO_WORD, "thing": "sale"}),
    "visit": Call(address={"rule_id": "event-2"}),
    "ask": Call(json={"touchpoint": "delivery"}),
    "choose": Call(json={"wanted": True}),
    "answer": Call(address={"question_id": "{question}"}, json={"score": 0, "comment": "Too late"}),
    "profile": Call(),
    "tell": Call(address={"question_id": "{told}"}, json={"value": "Rex"}),
    "withdraw": Call(address={"question_id": "{told}"}),
    "tell_birthday": Call(json={"month": 2, "day": 29}),
    "kept": Call(),
    "join": Call(),
    "leave": Call((422,), json={"sure": False}),
    "foresee": Call(json={"lines": [{"quantity": 1, "price_minor": 900}]}),
    "causes": Call(),
    "landing": Call(address={"code": "{link}"}),
    "claim": Call(address={"code": "{link}"}, json={"email": "friend@example.com"}),
    "click": Call(address={"code": "{link}"}, json={"key": _KEY}),
}
"""Both roads to the storefront have the same operations."""

CALLS: Final[Mapping[str, Call]] = {
    **{f"{road}.{name}": call for road in ("proxy", "storefront") for name, call in STOREFRONT.items()},
    "health.healthz": Call(),
    "health.readyz": Call(),
    "openapi.spec": Call(),
    "pages.static": Call((404,), {"filename": "nothing.css"}),
    "webhooks.take": Call(address={"platform": "woocommerce"}, query={"shop": "{shop}"}, json={"id": 1}),
    "hooks.take": Call(
        address={"shop_id": "{shop}", "hook": "{hook}", "word": "{hook_word}"}, json={"who": 1}, proof=True
    ),
    "connect.begin": Call((302,), {"platform": "woocommerce"}, {"store": "https://mado.example"}),
    "connect.finish": Call((400,), {"platform": "shopify"}, {"state": _NO_WORD}),
    "connect.take_keys": Call((400,), {"platform": "woocommerce"}, json={"user_id": _NO_WORD}),
    "connect.done": Call((400,), {"platform": "woocommerce"}, {"user_id": _NO_WORD}),
    "embedded.app_home": Call((200, 302), {"page": "home"}),
    "embedded.bounce": Call((400,)),
    "visits.follow": Call((409,), {"shop_id": "{shop}", "token": _NO_WORD}),
    "pages.root": Call((302, 303)),
    "pages.sign_in": Call(),
    "pages.sign_in_link": Call(address={"token": _NO_WORD}),
    "pages.use_sign_in_link": Call((410,), {"token": _NO_WORD}, form={}),
    "pages.sign_out": Call((303,), form={}),
    "pages.shops": Call(),
    "pages.choose_shop": Call((303,), form={"programme": "{programme}"}),
    "pages.home": Call(),
    "pages.members": Call(query={"q": "{member}"}),
    "pages.member": Call(address=_MEMBER),
    "pages.reverse": Call(address=_MEMBER, query={"reverses": "{adjustment}"}),
    "pages.adjust": Call(
        (303,), _MEMBER, form={"key": _KEY, "way": "add", "amount": "1", "note": "gift", "confirmed": "1"}
    ),
    "pages.giving": Call(address=_MEMBER),
    "pages.give": Call((303,), _MEMBER, form={"key": _KEY, "reward": "{reward}", "shop": "{shop}", "note": "sorry"}),
    "pages.personal": Call((303,), _MEMBER, form={"wanted": "0"}),
    "pages.note": Call((303,), _MEMBER, form={"key": _KEY, "text": "Prefers tea", "corrects": "{note_hex}"}),
    "pages.correct_note": Call(address={**_MEMBER, "note_id": "{note}"}),
    "pages.kept": Call(address=_MEMBER),
    "pages.forgetting": Call(address=_MEMBER),
    "pages.forget": Call((422,), _MEMBER, form={"why": "asked by letter"}),
    "pages.duties": Call(),
    "pages.handed_over": Call((303,), {"request_id": "{duty}"}, form={}),
    "pages.orders": Call(query={"shop": "{shop}", "order": "{order}", "number": "{number}"}),
    "pages.recheck": Call((303,), form={"shop": "{shop}", "order": "{order}"}),
    "pages.referrals": Call(),
    "pages.decide_referral": Call(
        (303, 409), form={"referral": "{referral}", "decision": "approve", "key": _KEY, "why": "They are friends"}
    ),
    "pages.tasks": Call(),
    "pages.end_task": Call((303, 409), form={"redemption": "{task}", "way": "done", "note": "done"}),
    "pages.hearing": Call(),
    "pages.cases": Call(),
    "pages.case": Call(address={"case_id": "{case}"}),
    "pages.work": Call((303,), {"case_id": "{case}"}, form={"key": _KEY, "what": "answered", "words": "Sorry"}),
    "pages.programme": Call(),
    "pages.activity": Call(),
}


@dataclass(frozen=True, slots=True)
class Route:
    """One method of one rule of the app, with what it declares."""

    rule: Rule
    method: str
    policy: Policy

    @property
    def endpoint(self) -> str:
        """Return its name in the app."""
        return str(self.rule.endpoint)

    @property
    def call(self) -> Call:
        """Return how it is called. Raises KeyError where nobody has said so."""
        return CALLS[self.endpoint]

    def __str__(self) -> str:
        return f"{self.method} {self.rule.rule}"


def routes(app: Flask) -> Iterator[Route]:
    """Return every route there is."""
    policies = app.extensions[EXTENSION].policies
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Route(rule, method, policies[rule.endpoint])


def is_direct(route: Route) -> bool:
    """Say whether a page of a store asks it across origins."""
    return route.policy.shop is ShopFrom.TOKEN
