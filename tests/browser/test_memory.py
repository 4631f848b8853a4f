"""Neither heap grows: a short run of what `python3 -m tools bench --only memory` does for minutes."""

from bench import frames, memory
from bench.settings import THOROUGH
from tests import sweeps
from tools import server

SETTINGS = THOROUGH._replace(frames_before=150, frames=250, networks_before=15, networks=15)
# With `--memory-all`.
LONGER = SETTINGS._replace(frames_before=600, frames=900)
# Bytes. Python's and JavaScript's heaps breathe; a leak of one answer (80 kB) a frame, or of one network, goes beyond.
ALLOWED = {"page": 4e6, "page_wasm": 1e6, "worker": 6e6, "worker_wasm": 12e6}


def test_memory_does_not_grow(chromium, request):
    settings = LONGER if sweeps.whole(request.config, "memory") else SETTINGS
    with server.serve_files(frames.watched_files()) as url:
        readings = memory.measure(frames.Host(chromium, url), settings)
    before, after_frames, after_networks = (heaps for _, heaps in readings)
    for name, allowed in ALLOWED.items():
        assert after_frames[name] - before[name] < allowed, (name, before, after_frames)
        assert after_networks[name] - after_frames[name] < allowed, (name, after_frames, after_networks)
