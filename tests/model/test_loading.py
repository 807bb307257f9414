from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from spamguard.errors import ArtefactError
from spamguard.model import artefact, loading
from spamguard.model.detector import Detector
from spamguard.model.loading import load_detector, shipped_folder


def stored(
    detector: Detector, folder: Path, **changed: np.ndarray[tuple[int, ...], np.dtype[np.float32]]
) -> Path:
    """A sound artefact on disk, but for some arrays."""
    artefact.save(folder, {**detector.to_arrays(), **changed}, dict(detector.manifest))
    return folder


def test_the_shipped_model_is_found_and_loads() -> None:
    detector = load_detector()
    assert detector.model_id == artefact.read(shipped_folder()).model_id
    assert {"newsroom", "corpus"} <= set(detector.thresholds)


def test_a_model_in_a_package_goes_before_one_in_a_checkout(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folders = (tmp_path / "package", tmp_path / "checkout")
    monkeypatch.setattr(loading, "_SHIPPED", folders)
    for folder in reversed(folders):
        folder.mkdir()
        (folder / artefact.MANIFEST_NAME).touch()
        assert shipped_folder() == folder


def test_an_installation_without_a_model_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(loading, "_SHIPPED", (tmp_path,))
    with pytest.raises(ArtefactError, match=r"carries no model: install spamguard again, or name"):
        load_detector()


@pytest.mark.parametrize("kind", [str, Path])
def test_a_model_is_loaded_from_the_folder_named(detector: Detector, tmp_path: Path, kind: type) -> None:
    found = load_detector(kind(stored(detector, tmp_path)))
    assert found.model_id.startswith("chance-")


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArtefactError, match=r"no model at .*nowhere"):
        load_detector(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "name", ["gate", "lexical_weights", "language_pairs", "calibration", "verifier_mean"]
)
def test_a_model_that_lacks_an_array_is_refused_by_name(
    detector: Detector, tmp_path: Path, name: str
) -> None:
    arrays = {key: array for key, array in detector.to_arrays().items() if key != name}
    artefact.save(tmp_path, arrays, dict(detector.manifest))
    with pytest.raises(ArtefactError, match=rf"is damaged: KeyError \('{name}'\) while building the model"):
        load_detector(tmp_path)


@pytest.mark.parametrize("key", ["thresholds", "decoding"])
def test_a_manifest_that_lacks_what_decoding_needs_is_refused(
    detector: Detector, tmp_path: Path, key: str
) -> None:
    manifest = {name: value for name, value in detector.manifest.items() if name != key}
    artefact.save(tmp_path, detector.to_arrays(), manifest)
    with pytest.raises(ArtefactError, match=f"^{re.escape(str(tmp_path))} is damaged: .*{key}"):
        load_detector(tmp_path)


def test_a_threshold_that_is_no_number_never_reaches_a_text(detector: Detector, tmp_path: Path) -> None:
    thresholds = {"newsroom": 0.123, "corpus": 0.3}
    artefact.save(tmp_path, detector.to_arrays(), {**detector.manifest, "thresholds": thresholds})
    path = tmp_path / artefact.MANIFEST_NAME
    path.write_text(path.read_text("utf-8").replace("0.123", "NaN"), "utf-8")
    with pytest.raises(ArtefactError, match="is damaged: threshold newsroom must be a number from 0 to 1"):
        load_detector(tmp_path)


@pytest.mark.parametrize(
    ("array", "message"),
    [
        (np.zeros(0, dtype=np.float32), r"array gate must have the shape \(1\), has \(0,\)"),
        (np.array([np.nan], dtype=np.float32), "array gate holds values that are not finite"),
    ],
)
def test_an_array_that_cannot_be_used_is_refused_by_name(
    detector: Detector, tmp_path: Path, array: np.ndarray[tuple[int, ...], np.dtype[np.float32]], message: str
) -> None:
    with pytest.raises(ArtefactError, match=f"is damaged: {message}"):
        load_detector(stored(detector, tmp_path, gate=array))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            '"newsroom": 0.5',
            '"newsroom": "0.5"',
            "threshold newsroom must be a number from 0 to 1, got '0.5'",
        ),
        ('"newsroom": 0.5,', "", "thresholds must name the profile newsroom"),
        ('"prior": 0.0', '"prior": "none"', "prior must be a finite number, got 'none'"),
        ('"prior": 0.0', "", "prior must be a finite number, got None"),
        (
            '"name": "chance"',
            '"name": "chance", "figures": {"recall": NaN}',
            "figures.recall must be a finite",
        ),
        ('"name": "chance"', '"name": "chan\\nce"', "name must be 1 to 100 characters that show"),
        ('"name": "chance",', "", "name must be a string"),
        ('"format": 2', '"format": "2"', "format must be a whole number from 1"),
    ],
)
def test_a_slip_in_a_manifest_edited_by_hand_is_found_at_loading(
    detector: Detector, tmp_path: Path, old: str, new: str, message: str
) -> None:
    path = stored(detector, tmp_path) / artefact.MANIFEST_NAME
    written = path.read_text("utf-8")
    assert written.count(old) == 1
    path.write_text(written.replace(old, new), "utf-8")
    with pytest.raises(
        ArtefactError, match=f"^{re.escape(str(tmp_path))}.* is damaged: .*{re.escape(message)}"
    ):
        load_detector(tmp_path)
