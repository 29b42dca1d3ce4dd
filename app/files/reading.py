"""Reading a programme file: a version of the trade, or every fault with its place and what to do about it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import Field, StrictInt, StrictStr, ValidationError, create_model
from pydantic_core import ErrorDetails

from app.files.edge import Written, model_of, tag_of, value_of
from app.files.names import fields_of, spell
from app.loyalty.money import exponent, to_minor
from app.loyalty.terms.programme import Version
from app.loyalty.terms.rewards import REWARDS
from app.loyalty.terms.rules import RULES
from app.loyalty.terms.segments import CONDITIONS

_UNSET: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TAGS: Final = frozenset({tag_of(kind) for kind in (*RULES.values(), *REWARDS.values(), *CONDITIONS.values())})
LENGTH_MAX: Final = 1_000_000
"""No programme file is longer than this (characters)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at one place of a file, as a sentence that goes on from the place's name."""

    place: str
    sentence: str

    def __str__(self) -> str:
        """Return the whole sentence."""
        end = "" if self.sentence.endswith("?") else "."
        return f"{self.place} {self.sentence}{end}"


class ProgrammeFileError(Exception):
    """The file cannot be read as a programme; ``faults`` say where and why, in the order of the file."""

    def __init__(self, *faults: Fault) -> None:
        """Take at least one fault."""
        super().__init__("; ".join(str(fault) for fault in faults))
        self.faults = faults


class Unit(Written):
    """What is collected: points with so many decimals, or money of a currency."""

    name: StrictStr
    decimals: StrictInt = Field(default=0, ge=0, le=3)


@dataclass(frozen=True, slots=True)
class ProgrammeFile:
    """What a file said. ``starts_at``, ``currency``, ``unit`` (name, decimals) are None where it says nothing."""

    content: Version
    starts_at: datetime | None = None
    currency: str | None = None
    unit: tuple[str, int] | None = None
    note: str = ""

    def version(self, otherwise: datetime) -> Version:
        """Return the version, beginning when the file says, else at this instant."""
        return self.starting(self.starts_at or otherwise)

    def starting(self, at: datetime) -> Version:
        """Return the version, beginning at this instant whatever the file says."""
        return replace(self.content, starts_at=at)


DOCUMENT: Final = create_model(
    "Programme",
    __base__=model_of(Version),
    __doc__="A programme's version as a file: everything a merchant promises from an instant on.",
    schema_=(StrictStr, Field(alias="$schema", default="", description="Where this description of the format is.")),
    note=(StrictStr, Field(default="", description="What the file is for, in words; nobody is shown it.")),
    currency=(StrictStr | None, Field(default=None, pattern="^[A-Z]{3}$", description="What its money is counted in.")),
    unit=(Unit | None, Field(default=None, description="What its points are; points without decimals if left out.")),
)
"""The model of a whole file."""


def read(text: str, currency: str) -> ProgrammeFile:
    """Read a file whose money is in ``currency`` unless it says otherwise. Raises ProgrammeFileError."""
    document = _parsed(text)
    told = document.get("currency")
    money = told if isinstance(told, str) else currency
    try:
        found: Any = DOCUMENT.model_validate(document, context={"money": lambda amount: to_minor(amount, money)})
    except ValidationError as error:
        raise ProgrammeFileError(*(_fault(each, document) for each in error.errors(include_url=False))) from None
    names = {each.name for each in fields_of(Version)} & found.model_fields_set
    given = {name: value_of(getattr(found, name)) for name in sorted(names)}
    return ProgrammeFile(
        Version(**({"starts_at": _UNSET} | given)),
        given.get("starts_at"),
        found.currency,
        None if found.unit is None else _unit(found.unit),
        found.note,
    )


def _unit(unit: Unit) -> tuple[str, int]:
    return (unit.name, unit.decimals) if unit.name == "points" else (unit.name, exponent(unit.name))


def _parsed(text: str) -> Mapping[str, Any]:
    if len(text) > LENGTH_MAX:
        raise ProgrammeFileError(Fault("the file", f"is longer than {LENGTH_MAX} characters"))
    try:
        document = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ProgrammeFileError(Fault(place, f"is not JSON: {error.msg}")) from None
    except RecursionError:
        raise ProgrammeFileError(Fault("the file", "is nested too deeply")) from None
    if not isinstance(document, dict):
        raise ProgrammeFileError(Fault("the file", "must be one object in { }"))
    return document


def _once(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ProgrammeFileError(Fault(f'"{twice}"', "stands twice in one object; keep one of them"))
    return found


def _fault(error: ErrorDetails, document: Mapping[str, Any]) -> Fault:
    kind, told = error["type"], error.get("ctx", {})
    sentence = _SENTENCES.get(kind, error["msg"][:1].lower() + error["msg"][1:]).format(**told)
    within = [told["within"]] if "within" in told else []
    return Fault(".".join([_place(error["loc"], document), *within]), sentence)


def _place(loc: Sequence[str | int], document: object) -> str:
    """Return where a fault is; what the model adds to name the kind of a rule or reward is left out."""
    parts: list[str | int] = []
    entered: object = document
    tagged = True
    for step in loc:
        if isinstance(entered, Mapping) and not tagged and step in {entered.get(tag or "") for tag in _TAGS}:
            tagged = True
            continue
        parts.append(step)
        entered, tagged = _inner(entered, step), False
    return spell(parts)


def _inner(value: object, step: str | int) -> object:
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, Sequence) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


_SENTENCES: Final[Mapping[str, str]] = {
    "missing": "is missing; add it",
    "int_type": "must be a whole number without quotes, such as 100",
    "int_from_float": "must be a whole number without quotes, such as 100",
    "bool_type": "must be true or false, without quotes",
    "string_type": "must be text in quotes",
    "list_type": "must be a list in [ ]",
    "tuple_type": "must be a list in [ ]",
    "dict_type": "must be an object in {{ }}",
    "model_type": "must be an object in {{ }}",
    "enum": "must be one of {expected}",
    "literal_error": "must be {expected}",
    "datetime_type": 'must be an instant with its offset in quotes, such as "2027-01-01T00:00:00+01:00"',
    "datetime_parsing": 'must be an instant with its offset in quotes, such as "2027-01-01T00:00:00+01:00"',
    "datetime_from_date_parsing": 'must be an instant with its offset in quotes, such as "2027-01-01T00:00:00+01:00"',
    "timezone_aware": 'needs the offset from UTC at its end, such as "+01:00" or "Z"',
    "union_tag_not_found": "must say its kind as {discriminator}",
    "union_tag_invalid": "has a kind that is not known here, '{tag}'; kinds are {expected_tags}",
    "string_pattern_mismatch": "must look like {pattern}",
}
"""What pydantic's faults mean here; those of our own bring their sentence along."""
