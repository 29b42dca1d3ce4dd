"""Sockets are closed to tests, but for loopback and unix ones. A test that calls out is a test of luck."""

import socket
from ipaddress import ip_address
from typing import Any

import pytest


class CalledOut(RuntimeError):
    """A test tried to leave this machine. Not an OSError: code that survives a dead network must not hide it."""


def close(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections and look-ups that leave this machine, until ``monkeypatch`` is undone."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:  # noqa: ANN401  the standard library's own word
        _check(self, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:  # noqa: ANN401
        _check(self, address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **options: Any) -> Any:  # noqa: ANN401
        name = host.decode() if isinstance(host, bytes) else host
        if name and not _is_address(name) and not _is_here(name):
            message = f"A test looked up {name!r}. Answer it at the edge with responses, or start a server on loopback."
            raise CalledOut(message)
        return getaddrinfo(host, *args, **options)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)


def _check(caller: socket.socket, address: Any) -> None:  # noqa: ANN401
    if caller.family in {socket.AF_INET, socket.AF_INET6} and not _is_here(str(address[0])):
        caller.close()  # callers close after an OSError only
        message = f"A test called {address[0]}:{address[1]}. Answer it at the edge with responses, or use loopback."
        raise CalledOut(message)


def _is_here(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
