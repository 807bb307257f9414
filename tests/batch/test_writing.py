from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from spamguard.batch.writing import Folders, PartFile, is_own, make_folder, sync_folder, whole_file


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


def synced(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of folders and files that are brought onto the disk, as it happens."""
    original, names = os.fsync, []

    def note(number: int) -> None:
        names.append(Path(os.readlink(f"/proc/self/fd/{number}")).name)
        original(number)

    monkeypatch.setattr(os, "fsync", note)
    return names


linux = pytest.mark.skipif(not os.path.isdir("/proc/self/fd"), reason="needs Linux to name what is open")


@linux
def test_a_name_is_on_the_disk_with_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = synced(monkeypatch)
    with whole_file(tmp_path / "a.txt") as stream:
        stream.write(b"x")
    assert is_own(names[0])
    assert names[1:] == [tmp_path.name]


@linux
def test_names_of_one_folder_are_brought_onto_the_disk_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names, folders = synced(monkeypatch), Folders()
    for name in ("a.txt", "b.txt"):
        with whole_file(tmp_path / name, folders=folders):
            pass
    folders.settle()
    folders.settle()
    assert names.count(tmp_path.name) == 1


@linux
def test_a_new_folder_is_on_the_disk_with_those_above_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = synced(monkeypatch)
    make_folder(tmp_path / "one" / "two")
    assert sorted(names) == sorted(["one", tmp_path.name])


def test_a_disk_with_a_fault_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(number: int) -> None:
        raise OSError(code, "no")

    monkeypatch.setattr(os, "fsync", fail)
    code = errno.EINVAL
    sync_folder(tmp_path)
    sync_folder(tmp_path / "gone")
    code = errno.EIO
    with pytest.raises(OSError, match="no"):
        sync_folder(tmp_path)
