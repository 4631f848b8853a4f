"""Measures how soon the page is ready: milliseconds since navigation by stage, and what is fetched for it."""

import gzip
import tempfile
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

from bench import driver
from bench.frames import SIZE
from tools import browser, server

WATCH = Path(__file__).parent / "start.js"
# The stages of a start, in order: the thread that notes it, its name there, and its title in the report.
STAGES = (
    ("page", "painted", "page seen, its controls filled"),
    ("page", "controls answer", "controls answer"),
    ("page", "moves", "something moves: a recording or the network"),
    ("worker", "begun", "worker begins"),
    ("worker", "pack fetched", "lab's memory fetched"),
    ("worker", "pack decoded", "lab's memory decompressed"),
    ("worker", "Python started", "Python runs"),
    ("page", "network", "network made and compiled"),
    ("page", "picture", "first picture has come"),
    ("page", "trained", "first trained picture is seen"),
)
# Visits by name, in the order of the report: its title there, and what the browser is told by DevTools' protocol before
# it. All but the second visit have a new profile; the second has that of the one before it. Only the page's own thread
# is slowed, not the worker.
SLOWER, MEGABITS = 4, 10
VISITS = {
    "cold": ("first visit", {}),
    "warm": ("second visit", {}),
    "slowed": (f"first, {SLOWER} times slower", {"Emulation.setCPUThrottlingRate": {"rate": SLOWER}}),
    "narrow": (
        f"first, {MEGABITS} Mbit/s",
        {
            "Network.enable": {},
            "Network.emulateNetworkConditions": {
                "offline": False,
                "latency": 0,
                "downloadThroughput": MEGABITS * 1e6 / 8,
                "uploadThroughput": MEGABITS * 1e6 / 8,
            },
        },
    ),
}
# The most bytes that a first visit may fetch before the first trained picture.
MOST_BYTES = 8_000_000
# Files that hosts such as GitHub Pages do not compress, because they are compressed already.
COMPRESSED = (".zst", ".zip", ".zlib", ".woff2", ".png", ".webp")

MARKS = "[performance.timeOrigin, performance.getEntriesByType('mark').map(mark => [mark.name, mark.startTime])]"


def measure(settings):
    """`{"cold": …, "warm": …, "slowed": …, "narrow": …, "longest_task": …, "files": …}`.

    Each of `VISITS` has milliseconds by stage, as medians. `longest_task` has for each of them the page's longest task
    in milliseconds, 0 below 50. `files` are what a first visit fetches before the first trained picture: `(path, bytes,
    bytes as gzip sends them)`, largest first.
    """
    files = driver.site_files()
    visits = {name: [] for name in VISITS}
    with server.serve_files(files) as url, sync_playwright() as playwright:
        for _ in range(settings.visits):
            for same_profile in (("cold", "warm"), ("slowed",), ("narrow",)):
                with tempfile.TemporaryDirectory() as profile, launched(playwright, profile, settings) as context:
                    for name in same_profile:
                        _, told = VISITS[name]
                        visits[name].append(open_page(context, url, settings, told))
    fetched = visits["cold"][0]["paths"]
    return {
        **{name: medians([visit["stages"] for visit in each]) for name, each in visits.items()},
        "longest_task": {name: max(visit["longest_task"] for visit in each) for name, each in visits.items()},
        "files": sizes(files, fetched),
    }


def launched(playwright, profile, settings):
    """A browser with a profile, whose pages note the stages of a start."""
    context = playwright.chromium.launch_persistent_context(
        profile,
        executable_path=browser.find_chromium(),
        args=[*browser.launch_arguments(), *settings.arguments],
        viewport=SIZE,
    )
    context.add_init_script(path=WATCH)
    return context


def open_page(context, url, settings, told):
    """Visits the page once, after the browser was `told` something, parameters by command.

    Returns `stages`, milliseconds by title; `longest_task` of the page; `paths` that were fetched.
    """
    page = context.new_page()
    session = context.new_cdp_session(page)
    for command, parameters in told.items():
        session.send(command, parameters)
    paths = set()
    context.on("request", lambda request: paths.add(urlsplit(request.url).path.lstrip("/") or "index.html"))
    page.goto(f"{url}#speed=0&play", wait_until="commit")
    while not {"trained", "moves"} <= set(noted := page.evaluate("({...window.start})")):
        page.wait_for_timeout(100)
    fetched = frozenset(paths)
    (worker,) = page.workers
    origin, marks = worker.evaluate(MARKS)
    offset = origin - page.evaluate("performance.timeOrigin")
    _, page_marks = page.evaluate(MARKS)
    times = {
        "page": {**noted, **dict(page_marks)},
        "worker": {"begun": offset, **{name: offset + time for name, time in marks}},
    }
    page.wait_for_timeout(1000 * settings.seconds_between_visits)
    page.close()
    return {
        "stages": {title: times[thread][name] for thread, name, title in STAGES},
        "longest_task": noted.get("longest", 0),
        "paths": fetched,
    }


def medians(visits):
    """The median of each stage."""
    return {title: median(stages[title] for stages in visits) for title in visits[0]}


def sizes(files, paths):
    """`(path, bytes, bytes as gzip sends them)` of the `files` whose paths are in `paths`, largest first."""
    rows = []
    for path in paths & files.keys():
        content = files[path]
        sent = len(content) if path.endswith(COMPRESSED) else len(gzip.compress(content, 6))
        rows.append((path, len(content), sent))
    return sorted(rows, key=lambda row: -row[2])
