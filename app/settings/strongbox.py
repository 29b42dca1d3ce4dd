"""Secrets made once and kept in the data folder, for runs that were given none."""

import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path


def kept(folder: Path, name: str, make: Callable[[], str]) -> str:
    """The secret called ``name`` in ``folder``, made by ``make`` if it is not there yet.

    Web, worker and clock start at the same moment: each may make one, but a hard link can be created only
    once, and only with its whole content, so all of them read the same value. Raises OSError when the
    folder cannot be written or the file belongs to somebody else.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    place = folder / name
    if not place.exists():
        draft = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        _write(draft, make())
        try:
            os.link(draft, place)
        except FileExistsError:
            pass  # somebody else was first; theirs is read below
        finally:
            draft.unlink()
    if stat.S_IMODE(place.stat().st_mode) != stat.S_IRUSR | stat.S_IWUSR:
        place.chmod(stat.S_IRUSR | stat.S_IWUSR)
    return place.read_text(encoding="ascii").strip()


def _write(path: Path, value: str) -> None:
    """Put ``value`` on the disk in a new file that only its owner may read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(f"{value}\n")
        file.flush()
        os.fsync(file.fileno())
