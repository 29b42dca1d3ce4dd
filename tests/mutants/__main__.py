"""Plant one bug after another in a copy of the house and see a test turn red: `make mutants`.

`python -m tests.mutants [WORD…]` takes only bugs whose promise, name or file has one of the words. Exit code 1 where
a bug was not caught, or where the tests fail without any bug.
"""

import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.mutants.bug import ROOT, Bug
from tests.mutants.bugs import BUGS

_PASSED, _FAILED = 0, 1
_PATIENCE_S: Final = 900


def main(words: Sequence[str]) -> int:
    """Plant the bugs that are asked for. Returns the exit code."""
    chosen = [bug for bug in BUGS if not words or any(_is_about(bug, word) for word in words)]
    with TemporaryDirectory(prefix="kizuna-mutants-") as folder:
        copy = Path(folder) / "house"
        _copy_to(copy)
        healthy = sorted({place for bug in chosen for place in bug.caught_by})
        print(f"{len(chosen)} bugs. First their tests, without any bug …", flush=True)
        if (code := _run(copy, healthy)) != _PASSED:
            print(f"The tests fail without any bug (pytest ended with {code}).")
            return 1
        free = [bug for number, bug in enumerate(chosen, 1) if not _is_caught(copy, bug, f"{number}/{len(chosen)}")]
    for bug in free:
        print(f"NOT CAUGHT: {bug.promise}: {bug.name} ({bug.file})")
    print(f"{len(chosen) - len(free)} of {len(chosen)} bugs turned a test red.")
    return 1 if free else 0


def _is_about(bug: Bug, word: str) -> bool:
    return any(word.casefold() in text.casefold() for text in (bug.promise, bug.name, bug.file))


def _copy_to(copy: Path) -> None:
    """Copy what git would: what is tracked and what is new, nothing that was built."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, copy / name)


def _is_caught(copy: Path, bug: Bug, count: str) -> bool:
    """Plant a bug, run its tests, take it out again."""
    began = time.monotonic()
    place, healthy = copy / bug.file, (copy / bug.file).read_text(encoding="utf-8")
    place.write_text(bug.planted_in(copy), encoding="utf-8")
    try:
        caught = any(_run(copy, [test]) == _FAILED for test in bug.caught_by)
    finally:
        place.write_text(healthy, encoding="utf-8")
    word = "red" if caught else "GREEN"
    print(f"{count:>7}  {word:5}  {time.monotonic() - began:5.0f} s  {bug.promise}: {bug.name}", flush=True)
    return caught


def _run(copy: Path, places: Sequence[str]) -> int:
    """Run tests in the copy, its own code first on the path. A run without an end is a bug that was seen."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *places]
    try:
        return subprocess.run(command, cwd=copy, check=False, capture_output=True, timeout=_PATIENCE_S).returncode
    except subprocess.TimeoutExpired:
        return _FAILED


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
