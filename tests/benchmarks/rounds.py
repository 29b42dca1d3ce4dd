"""Rounds in turns, A B A B: machines are noisy, so what is claimed is the ratio of two medians of one run."""

import gc
import os
from collections.abc import Callable
from typing import Final, TypeVar

ROUNDS: Final = 5
Figure = TypeVar("Figure")


def scale() -> float:
    """The size asked for: 1 in full, ``BENCH_SCALE=0.1`` for a short run."""
    return float(os.environ.get("BENCH_SCALE", "1"))


def scaled(count: int, least: int) -> int:
    """A count of things at the scale asked for."""
    return max(least, round(count * scale()))


def in_turns(
    baseline: Callable[[], Figure], ours: Callable[[], Figure], rounds: int = ROUNDS
) -> tuple[list[Figure], list[Figure]]:
    """Run both in turns; the figures of each."""
    plain: list[Figure] = []
    mine: list[Figure] = []
    for _ in range(rounds):
        for run, figures in ((baseline, plain), (ours, mine)):
            gc.collect()
            figures.append(run())
    return plain, mine
