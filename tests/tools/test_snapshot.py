"""What is made for the lab is kept, but not for ever."""

import os

from tools.snapshot import snapshot


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
