"""``kizuna up``: everything on this machine with one command, and where to look."""

import argparse
import contextlib
import os
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

from honcho.manager import Manager

from app.cli.link import new_link
from app.cli.procfile import lines
from app.db.migrate import upgrade
from app.settings import Settings, inherited, read, settings
from jobs.embedded import EmbeddedValkeyError, valkey

_ROOT = Path(__file__).parents[2]
_READY_S = 60.0
_SHOPS = ("tidewell.myshopify.com", "mado.example")


def add(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("up", help="start web, worker and clock together on this machine")
    parser.add_argument("--sandbox", action="store_true", help="with two demonstration shops")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Migrate, start what is embedded, then the Procfile's processes; stop all of them together."""
    environ = _environment(sandbox=options.sandbox)
    chosen = read(environ)
    if busy := [port for port in _ports(chosen, sandbox=options.sandbox) if not _is_free(chosen.host, port)]:
        names = ", ".join(str(port) for port in busy)
        sys.stderr.write(
            f"Port {names} is taken: is Kizuna running already? Stop it, or choose another with KIZUNA_PORT.\n"
        )
        return 2
    embedded = chosen.embedded_redis
    try:
        with valkey(embedded) if embedded is not None else contextlib.nullcontext():
            upgrade(chosen.database_url)
            return _processes(chosen, environ, sandbox=options.sandbox)
    except EmbeddedValkeyError as error:
        sys.stderr.write(f"{error}\n")
        return 2


def _environment(*, sandbox: bool) -> Mapping[str, str]:
    """Return what the processes are started with: this environment and, for the sandbox, where its shops are."""
    environ = inherited()
    environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environ.get('PATH', '')}"
    environ["PYTHONUNBUFFERED"] = "1"
    if sandbox:
        first = settings().port + 1
        shops = [f"{shop}=http://127.0.0.1:{first + place}" for place, shop in enumerate(_SHOPS)]
        environ.setdefault("KIZUNA_SANDBOX", ",".join(shops))
    return environ


def _ports(chosen: Settings, *, sandbox: bool) -> list[int]:
    return [chosen.port, *(chosen.port + 1 + place for place in range(len(_SHOPS)))] if sandbox else [chosen.port]


def _is_free(host: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _processes(chosen: Settings, environ: Mapping[str, str], *, sandbox: bool) -> int:
    manager = Manager()
    for name, command in lines(_ROOT / "Procfile").items():
        if name != "release":
            # The shell gives its place to the command, so that the signal to stop reaches it, and its end is the end.
            manager.add_process(name, f"exec {command}", env=dict(environ), cwd=str(Path.cwd()))
    if sandbox:
        shops = [chosen.port + 1, chosen.port + 2]
        command = (
            f"exec {sys.executable} -m tests.sandbox --app {chosen.base_url} --data {chosen.data / 'sandbox'} "
            f"--shopify-port {shops[0]} --woo-port {shops[1]}"
        )
        secrets = {
            "KIZUNA_SHOPIFY_CLIENT_ID": chosen.shopify.client_id,
            "KIZUNA_SHOPIFY_CLIENT_SECRET": chosen.shopify.client_secret,
            "KIZUNA_JUDGEME_SECRET": chosen.judgeme_secret,
        }
        manager.add_process("sandbox", command, env={**environ, **secrets}, cwd=str(_ROOT))
    threading.Thread(target=_welcome, args=(chosen,), kwargs={"sandbox": sandbox}, daemon=True).start()
    manager.loop()
    # Ctrl-C is how people end it: that is no failure.
    return 0 if manager.returncode in {0, None, 130, 143} else int(manager.returncode)


def _welcome(chosen: Settings, *, sandbox: bool) -> None:
    """Wait until the app answers, then say where to look."""
    deadline = time.monotonic() + _READY_S
    while time.monotonic() < deadline and not _ready(chosen.base_url):
        time.sleep(0.2)
    told = [f"Kizuna     {chosen.base_url}"]
    if sandbox:
        told += [
            f"Tidewell   http://127.0.0.1:{chosen.port + 1}   a Shopify store, in dollars",
            f"窓と森     http://127.0.0.1:{chosen.port + 2}   a WooCommerce store, in yen",
        ]
    told.append(f"Merchant   {new_link(chosen)}   (opens once, for 15 minutes; another: kizuna link)")
    told.append("Ctrl-C stops everything; make reset starts over.")
    width = 78
    sys.stdout.write("\n" + "─" * width + "\n" + "\n".join(f"  {line}" for line in told) + "\n" + "─" * width + "\n\n")
    sys.stdout.flush()


def _ready(base_url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{base_url}/readyz", timeout=2) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's word for fine
    except (urllib.error.URLError, OSError):
        return False
