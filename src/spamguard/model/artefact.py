"""The model artefact: a folder with arrays and a manifest, nothing that could run."""

from __future__ import annotations

import hashlib
import io
import json
import os
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.lib import format as npy_format
from numpy.typing import NDArray

from spamguard.errors import ArtefactError

FORMAT = 2
# Artefacts of format 1 were never released, and their arrays are read otherwise.
FIRST_FORMAT = 2
KIND = "spamguard model"
ARRAYS_NAME, MANIFEST_NAME = "arrays.npz", "manifest.json"
# The shipped model has 22 MB; anything far larger is no model of ours.
MAX_FILE_BYTES = 32 * 1024 * 1024
MAX_UNPACKED_BYTES = 128 * 1024 * 1024
MAX_MANIFEST_BYTES = 1024 * 1024
# Weights in half precision shrink by 7 % when deflated, and inflating them took 17 of the 51 ms of reading
# the shipped model: what does not save this share is stored as it is.
_WORTH_DEFLATING = 0.25

Arrays = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True)
class Artefact:
    """A model as it is stored.

    Attributes
    ----------
    manifest
        What it is, how it was made, its thresholds and figures.
    arrays
        Its weights by name.
    """

    manifest: dict[str, Any]
    arrays: Arrays

    @property
    def model_id(self) -> str:
        """Name of the model and the first digits of its arrays' digest."""
        return f"{self.manifest['name']}-{self.manifest['arrays_sha256'][:8]}"


def save(folder: Path, arrays: Arrays, manifest: dict[str, Any]) -> Artefact:
    """Write an artefact; the manifest comes last, so that a torn write is seen.

    Parameters
    ----------
    folder
        Made where it is missing.
    arrays
        Plain numbers only.
    manifest
        JSON values; format, kind and digest are added.

    Raises
    ------
    ArtefactError
        If an array holds objects, arrays or manifest take more room than is read again, or the manifest is no
        JSON.
    """
    for name, array in arrays.items():
        if array.dtype.hasobject:
            raise ArtefactError(f"array {name} holds objects; an artefact holds numbers only")
    full = {"kind": KIND, "format": FORMAT, **manifest, "arrays_sha256": _digest(b"")}
    _as_json(full)
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / ARRAYS_NAME
    temporary = folder / (ARRAYS_NAME + ".tmp")
    with temporary.open("wb") as stream:
        _write_arrays(stream, arrays)
    try:
        _check_room(temporary, target)
    except ArtefactError:
        temporary.unlink()
        raise
    os.replace(temporary, target)
    full["arrays_sha256"] = _digest(target.read_bytes())
    temporary = folder / (MANIFEST_NAME + ".tmp")
    temporary.write_bytes(_as_json(full))
    os.replace(temporary, folder / MANIFEST_NAME)
    return Artefact(full, arrays)


def _check_room(written: Path, target: Path) -> None:
    """Refuse arrays that would not be read again.

    Raises
    ------
    ArtefactError
        If they take too much room, packed or unpacked.
    """
    size = written.stat().st_size
    with zipfile.ZipFile(written) as archive:
        total = _unpacked_bytes(archive)
    for found, most, how in ((size, MAX_FILE_BYTES, ""), (total, MAX_UNPACKED_BYTES, " unpacked")):
        if found > most:
            raise ArtefactError(
                f"{target} would be larger than {most:,} bytes{how}, and none so large is read"
            )


def _unpacked_bytes(archive: zipfile.ZipFile) -> int:
    """Bytes of all members, unpacked."""
    return sum(member.file_size for member in archive.infolist())


def _as_json(manifest: Mapping[str, Any]) -> bytes:
    """Write a manifest as it is stored.

    Raises
    ------
    ArtefactError
        If it holds what JSON cannot, or takes more room than is read again.
    """
    try:
        text = json.dumps(manifest, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
        content = text.encode("utf-8")
    except (ValueError, TypeError, RecursionError) as error:
        raise ArtefactError(f"the manifest is no JSON: {error}") from None
    if len(content) > MAX_MANIFEST_BYTES:
        raise ArtefactError(f"the manifest would be larger than {MAX_MANIFEST_BYTES:,} bytes")
    return content


def _write_arrays(stream: BinaryIO, arrays: Arrays) -> None:
    """Write an .npz whose bytes depend on the arrays alone, not on the clock."""
    with zipfile.ZipFile(stream, "w", compresslevel=9) as archive:
        for name in sorted(arrays):
            content = io.BytesIO()
            npy_format.write_array(content, np.ascontiguousarray(arrays[name]), allow_pickle=False)
            member = zipfile.ZipInfo(f"{name}.npy", date_time=(1980, 1, 1, 0, 0, 0))
            archive.writestr(member, content.getvalue(), _compression(content.getvalue()))


def _compression(content: bytes) -> int:
    """Choose how a member is packed."""
    deflated = len(zlib.compress(content))
    worth_it = deflated < (1 - _WORTH_DEFLATING) * len(content)
    return zipfile.ZIP_DEFLATED if worth_it else zipfile.ZIP_STORED


def _digest(content: bytes) -> str:
    """SHA-256 of a file's content."""
    return hashlib.sha256(content).hexdigest()


def _content(path: Path, most: int) -> bytes:
    """Read a file of an artefact, at most ``most`` bytes.

    Raises
    ------
    ArtefactError
        If it is missing, no file, unreadable or longer.
    """
    try:
        if not path.is_file():
            raise ArtefactError(f"no model at {path.parent}: {path.name} is missing")
        if path.stat().st_size > most:
            raise ArtefactError(f"{path} is larger than {most:,} bytes: not a model of ours")
        return path.read_bytes()
    except OSError as error:
        raise ArtefactError(f"{path} cannot be read: {error.strerror}") from None


def read_manifest(folder: Path) -> dict[str, Any]:
    """Read and check the manifest alone.

    Raises
    ------
    ArtefactError
        If it is missing, unreadable, too large, no JSON object, foreign or of a newer format.
    """
    path = folder / MANIFEST_NAME
    content = _content(path, MAX_MANIFEST_BYTES)
    try:
        manifest = json.loads(content)
    except (ValueError, RecursionError):
        raise ArtefactError(f"{path} is damaged: not JSON") from None
    if not isinstance(manifest, dict) or manifest.get("kind") != KIND:
        raise ArtefactError(f"{path} is foreign: its kind is not {KIND!r}")
    _check_format(path, manifest.get("format"))
    for key in ("name", "arrays_sha256"):
        if not isinstance(manifest.get(key), str):
            raise ArtefactError(f"{path} is damaged: {key} must be a string")
    return manifest


def _check_format(path: Path, found: object) -> None:
    """Refuse a format that is no number, was never released, or is newer than this code."""
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise ArtefactError(f"{path} is damaged: format must be a whole number from 1")
    if found < FIRST_FORMAT:
        raise ArtefactError(f"{path} has format {found}, which was never released: train the model anew")
    if found > FORMAT:
        raise ArtefactError(
            f"{path} has format {found}, this spamguard reads up to {FORMAT}: install a newer spamguard"
        )


def read(folder: Path) -> Artefact:
    """Read and check an artefact.

    Raises
    ------
    ArtefactError
        If it is missing, unreadable, damaged, foreign, of a newer format or too large.
    """
    manifest = read_manifest(folder)
    path = folder / ARRAYS_NAME
    # Read once, so that what is unpacked is what the digest was taken of; a mapped file could change after.
    content = _content(path, MAX_FILE_BYTES)
    if _digest(content) != manifest["arrays_sha256"]:
        raise ArtefactError(f"{path} is damaged: its digest is not the one that the manifest names")
    return Artefact(manifest, _unpacked(content, path))


def _unpacked(content: bytes, path: Path) -> Arrays:
    """Unpack the arrays, refusing objects and more bytes than a model has."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            total = _unpacked_bytes(archive)
            if total > MAX_UNPACKED_BYTES:
                raise ArtefactError(
                    f"{path} unpacks to {total:,} bytes, at most {MAX_UNPACKED_BYTES:,} are allowed"
                )
        with np.load(io.BytesIO(content), allow_pickle=False) as packed:
            arrays = {name: packed[name] for name in packed.files}
    except ArtefactError:
        raise
    # A forged archive can raise nearly anything: zlib's errors, a foreign compression's, an absurd shape's.
    except Exception as error:
        raise ArtefactError(f"{path} is damaged: {type(error).__name__} ({error}) while unpacking") from None
    for name, array in arrays.items():
        if not isinstance(array, np.ndarray):
            raise ArtefactError(f"{path} is foreign: {name} is no array")
    return arrays
