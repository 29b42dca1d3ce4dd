"""Answers held to widgets/contract.json, the schema the widget was written to."""

import json
from pathlib import Path
from typing import Any

import jsonschema

CONTRACT: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "widgets" / "contract.json").read_text(encoding="utf-8")
)


def fits(name: str, document: Any) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """Return the document if it is what the contract calls ``name``. Raises jsonschema.ValidationError."""
    jsonschema.Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": CONTRACT["$defs"]}).validate(document)
    return document
