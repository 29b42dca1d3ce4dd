"""What is wrong with the questions of a version about its members."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from app.loyalty.hearing.profile import OPTIONS_MIN, TEXT_MAX, ProfileKind, ProfileQuestion
from app.loyalty.terms.programme import Version
from app.loyalty.terms.rules import EventRule

Path = tuple[str | int, ...]
Fault = tuple[Path, str, Mapping[str, int | str]]
_WORD: Final = re.compile(r"[A-Za-z0-9_-]+")


def faults(version: Version) -> Iterator[Fault]:
    """Return the place of everything wrong with a stable word why, and the numbers that belong to it."""
    paid = {rule.event for rule in version.rules_of(EventRule)}
    known: set[str] = set()
    for number, question in enumerate(version.profile):
        path: Path = ("profile", number)
        if question.id in known:
            yield (*path, "id"), "TWICE", {}
        known.add(question.id)
        if question.id and not _WORD.fullmatch(question.id):
            yield (*path, "id"), "NO_WORD", {}
        if question.event and question.event not in paid:
            yield (*path, "event"), "NO_EVENT_RULE", {}
        yield from _said(question.text, (*path, "text"))
        yield from _said(question.purpose, (*path, "purpose"))
        yield from _options(question, (*path, "options"))


def _options(question: ProfileQuestion, path: Path) -> Iterator[Fault]:
    if question.kind is not ProfileKind.CHOICE:
        if question.options:
            yield path, "NO_CHOICE", {}
        return
    if len(question.options) < OPTIONS_MIN:
        yield path, "TOO_FEW_OPTIONS", {"minimum": OPTIONS_MIN}
    ids = [option.id for option in question.options]
    for number, option in enumerate(question.options):
        if option.id in ids[:number]:
            yield (*path, number, "id"), "TWICE", {}
        yield from _said(option.text, (*path, number, "text"))


def _said(text: Mapping[str, str], path: Path) -> Iterator[Fault]:
    """Nobody is asked in no words, nor for no purpose."""
    if not text or not all(words.strip() for words in text.values()):
        yield path, "EMPTY", {}
    if any(len(words) > TEXT_MAX for words in text.values()):
        yield path, "TOO_LONG", {"maximum": TEXT_MAX}
