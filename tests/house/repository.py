"""The repository as git knows it: its files, and the modules among them as syntax trees."""

import ast
import subprocess
from functools import cache
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("app", "integrations", "jobs")


@cache
def files() -> tuple[Path, ...]:
    """Every file git tracks, or would if it were added; relative to the root."""
    listed = subprocess.run(
        ("git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"),
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return tuple(Path(name) for name in sorted(listed.stdout.split("\0")) if name and (ROOT / name).is_file())


def text(path: Path) -> str:
    """The content of a file, or nothing when it is no text."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def modules(*folders: str) -> tuple[Path, ...]:
    """The Python files under these folders."""
    return tuple(
        path for path in files() if path.suffix == ".py" and any(path.is_relative_to(folder) for folder in folders)
    )


@cache
def tree(path: Path) -> ast.Module:
    """A module's syntax tree."""
    return ast.parse(text(path), filename=str(path))


@cache
def imports(path: Path) -> frozenset[str]:
    """The full names of what a module imports."""
    found: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return frozenset(found)


@cache
def calls(path: Path) -> frozenset[str]:
    """The names of what a module calls or reads, dotted as far as they are plain: `os.environ`, `session.commit`."""
    return frozenset(ast.unparse(node) for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute | ast.Name))
