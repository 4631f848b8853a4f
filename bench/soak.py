"""Leaves the page open, training, with another network every few seconds, and reads its memory."""

import time

from bench.frames import opened_page
from bench.memory import WIDTHS, Heaps


def measure(host, settings):
    """`[{"minute", "networks", "steps", "workers", "state", "heaps"}]`: the readings, the first one at the start.

    `steps` is the sum for all networks, `workers` how many workers have been started, `heaps` the result of
    `Heaps.read`. `host` is the `frames.Host` in which the page is opened.
    """
    with opened_page(host, f"speed=250&layer=tanh1&projection=tour&hidden_layers={WIDTHS[0]}") as page:
        workers = len(page.workers)

        def count(worker):
            nonlocal workers
            workers += 1

        page.on("worker", count)
        heaps = Heaps(page)
        networks, steps, readings = 1, 0, []
        began = time.monotonic()
        for number in range(settings.soak_readings + 1):
            until = began + 60 * settings.soak_minutes * number / settings.soak_readings
            # Even on a slow machine there is another network before each reading, except the first.
            while time.monotonic() < until or networks <= number:
                page.wait_for_timeout(1000 * settings.soak_seconds_a_network)
                steps += int(page.evaluate("document.documentElement.dataset.step"))
                field = page.get_by_label("Hidden layers", exact=True)
                page.locator("details").filter(has=field).evaluate("panel => { panel.open = true; }")
                field.fill(WIDTHS[networks % len(WIDTHS)])
                field.press("Enter")
                # The collected answers are dropped, so that they do not count as the page's memory.
                page.evaluate("window.watch.answers = []; window.watch.long = []")
                networks += 1
            readings.append(
                {
                    "minute": (time.monotonic() - began) / 60,
                    "networks": networks,
                    "steps": steps,
                    "workers": workers,
                    "state": page.locator("html").get_attribute("data-state"),
                    "heaps": heaps.read(),
                }
            )
        return readings
