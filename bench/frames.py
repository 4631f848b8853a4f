"""Measures how smoothly the page draws while it trains as fast as possible: frames, milliseconds by part, bytes."""

from collections import namedtuple
from contextlib import contextmanager
from pathlib import Path
from statistics import mean

from playwright.sync_api import sync_playwright

from bench import driver
from tools import browser, server

SIZE = {"width": 1280, "height": 800}
WATCH = Path(__file__).parent / "frames.js"
MEMORIES = Path(__file__).parent / "memories.js"
# The scenes: a title, the fragment of the page's address, and the size of the left view's plot in CSS pixels, or None
# for the page's own.
# The original draws 200 points and a grid of 80 × 80, which is what the left view does at 160 pixels.
SCENES = (
    ("8, all views", "speed=0", None),
    ("8, grand tour", "speed=0&layer=tanh1&projection=tour", None),
    ("8, the original's work", "speed=0&grid=off&boundary=off", 160),
    ("1024, 1024, 1024, all views", "speed=0&hidden_layers=1024,1024,1024", None),
)
# The condition that even a slow machine has to reach before a scene can be summarized.
ENOUGH = "window.watch.answers.length > 1 && window.watch.answers.some(({ drawn }) => drawn)"
# The parts of the worker's time, as an answer has them: `protocol.PARTS`.
PARTS = ("training", "outputs", "boundary", "representation", "network", "probes")
# The parts of the page's time, by the names of the browser's own metrics.
PAGE_PARTS = {
    "script": "ScriptDuration",
    "style": "RecalcStyleDuration",
    "layout": "LayoutDuration",
    "all": "TaskDuration",
}


# A browser, and the address of a site whose page and worker have a function `wasmBytes()` that returns their memory.
Host = namedtuple("Host", "program url")


def watched_files(files=None):
    """`files`, a built site as path -> content (by default ours), with a worker that has the function `wasmBytes()`."""
    files = files or driver.site_files()
    script = "static/interpreter.mjs"
    return {**files, script: MEMORIES.read_bytes() + files[script]}


@contextmanager
def opened_host(settings, files=None):
    """A `Host` of `files`, a built site as path -> content (by default ours), its browser as `settings` has it."""
    with server.serve_files(watched_files(files)) as url, sync_playwright() as playwright:
        program = playwright.chromium.launch(
            executable_path=browser.find_chromium(), args=[*browser.launch_arguments(), *settings.arguments]
        )
        with program:
            yield Host(program, url)


@contextmanager
def opened_page(host, fragment):
    """The page, training the experiment of `fragment`; `window.watch` collects frames and answers."""
    with host.program.new_context(viewport=SIZE) as context:
        page = context.new_page()
        page.add_init_script(path=MEMORIES)
        page.add_init_script(path=WATCH)
        page.goto(f"{host.url}#{fragment}&play")
        browser.wait_for(page, "document.documentElement.dataset.state === 'training'", timeout=120_000)
        yield page


def measure(host, pace, fragment, plot=None):
    """The `summary` of a scene that is watched for the time of a `settings.Pace`."""
    with opened_page(host, fragment) as page:
        if plot:
            # The axes beside the plot take 42 pixels.
            page.evaluate(f"document.getElementById('boundary').style.width = '{plot + 42}px'")
        return watched(page, pace)


def let_be(page, seconds):
    """Waits for so many seconds."""
    page.wait_for_timeout(1000 * seconds)


def watched(page, pace, act=let_be):
    """The `summary` of a page, watched for the time of a `settings.Pace` while `act(page, seconds)` runs."""
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    act(page, pace.warm_up)
    before = metrics(session)
    page.evaluate("Object.assign(window.watch, {answers: [], frames: 0, long: [], began: performance.now()})")
    act(page, pace.seconds)
    browser.wait_for(page, ENOUGH)
    watch = page.evaluate("({...window.watch, seconds: (performance.now() - window.watch.began) / 1000})")
    return summary(watch, before, metrics(session))


def metrics(session):
    """The browser's metrics of the page by name."""
    return {metric["name"]: metric["value"] for metric in session.send("Performance.getMetrics")["metrics"]}


def summary(watch, before, after):
    """The measurements of a scene, a dict.

    `frames_per_second` of the display; `drawings_per_second` and `steps_per_second` of the lab; `page`, milliseconds by
    part for each frame, and `worker`, for each drawing; `share_of_worker`, the share of the worker's time that drawing
    took; `bytes_per_drawing`; `positions_told`, the share of the drawings that say where the points are; `resolution`,
    squares a side of the left view; `longest_task` of the page in milliseconds, 0 below 50.
    """
    answers, seconds = watch["answers"], watch["seconds"]
    drawings = [answer for answer in answers if answer["drawn"]]
    training = sum(answer["milliseconds"][0] for answer in answers)
    drawing = sum(sum(answer["milliseconds"][1:]) for answer in drawings)
    return {
        "frames_per_second": watch["frames"] / seconds,
        "drawings_per_second": len(drawings) / seconds,
        "steps_per_second": (answers[-1]["step"] - answers[0]["step"]) / seconds,
        "page": {part: 1000 * (after[name] - before[name]) / watch["frames"] for part, name in PAGE_PARTS.items()},
        "worker": {
            part: mean(answer["milliseconds"][index] for answer in drawings) for index, part in enumerate(PARTS)
        },
        "share_of_worker": drawing / (drawing + training),
        "bytes_per_drawing": mean(answer["bytes"] for answer in drawings),
        "positions_told": mean(answer["positions"] for answer in drawings),
        "resolution": drawings[-1]["resolution"],
        "longest_task": max(watch["long"], default=0),
    }


def scenes(settings):
    """`(title, summary)` of every scene, one after the other, in one browser."""
    with opened_host(settings) as host:
        for title, fragment, plot in SCENES:
            yield title, measure(host, settings.scene, fragment, plot)
