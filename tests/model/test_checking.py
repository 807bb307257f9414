from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from spamguard.errors import ArtefactError
from spamguard.features.lexical import HASH_BITS
from spamguard.model import artefact
from spamguard.model.artefact import Artefact
from spamguard.model.checking import MOST_WEIGHT, check
from spamguard.model.detector import Detector
from spamguard.model.loading import shipped_folder
from spamguard.model.reader import WIDTH

Array = NDArray[np.generic]


@pytest.fixture(scope="module")
def whole(detector: Detector) -> Artefact:
    """What training writes."""
    return Artefact(dict(detector.manifest), detector.to_arrays())


@pytest.fixture(scope="module")
def sound(whole: Artefact) -> Artefact:
    """The same without its largest arrays, so that it is checked a hundred times at once."""
    return replace(whole, arrays={name: array for name, array in whole.arrays.items() if array.size < 10_000})


def with_array(sound: Artefact, name: str, array: Array) -> Artefact:
    """The artefact with one array replaced."""
    return replace(sound, arrays={**sound.arrays, name: array})


def test_what_training_writes_is_let_through(whole: Artefact) -> None:
    check(whole)


def test_the_shipped_model_is_let_through() -> None:
    check(artefact.read(shipped_folder()))


@pytest.mark.parametrize("threshold", ["0.5", None, True, [0.5], -0.01, 1.01, 10**400, "NaN", "Infinity"])
def test_a_threshold_that_is_no_number_from_0_to_1_is_refused_by_profile(
    sound: Artefact, threshold: object
) -> None:
    value = json.loads(threshold) if isinstance(threshold, str) and threshold != "0.5" else threshold
    manifest = sound.manifest | {"thresholds": {"corpus": 0.3, "newsroom": value}}
    with pytest.raises(ArtefactError, match="threshold newsroom must be a number from 0 to 1, got"):
        check(replace(sound, manifest=manifest))


@pytest.mark.parametrize("thresholds", [None, {}, [0.5], 0.5])
def test_thresholds_that_name_no_profile_are_refused(sound: Artefact, thresholds: object) -> None:
    with pytest.raises(ArtefactError, match="one number from 0 to 1 for each profile"):
        check(replace(sound, manifest=sound.manifest | {"thresholds": thresholds}))


@pytest.mark.parametrize("thresholds", [{"corpus": 0.3}, {"Newsroom": 0.5}, {"": 0.5}])
def test_thresholds_without_the_default_profile_are_refused(sound: Artefact, thresholds: object) -> None:
    with pytest.raises(ArtefactError, match=r"thresholds must name the profile newsroom, name '.*' alone"):
        check(replace(sound, manifest=sound.manifest | {"thresholds": thresholds}))


@pytest.mark.parametrize("name", ["", " ", "a\nb", "\x1b[2J", "\ud83d", "x" * 101, None, 5, ["default"]])
def test_a_name_that_does_not_show_is_refused(sound: Artefact, name: object) -> None:
    with pytest.raises(ArtefactError, match=r"^name must be 1 to 100 characters that show, got"):
        check(replace(sound, manifest=sound.manifest | {"name": name}))


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_json_cannot_pass_on_is_refused_wherever_it_stands(sound: Artefact, bad: float) -> None:
    places: dict[str, dict[str, object]] = {
        "seed": {"seed": bad},
        "figures.held_out.all.recall": {"figures": {"held_out": {"all": {"recall": bad}}}},
        "sources.1.size": {"sources": [{}, {"size": bad}]},
    }
    for place, fields in places.items():
        with pytest.raises(ArtefactError, match=f"^{place} must be a finite number, got"):
            check(replace(sound, manifest=sound.manifest | fields))


@given(threshold=st.floats(0, 1) | st.integers(0, 1), prior=st.floats(-1e6, 1e6) | st.integers(-99, 99))
def test_every_number_in_range_is_let_through(
    sound: Artefact, threshold: float | int, prior: float | int
) -> None:
    manifest = {"thresholds": {"newsroom": threshold}, "decoding": {"prior": prior}}
    check(replace(sound, manifest=sound.manifest | manifest))


@pytest.mark.parametrize("prior", ["1.2", None, False, float("nan"), float("-inf"), 10**400, {}])
def test_a_prior_that_is_no_number_is_refused(sound: Artefact, prior: object) -> None:
    with pytest.raises(ArtefactError, match="prior must be a finite number, got"):
        check(replace(sound, manifest=sound.manifest | {"decoding": {"prior": prior}}))


@pytest.mark.parametrize("decoding", [None, 1.2, []])
def test_decoding_that_is_no_object_is_refused(sound: Artefact, decoding: object) -> None:
    with pytest.raises(ArtefactError, match="prior must be a finite number"):
        check(replace(sound, manifest=sound.manifest | {"decoding": decoding}))


def test_what_is_wrong_is_quoted_in_few_characters(sound: Artefact) -> None:
    manifest = sound.manifest | {"thresholds": {"newsroom": "x" * 100_000}}
    with pytest.raises(ArtefactError) as error:
        check(replace(sound, manifest=manifest))
    assert len(str(error.value)) < 200


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_is_refused_in_every_array_of_numbers(sound: Artefact, bad: float) -> None:
    floats = [name for name, array in sound.arrays.items() if array.dtype.kind == "f"]
    assert len(floats) > 10
    for name in floats:
        array = sound.arrays[name].copy()
        array.flat[-1] = bad
        with pytest.raises(ArtefactError, match=f"array {name} holds values that are not finite"):
            check(with_array(sound, name, array))


def test_an_unknown_array_may_come_along_if_it_is_finite(sound: Artefact) -> None:
    check(with_array(sound, "note", np.arange(3)))
    with pytest.raises(ArtefactError, match="array note"):
        check(with_array(sound, "note", np.array([np.nan])))


def test_every_array_has_one_type_and_one_shape(whole: Artefact, sound: Artefact) -> None:
    for name, array in whole.arrays.items():
        with pytest.raises(ArtefactError, match=f"array {name} must be of type"):
            check(with_array(sound, name, np.zeros(array.shape, dtype=np.int64)))
        with pytest.raises(ArtefactError, match="must have the shape"):
            check(with_array(sound, name, array[..., None]))
        with pytest.raises(ArtefactError, match="must have the shape"):
            check(with_array(sound, name, np.zeros((0, *array.shape[1:]), dtype=array.dtype)))


def test_the_reader_s_table_may_have_any_power_of_two_of_rows_that_hashes_reach(sound: Artefact) -> None:
    for rows in (1, 1 << 10, 1 << HASH_BITS):
        check(with_array(sound, "reader_table", np.zeros((rows, WIDTH), dtype=np.int8)))
    with pytest.raises(ArtefactError, match="array reader_table must have the shape"):
        check(with_array(sound, "reader_table", np.array(1, dtype=np.int8)))
    for rows in (3, (1 << 10) + 1, 1 << (HASH_BITS + 1)):
        with pytest.raises(ArtefactError, match="array reader_table must have the shape"):
            check(with_array(sound, "reader_table", np.zeros((rows, WIDTH), dtype=np.int8)))


def test_a_layer_that_does_not_fit_the_next_is_refused(sound: Artefact) -> None:
    for prefix in ("reader", "verifier"):
        bias = sound.arrays[f"{prefix}_bias_0"]
        wider = with_array(sound, f"{prefix}_bias_0", np.zeros(len(bias) + 1, dtype=np.float32))
        with pytest.raises(ArtefactError, match=f"array {prefix}_weight_0 must have the shape"):
            check(wider)


def test_a_convolution_that_sees_more_or_fewer_tokens_is_refused(sound: Artefact) -> None:
    weight = sound.arrays["reader_weight_2"]
    for rows in (weight[:-1], np.concatenate([weight, weight[:1]])):
        with pytest.raises(ArtefactError, match=r"array reader_weight_2 must have the shape \(40, 8\)"):
            check(with_array(sound, "reader_weight_2", rows))


def test_a_network_with_another_number_of_answers_is_refused(sound: Artefact) -> None:
    weight = sound.arrays["verifier_weight_1"]
    with pytest.raises(ArtefactError, match=r"array verifier_weight_1 must have the shape \(8, 3\)"):
        check(with_array(sound, "verifier_weight_1", np.zeros((len(weight), 4), dtype=np.float16)))


@pytest.mark.parametrize(
    ("points", "message"),
    [
        ([[0, 0], [-1, 1]], "must ascend"),
        ([[0, 0.5], [1, 0.4]], "must ascend"),
        ([[0, -0.1], [1, 1]], "probabilities from 0 to 1"),
        ([[0, 0], [1, 1.1]], "probabilities from 0 to 1"),
    ],
)
def test_a_calibration_that_gives_no_probabilities_is_refused(
    sound: Artefact, points: list[list[float]], message: str
) -> None:
    with pytest.raises(ArtefactError, match=f"calibration must .*{message.removeprefix('must ')}"):
        check(with_array(sound, "calibration", np.array(points, dtype=np.float32)))


def test_languages_without_a_name_are_refused(whole: Artefact) -> None:
    with pytest.raises(ArtefactError, match="a row for each of 3 languages, has 2"):
        check(with_array(whole, "language_names", np.array(["en", "zh", "ja"])))


@pytest.mark.parametrize("name", ["reader_weight_1", "verifier_scale", "lexical_weights", "gate"])
@pytest.mark.parametrize("value", [MOST_WEIGHT + 1, -3e38])
def test_one_absurd_weight_is_refused_wherever_it_stands(whole: Artefact, name: str, value: float) -> None:
    array = whole.arrays[name].astype(np.float32)
    array.flat[-1] = value
    with pytest.raises(ArtefactError, match=f"array {name} holds values beyond 1,001"):
        check(with_array(whole, name, array))


@pytest.mark.parametrize("name", ["reader_weight_4", "verifier_weight_0"])
def test_weights_that_make_probabilities_no_numbers_are_refused(whole: Artefact, name: str) -> None:
    huge = np.full(whole.arrays[name].shape, 3e38, dtype=np.float32)
    with pytest.raises(ValueError, match="probabilities are no numbers"):
        Detector.from_artefact(Artefact(whole.manifest | {"arrays_sha256": ""}, {**whole.arrays, name: huge}))
