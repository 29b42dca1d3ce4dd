"""Pictures of the goods: our own SVG files, coloured for each product; nothing is loaded from anywhere else."""

from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "goods"
_DRAWN_IN = "#5a7d7c"
_HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200">'


def names() -> list[str]:
    """Every drawing there is."""
    return sorted(path.stem for path in _FOLDER.glob("*.svg"))


@cache
def drawing(name: str, colour: str) -> str:
    """The drawing for use inside a page: hidden from readers, for the product's name stands beside it."""
    text = (_FOLDER / f"{name}.svg").read_text(encoding="utf-8").replace(_DRAWN_IN, colour)
    return text.replace(_HEAD, '<svg viewBox="0 0 200 200" aria-hidden="true">').strip()


def picture(name: str, colour: str) -> str:
    """The drawing as a picture file of its own, on a ground."""
    ground = _HEAD + '<rect width="200" height="200" fill="#efebe4"/>'
    return (_FOLDER / f"{name}.svg").read_text(encoding="utf-8").replace(_DRAWN_IN, colour).replace(_HEAD, ground)
