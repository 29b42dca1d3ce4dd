"""The two roads to the storefront API: Shopify's signed app proxy, and across origins from a WooCommerce store."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from http import HTTPStatus
from typing import Any, Final

from apiflask import APIBlueprint
from flask import Response, g, request
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from app.db.unit import reading
from app.web import callers
from app.web.errors import documented
from app.web.house import house
from app.web.limits import CLAIM, CLAIM_OF_SHOP, REDEEM, limiter, whole_shop
from app.web.policy import ShopFrom, Who, policy
from app.web.refusals import Refusal
from app.web.storefront import (
    access_views,
    cart_views,
    leaving_views,
    member_views,
    personal_views,
    profile_views,
    question_views,
    redemption_views,
    referral_views,
    shapes,
    visit_views,
)

View = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Road:
    """``shop``: where the shop is learnt; ``security`` names the scheme in the OpenAPI document."""

    blueprint: APIBlueprint
    shop: ShopFrom
    security: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One line of the contract. ``answers`` are the statuses beside the first; ``limits`` count its callers."""

    method: str
    rule: str
    view: View
    who: Who
    gives: type[BaseModel]
    takes: type[BaseModel] | None = None
    asks: type[BaseModel] | None = None
    status: int = 200
    also: tuple[int, ...] = ()
    refuses: tuple[int, ...] = ()
    limits: tuple[tuple[str, Callable[[], str] | None], ...] = ()


OPERATIONS: Final = (
    Operation("GET", "programme", member_views.programme, Who.VISITOR, shapes.Programme, also=(304,)),
    Operation("GET", "member", member_views.member, Who.VISITOR, shapes.MemberAnswer),
    Operation("GET", "history", member_views.history, Who.SHOPPER, shapes.History, asks=shapes.HistoryQuery),
    Operation(
        "POST",
        "redemptions",
        redemption_views.redeem,
        Who.SHOPPER,
        shapes.RedemptionAnswer,
        takes=shapes.RedemptionRequest,
        status=201,
        also=(200,),
        refuses=(409, 429),
        limits=((REDEEM, None),),
    ),
    Operation("GET", "redemptions/<word:redemption_id>", redemption_views.look, Who.SHOPPER, shapes.RedemptionAnswer),
    Operation(
        "POST",
        "redemptions/<word:redemption_id>/return",
        redemption_views.give_back,
        Who.SHOPPER,
        shapes.RedemptionAnswer,
        refuses=(409, 429),
        limits=((REDEEM, None),),
    ),
    Operation(
        "POST",
        "redemptions/<word:redemption_id>/pick",
        redemption_views.pick,
        Who.SHOPPER,
        shapes.RedemptionAnswer,
        takes=shapes.PickRequest,
        refuses=(409, 429),
        limits=((REDEEM, None),),
    ),
    Operation(
        "POST",
        "access/<word:reward_id>",
        access_views.enter,
        Who.SHOPPER,
        shapes.AccessToken,
        refuses=(409, 429),
        limits=((REDEEM, None),),
    ),
    Operation(
        "POST",
        "access",
        access_views.check,
        Who.VISITOR,
        shapes.AccessGranted,
        takes=shapes.AccessCheck,
        refuses=(409, 429),
        limits=((CLAIM_OF_SHOP, whole_shop),),
    ),
    Operation(
        "POST",
        "visit/<word:rule_id>",
        visit_views.visit,
        Who.SHOPPER,
        shapes.VisitBegun,
        refuses=(409, 429),
        limits=((REDEEM, None),),
    ),
    Operation(
        "POST",
        "question",
        question_views.ask,
        Who.SHOPPER,
        shapes.QuestionAnswer,
        takes=shapes.QuestionRequest,
        refuses=(409, 429),
        limits=((REDEEM, None),),
    ),
    Operation(
        "POST",
        "question/<word:question_id>",
        question_views.answer,
        Who.SHOPPER,
        shapes.AnswerTaken,
        takes=shapes.AnswerRequest,
        refuses=(409, 429),
        limits=((REDEEM, None),),
    ),
    Operation("GET", "profile", profile_views.profile, Who.SHOPPER, shapes.Profile),
    Operation(
        "POST",
        "profile/<word:question_id>",
        profile_views.tell,
        Who.SHOPPER,
        shapes.ProfileQuestion,
        takes=shapes.ProfileAnswerRequest,
        refuses=(409, 429),
        limits=((REDEEM, None),),
    ),
    Operation(
        "POST",
        "profile/<word:question_id>/withdraw",
        profile_views.withdraw,
        Who.SHOPPER,
        shapes.Profile,
        refuses=(409, 429),
        limits=((REDEEM, None),),
    ),
    Operation(
        "POST",
        "birthday",
        profile_views.tell_birthday,
        Who.SHOPPER,
        shapes.Profile,
        takes=shapes.BirthdayRequest,
        refuses=(409, 429),
        limits=((REDEEM, None),),
    ),
    Operation(
        "GET", "kept", leaving_views.kept, Who.SHOPPER, shapes.Kept, refuses=(409, 429), limits=((REDEEM, None),)
    ),
    Operation(
        "POST", "join", leaving_views.join, Who.SHOPPER, shapes.Membership, refuses=(409, 429), limits=((REDEEM, None),)
    ),
    Operation(
        "POST",
        "leave",
        leaving_views.leave,
        Who.SHOPPER,
        shapes.Membership,
        takes=shapes.LeaveRequest,
        refuses=(429,),
        limits=((REDEEM, None),),
    ),
    Operation(
        "POST",
        "personal",
        personal_views.choose,
        Who.SHOPPER,
        shapes.PersonalAnswer,
        takes=shapes.PersonalRequest,
        refuses=(429,),
        limits=((REDEEM, None),),
    ),
    Operation(
        "POST",
        "cart",
        cart_views.foresee,
        Who.VISITOR,
        shapes.CartEarns,
        takes=shapes.CartRequest,
        refuses=(429,),
        limits=((CLAIM, None), (CLAIM_OF_SHOP, whole_shop)),
    ),
    Operation("GET", "causes", redemption_views.causes, Who.VISITOR, shapes.Causes),
    Operation("GET", "referral/<word:code>", referral_views.landing, Who.VISITOR, shapes.ReferralLanding),
    Operation(
        "POST",
        "referral/<word:code>/click",
        referral_views.click,
        Who.VISITOR,
        shapes.ReferralClick,
        takes=shapes.ReferralClickRequest,
        refuses=(429,),
        limits=((CLAIM, None), (CLAIM_OF_SHOP, whole_shop)),
    ),
    Operation(
        "POST",
        "referral/<word:code>/claim",
        referral_views.claim,
        Who.VISITOR,
        shapes.ReferralClaim,
        takes=shapes.ReferralClaimRequest,
        refuses=(409, 429),
        limits=((CLAIM, None), (CLAIM_OF_SHOP, whole_shop)),
    ),
)

PROXY: Final = Road(
    APIBlueprint("proxy", __name__, url_prefix="/proxy/shopify/api", tag="Storefront, by Shopify's app proxy"),
    ShopFrom.PROXY,
    "appProxy",
)
DIRECT: Final = Road(
    APIBlueprint("storefront", __name__, url_prefix="/storefront/api", tag="Storefront, from a WooCommerce store"),
    ShopFrom.TOKEN,
    "shopperToken",
)
SECURITY_SCHEMES: Final[Mapping[str, Mapping[str, str]]] = {
    "appProxy": {"type": "apiKey", "in": "query", "name": "signature", "description": "Shopify signs the query."},
    "shopperToken": {"type": "http", "scheme": "bearer", "description": "Made by the store's plugin; ten minutes."},
}
_PREFLIGHT_S: Final = 7200


def _document(operation: Operation, road: Road) -> dict[str, Any]:
    """Return what the OpenAPI document says of an operation on a road."""
    refused = {400, 401, 403, 404, 503, *operation.refuses}
    if operation.who is Who.SHOPPER:
        refused |= {409}  # who left is no member
    if operation.takes is not None:
        refused |= {413, 415, 422}
    if operation.asks is not None:
        refused |= {422}
    responses = documented(*sorted(refused))
    schema = {"$ref": f"#/components/schemas/{operation.gives.__name__}"}
    for status in operation.also:
        same = {"content": {"application/json": {"schema": schema}}} if status == HTTPStatus.OK else {}
        responses[status] = {"description": HTTPStatus(status).phrase, **same}
    open_to_all = operation.who is Who.VISITOR and road.shop is ShopFrom.TOKEN
    return {
        "responses": responses,
        "operation_id": f"{road.blueprint.name}_{operation.view.__name__}",
        "summary": (operation.view.__doc__ or "").partition("\n")[0],
        "security": [{road.security: []}, *([{}] if open_to_all else [])],
    }


def _on_road(operation: Operation, road: Road) -> View:
    """Return the operation's view for one road: a function of its own, so that each road is documented and counted."""

    def view(**arguments: Any) -> Any:  # noqa: ANN401 - what the operation's own view takes and gives
        return operation.view(**arguments)

    view.__name__ = view.__qualname__ = f"{road.blueprint.name}_{operation.view.__name__}"
    view.__doc__ = operation.view.__doc__
    for limit, counted in operation.limits:
        view = limiter.limit(limit, key_func=counted)(view)
    view = policy(who=operation.who, shop=road.shop)(view)
    bp = road.blueprint
    view = bp.doc(**_document(operation, road))(view)
    view = bp.output(operation.gives, status_code=operation.status)(view)
    if operation.takes is not None:
        view = _json_only(bp.input(operation.takes, location="json")(view))
    if operation.asks is not None:
        view = bp.input(operation.asks, location="query")(view)
    return view


def _json_only(view: View) -> View:
    """Take JSON that says so: a form of another site can send text, but not this type."""

    @wraps(view)
    def checked(**arguments: Any) -> Any:  # noqa: ANN401
        if request.mimetype != "application/json":
            raise Refusal("INVALID_REQUEST", status=415)
        return view(**arguments)

    return checked


def _cross_origin(response: Response) -> Response:
    """Let the shop's own pages read the answer, an error too; and tell a browser that asks first."""
    response.vary.add("Origin")
    origin = request.headers.get("Origin")
    if origin is None or not _is_own(origin):
        return response
    response.headers["Access-Control-Allow-Origin"] = origin
    if request.method == "OPTIONS":
        response.headers["Access-Control-Allow-Methods"] = "GET, POST"
        response.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        response.headers["Access-Control-Max-Age"] = str(_PREFLIGHT_S)
    else:
        response.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After"
    return response


def _is_own(origin: str) -> bool:
    asking: callers.Caller | None = g.get("caller")
    if asking is not None:
        return origin in callers.origins(asking.place)
    try:
        with reading(house().works.engine) as session:
            return callers.is_shops_origin(session, origin)
    except SQLAlchemyError:
        return False


def _build() -> None:
    for road in (PROXY, DIRECT):
        for operation in OPERATIONS:
            view = _on_road(operation, road)
            endpoint = operation.view.__name__
            road.blueprint.add_url_rule(f"/{operation.rule}", endpoint, view, methods=[operation.method])
    DIRECT.blueprint.after_request(_cross_origin)


_build()
