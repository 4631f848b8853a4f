"""Measures how smoothly the page draws the largest number of points, while it trains and while a person points."""

import math
import tempfile
import time
from pathlib import Path

from bench import frames
from tests import data_sets
from tools import browser, site

# The seconds in which the pointer moves around the plane once.
ROUND = 4
# The lab has not been asked for anything for a while.
AT_REST = """(({state, picture}) => state + picture)(document.documentElement.dataset) === 'pausedfine'
    && performance.now() - window.watch.answers.at(-1).time > 2000"""
# Milliseconds: lines between ten classes of so many points take twenty seconds on an idle machine of two cores.
SETTLING = 300_000


def rows(settings):
    """How many points are seen."""
    return data_sets.DATA_SETS[settings.crowd][1]["rows"]


def site_files():
    """The built site with the tests' data sets, as path -> content."""
    with tempfile.TemporaryDirectory() as folder:
        data_sets.write_project(Path(folder))
        return site.site_files(Path(folder), offline=False)


def measure(settings):
    """`{"training": …, "pointing": …}`: a `frames.summary` of training flat out, and one of pointing, paused.

    Each is watched for the time of `settings.scene`.
    """
    with (
        frames.opened_host(settings, site_files()) as host,
        frames.opened_page(host, f"dataset={settings.crowd}&speed=0") as page,
    ):
        training = frames.watched(page, settings.scene)
        page.get_by_role("button", name="Pause", exact=True).click()
        # What training has left is first refined until it is as fine as the screen, and what glides is there.
        browser.wait_for(page, AT_REST, timeout=SETTLING)
        return {"training": training, "pointing": frames.watched(page, settings.scene, go_around)}


def go_around(page, seconds):
    """Moves the pointer around the middle of the plane for `seconds`, and until the lab has drawn that."""
    box = page.locator("#boundary").bounding_box()
    x, y, radius = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, 0.3 * min(box["width"], box["height"])
    began = time.monotonic()
    while (gone := time.monotonic() - began) < seconds or not page.evaluate(frames.ENOUGH):
        angle = 2 * math.pi * gone / ROUND
        page.mouse.move(x + radius * math.cos(angle), y + radius * math.sin(angle))
