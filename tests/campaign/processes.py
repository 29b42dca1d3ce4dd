"""Real processes of Kizuna that are killed and started again, as whoever keeps them would."""

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, Self

KIZUNA: Final = Path(sys.executable).with_name("kizuna")
_ROOT: Final = Path(__file__).parents[2]
_LOOK_S: Final = 0.1
_PATIENCE_S: Final = 20
_ENDED: Final = (0, -signal.SIGTERM)
"""What a process ends with that was asked to; the clock has nothing to finish."""


class Process:
    """One process of the Procfile under its keeper, which starts it again whenever it was killed."""

    def __init__(self, role: str, environ: Mapping[str, str], log: Path, *, command: Sequence[str] = ()) -> None:
        """``role`` is the command of the Procfile, web, worker or clock; ``command``: words for Python instead."""
        self._command = (sys.executable, *command) if command else (KIZUNA, role)
        self.role, self._environ, self._log = role, dict(environ), log
        self._running: subprocess.Popen[bytes] | None = None
        self._next: str | None = None
        self.killed = self.stopped = 0
        self.asked = False
        self.fell_at: list[str] = []
        self.failed: list[int] = []
        self._armed: str | None = None

    def start(self) -> None:
        """Start it, armed where that was wished for; a place is armed for one life only."""
        environ = dict(self._environ)
        self._armed, self._next = self._next, None
        if self._armed:
            environ["KIZUNA_FAILPOINT"] = self._armed
        with self._log.open("ab") as log:
            self._running = subprocess.Popen(
                self._command, cwd=_ROOT, env=environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def kill(self, then: str | None = None) -> None:
        """Kill it as a power cut would; in its next life it dies at ``then``."""
        self._next = then
        if self._running is not None:
            os.kill(self._running.pid, signal.SIGKILL)

    def ask(self) -> None:
        """Tell it to end as a deploy does: it finishes what it is at."""
        if self._running is not None:
            self.asked = True
            self._running.terminate()

    @property
    def resident(self) -> int:
        """Return how many bytes of memory it holds now (Linux). Raises ProcessLookupError where it does not run."""
        if self._running is None:
            raise ProcessLookupError(self.role)
        pages = Path(f"/proc/{self._running.pid}/statm").read_text(encoding="ascii").split()[1]
        return int(pages) * resource.getpagesize()

    def look(self) -> None:
        """Start it again if it died, and note how."""
        if self._running is None or (code := self._running.poll()) is None:
            return
        if self.asked and code in _ENDED:
            self.stopped += 1
        elif code == -signal.SIGKILL:
            self.killed += 1
            if self._armed:
                self.fell_at.append(self._armed)
        else:
            self.failed.append(code)
        self.start()
        self.asked = False

    def stop(self) -> None:
        """End it for good."""
        running, self._running = self._running, None
        if running is not None:
            running.terminate()
            try:
                running.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                running.kill()
                running.wait()


class Keeper:
    """Looks after processes from a thread."""

    def __init__(self, processes: list[Process]) -> None:
        self.processes = processes
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        """Start everything."""
        for process in self.processes:
            process.start()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop everything."""
        self._stopping.set()
        self._thread.join()
        for process in self.processes:
            process.stop()

    @property
    def kills(self) -> int:
        """How often a process was killed, from outside or at a place."""
        return sum(process.killed for process in self.processes)

    @property
    def asked(self) -> bool:
        """Whether a process that was asked to end is still there, or not started again yet."""
        return any(process.asked for process in self.processes)

    @property
    def stops(self) -> int:
        """How often a process that was asked to end did so."""
        return sum(process.stopped for process in self.processes)

    def _run(self) -> None:
        while not self._stopping.is_set():
            for process in self.processes:
                process.look()
            time.sleep(_LOOK_S)
