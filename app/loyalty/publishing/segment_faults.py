"""What is wrong with a version's segments, and with campaigns and rewards that name one."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from app.loyalty.terms.programme import Version
from app.loyalty.terms.segments import (
    BY_STANDING,
    STANDING,
    Among,
    Condition,
    Located,
    Points,
    Profile,
    Score,
    Segment,
    Standing,
    Tagged,
    Tier,
    kinds,
)

Fault = tuple[tuple[str | int, ...], str]
_HIGHEST = 5
_COUNTRY = re.compile(r"[A-Z]{2}")
_REGION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,6}")
_NOT_DATED: Final = frozenset({Points, Score, Profile, Located, Tagged})
"""What says nothing of how it was as an order was paid."""


def faults(version: Version) -> Iterator[Fault]:
    """Return the place of everything wrong with a stable word why."""
    known: dict[str, Segment] = dict(BY_STANDING)
    for number, segment in enumerate(version.segments):
        path = ("segments", number)
        if segment.id in known and not segment.id.startswith(STANDING):
            yield (*path, "id"), "TWICE"
        if segment.id.startswith(STANDING):
            yield (*path, "id"), "RESERVED"
        if not segment.conditions:
            yield path, "EMPTY"
        for part in ("all", "any", "none"):
            conditions: tuple[Condition, ...] = getattr(segment, part)
            for place, condition in enumerate(conditions):
                for name, why in _of_condition(condition, version, known):
                    yield (*path, part, place, name), why
        known[segment.id] = segment
    yield from _named(version, known)


def _of_condition(condition: Condition, version: Version, known: Mapping[str, Segment]) -> Iterator[tuple[str, str]]:
    if isinstance(condition, Among):
        if condition.segment not in known:
            yield "segment", "UNKNOWN_SEGMENT"
        return
    if isinstance(condition, Tier):
        levels = {level.id for level in version.tiers.levels} if version.tiers else set()
        if not condition.levels or not set(condition.levels) <= levels:
            yield "levels", "UNKNOWN_LEVEL"
    if isinstance(condition, Score) and condition.survey not in {survey.id for survey in version.surveys}:
        yield "survey", "UNKNOWN_SURVEY"
    if isinstance(condition, Profile):
        yield from _of_profile(condition, version)
    if isinstance(condition, Standing):
        for name in ("recency", "frequency", "value"):
            least, most = getattr(condition, name)
            if not 1 <= least <= most <= _HIGHEST:
                yield name, "NO_SCORES"
    yield from _of_customers(condition)
    yield from _between(condition)


def _of_profile(condition: Profile, version: Version) -> Iterator[tuple[str, str]]:
    question = version.profile_question(condition.question)
    if question is None:
        yield "question", "UNKNOWN_QUESTION"
    elif not {option.id for option in question.options} >= set(condition.options):
        yield "options", "UNKNOWN_OPTION"


def _of_customers(condition: Condition) -> Iterator[tuple[str, str]]:
    if isinstance(condition, Located):
        if not (condition.countries or condition.regions):
            yield "countries", "EMPTY"
        for name, form in (("countries", _COUNTRY), ("regions", _REGION)):
            if not all(form.fullmatch(code) for code in getattr(condition, name)):
                yield name, "NO_PLACE"
    if isinstance(condition, Tagged) and not condition.tags:
        yield "tags", "EMPTY"


def _between(condition: Condition) -> Iterator[tuple[str, str]]:
    for end in ("", "_days", "_minor"):
        most = getattr(condition, f"most{end}", None)
        if most is not None and most < getattr(condition, f"least{end}"):
            yield f"most{end}", "NOTHING_BETWEEN"


def _named(version: Version, known: Mapping[str, Segment]) -> Iterator[Fault]:
    """What hangs on all members, on requests or on answers cannot be judged again from a member's own orders."""
    places = [("campaigns", number, each.segment) for number, each in enumerate(version.campaigns)]
    places += [("rewards", number, each.segment) for number, each in enumerate(version.rewards)]
    for part, number, named in places:
        path = (part, number, "segment")
        if named is None:
            continue
        if named not in known:
            yield path, "UNKNOWN_SEGMENT"
            continue
        asked = set(kinds(known[named], known))
        if Standing in asked:
            yield path, "NEEDS_ALL_MEMBERS"
        elif _NOT_DATED & asked and part == "campaigns":
            yield path, "NOT_FROM_HISTORY"
