"""How smoothly the page draws as many points as there may be: while it trains, and while a person points at them."""

import math
import tempfile
import time
from pathlib import Path

from bench import frames
from tests import data_sets
from tools import browser, site

DATA = "large"
ROWS = data_sets.DATA_SETS[DATA][1]["rows"]
# The pointer goes around the plane in so many seconds.
ROUND = 4


def site_files():
    """The built site, by its paths, with the tests' data sets in it."""
    with tempfile.TemporaryDirectory() as folder:
        data_sets.write_project(Path(folder))
        return site.site_files(Path(folder), offline=False)


def measure(pace):
    """`frames.summary`s, each of the time of a `settings.Pace`: while `training` flat out, and `pointing` at rest."""
    with frames.opened_host(site_files()) as host, frames.opened_page(host, f"dataset={DATA}&speed=0") as page:
        training = frames.watched(page, pace)
        page.get_by_role("button", name="Pause", exact=True).click()
        # What was drawn in a hurry is drawn again, as fine as the screen.
        browser.wait_for(
            page, "(({state, picture}) => state + picture)(document.documentElement.dataset) === 'pausedfine'"
        )
        return {"training": training, "pointing": frames.watched(page, pace, go_around)}


def go_around(page, seconds):
    """Takes the pointer around the middle of the plane for so long, and until the lab has drawn that."""
    box = page.locator("#boundary").bounding_box()
    x, y, radius = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, 0.3 * min(box["width"], box["height"])
    began = time.monotonic()
    while (gone := time.monotonic() - began) < seconds or not page.evaluate(frames.ENOUGH):
        angle = 2 * math.pi * gone / ROUND
        page.mouse.move(x + radius * math.cos(angle), y + radius * math.sin(angle))
