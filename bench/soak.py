"""Whether the page bears being left open: training, with another network every few seconds."""

import time

from bench.frames import opened_page
from bench.memory import WIDTHS, Heaps


def measure(host, settings):
    """`[{"minute", "networks", "steps", "workers", "state", "heaps"}]`, at the start and at every reading after it.

    `steps` are those of all networks together, `workers` how many have been started, `heaps` bytes by heap as
    `Heaps.read` tells them. `host` is a `frames.Host` to open the page in.
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
            # However slow the machine is, there is another network before each reading but the first.
            while time.monotonic() < until or networks <= number:
                page.wait_for_timeout(1000 * settings.soak_seconds_a_network)
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
