"""A model comes back as it was stored, and a folder that lost something says what."""

from __future__ import annotations

import errno
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spamguard.errors import ArtefactError
from spamguard.model.artefact import (
    ARRAYS_NAME,
    MANIFEST_NAME,
    MAX_FILE_BYTES,
    MAX_MANIFEST_BYTES,
    MAX_UNPACKED_BYTES,
    Arrays,
    read,
    save,
)

ARRAYS: Arrays = {
    "weights": np.arange(12, dtype=np.float16).reshape(3, 4),
    "fortran": np.asfortranarray(np.arange(6, dtype=np.int64).reshape(2, 3)),
    "names": np.array(["en", "zh"]),
    "empty": np.zeros((0, 5), dtype=np.uint8),
}
MANIFEST = {"name": "tiny", "thresholds": {"newsroom": 0.5}, "note": "“上海”"}


def test_an_artefact_survives_its_folder(tmp_path: Path) -> None:
    saved = save(tmp_path / "new" / "model", ARRAYS, MANIFEST)
    found = read(tmp_path / "new" / "model")
    assert found.manifest == saved.manifest
    assert found.manifest.items() >= MANIFEST.items()
    assert found.model_id == saved.model_id == f"tiny-{saved.manifest['arrays_sha256'][:8]}"
    assert found.arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        assert found.arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(found.arrays[name], array)


def test_the_same_arrays_make_the_same_bytes(tmp_path: Path) -> None:
    reverse = {name: ARRAYS[name].copy() for name in reversed(list(ARRAYS))}
    save(tmp_path / "one", ARRAYS, MANIFEST)
    save(tmp_path / "two", reverse, MANIFEST)
    for name in (ARRAYS_NAME, MANIFEST_NAME):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_a_folder_holds_the_two_files_and_no_more(tmp_path: Path) -> None:
    for _ in range(2):
        save(tmp_path, ARRAYS, MANIFEST)
    assert sorted(path.name for path in tmp_path.iterdir()) == [ARRAYS_NAME, MANIFEST_NAME]


def test_objects_are_never_written(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match="array bad holds objects"):
        save(tmp_path, {"bad": np.array([{}], dtype=object)}, MANIFEST)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", [ARRAYS_NAME, MANIFEST_NAME])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    save(tmp_path, ARRAYS, MANIFEST)
    (tmp_path / name).unlink()
    with pytest.raises(ArtefactError, match=f"{name} is missing"):
        read(tmp_path)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match=r"no model at .*nowhere"):
        read(tmp_path / "nowhere")


@pytest.mark.parametrize("name", [ARRAYS_NAME, MANIFEST_NAME])
def test_a_file_that_cannot_be_read_is_named(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path, ARRAYS, MANIFEST)
    whole = Path.read_bytes

    def refused(path: Path) -> bytes:
        # Permissions would do, were tests never run as root, whom they do not stop.
        if path.name == name:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return whole(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(ArtefactError, match=f"{name} cannot be read: Permission denied"):
        read(tmp_path)


def test_a_folder_in_a_files_place_is_no_model(tmp_path: Path) -> None:
    save(tmp_path, ARRAYS, MANIFEST)
    (tmp_path / ARRAYS_NAME).unlink()
    (tmp_path / ARRAYS_NAME).mkdir()
    with pytest.raises(ArtefactError, match=f"{ARRAYS_NAME} is missing"):
        read(tmp_path)


def test_a_name_too_long_for_the_file_system_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match="cannot be read: File name too long"):
        read(tmp_path / ("x" * 5000))


def test_only_what_deflates_well_is_deflated(tmp_path: Path) -> None:
    noise = np.random.default_rng(3).normal(size=5000).astype(np.float16)
    save(tmp_path, {"sparse": np.zeros(5000, dtype=np.uint8), "weights": noise}, MANIFEST)
    with zipfile.ZipFile(tmp_path / ARRAYS_NAME) as archive:
        packed = {member.filename: member.compress_type for member in archive.infolist()}
    assert packed == {"sparse.npy": zipfile.ZIP_DEFLATED, "weights.npy": zipfile.ZIP_STORED}
    np.testing.assert_array_equal(read(tmp_path).arrays["weights"], noise)


def test_a_single_changed_byte_is_seen(tmp_path: Path) -> None:
    save(tmp_path, ARRAYS, MANIFEST)
    content = bytearray((tmp_path / ARRAYS_NAME).read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / ARRAYS_NAME).write_bytes(content)
    with pytest.raises(ArtefactError, match="is damaged: its digest"):
        read(tmp_path)


def test_arrays_of_another_model_are_seen(tmp_path: Path) -> None:
    save(tmp_path / "one", ARRAYS, MANIFEST)
    save(tmp_path / "two", {"weights": np.zeros(3)}, MANIFEST)
    (tmp_path / "one" / ARRAYS_NAME).replace(tmp_path / "two" / ARRAYS_NAME)
    with pytest.raises(ArtefactError, match="is damaged: its digest"):
        read(tmp_path / "two")


@pytest.mark.parametrize(
    ("name", "most"), [(MANIFEST_NAME, MAX_MANIFEST_BYTES), (ARRAYS_NAME, MAX_FILE_BYTES)]
)
def test_an_oversized_file_is_refused_unread(tmp_path: Path, name: str, most: int) -> None:
    save(tmp_path, ARRAYS, MANIFEST)
    with (tmp_path / name).open("r+b") as stream:
        stream.truncate(most + 1)
    with pytest.raises(ArtefactError, match=f"{name} is larger than {most:,} bytes"):
        read(tmp_path)


def noise(n_bytes: int) -> np.ndarray[Any, Any]:
    """Bytes that do not shrink."""
    return np.frombuffer(np.random.default_rng(1).bytes(n_bytes), dtype=np.uint8)


@pytest.mark.parametrize(
    ("arrays", "manifest", "message"),
    [
        (lambda: noise(MAX_FILE_BYTES + 1), {}, f"would be larger than {MAX_FILE_BYTES:,} bytes"),
        (lambda: np.zeros(MAX_UNPACKED_BYTES, np.uint8), {}, f"than {MAX_UNPACKED_BYTES:,} bytes unpacked"),
        (
            lambda: noise(1),
            {"story": "x" * MAX_MANIFEST_BYTES},
            f"manifest would be larger than {MAX_MANIFEST_BYTES:,}",
        ),
        (lambda: noise(1), {"figure": float("nan")}, "manifest is no JSON: Out of range"),
        (lambda: noise(1), {"path": Path()}, "manifest is no JSON: .*not JSON serializable"),
        (lambda: noise(1), {"quote": "\ud800"}, "manifest is no JSON: .*surrogates not allowed"),
    ],
)
def test_what_would_not_be_read_again_is_not_written(
    tmp_path: Path, arrays: Callable[[], np.ndarray[Any, Any]], manifest: dict[str, Any], message: str
) -> None:
    save(tmp_path, ARRAYS, MANIFEST)
    with pytest.raises(ArtefactError, match=message):
        save(tmp_path, {**ARRAYS, "noise": arrays()}, {**MANIFEST, **manifest})
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([ARRAYS_NAME, MANIFEST_NAME])
    assert read(tmp_path).arrays.keys() == ARRAYS.keys()
