"""What is wrong with a version's surveys, and with what it says of service cases."""

from collections.abc import Iterator, Mapping

from app.loyalty.hearing import replies
from app.loyalty.hearing.recovery import STARS, Recovery
from app.loyalty.hearing.surveys import NPS_MAX, Survey, SurveyKind
from app.loyalty.terms.programme import Version
from app.loyalty.terms.rules import EventRule

Path = tuple[str | int, ...]
Fault = tuple[Path, str, Mapping[str, int | str]]


def faults(version: Version) -> Iterator[Fault]:
    """Return the place of everything wrong with a stable word why, and the numbers that belong to it."""
    paid = {rule.event for rule in version.rules_of(EventRule)}
    known: set[str] = set()
    for number, survey in enumerate(version.surveys):
        path: Path = ("surveys", number)
        if survey.id in known:
            yield (*path, "id"), "TWICE", {}
        known.add(survey.id)
        if survey.event and survey.event not in paid:
            yield (*path, "event"), "NO_EVENT_RULE", {}
        if survey.kind is SurveyKind.CSAT:
            yield from _scale(survey, path)
        if survey.low is not None and survey.low >= survey.most:
            yield (*path, "low"), "TOO_LARGE", {"maximum": survey.most - 1}
    if version.recovery is not None:
        yield from _recovery(version.recovery)


def _scale(survey: Survey, path: Path) -> Iterator[Fault]:
    """Both ends of a scale must leave each other their answers."""
    if survey.scale < 2:  # noqa: PLR2004 - yes and no
        yield (*path, "scale"), "TOO_SMALL", {"minimum": 2}
    elif survey.scale > NPS_MAX:
        yield (*path, "scale"), "TOO_LARGE", {"maximum": NPS_MAX}
    elif survey.satisfied > survey.scale:
        yield (*path, "satisfied"), "TOO_LARGE", {"maximum": survey.scale}
    elif survey.satisfied <= survey.scale + 1 - survey.satisfied:
        yield (*path, "satisfied"), "TOO_SMALL", {"minimum": (survey.scale + 1) // 2 + 1}


def _recovery(terms: Recovery) -> Iterator[Fault]:
    if terms.low_rating >= STARS:
        yield ("recovery", "low_rating"), "TOO_LARGE", {"maximum": STARS - 1}
    known: set[str] = set()
    for number, template in enumerate(terms.templates):
        path: Path = ("recovery", "templates", number)
        if template.id in known:
            yield (*path, "id"), "TWICE", {}
        known.add(template.id)
        if not any(text.strip() for text in template.text.values()):
            yield (*path, "text"), "EMPTY", {}
        for language, text in template.text.items():
            for code, name in replies.faults(text):
                yield (*path, "text", language), code, {"field": name}
