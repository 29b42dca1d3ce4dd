"""Serves a store on loopback from a thread, and starts every store's Flask app the same way."""

import threading
from pathlib import Path
from typing import Any, cast

from flask import Flask, Response, g, request
from waitress import wasyncore
from waitress.server import create_server

from tests.sandbox.calls import Call, CallLog
from tests.sandbox.store import Store

_HERE = Path(__file__).parent
STATIC = _HERE / "static"
_LOGGED_BODY = 200_000


class Server:
    """One WSGI app on a port of 127.0.0.1; port 0 takes a free one."""

    def __init__(self, app: Flask, port: int, *, threads: int = 8) -> None:
        """Bind at once, so that the address is known before anything is answered."""
        self._sockets: dict[int, Any] = {}
        server = create_server(
            app,
            map=self._sockets,
            host="127.0.0.1",
            port=port,
            threads=threads,
            ident="",
            channel_timeout=60,
            clear_untrusted_proxy_headers=True,
        )
        self._server = cast("Any", server)  # its hints name neither the port nor the trigger
        self.port = int(self._server.effective_port)
        self.url = f"http://127.0.0.1:{self.port}"
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=f"store on {self.port}", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and free the port."""
        self._stopping = True
        if self._thread.is_alive():
            self._server.pull_trigger()
            self._thread.join(timeout=10)
            self._server.task_dispatcher.shutdown(timeout=3)
        # Not before the loop has ended: it would go on waiting for what was closed, or be woken through a closed door.
        wasyncore.close_all(self._sockets)

    def _run(self) -> None:
        while not self._stopping:
            wasyncore.loop(timeout=1, map=self._sockets, count=1)


def new_app(store: Store, log: CallLog) -> Flask:
    """An empty Flask app of a store, with its own cookie name (stores share a host) and its calls logged."""
    app = Flask(f"tests.sandbox.{store.shop.key}", static_folder=str(STATIC), template_folder=str(_HERE / "templates"))
    app.config.update(
        SECRET_KEY=f"demonstration only {store.shop.key}",
        SESSION_COOKIE_NAME=f"{store.shop.key}_session",
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=2_000_000,
    )
    app.json.ensure_ascii = False  # type: ignore[attr-defined]

    @app.before_request
    def read_body() -> None:
        g.body = request.get_data(cache=True)

    store.faults.watch(app)

    @app.after_request
    def log_call(response: Response) -> Response:
        log.note_call(
            Call(
                at=store.clock.now(),
                method=request.method,
                path=request.path,
                query=request.query_string.decode("ascii", "replace"),
                host=request.host,
                body=g.get("body", b"")[:_LOGGED_BODY],
                status=response.status_code,
            )
        )
        return response

    return app
