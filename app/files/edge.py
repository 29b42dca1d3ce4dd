"""Models of what may stand in a programme file, derived from the trade's dataclasses: no kind has a parser of its own.

Names are those of ``names``; money and exact decimal numbers are strings; instants carry their offset. What a file
leaves out gets the value the dataclass gives it.
"""

import dataclasses
import types
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from types import GenericAlias
from typing import Annotated, Any, Final, Literal, Self, Union, get_args, get_origin, get_type_hints

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    StrictBool,
    StrictInt,
    StrictStr,
    ValidationInfo,
    WithJsonSchema,
    create_model,
    model_validator,
)
from pydantic_core import PydanticCustomError

from app.files.names import ALSO, THRESHOLD, fields_of, file_name, is_money
from app.loyalty.errors import InvalidAmountError
from app.loyalty.terms.ladder import Entry, Ladder, Level, Measure
from app.loyalty.terms.programme import Reward, Version

Money = Callable[[str], int]
"""Turns an amount in major units into minor units of one currency. Raises InvalidAmountError."""
_AMOUNT: Final = {"type": "string", "pattern": "^[0-9]+([.][0-9]+)?$"}
_LONGEST: Final = 40


class Sum(int):
    """Minor units that were written as an amount of money, where a whole number could stand as well."""

    __slots__ = ()


def _money(value: object, info: ValidationInfo) -> int:
    if not isinstance(value, str):
        raise PydanticCustomError("money", 'must be money in quotes, such as "19.99"')
    if info.context is None:
        raise TypeError("money needs its currency")
    change: Money = info.context["money"]
    try:
        amount = change(value)
    except InvalidAmountError:
        amount = -1
    if amount < 0:
        raise PydanticCustomError("money", 'must be money such as "19.99", no finer than the currency has coins')
    return amount


def _threshold(value: object, info: ValidationInfo) -> int:
    if isinstance(value, str):
        return Sum(_money(value, info))
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise PydanticCustomError("threshold", 'must be money in quotes, such as "200.00", or a whole number')


def _decimal(value: object) -> Decimal:
    digits = value.replace(".", "", 1) if isinstance(value, str) and len(value) <= _LONGEST else ""
    if not (digits.isascii() and digits.isdigit()):
        raise PydanticCustomError("decimal", 'must be a decimal number in quotes, such as "1.5"')
    return Decimal(str(value))


def _instant(value: object) -> object:
    if not isinstance(value, str):
        raise PydanticCustomError("instant", 'must be an instant in quotes, such as "2027-01-01T00:00:00+01:00"')
    return value


_MONEY: Final = Annotated[int, BeforeValidator(_money), WithJsonSchema(_AMOUNT | {"description": "money, major units"})]
_NUMBER: Final = Annotated[Decimal, BeforeValidator(_decimal), WithJsonSchema(_AMOUNT)]
_MONEY_OR_NUMBER: Final = Annotated[
    int,
    PlainValidator(_threshold),  # any other would make a plain int of a Sum
    WithJsonSchema({"anyOf": [_AMOUNT, {"type": "integer", "minimum": 0}], "description": "money if by spending"}),
]
_INSTANT: Final = Annotated[AwareDatetime, BeforeValidator(_instant)]
_PLAIN: Final[Mapping[object, object]] = {
    Decimal: _NUMBER,
    datetime: _INSTANT,
    int: StrictInt,
    bool: StrictBool,
    str: StrictStr,
}


class Written(BaseModel):
    """A part of a file; ``kind`` is the dataclass it becomes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _only_known(cls, content: Any) -> Any:  # noqa: ANN401 - whatever a file holds
        """Tell of a name that is not known here, with those that are."""
        if isinstance(content, Mapping):
            known = [field.alias or name for name, field in cls.model_fields.items()]
            for name in content:
                if name not in known:
                    near = get_close_matches(str(name), known, 1)
                    hint = f'did you mean "{near[0]}"?' if near else f"known here: {', '.join(known)}"
                    raise PydanticCustomError("unknown", "{said}", {"said": f'"{name}" is not known here; {hint}'})
        return content


class _WrittenLadder(Written):
    """A ladder, whose thresholds are written as what it measures."""

    @model_validator(mode="after")
    def _same_measure(self) -> Self:
        """Refuse thresholds in money where something else is measured, and the other way."""
        ladder: Any = self
        for number, level in enumerate(ladder.levels):
            place = f"levels[{number}]"
            if "threshold" in level.model_fields_set:
                _check_measure(level.threshold, ladder.measure, f"{place}.threshold")
            elif (level.entry or Entry.EARNED) is Entry.EARNED:
                told = {"said": "is missing; add it", "within": f"{place}.threshold"}
                raise PydanticCustomError("threshold", "{said}", told)
            for measure, least in (level.also or {}).items():
                _check_measure(least, measure, f"{place}.also.{measure.value}")
        return self


def _check_measure(least: int, measure: Measure, place: str) -> None:
    spent = measure is Measure.SPEND
    if isinstance(least, Sum) is not spent:
        wanted = 'money in quotes, such as "200.00"' if spent else "a whole number without quotes"
        told = {"said": f"must be {wanted}, for it measures {measure.value}", "within": place}
        raise PydanticCustomError("threshold", "{said}", told)


_KINDS: dict[type[BaseModel], type] = {}


@cache
def model_of(kind: type) -> type[Written]:
    """Return the model of a dataclass."""
    hints = get_type_hints(kind)
    made: dict[str, Any] = {}
    for each in fields_of(kind):
        annotation = _annotation(hints[each.name], money=is_money(each.name))
        if (kind, each.name) == THRESHOLD:
            annotation = _MONEY_OR_NUMBER
        elif (kind, each.name) == ALSO:
            annotation = GenericAlias(dict, (Measure, _MONEY_OR_NUMBER))
        made[each.name] = (annotation, _field(kind, each))
    floor: type[Written] = _WrittenLadder if kind is Ladder else Written
    model = create_model(kind.__name__, __base__=floor, __doc__=kind.__doc__, **made)
    _KINDS[model] = kind
    return model


def _field(kind: type, each: "dataclasses.Field[object]") -> Any:  # noqa: ANN401 - pydantic's own type
    alias = file_name(kind, each.name)
    default, made = each.default, each.default_factory
    told = default is not dataclasses.MISSING or made is not dataclasses.MISSING
    if (kind, each.name) == (Version, "starts_at"):
        return Field(alias=alias, default_factory=lambda: None, description="Left out: when it is published.")
    if (kind, each.name) == THRESHOLD:
        return Field(alias=alias, default_factory=lambda: 0)
    if not told or _is_tag(kind, each.name) or (kind, each.name) == (Reward, "gives"):
        return Field(alias=alias)
    extra: dict[str, Any] = {"default": default} if isinstance(default, str | int) and not is_money(each.name) else {}
    return Field(alias=alias, default_factory=lambda: None, json_schema_extra=extra)


def _is_tag(kind: type, name: str) -> bool:
    return get_origin(get_type_hints(kind)[name]) is Literal


def tag_of(kind: type) -> str | None:
    """Return the field that says which kind a value is of, None where there is one kind only."""
    return next((each.name for each in dataclasses.fields(kind) if _is_tag(kind, each.name)), None)


def _annotation(hint: Any, *, money: bool) -> Any:  # noqa: ANN401 - types are values here
    """Return what stands in a file where a dataclass has this type."""
    if hint is int and money:
        return _MONEY
    origin, parts = get_origin(hint), get_args(hint)
    inner = [part if part is Ellipsis else _annotation(part, money=money) for part in parts if origin is not Literal]
    made: Any = _PLAIN.get(hint, hint)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        made = model_of(hint)
    elif origin in {Union, types.UnionType}:
        made = _union(inner)
    elif origin is tuple:
        made = GenericAlias(tuple, tuple(inner))
    elif isinstance(origin, type) and issubclass(origin, Mapping):
        made = GenericAlias(dict, (inner[0], inner[1]))
    return made


def _union(parts: list[Any]) -> Any:  # noqa: ANN401 - types are values here
    named = [part for part in parts if part is not type(None)]
    joined: Any = Union.__getitem__(tuple(named))
    if len(named) > 1 and all(isinstance(part, type) and issubclass(part, Written) for part in named):
        joined = Annotated[joined, Discriminator(tag_of(_KINDS[named[0]]) or "kind")]
    return joined | None if len(named) < len(parts) else joined


def value_of(part: object) -> Any:  # noqa: ANN401 - what a dataclass's field holds
    """Return the trade's value of what was read; instants in UTC."""
    if isinstance(part, BaseModel):
        kind = _KINDS[type(part)]
        given = {name: value_of(getattr(part, name)) for name in sorted(part.model_fields_set)}
        return kind(**({"threshold": 0} | given if kind is Level else given))
    if isinstance(part, tuple):
        return tuple(value_of(each) for each in part)
    if isinstance(part, dict):
        return {name: value_of(each) for name, each in part.items()}
    if isinstance(part, datetime):
        return part.astimezone(UTC)
    return int(part) if isinstance(part, Sum) else part
