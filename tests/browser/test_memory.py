"""Neither heap grows: a short run of what `python3 -m tools bench --only memory` does for minutes."""

from bench import memory

FRAMES = 900
NETWORKS = 15
# Bytes. Python's and JavaScript's heaps breathe; a leak of one answer (80 kB) a frame, or of one network, goes beyond.
ALLOWED = {"page": 4e6, "page_wasm": 1e6, "worker": 6e6, "worker_wasm": 12e6}


def test_memory_does_not_grow(chromium):
    (_, before), (_, after_frames), (_, after_networks) = memory.measure(chromium, FRAMES, NETWORKS)
    for name, allowed in ALLOWED.items():
        assert after_frames[name] - before[name] < allowed, (name, before, after_frames)
        assert after_networks[name] - after_frames[name] < allowed, (name, after_frames, after_networks)
