"""Products that suit a member, with the evidence as a sentence in every language there is."""

from collections.abc import Iterable, Mapping

from app.db.places import Place
from app.loyalty.redeeming.recommending import Recommendation, RunsOut
from app.loyalty.terms.programme import Version
from app.web.pages.words import LANGUAGES, Words
from app.web.storefront import shapes
from app.web.storefront.picking import spoken
from app.web.storefront.texts import local


def suggestions(place: Place, version: Version | None, found: Iterable[Recommendation]) -> list[shapes.Suggestion]:
    """Return the recommendations in their order; a product without a name in the programme has none here."""
    names = version.recommend.names if version is not None and version.recommend is not None else {}
    return [
        shapes.Suggestion(
            product=one.product,
            name=local(place, names.get(one.product, "")),
            code="runs_out" if isinstance(one, RunsOut) else "goes_with",
            bought=None if isinstance(one, RunsOut) else one.bought,
            numbers=_numbers(one),
            text={language: sentence(spoken(place, language), one, names) for language in LANGUAGES},
        )
        for one in found
    ]


def _numbers(one: Recommendation) -> dict[str, int]:
    if isinstance(one, RunsOut):
        return {"ago": one.ago, "days": one.days, "own": one.own, "repeats": one.repeats}
    return {"together": one.together, "orders": one.orders}


def sentence(say: Words, one: Recommendation, names: Mapping[str, str]) -> str:
    """Return the evidence as a sentence of one language."""
    if isinstance(one, RunsOut):
        return say.plain("suggest.own" if one.own else "suggest.others", n=one.ago, days=one.days, times=one.repeats)
    if (bought := names.get(one.bought)) is not None:
        return say.plain("suggest.with", n=one.together, orders=one.orders, bought=bought)
    return say.plain("suggest.together", n=one.together, orders=one.orders)
