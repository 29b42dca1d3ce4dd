"""What a benchmark tells: one table for people, one JSON line for later."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, Final

_ROOT: Final = Path(__file__).parents[2]
_ROUND_FROM: Final = 100
_HEAD: Final = ("what", "baseline", "ours", "ratio", "goal")


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison. ``goal`` bounds the ratio ours / baseline: from below where more is better, else from above."""

    what: str
    unit: str
    baseline: float
    ours: float
    goal: float | None = None
    more_is_better: bool = True

    @classmethod
    def of(
        cls,
        what: str,
        unit: str,
        baseline: Sequence[float],
        ours: Sequence[float],
        goal: float | None = None,
        *,
        more_is_better: bool = True,
    ) -> "Line":
        """The comparison of the medians of two series."""
        return cls(what, unit, median(baseline), median(ours), goal, more_is_better)

    @property
    def ratio(self) -> float:
        """Ours over the baseline's."""
        return self.ours / self.baseline

    def cells(self) -> tuple[str, ...]:
        """The table's words."""
        goal = "" if self.goal is None else f"{'≥' if self.more_is_better else '≤'} {self.goal:g}"
        baseline, ours = (f"{_short(value)} {self.unit}" for value in (self.baseline, self.ours))
        return (self.what, baseline, ours, f"{self.ratio:.2f}", goal)


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= _ROUND_FROM else f"{value:.3g}"


@dataclass(frozen=True, slots=True)
class Result:
    """A benchmark's outcome. ``sizes`` say how much work it was, ``notes`` what else belongs to the figures."""

    name: str
    engine: str
    seed: int
    sizes: Mapping[str, int]
    lines: Sequence[Line]
    notes: Mapping[str, Any] = field(default_factory=dict)


def table(result: Result) -> str:
    """The result as people read it."""
    rows = [_HEAD, *(line.cells() for line in result.lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    sizes = ", ".join(f"{count:,} {what}" for what, count in result.sizes.items())
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    return "\n".join((f"{result.name} on {result.engine}: {sizes}", *(f"  {line}" for line in lines)))


def keep(result: Result) -> Path:
    """Append the result as one JSON line to the file ``BENCH_OUT`` names, else to one that git ignores."""
    place = Path(os.environ.get("BENCH_OUT", _ROOT / ".bench" / "results.jsonl"))
    place.parent.mkdir(parents=True, exist_ok=True)
    told = asdict(result)
    for kept, line in zip(told["lines"], result.lines, strict=True):
        kept["ratio"] = round(line.ratio, 3)
    whole = {"at": datetime.now(UTC).isoformat(timespec="seconds"), "commit": _commit(), "machine": machine(), **told}
    with place.open("a", encoding="utf-8") as file:
        file.write(json.dumps(whole, ensure_ascii=False) + "\n")
    return place


def machine() -> dict[str, Any]:
    """What the figures were made on: cores and memory, no names."""
    pages, size = os.sysconf("SC_PHYS_PAGES"), os.sysconf("SC_PAGE_SIZE")
    load = os.getloadavg()[0]
    return {"cores": len(os.sched_getaffinity(0)), "memory_gb": round(pages * size / 2**30), "load": round(load, 1)}


def _commit() -> str:
    """The commit, with ``+`` where the working tree differs from it."""
    git = ("git", "-c", "safe.directory=*", "-C", str(_ROOT))
    name = subprocess.run((*git, "rev-parse", "--short", "HEAD"), check=False, capture_output=True, text=True)
    changed = subprocess.run(
        (*git, "status", "--porcelain", "--untracked-files=no"), check=False, capture_output=True, text=True
    )
    return name.stdout.strip() + ("+" if changed.stdout.strip() else "")
