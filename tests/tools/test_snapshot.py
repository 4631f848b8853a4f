"""What is made for the lab is the same whenever it is made, and is kept, but not for ever."""

import hashlib
import os
import shutil

from tools import runtime, site
from tools.snapshot import snapshot


def test_the_same_sources_make_the_same_memory(tmp_path, monkeypatch):
    """By another process, in another folder, at another time."""
    made, inputs = snapshot.made, {}

    def noted(command, files, output):
        inputs[command] = files
        return made(command, files, output)

    monkeypatch.setattr(snapshot, "made", noted)
    parts = {part.name: dict(runtime.part_members(part)) for part in site.site_parts() if part.name in site.LAB_PARTS}
    pyodide, numpy, autograd = (parts[name] for name in site.LAB_PARTS)
    kept = snapshot.site_files(pyodide, {**numpy, **autograd}, site.own_files())["lab.pack"]
    monkeypatch.setattr(snapshot, "CACHE", tmp_path)
    # Its program lies elsewhere as well.
    shutil.copytree(snapshot.HERE, tmp_path / "elsewhere")
    monkeypatch.setattr(snapshot, "HERE", tmp_path / "elsewhere")
    again = made("snapshot", inputs["snapshot"], "lab.pack")
    assert hashlib.sha256(again).hexdigest() == hashlib.sha256(kept).hexdigest()


def test_only_what_was_used_last_is_kept(tmp_path):
    for number in range(6):
        path = tmp_path / f"{number}.zst"
        path.write_bytes(bytes([number]))
        os.utime(path, (1000 + number, 1000 + number))
    assert snapshot.used(tmp_path / "1.zst") == b"\x01", "it was old, and is the newest now"
    snapshot.forget(tmp_path, 3)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.zst", "4.zst", "5.zst"]


def test_keeping_one_more_forgets_the_oldest(tmp_path, monkeypatch):
    monkeypatch.setattr(snapshot, "KEPT", 2)
    for number in range(3):
        snapshot.keep(tmp_path / f"{number}.zst", b"made")
        os.utime(tmp_path / f"{number}.zst", (1000 + number, 1000 + number))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.zst", "2.zst"]


def test_little_is_kept_whole(tmp_path):
    snapshot.keep(tmp_path / "one.zst", b"made")
    snapshot.forget(tmp_path, 3)
    assert (tmp_path / "one.zst").read_bytes() == b"made"
