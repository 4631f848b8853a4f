"""Whether the page bears being left open: training, with another network every few seconds."""

import time

from bench.frames import opened_page
from bench.memory import WIDTHS, Heaps

MINUTES = 60
SECONDS_A_NETWORK = 10
READINGS = 12


def measure(program, minutes=MINUTES):
    """`[{"minute", "networks", "steps", "workers", "state", "heaps"}]`, at the start and at `READINGS` later moments.

    `steps` are those of all networks together, `workers` how many have been started, `heaps` bytes by heap as
    `Heaps.read` tells them. `program` is the browser to open the page in.
    """
    with opened_page(program, f"speed=250&layer=tanh1&projection=tour&hidden_layers={WIDTHS[0]}") as page:
        workers = len(page.workers)

        def count(worker):
            nonlocal workers
            workers += 1

        page.on("worker", count)
        heaps = Heaps(page)
        networks, steps, readings = 1, 0, []
        began = time.monotonic()
        for number in range(READINGS + 1):
            until = began + 60 * minutes * number / READINGS
            while time.monotonic() < until:
                page.wait_for_timeout(1000 * SECONDS_A_NETWORK)
                steps += int(page.evaluate("document.documentElement.dataset.step"))
                field = page.get_by_label("Hidden layers", exact=True)
                field.fill(WIDTHS[networks % len(WIDTHS)])
                field.press("Enter")
                # What has been seen of the answers is not to count as the page's memory.
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
