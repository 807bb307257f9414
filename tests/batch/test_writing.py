from __future__ import annotations

import stat
from pathlib import Path

import pytest

from spamguard.batch.writing import PartFile, is_own, whole_file


def test_the_file_has_its_name_only_once_it_is_whole(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    with whole_file(target) as stream:
        stream.write(b"all of it")
        stream.flush()
        assert not target.exists()
        assert [is_own(path.name) for path in tmp_path.iterdir()] == [True]
    assert target.read_bytes() == b"all of it"
    assert list(tmp_path.iterdir()) == [target]


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    target.write_bytes(b"old")

    def write_half() -> None:
        with whole_file(target) as stream:
            stream.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_half()
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_permissions_follow_the_original(tmp_path: Path) -> None:
    original = tmp_path / "a.txt"
    original.touch(mode=0o640)
    original.chmod(0o640)
    with whole_file(tmp_path / "b.txt", like=original) as stream:
        stream.write(b"x")
    assert stat.S_IMODE((tmp_path / "b.txt").stat().st_mode) == 0o640


def test_a_link_is_replaced_and_not_written_through(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_bytes(b"mine")
    (tmp_path / "link.txt").symlink_to(outside)
    with whole_file(tmp_path / "link.txt") as stream:
        stream.write(b"new")
    assert outside.read_bytes() == b"mine"
    assert not (tmp_path / "link.txt").is_symlink()


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), whole_file(tmp_path / "none" / "a.txt"):
        pytest.fail("nothing may be written")


def test_what_a_killed_run_left_behind_gives_way(tmp_path: Path) -> None:
    left = PartFile(tmp_path / "a.txt")
    left.stream.write(b"half")
    left.stream.close()
    with whole_file(tmp_path / "a.txt") as stream:
        stream.write(b"whole")
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
