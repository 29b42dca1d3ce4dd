"""Turning points into a code, looking after it, and turning it back."""

from datetime import datetime

from app.actions.conclude_redemption import end_redemption
from app.actions.pick_option import pick_option
from app.actions.redeem_reward import redeem_reward
from app.db import redemptions, requests, storefront, versions
from app.db.requests import Request
from app.db.scope import Scope
from app.db.storefront import Known, Redeemed
from app.db.unit import reading, unit_of_work
from app.failpoints import Place, passed
from app.loyalty.errors import KeyReusedError
from app.loyalty.ledger.books import RedemptionState, Stage
from app.loyalty.redeeming.redemptions import Ask
from app.web import codes
from app.web.callers import Caller, caller
from app.web.house import house
from app.web.refusals import Refusal
from app.web.storefront import membership, shapes, standing

_AGAIN_S = 1


def redeem(json_data: shapes.RedemptionRequest) -> tuple[shapes.RedemptionAnswer, int]:
    """Redeem a reward under the shopper's own key: 201, and 200 with the first answer for a repeat."""
    asking, works = caller(), house().works
    place, now = asking.place, works.clock()
    if place.state == "paused":
        raise Refusal("PROGRAMME_PAUSED")
    known = membership.present(asking, now)
    wish = Request(
        key=codes.redemption_id(known.row.member_id, json_data.key),
        kind="redeem",
        member_id=known.row.member_id,
        content=json_data.content(),
        actor="shopper",
    )
    ask = Ask(
        wish.key,
        codes.code(codes.prefix(place.look, place.domain)),
        json_data.reward,
        json_data.points,
        json_data.option,
        json_data.round_up_minor,
    )
    can = works.platforms[place.platform].capabilities
    with unit_of_work(works.engine, place.programme_id) as session:
        scope = Scope(session, place.programme_id, now, works.cipher)
        answer = redeem_reward(scope, place.shop_id, wish, ask, codes_revive=can.codes_revive, abilities=can.abilities)
        if not answer.repeated:
            _use_signature(scope, asking, wish)
        passed(Place.REDEMPTION_WRITTEN)
    if answer.refused is not None:
        raise Refusal(answer.refused, answer.numbers)
    passed(Place.REDEMPTION_KEPT)
    works.bell.ring("outbox", place.programme_id, place.shop_id)
    return _answer(asking, known, wish.key, now), 200 if answer.repeated else 201


def pick(redemption_id: str, json_data: shapes.PickRequest) -> tuple[shapes.RedemptionAnswer, int]:
    """Pick one of the rewards a redemption lets choose from; the others lapse."""
    asking, works = caller(), house().works
    place, now = asking.place, works.clock()
    known = membership.present(asking, now)
    wish = Request(
        key=codes.redemption_id(known.row.member_id, json_data.key),
        kind="pick",
        member_id=known.row.member_id,
        content={"redemption": redemption_id, "option": json_data.option},
        actor="shopper",
    )
    abilities = works.platforms[place.platform].capabilities.abilities
    with unit_of_work(works.engine, place.programme_id) as session:
        scope = Scope(session, place.programme_id, now, works.cipher)
        answer = pick_option(scope, wish, redemption_id, json_data.option, shop_id=place.shop_id, abilities=abilities)
        if not answer.repeated:
            _use_signature(scope, asking, wish)
    if answer.refused is not None:
        raise Refusal(answer.refused, answer.numbers)
    works.bell.ring("outbox", place.programme_id, place.shop_id)
    return _answer(asking, known, redemption_id, now), 200


def causes() -> shapes.Causes:
    """Return what was given to each cause by all members together."""
    with reading(house().works.engine, caller().place.programme_id) as session:
        found = redemptions.donated(session, caller().place.programme_id)
    totals = [shapes.CauseTotal(cause=cause, points=points, value_minor=value) for cause, points, value in found]
    return shapes.Causes(causes=totals)


def _use_signature(scope: Scope, asking: Caller, wish: Request) -> None:
    """Let a signature of the app proxy carry one wish: it does not sign the body, so a copy could carry another."""
    if asking.once is None:
        return
    used = Request(f"proxy:{asking.once}", "signature", wish.member_id, {"redemption": wish.key}, asking.place.platform)
    try:
        if requests.answered(scope, used) is None:
            requests.keep(scope, used, {})
    except KeyReusedError:
        raise Refusal(
            "TOO_MANY_REQUESTS", {"retry_after_seconds": _AGAIN_S}, headers={"Retry-After": str(_AGAIN_S)}
        ) from None


def look(redemption_id: str) -> shapes.RedemptionAnswer:
    """Return one redemption of the shopper's, as it stands."""
    now = house().works.clock()
    known = membership.present(caller(), now)
    return _answer(caller(), known, redemption_id, now)


def give_back(redemption_id: str) -> shapes.RedemptionAnswer:
    """Turn an unused code back into points: it is made unusable first. What is back already stays as it is."""
    asking, works = caller(), house().works
    place, now = asking.place, works.clock()
    known = membership.present(asking, now)
    row = _find(asking, known, redemption_id).row
    if row.state == RedemptionState.HELD.value and row.stage != Stage.RETURNING.value:
        if row.stage not in {Stage.ISSUED.value, Stage.CHOOSING.value}:
            raise Refusal("NOT_RETURNABLE")
        with unit_of_work(works.engine, place.programme_id) as session:
            scope = Scope(session, place.programme_id, now, works.cipher)
            end_redemption(scope, redemption_id, Stage.RETURNED, member_id=known.row.member_id)
        passed(Place.GIVE_BACK_KEPT)
        works.bell.ring("outbox", place.programme_id, place.shop_id)
    elif row.state == RedemptionState.REDEEMED.value:
        raise Refusal("ALREADY_USED")
    return _answer(asking, known, redemption_id, now)


def _find(asking: Caller, known: Known, redemption_id: str) -> Redeemed:
    with reading(house().works.engine, asking.place.programme_id) as session:
        found = storefront.redemption(session, asking.place.programme_id, known.row.member_id, redemption_id)
    if found is None:
        raise Refusal("UNKNOWN_REDEMPTION")
    return found


def _answer(asking: Caller, known: Known, redemption_id: str, now: datetime) -> shapes.RedemptionAnswer:
    place = asking.place
    one = _find(asking, known, redemption_id)
    with reading(house().works.engine, place.programme_id) as session:
        asked_under = versions.version(session, place.programme_id, one.row.version)
        in_force = versions.version_at(session, place.programme_id, now)
        portions = storefront.portions(session, place.programme_id, known.row.member_id)
    return shapes.RedemptionAnswer(
        redemption=standing.redemption(place, asked_under, one), balance=standing.balance(portions, in_force)
    )
