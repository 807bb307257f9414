"""Folders that are no model, or were made to do harm, are refused by name, and nothing in them runs."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spamguard.errors import ArtefactError
from spamguard.model.artefact import (
    ARRAYS_NAME,
    FORMAT,
    KIND,
    MANIFEST_NAME,
    MAX_FILE_BYTES,
    MAX_UNPACKED_BYTES,
    read,
    read_manifest,
)


def zipped(**members: bytes) -> bytes:
    """A .npz with the given members, whatever they are."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return stream.getvalue()


def npy(array: np.ndarray[Any, Any], *, allow_pickle: bool = False) -> bytes:
    """An array as a .npy file."""
    stream = io.BytesIO()
    np.save(stream, array, allow_pickle=allow_pickle)
    return stream.getvalue()


def npy_header(shape: str) -> bytes:
    """The head of a .npy file that claims a shape, with nothing behind it."""
    header = f"{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}".encode().ljust(117) + b"\n"
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header


def forge(folder: Path, content: bytes, **fields: object) -> Path:
    """An artefact whose manifest fits the content's digest, as a forger would write it."""
    (folder / ARRAYS_NAME).write_bytes(content)
    manifest = {
        "kind": KIND,
        "format": FORMAT,
        "name": "tiny",
        "arrays_sha256": hashlib.sha256(content).hexdigest(),
    }
    (folder / MANIFEST_NAME).write_text(json.dumps(manifest | fields), "utf-8")
    return folder


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"kind": "another model"}, "foreign: its kind is not 'spamguard model'"),
        ({"kind": None}, "foreign"),
        ({"format": FORMAT + 1}, f"has format {FORMAT + 1}, .* reads up to {FORMAT}: install a newer"),
        ({"format": 0}, "format must be a whole number from 1"),
        ({"format": True}, "format must be a whole number from 1"),
        ({"format": "1"}, "format must be a whole number from 1"),
        ({"format": None}, "format must be a whole number from 1"),
        ({"name": 5}, "name must be a string"),
        ({"arrays_sha256": None}, "arrays_sha256 must be a string"),
    ],
)
def test_a_wrong_manifest_is_refused_with_what_is_wrong(
    tmp_path: Path, fields: dict[str, object], message: str
) -> None:
    forge(tmp_path, b"", **fields)
    with pytest.raises(ArtefactError, match=message):
        read_manifest(tmp_path)
    with pytest.raises(ArtefactError, match=message):
        read(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000, pickle.dumps({"kind": KIND})])
def test_a_manifest_that_is_no_json_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / MANIFEST_NAME).write_bytes(content)
    with pytest.raises(ArtefactError, match="is damaged: not JSON"):
        read_manifest(tmp_path)


@pytest.mark.parametrize("content", ["[]", '"spamguard model"', "null"])
def test_a_manifest_that_is_no_object_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / MANIFEST_NAME).write_text(content, "utf-8")
    with pytest.raises(ArtefactError, match="is foreign"):
        read_manifest(tmp_path)


def test_an_archive_that_unpacks_to_too_much_is_refused_packed(tmp_path: Path) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for number in range(9):
            archive.writestr(f"{number}.npy", bytes(MAX_UNPACKED_BYTES // 8))
    assert len(stream.getvalue()) < MAX_FILE_BYTES
    forge(tmp_path, stream.getvalue())
    with pytest.raises(ArtefactError, match=f"unpacks to .* bytes, at most {MAX_UNPACKED_BYTES:,}"):
        read(tmp_path)


class Trap:
    """Breaks the test if it is ever unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return pytest.fail, ("a pickle was loaded",)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not a zip file"),
        (b"no archive at all", "not a zip file"),
        (pickle.dumps(Trap()), "not a zip file"),
        (zipped(a=pickle.dumps(Trap())), "foreign: a is no array"),
        (zipped(a=b"text"), "foreign: a is no array"),
        (zipped(a=npy(np.array([Trap()]), allow_pickle=True)), "Object arrays cannot be loaded"),
        (zipped(a=npy(np.arange(100))[:-8]), "is damaged: ValueError"),
        (zipped(a=npy_header("(1000000000000000,)")), "is damaged: MemoryError"),
        (zipped(a=npy_header("(-1,)")), "is damaged: ValueError"),
        (zipped(a=npy_header("(1180591620717411303424,)")), "is damaged: OverflowError"),
        (zipped(a=npy_header("((((")), "is damaged: "),
    ],
)
def test_a_forged_archive_is_refused_and_nothing_in_it_runs(
    tmp_path: Path, content: bytes, message: str
) -> None:
    with pytest.raises(ArtefactError, match=message):
        read(forge(tmp_path, content))


@pytest.mark.parametrize("at", range(0, 220, 7))
def test_a_forged_archive_raises_nothing_else(tmp_path: Path, at: int) -> None:
    content = bytearray(zipped(a=npy(np.arange(100))))
    content[at : at + 3] = b"\xff\xff\xff"
    folder = forge(tmp_path, bytes(content))
    with contextlib.suppress(ArtefactError):
        assert read(folder).arrays["a"].tolist() == list(range(100))
