"""Case files: found in a folder, one case or a list in each."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Case = Mapping[str, Any]


def cases_in(folder: Path) -> Iterator[Case]:
    """Return the cases of the files in a folder and the folders in it, by name."""
    for path in sorted(folder.rglob("*.json")):
        found = json.loads(path.read_text(encoding="utf-8"))
        yield from found if isinstance(found, list) else [found]
