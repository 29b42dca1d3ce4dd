"""Giving a member a reward for nothing: which one, why, and what the month's budget still allows."""

import re
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from flask import abort, redirect, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from app.actions import goodwill_budget
from app.actions.answers import Answer
from app.actions.give_reward import give_reward
from app.db.members import new_id
from app.db.portrait import Portrait, portrait
from app.db.requests import Request
from app.db.tables import ShopRow
from app.loyalty.errors import BudgetExceededError, UnknownMemberError
from app.loyalty.redeeming.redemptions import Ask
from app.loyalty.terms.programme import Reward
from app.loyalty.terms.rewards import Choice
from app.web import codes
from app.web.house import house
from app.web.pages.adjusting import NOTE_MAX
from app.web.pages.blueprint import pages, show
from app.web.pages.desk import Desk, clean, reading_desk, working_desk
from app.web.pages.people import letters, name
from app.web.policy import ShopFrom, Who, policy

_ID_MAX: Final = 64
_KEY: Final = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True)
class Slip:
    """What was typed. ``key`` was made with the empty form, so that sending it twice gives once."""

    key: str
    reward: str = ""
    shop: str = ""
    note: str = ""
    error: Markup | None = None
    field: str = ""


@pages.get("/members/<uuid:member_id>/give")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def giving(member_id: UUID) -> str:
    """Show the form."""
    with reading_desk() as desk:
        return _show(desk, _portrait(desk, member_id), Slip(new_id().hex))


@pages.post("/members/<uuid:member_id>/give")
@policy(who=Who.MERCHANT, shop=ShopFrom.SIGN_IN)
def give(member_id: UUID) -> str | Response | tuple[str, int]:
    """Give what was chosen, with a reason that is kept."""
    given = request.form
    slip = Slip(
        clean(given.get("key"), _ID_MAX),
        clean(given.get("reward"), _ID_MAX),
        clean(given.get("shop"), _ID_MAX),
        clean(" ".join(given.get("note", "").split()), NOTE_MAX + 1),
    )
    with reading_desk() as desk:
        found = _portrait(desk, member_id)
        wrong = _wrong(desk, slip)
        if wrong is not None:
            return _show(desk, found, wrong), 422
    works = house().works
    with working_desk() as desk:
        shop = _shop(desk, slip)
        answer = _carry_out(desk, member_id, shop, slip)
        rung = (shop.programme_id, shop.shop_id)
    if answer.refused is None:
        works.bell.ring("outbox", *rung)
        return redirect(url_for("pages.member", member_id=member_id), 303)
    if answer.refused == UnknownMemberError.code:
        abort(404)
    with reading_desk() as desk:
        error = _refused(desk, answer)
        fresh = replace(slip, key=new_id().hex, error=error, field="reward")
        return _show(desk, _portrait(desk, member_id), fresh), 409


def _carry_out(desk: Desk, member_id: UUID, shop: ShopRow, slip: Slip) -> Answer:
    can = house().works.platforms[shop.platform].capabilities
    content = {"reward": slip.reward, "shop": str(shop.shop_id)}
    asked = Request(f"give:{slip.key}", "give", member_id, content, desk.seat.actor, slip.note)
    code = codes.code(codes.prefix(desk.row.look, shop.domain))
    ask = Ask(codes.redemption_id(member_id, asked.key), code, slip.reward)
    return give_reward(desk.scope, shop.shop_id, asked, ask, codes_revive=can.codes_revive, abilities=can.abilities)


def _refused(desk: Desk, answer: Answer) -> Markup:
    words = desk.words
    if answer.refused == BudgetExceededError.code:
        return words("give.error.budget", points=words.points(int(answer.numbers["have"])))
    known = f"give.error.{answer.refused}"
    return words(known) if words.has(known) else words("adjust.error.stale")


def _wrong(desk: Desk, slip: Slip) -> Slip | None:
    words = desk.words
    if not _KEY.fullmatch(slip.key):
        return replace(slip, key=new_id().hex, error=words("adjust.error.stale"), field="reward")
    if slip.reward not in {reward.id for reward in _givable(desk)}:
        return replace(slip, error=words("give.error.reward"), field="reward")
    if not slip.note:
        return replace(slip, error=words("adjust.error.note"), field="note")
    if len(slip.note) > NOTE_MAX:
        return replace(slip, error=words("adjust.error.note_long", n=NOTE_MAX), field="note")
    return None


def _givable(desk: Desk) -> list[Reward]:
    """Return the rewards that can be given as they are: of a fixed sum, and nothing the member must pick first."""
    rewards = desk.version.rewards if desk.version is not None else ()
    return [each for each in rewards if each.variable is None and not isinstance(each.gives, Choice)]


def _shop(desk: Desk, slip: Slip) -> ShopRow:
    return next((shop for shop in desk.shops if str(shop.shop_id) == slip.shop), desk.shops[0])


def _portrait(desk: Desk, member_id: UUID) -> Portrait:
    found = portrait(desk.scope, member_id)
    if found is None or found.member.is_gone:
        abort(404)
    return found


def _option(desk: Desk, reward: Reward) -> str:
    said = desk.words("give.option", reward=desk.reward(reward), points=desk.words.points(reward.cost))
    return said.striptags()


def _show(desk: Desk, found: Portrait, slip: Slip) -> str:
    words = desk.words
    return show(
        desk,
        "give.html",
        here="pages.members",
        title=str(words("give.title")),
        member_id=found.member.member_id,
        called=name(words, found.person),
        letters=letters,
        rewards=[(each.id, _option(desk, each)) for each in _givable(desk)],
        shops=[(str(shop.shop_id), shop.name) for shop in desk.shops],
        left=goodwill_budget.left(desk.scope, desk.programme),
        slip=slip,
        note_max=NOTE_MAX,
    )
