"""What is picked for a member, with the reason as a sentence in every language there is."""

from collections.abc import Iterable
from datetime import datetime

from app.db.places import Place
from app.loyalty.redeeming.picks import Because, Evidence, Pick
from app.web.pages.words import LANGUAGES, Measures, Words
from app.web.storefront import shapes


def for_you(place: Place, picks: Iterable[Pick], now: datetime) -> list[shapes.Pick]:
    """Return the picks in their order."""
    return [
        shapes.Pick(
            reward=pick.reward.id,
            reason=shapes.Reason(
                code=pick.because.value,
                numbers=numbers(pick),
                condition=pick.evidence.condition if pick.evidence is not None else None,
                text={language: sentence(spoken(place, language), pick, now) for language in LANGUAGES},
            ),
        )
        for pick in picks
    ]


def spoken(place: Place, language: str) -> Words:
    """Return the words of a language with the programme's measures."""
    unit = "points" if place.unit == "points" else place.currency
    return Words(language, Measures(unit, place.decimals, place.currency, place.zone))


def numbers(pick: Pick) -> dict[str, int]:
    """Return the numbers of the reason, what an offer's condition found among them."""
    evidence = pick.evidence
    told = {"have": evidence.have, "days": evidence.days} if evidence is not None else {}
    return {**pick.numbers, **{name: number for name, number in told.items() if number is not None}}


def sentence(say: Words, pick: Pick, now: datetime) -> str:
    """Return the reason as a sentence of one language."""
    if pick.evidence is not None:
        return _of_evidence(say, pick.evidence)
    if pick.because is Because.ENDS_SOON and pick.ends_at is not None:
        return say.plain("why.ends_soon", moment=say.moment(pick.ends_at, now))
    if pick.because is Because.HAD_BEFORE:
        return say.plain("why.had_before", n=pick.numbers["times"])
    if pick.numbers["missing"]:
        return say.plain("why.nearly", points=say.points(pick.numbers["missing"]))
    return say.plain("why.in_reach", points=say.points(pick.numbers["spend"]))


def _of_evidence(say: Words, evidence: Evidence) -> str:
    """Return what of the member makes an offer theirs; a condition without a number of its own is not spelt out."""
    have = evidence.have
    if evidence.condition in {"place", "tagged"}:
        return say.plain(f"why.{evidence.condition}")
    if evidence.condition == "frequency" and not have:
        return say.plain("why.first")
    if evidence.condition == "profile":
        return say.plain("why.profile")
    if have is None or (evidence.condition == "bought" and not have):
        return say.plain("why.chosen")
    if evidence.condition == "score":
        return say.plain("why.score")
    within = ".days" if evidence.days is not None else ""
    told: dict[str, object] = {"n": have, "days": evidence.days or 0}
    if evidence.condition == "spending":
        told = {"money": say.money(have), "days": evidence.days or 0}
    elif evidence.condition == "points":
        told = {"points": say.points(have)}
    return say.plain(f"why.{evidence.condition}{within}", **told)
