"""A small TCP proxy before PostgreSQL that cuts the connection at a chosen byte."""

from __future__ import annotations

import contextlib
import socket
import threading
from types import TracebackType
from typing import Self

import attrs
import sqlalchemy as sa

COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"
WRITES = (b"COPY events", b"INSERT INTO events")
REPLY = 18  # bytes: the command's tag and "ready for query"


@attrs.frozen
class Cut:
    """Where to cut: after so many bytes to or from the server.

    Counted from the COMMIT of what writes events, or from the start of the connection.
    """

    after: int
    to_server: bool
    from_commit: bool = True


@attrs.define
class Proxy:
    """Listens on a port of its own while it is entered; cuts every connection at `cut`."""

    server: sa.URL
    cut: Cut
    port: int = 0
    cuts: int = 0
    _listener: socket.socket | None = None
    _sockets: list[socket.socket] = attrs.field(factory=list)

    def __enter__(self) -> Self:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        assert self._listener is not None
        _close(self._listener, *self._sockets)

    def url(self, direct: str) -> str:
        """The ledger's URL through the proxy."""
        url = sa.make_url(direct).set(host="127.0.0.1", port=self.port)
        # Encryption is asked for before the first message, and would hide the COMMIT.
        url = url.update_query_dict({"sslmode": "disable", "gssencmode": "disable"})
        return url.render_as_string(hide_password=False)

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            server = socket.create_connection(
                (self.server.host or "127.0.0.1", self.server.port or 5432)
            )
            self._sockets += [client, server]
            _Pair(self, client, server).start()


@attrs.define
class _Pair:
    """One connection: bytes in both directions until the cut."""

    proxy: Proxy
    client: socket.socket
    server: socket.socket
    writing: bool = False
    committing: threading.Event = attrs.field(factory=threading.Event)

    def start(self) -> None:
        """Forward in two threads."""
        cut = self.proxy.cut
        up = cut.after if cut.to_server else None
        down = None if cut.to_server else cut.after
        for source, sink, left, upward in (
            (self.client, self.server, up, True),
            (self.server, self.client, down, False),
        ):
            threading.Thread(
                target=self._forward, args=(source, sink, left, upward), daemon=True
            ).start()

    def _forward(
        self, source: socket.socket, sink: socket.socket, left: int | None, upward: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                head = self._before_commit(data, upward)
                sink.sendall(data[:head])
                rest = data[head:]
                if left is not None and rest and len(rest) >= left:
                    sink.sendall(rest[:left])
                    self.proxy.cuts += 1
                    break
                left = None if left is None else left - len(rest)
                sink.sendall(rest)
        _close(self.client, self.server)

    def _before_commit(self, data: bytes, upward: bool) -> int:
        """How many of the bytes come before what is counted."""
        if not self.proxy.cut.from_commit:
            return 0
        if upward and not self.committing.is_set():
            self.writing = self.writing or any(write in data for write in WRITES)
            place = data.find(COMMIT) if self.writing else -1
            if place < 0:
                return len(data)
            self.committing.set()
            return place
        return 0 if self.committing.is_set() else len(data)


def _close(*sockets: socket.socket) -> None:
    for one in sockets:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()
