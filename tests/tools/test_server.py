"""The development server: right types, caching that notices edits, and nothing but the site."""

import gzip
import http.client
import socket
from urllib.parse import urlsplit

import pytest

from tools import server
from tools.errors import ToolError

FILES = {
    "index.html": b"<!doctype html>",
    "static/app.mjs": b"export {}",
    "sub/index.html": b"sub",
    "a b.txt": b"space",
}


def ask(url: str, path: str, method: str = "GET", **headers: str):
    """The response to a request for `path` exactly as written: no client tidies it up on the way."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    connection.putrequest(method, path, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


@pytest.fixture(scope="module")
def url():
    with server.serve_files(FILES) as address:
        yield address


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("static/app.js", "text/javascript; charset=utf-8"),
        ("static/app.mjs", "text/javascript; charset=utf-8"),
        ("a.wasm", "application/wasm"),
        ("a.css", "text/css; charset=utf-8"),
        ("a.json", "application/json"),
        ("a.svg", "image/svg+xml"),
        ("a.woff2", "font/woff2"),
        ("a.py", "text/plain; charset=utf-8"),
        ("a.zip", "application/zip"),
        ("a.whl", "application/octet-stream"),
        ("LICENSE", "application/octet-stream"),
    ],
)
def test_mime_types(path, kind):
    assert server.mime_type(path) == kind


def test_every_kind_of_file_in_the_site_has_a_type_of_its_own(files):
    unknown = {path for path in files if server.mime_type(path) == "application/octet-stream"}
    assert {path for path in unknown if not path.endswith((".whl", "LICENSE"))} == set()


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/", b"<!doctype html>"),
        ("/?seed=7", b"<!doctype html>"),
        ("/static/app.mjs", b"export {}"),
        ("/sub/", b"sub"),
        ("/a%20b.txt", b"space"),
    ],
)
def test_files_are_served(url, path, body):
    response, got = ask(url, path)
    assert (response.status, got) == (200, body)
    assert response.getheader("Content-Length") == str(len(body))


TEXT = b"the same again and again, " * 100


@pytest.fixture(scope="module")
def large():
    """The address of a site with a large file of several kinds."""
    with server.serve_files({f"large.{kind}": TEXT for kind in ("mjs", "wasm", "json", "svg", "zst", "zlib")}) as url:
        yield url


@pytest.mark.parametrize("kind", ["mjs", "wasm", "json", "svg"])
def test_what_hosts_compress_is_compressed(large, kind):
    response, body = ask(large, f"/large.{kind}", Accept_Encoding="gzip, deflate, br")
    assert response.getheader("Content-Encoding") == "gzip"
    assert response.getheader("Content-Type") == server.mime_type(f"large.{kind}")
    assert response.getheader("Content-Length") == str(len(body))
    assert len(body) < len(TEXT) / 10
    assert gzip.decompress(body) == TEXT


@pytest.mark.parametrize("accepted", ["", "br", "identity", "gzip;q=0", "gzip; q=0.0, br", "deflate, *;q=0"])
def test_who_cannot_read_gzip_gets_none(large, accepted):
    response, body = ask(large, "/large.mjs", Accept_Encoding=accepted)
    assert (response.getheader("Content-Encoding"), body) == (None, TEXT)
    assert response.getheader("Vary") == "Accept-Encoding"


@pytest.mark.parametrize("accepted", ["gzip", "br;q=1, gzip;q=0.5", "*", "GZIP"])
def test_who_can_read_gzip_gets_it(large, accepted):
    response, _ = ask(large, "/large.mjs", Accept_Encoding=accepted)
    assert response.getheader("Content-Encoding") == "gzip"


@pytest.mark.parametrize("kind", ["zst", "zlib"])
def test_what_is_compressed_already_stays_as_it_is(large, kind):
    response, body = ask(large, f"/large.{kind}", Accept_Encoding="gzip")
    assert (response.getheader("Content-Encoding"), body) == (None, TEXT)


def test_small_files_are_not_worth_it(url):
    response, body = ask(url, "/static/app.mjs", Accept_Encoding="gzip")
    assert (response.getheader("Content-Encoding"), body) == (None, b"export {}")


def test_the_compressed_file_has_a_tag_of_its_own(large):
    plain, _ = ask(large, "/large.mjs")
    packed, _ = ask(large, "/large.mjs", Accept_Encoding="gzip")
    assert plain.getheader("ETag") != packed.getheader("ETag")
    again, body = ask(large, "/large.mjs", Accept_Encoding="gzip", If_None_Match=packed.getheader("ETag"))
    assert (again.status, body) == (304, b"")


def test_head_of_a_compressed_file(large):
    response, body = ask(large, "/large.mjs", method="HEAD", Accept_Encoding="gzip")
    assert (response.getheader("Content-Encoding"), body) == ("gzip", b"")
    assert response.getheader("Content-Length") == str(len(server.gzipped(TEXT)))


def test_unchanged_file_is_not_sent_again(url):
    response, _ = ask(url, "/static/app.mjs")
    assert response.getheader("Cache-Control") == "no-cache"
    assert response.getheader("Content-Type") == "text/javascript; charset=utf-8"
    again, body = ask(url, "/static/app.mjs", If_None_Match=response.getheader("ETag"))
    assert (again.status, body) == (304, b"")
    assert again.getheader("ETag") == response.getheader("ETag")


def test_edited_file_is_sent_again():
    content = {"index.html": b"one"}
    with server.serve_files(content) as address:
        response, _ = ask(address, "/")
        content["index.html"] = b"two"
        again, body = ask(address, "/", If_None_Match=response.getheader("ETag"))
    assert (again.status, body) == (200, b"two")


def test_head_has_headers_only(url):
    response, body = ask(url, "/", method="HEAD")
    assert (response.status, body) == (200, b"")
    assert response.getheader("Content-Length") == "15"


def test_connection_stays_open(url):
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    connection.request("GET", "/missing")
    connection.getresponse().read()
    used = connection.sock
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"<!doctype html>"
    assert connection.sock is used
    connection.close()


@pytest.mark.parametrize(
    "path",
    [
        "/missing.js",
        "/../tools/server.py",
        "/static/../../tools/server.py",
        "/%2e%2e/pyproject.toml",
        "/..%2fpyproject.toml",
        "//etc/passwd",
        "/static",
        "/pyproject.toml",
        "/.git/HEAD",
        "/%252e%252e/pyproject.toml",
        "/..\\pyproject.toml",
        "/..%5cpyproject.toml",
        "/%c0%ae%c0%ae/pyproject.toml",
        "/....//pyproject.toml",
        "/static/app.mjs%00.html",
        "/static/app.mjs/",
        "/./static/app.mjs",
        "///etc/passwd",
        "/C:/Windows/win.ini",
        "/proc/self/environ",
        "/static/app.mjs;x",
        "/%1b[31m",
        "//[",
        "http://127.0.0.1/etc/passwd",
        "file:///etc/passwd",
    ],
)
def test_nothing_outside_the_site(url, path):
    response, body = ask(url, path)
    assert (response.status, body) == (404, b"not found\n")


def test_sub_path():
    with server.serve_files(FILES, prefix="/some/where/") as address:
        assert urlsplit(address).path == "/some/where/"
        assert ask(address, "/some/where/static/app.mjs")[0].status == 200
        assert ask(address, "/static/app.mjs")[0].status == 404
        assert ask(address, "/")[0].status == 404


def test_broken_project_is_a_404_and_the_server_lives_on(capsys):
    answers = iter([ToolError("index.html is missing"), b"back"])

    def read(path):
        answer = next(answers)
        if isinstance(answer, ToolError):
            raise answer
        return answer

    with server.serve_files(read) as address:
        assert ask(address, "/")[0].status == 404
        assert ask(address, "/")[1] == b"back"
    assert "index.html is missing" in capsys.readouterr().err


def test_taken_port_is_an_error_when_asked_for():
    with server.open_server(FILES.get, 0) as first:
        port = first.server_address[1]
        with pytest.raises(ToolError, match=f"port {port} is in use"):
            server.open_server(FILES.get, port)


def test_taken_port_leads_to_the_next_when_not_asked_for(monkeypatch):
    with socket.socket() as taken:
        taken.bind((server.HOST, 0))
        taken.listen()
        monkeypatch.setattr(server, "DEFAULT_PORT", taken.getsockname()[1])
        with server.open_server(FILES.get, None) as second:
            assert second.server_address[1] > taken.getsockname()[1]


def test_only_this_machine_is_served(url):
    assert urlsplit(url).hostname == "127.0.0.1"


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "LOCALHOST:8000", "127.0.0.1:1", "[::1]:8000", "localhost:65535"]
)
def test_names_of_this_machine_are_served(url, host):
    assert ask_as(url, host) == (200, b"<!doctype html>")


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil.example/localhost",
        "localhost@evil.example",
        "localhost:80:80",
        "localhost:",
        "127.0.0.2",
        "0.0.0.0",
        "",
        None,
    ],
)
def test_a_strangers_name_that_leads_here_is_refused(url, host):
    """DNS rebinding: a stranger's page may have its own name lead to this machine, and read what it serves."""
    status, body = ask_as(url, host)
    assert status == 421
    assert b"doctype" not in body


def test_two_names_are_refused(url):
    assert ask_as(url, "localhost", "evil.example")[0] == 421


def ask_as(url, *hosts):
    """Status and body of the page, asked for by other names than the server's own; None sends none."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    connection.putrequest("GET", "/", skip_host=True, skip_accept_encoding=True)
    for host in hosts:
        if host is not None:
            connection.putheader("Host", host)
    connection.endheaders()
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response.status, body
