"""A static file server for development and tests: serves a site from memory, on this machine only."""

import errno
import functools
import gzip
import hashlib
import os
import re
import sys
import threading
import webbrowser
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from tools.environment import say
from tools.errors import ToolError

HOST = "127.0.0.1"
# The names by which a browser may address this machine. With any other name a stranger's page could reach this server.
NAMES = {HOST, "localhost", "[::1]"}
DEFAULT_PORT = 8000

# From path to content; None when there is no such file.
Reader = Callable[[str], bytes | None]

MIME_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".png": "image/png",
    ".py": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
    ".zip": "application/zip",
    ".zlib": "application/zlib",
    ".zst": "application/zstd",
}


def mime_type(path: str) -> str:
    """The Content-Type for a path, by its suffix; plain bytes for unknown ones such as ``.whl``."""
    return MIME_TYPES.get(PurePosixPath(path).suffix.lower(), "application/octet-stream")


# The types that hosts compress, beside all texts, and the bytes from which on they do. A higher level of compression
# would save a twentieth, and keep the first visitor waiting twice as long.
COMPRESSIBLE = {"application/json", "application/manifest+json", "application/wasm", "image/svg+xml"}
COMPRESSED_FROM = 1000
LEVEL = 4


def is_compressible(kind: str) -> bool:
    """Whether hosts compress what has this Content-Type, if the browser can read that."""
    name = kind.partition(";")[0]
    return name.startswith("text/") or name in COMPRESSIBLE


def takes_gzip(accepted: str) -> bool:
    """Whether a header Accept-Encoding allows gzip (RFC 9110, 12.5.3)."""
    weights = {}
    for coding in accepted.lower().split(","):
        name, _, weight = coding.partition(";")
        weights[name.strip()] = not re.fullmatch(r"\s*q=0(\.0*)?\s*", weight)
    return weights.get("gzip", weights.get("*", False))


@functools.lru_cache(maxsize=256)
def gzipped(content: bytes) -> bytes:
    """Some content as gzip, the same for the same content; it is computed once."""
    return gzip.compress(content, LEVEL, mtime=0)


@functools.lru_cache(maxsize=256)
def entity_tag(content: bytes) -> str:
    """The ETag of some content. It is computed once for each object, because hashing the largest takes 20 ms."""
    return f'"{hashlib.sha256(content).hexdigest()[:32]}"'


def is_own_host(headers: Sequence[str]) -> bool:
    """Whether a request has exactly one Host header, with one of `NAMES` and perhaps a port."""
    return len(headers) == 1 and re.sub(r":\d+\Z", "", headers[0].lower()) in NAMES


class Server(ThreadingHTTPServer):
    """Serves what `read` returns, below `prefix` ("/" or, to try a sub-path, "/some/where/")."""

    daemon_threads = True
    # On Windows, reuse would take over a port that another server is using.
    allow_reuse_address = os.name != "nt"

    def __init__(self, port: int, read: Reader, prefix: str = "/") -> None:
        self.read = read
        self.prefix = prefix
        super().__init__((HOST, port), Handler)

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"http://{HOST}:{self.server_address[1]}{self.prefix}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report an error, unless a browser has just closed a connection early."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    """Answers GET and HEAD. Paths are keys of a mapping, never names in a file system: nothing else can leak."""

    server: Server
    protocol_version = "HTTP/1.1"
    # Headers and body are written separately; waiting to join them would cost 40 ms for each file.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Send the file, or 304 when the browser has it already."""
        if not is_own_host(self.headers.get_all("Host", [])):
            say(f"server: 421 for the host {self.headers.get('Host')!a}")
            body = b"this server answers to 127.0.0.1 and localhost only\n"
            self._send(HTTPStatus.MISDIRECTED_REQUEST, body, "text/plain; charset=utf-8", {})
            return
        path = self._site_path()
        content = None
        if path is not None:
            try:
                content = self.server.read(path)
            except ToolError as error:
                say(f"server: {error}")
        if path is None or content is None:
            say(f"server: 404 {ascii(self.path)[1:-1]}")
            self._send(HTTPStatus.NOT_FOUND, b"not found\n", "text/plain; charset=utf-8", {})
            return
        kind = mime_type(path)
        headers = {"Cache-Control": "no-cache"}
        if is_compressible(kind) and len(content) >= COMPRESSED_FROM:
            headers["Vary"] = "Accept-Encoding"
            if takes_gzip(self.headers.get("Accept-Encoding", "")):
                headers["Content-Encoding"] = "gzip"
                content = gzipped(content)
        headers["ETag"] = tag = entity_tag(content)
        if tag in self.headers.get("If-None-Match", ""):
            headers.pop("Content-Encoding", None)
            self._send(HTTPStatus.NOT_MODIFIED, None, None, headers)
        else:
            self._send(HTTPStatus.OK, content, kind, headers)

    do_HEAD = do_GET

    def _site_path(self) -> str | None:
        """The requested path in the site; None for a path outside of it."""
        try:
            path = unquote(urlsplit(self.path).path)
        except ValueError:
            return None
        if not path.startswith(self.server.prefix):
            return None
        path = path.removeprefix(self.server.prefix)
        return path + "index.html" if not path or path.endswith("/") else path

    def _send(self, status: HTTPStatus, body: bytes | None, kind: str | None, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if body is not None and kind is not None:
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body is not None and self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing about requests that succeed; `do_GET` reports the others."""


@contextmanager
def serve_files(files: Mapping[str, bytes] | Reader, port: int = 0, prefix: str = "/") -> Iterator[str]:
    """Serve `files` in the background, yield the page's address, and stop at the end of the ``with`` block.

    `files` is a mapping such as `tools.site.site_files()`, or a function from path to content. Port 0 takes any free
    one. `prefix` puts the site below a sub-path such as "/some/where/".
    """
    read: Reader = files.get if isinstance(files, Mapping) else files
    server = Server(port, read, prefix)
    # A short poll only decides how soon shutdown() returns.
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def open_server(read: Reader, port: int | None) -> Server:
    """A server on `port`, or when that is None on the first free one from `DEFAULT_PORT` on.

    Raises `ToolError` when the wanted port is taken or not allowed.
    """
    for candidate in range(DEFAULT_PORT, DEFAULT_PORT + 100) if port is None else [port]:
        try:
            return Server(candidate, read)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise ToolError(f"cannot listen on port {candidate}: {error.strerror}") from error
    if port is None:
        raise ToolError(f"ports {DEFAULT_PORT} to {DEFAULT_PORT + 99} are all in use; name one with --port")
    raise ToolError(f"port {port} is in use; name another one, or none to take the next free one")


def serve_forever(read: Reader, port: int | None, browser: bool) -> None:
    """Serve until Ctrl-C; print the address, and when `browser` is true open it, playing, in the person's browser."""
    with open_server(read, port) as server:
        print(f"Intuitive Classification: {server.url}  (Ctrl-C ends)", flush=True)
        if browser:
            # In a thread, because on a machine without a desktop this may be a browser that runs in the terminal.
            threading.Thread(target=webbrowser.open, args=[server.url + "#play"], daemon=True).start()
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print()
