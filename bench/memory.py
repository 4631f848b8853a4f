"""Measures whether memory grows over thousands of frames and hundreds of networks: of page and worker, all heaps."""

import json

from bench.frames import opened_page
from tools import browser

# The hidden layers of the networks that take turns; the widest network takes 3 MB of the lab's memory.
WIDTHS = ("8", "16, 16", "4, 3, 2", "256, 256", "8, 8, 8, 8")


class Heaps:
    """Reads the memory of the page and of its worker, by the browser's debugging protocol."""

    def __init__(self, page):
        self._session = page.context.new_cdp_session(page)
        self._replies = {}
        self._number = 0
        self._worker = None
        self._session.on("Target.attachedToTarget", self._attached)
        self._session.on("Target.receivedMessageFromTarget", self._received)
        self._session.send("Target.setAutoAttach", {"autoAttach": True, "waitForDebuggerOnStart": False})
        self._page = page
        while not self._worker:
            page.wait_for_timeout(50)

    def _attached(self, event):
        if event["targetInfo"]["type"] == "worker":
            self._worker = event["sessionId"]

    def _received(self, event):
        reply = json.loads(event["message"])
        if "id" in reply:
            self._replies[reply["id"]] = reply

    def _ask_page(self, method, **parameters):
        return self._session.send(method, parameters)

    def _ask_worker(self, method, **parameters):
        self._number += 1
        message = json.dumps({"id": self._number, "method": method, "params": parameters})
        self._session.send("Target.sendMessageToTarget", {"sessionId": self._worker, "message": message})
        while self._number not in self._replies:
            self._page.wait_for_timeout(20)
        return self._replies.pop(self._number)["result"]

    def read(self):
        """The bytes in use after collecting garbage: JavaScript's by `page` and `worker`, WebAssembly's by `…_wasm`."""
        result = {}
        for name, ask in (("page", self._ask_page), ("worker", self._ask_worker)):
            # What one collection leaves to finalizers can only be freed by the next.
            for _ in range(3):
                ask("HeapProfiler.collectGarbage")
                self._page.wait_for_timeout(100)
            usage = ask("Runtime.getHeapUsage")
            result[name] = usage["usedSize"] + usage["embedderHeapUsedSize"] + usage["backingStorageSize"]
            total = ask("Runtime.evaluate", expression="wasmBytes()", returnByValue=True)
            result[name + "_wasm"] = total["result"]["value"]
        return result


def change_networks(page, count):
    """Changes the network `count` times and once more; waits each time until the new one has been drawn."""
    field = page.get_by_label("Hidden layers", exact=True)
    page.locator("details").filter(has=field).evaluate("panel => { panel.open = true; }")
    others = [WIDTHS[1 + index % (len(WIDTHS) - 1)] for index in range(count)]
    # The last network is always the same, so that readings can be compared.
    for widths in [*others, WIDTHS[0]]:
        starts = page.evaluate("window.watch.answers = [], window.watch.starts")
        field.fill(widths)
        field.press("Enter")
        browser.wait_for(page, f"window.watch.starts > {starts} && window.watch.drawnSinceStart > 2", timeout=60_000)


def watch_frames(page, count):
    """Waits for so many frames of the display."""
    page.evaluate("window.watch.answers = []; window.watch.frames = 0")
    browser.wait_for(page, f"(window.watch.answers = [], window.watch.frames >= {count})", timeout=1_200_000)


def measure(host, settings):
    """`[(what has happened, bytes by heap)]`: after the warm-up, after the frames, and after the changes of network.

    `host` is the `frames.Host` in which the page is opened.
    """
    with opened_page(host, "speed=250&layer=tanh1&projection=tour&hidden_layers=4") as page:
        heaps = Heaps(page)
        # A warm-up, so that everything has been allocated once.
        change_networks(page, settings.networks_before)
        watch_frames(page, settings.frames_before)
        readings = [("warmed up", heaps.read())]
        watch_frames(page, settings.frames)
        readings.append((f"{settings.frames} frames", heaps.read()))
        change_networks(page, settings.networks)
        readings.append((f"{settings.networks} networks", heaps.read()))
        return readings
