"""Case files: found in a folder, one case or a list in each."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Case = Mapping[str, Any]


def cases_in(folder: Path) -> Iterator[Case]:
    """Return the cases of a folder's files, by file name."""
    for path in sorted(folder.glob("*.json")):
        found = json.loads(path.read_text(encoding="utf-8"))
        yield from found if isinstance(found, list) else [found]
