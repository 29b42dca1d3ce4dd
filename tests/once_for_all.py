"""What every test would work out anew is worked out once in a process: SQL texts, and the builders of addresses.

A process that serves has one engine and one app for life; tests make thousands of each. SQLAlchemy keeps the SQL it
compiled with an engine and its dialect, Werkzeug compiles a function for every route of every app: together more than
half of what a test of the web costs. No setting shares either, so this does; tests/house/test_once_for_all.py says when
a new version of the two needs another way.
"""

from collections.abc import Callable, Hashable
from typing import Any, Final

import sqlalchemy
from sqlalchemy import Dialect, Engine
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule

from app.db import unit

_STATEMENTS: Final = 5_000
"""More than there are: what one engine keeps (500) is forgotten where all tests' statements meet."""


_ALIKE: Final[dict[str, Any]] = {
    "__eq__": lambda self, other: type(self) is type(other),
    "__hash__": lambda self: hash(type(self)),
    "supports_statement_cache": True,
}
"""Makes a dialect equal to every other one of its kind: statements are kept by the dialect they were compiled for."""

_kinds: Final[dict[type[Dialect], type[Dialect]]] = {}
_kept: Final[dict[type[Dialect], tuple[LRUCache[Any, Any], Any]]] = {}
_builders: Final[dict[Hashable, Callable[..., tuple[str, str]]]] = {}
_compile_builder: Final = Rule._compile_builder


def arrange() -> None:
    """Share them; call it before any test."""
    vars(unit)["create_engine"] = _engine
    Rule._compile_builder = _builder  # type: ignore[assignment, method-assign]


def _engine(url: str, **how: Any) -> Engine:  # noqa: ANN401 - SQLAlchemy's own
    """Make an engine that knows what the others of its kind have compiled."""
    engine = sqlalchemy.create_engine(url, **how)
    plain = type(engine.dialect)
    kind = _kinds.setdefault(plain, type(plain.__name__, (plain,), _ALIKE))
    engine.dialect.__class__ = kind  # as good a dialect as before
    engine._compiled_cache, engine.dialect._type_memos = _kept.setdefault(
        kind, (LRUCache(_STATEMENTS), engine.dialect._type_memos)
    )
    return engine


def _builder(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:  # noqa: FBT001, FBT002
    """Compile a rule's builder unless one like it was: it asks the rule it is bound to for its converters."""
    defaults = tuple(sorted((rule.defaults or {}).items()))
    key = (rule.rule, tuple(rule._trace), defaults, append_unknown)
    if key not in _builders:
        _builders[key] = _compile_builder(rule, append_unknown)
    return _builders[key]
