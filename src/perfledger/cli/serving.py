"""A server of one folder for this machine: it answers GET and HEAD, and nothing else."""

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

_HOSTS = ("127.0.0.1", "localhost")


class _Handler(SimpleHTTPRequestHandler):
    """Files of the folder, for who asks for this machine by its own name.

    A page of another site, whose name was pointed at this machine, is turned away.
    """

    def do_GET(self) -> None:
        """A file."""
        if self._is_local():
            super().do_GET()

    def do_HEAD(self) -> None:
        """A file's head."""
        if self._is_local():
            super().do_HEAD()

    def _is_local(self) -> bool:
        host = self.headers.get("Host", "").rpartition(":")
        local = (host[0] or host[2]) in _HOSTS
        if not local:
            self.send_error(403)
        return local

    def list_directory(self, path: Any) -> None:
        """No listings: every folder has its page."""
        self.send_error(404)

    def end_headers(self) -> None:
        """The pages hold nothing that a browser should guess at or keep."""
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Quiet: who reads what is nobody's record."""


def server(folder: Path, port: int) -> ThreadingHTTPServer:
    """A server of the folder on 127.0.0.1; the caller runs and closes it."""
    return ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, directory=str(folder)))
