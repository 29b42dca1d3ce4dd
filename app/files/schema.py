"""The format of programme files as a JSON schema, for editors that help while one is written."""

from collections.abc import Mapping
from typing import Any, Final

from app.files.reading import DOCUMENT

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """Return the schema of a whole file."""
    made: dict[str, Any] = _plain(DOCUMENT.model_json_schema(by_alias=True))
    return {"$schema": _DIALECT} | made


def _plain(part: Any, *, named: bool = False) -> Any:  # noqa: ANN401 - what a schema holds
    """Leave out titles, which say what the names say, and tell money as it is written in a file."""
    if isinstance(part, str):
        return part.replace("_minor", "").replace("minor units", "major units")
    if isinstance(part, Mapping):
        kept = {name: each for name, each in part.items() if named or name != "title"}
        return {name: _plain(each, named=name in {"properties", "$defs"}) for name, each in kept.items()}
    return [_plain(each) for each in part] if isinstance(part, list) else part
