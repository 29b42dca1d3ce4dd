"""Programs that end when we end, however we end: a shell keeps them and waits for our end of a pipe to close."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

_KEEPER = """
folder=$1 signal=$2; shift 2
"$@" & kept=$!
read -r _
kill "-$signal" "$kept"; wait "$kept"
[ -f "$folder/data/postmaster.pid" ] && read -r again <"$folder/data/postmaster.pid" && kill "-$signal" "$again"
rm -rf "$folder"
"""
"""Reading the pipe returns when our end closes, also after SIGKILL; then the program and its folder go.

A PostgreSQL that was crashed and started again is no child of ours any more: its own file names it.
"""
_PATIENCE_S = 60
_NAP_S = 0.02


class Leashed:
    """A program in a short-lived folder of its own, ended by ``signal``. What refuses root runs as nobody then."""

    def __init__(self, name: str, *, signal: str, refuses_root: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"kizuna-{name}-", dir="/tmp"))  # sockets want short paths
        self._signal = signal
        self._keeper: subprocess.Popen[bytes] | None = None
        self._as_whom: dict[str, Any] = {"cwd": "/"}
        if refuses_root and os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
            self._as_whom |= {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": ()}

    def run(self, *command: str | Path) -> None:
        """Run ``command`` to its end. Raises RuntimeError with what it printed when it fails."""
        done = subprocess.run(command, check=False, capture_output=True, text=True, **self._as_whom)
        if done.returncode:
            said = f"{command[0]} ended with {done.returncode}: {done.stdout}{done.stderr}"
            raise RuntimeError(said)

    def start(self, *command: str | Path, ready: Callable[[], bool]) -> None:
        """Start ``command`` and wait until ``ready`` says so. Raises RuntimeError with its output when it does not."""
        log = self.folder / "output.txt"
        keeper = ("/bin/sh", "-c", _KEEPER, "sh", self.folder, self._signal, *command)
        with log.open("wb") as output:
            self._keeper = subprocess.Popen(
                keeper, stdin=subprocess.PIPE, stdout=output, stderr=output, start_new_session=True, **self._as_whom
            )
        give_up = time.monotonic() + _PATIENCE_S
        while not ready():
            if time.monotonic() > give_up:
                said = f"{command[0]} did not come up: {log.read_text(errors='replace')}"
                self.stop()
                raise RuntimeError(said)
            time.sleep(_NAP_S)

    def stop(self) -> None:
        """Close the pipe, and wait until the program and its folder are gone."""
        if self._keeper is not None and self._keeper.stdin is not None:
            self._keeper.stdin.close()
            self._keeper.wait(_PATIENCE_S)
            self._keeper = None
        shutil.rmtree(self.folder, ignore_errors=True)

    def may_run(self, program: Path) -> bool:
        """Whether the user the program will run as can reach it: nobody cannot look into root's home."""
        try:
            subprocess.run((program, "--version"), check=True, capture_output=True, **self._as_whom)
        except (OSError, subprocess.CalledProcessError):
            return False
        return True
