"""What the user of `spamguard clean` chose, checked and brought into shape."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import spamguard
from spamguard.batch.answers import Cleaner
from spamguard.batch.kinds import Reading
from spamguard.batch.marks import Claim, claim_on
from spamguard.batch.page import place_of_page
from spamguard.batch.processes import n_cores
from spamguard.batch.run import Settings
from spamguard.batch.walking import Filter
from spamguard.batch.workers import Workers
from spamguard.cleaner import CleanOptions
from spamguard.cli.review_queue import is_store
from spamguard.errors import InputError
from spamguard.phrases import Phrases
from spamguard.spans import Category

_STREAM = Path("-")
MAX_PHRASES_BYTES = 64_000_000


@dataclass(frozen=True, slots=True)
class Recipe:
    """How to make what cleans, in this process or another.

    Parameters
    ----------
    model
        Folder of the model; the shipped one by default.
    threshold, profile, categories
        As for :meth:`spamguard.Guard.clean`.
    allow, deny
        Phrases, as for :meth:`spamguard.Guard.clean`.

    Examples
    --------
    >>> clean = Recipe()()
    >>> [result] = clean(["Trains run again."])
    >>> result.changed
    False
    """

    model: Path | None = None
    threshold: float | None = None
    profile: str | None = None
    categories: tuple[Category, ...] = ()
    allow: tuple[str, ...] = ()
    deny: tuple[str, ...] = ()

    def __call__(self) -> Cleaner:
        """Load the model."""
        options: CleanOptions = {
            "threshold": self.threshold,
            "profile": self.profile,
            "allow": Phrases(self.allow, name="--allow"),
            "deny": Phrases(self.deny, name="--deny"),
            "categories": self.categories or None,
        }
        return partial(spamguard.load(self.model).clean_many, **options)

    def fingerprint(self) -> dict[str, Any]:
        """Return all that results depend on, as JSON holds it.

        Raises
        ------
        ArtefactError
            If there is no such model.
        """
        digest = model_manifest(self.model)["arrays_sha256"]
        fields = {**asdict(self), "model": digest, "version": spamguard.__version__}
        digestible: dict[str, Any] = json.loads(json.dumps(fields))
        return digestible


def model_manifest(model: Path | None) -> dict[str, Any]:
    """Return what a model says about itself, the shipped one by default, without loading it.

    Raises
    ------
    ArtefactError
        If there is no such model.
    """
    from spamguard.model.artefact import read_manifest
    from spamguard.model.loading import shipped_folder
    from spamguard.registry.resolving import resolve

    return read_manifest(resolve(model) if model else shipped_folder())


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """The options of `spamguard clean`, as its help names them.

    Raises
    ------
    InputError
        If some exclude each other.
    """

    paths: tuple[Path, ...]
    out: Path | None = None
    in_place: bool = False
    dry_run: bool = False
    sample: int | None = None
    diff: bool = False
    report: Path | None = None
    html_report: Path | None = None
    overwrite: bool = False
    as_json: bool = False
    quiet: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    format: str | None = None
    fields: tuple[str, ...] = ()
    key: str = ""
    encoding: str | None = None
    unknown: str = "copy"
    threshold: float | None = None
    profile: str | None = None
    categories: tuple[Category, ...] = ()
    allow: Path | None = None
    deny: Path | None = None
    max_removed: float | None = None
    review_queue: str | None = None
    workers: int = 1
    model: Path | None = None

    def __post_init__(self) -> None:
        """Refuse what does not go together."""
        if self.diff and self.as_json:
            raise InputError("--diff and --json exclude each other")
        if self.review_queue is not None:
            self._check_review(self.review_queue)
        streaming = _STREAM in self.paths
        if streaming and (len(self.paths) > 1 or self.out or self.in_place or self.sample):
            raise InputError("- stands alone, without --out, --in-place and --sample: it is one stream")

    def _check_review(self, store: str) -> None:
        """Refuse a queue to which nothing would come."""
        if not is_store(store):
            raise InputError("--review-queue must be sqlite: and a file, or a postgresql:// URL")
        if self.max_removed is None:
            raise InputError("--review-queue needs --max-removed, which says what is left for review")
        if not self.writes:
            raise InputError("--review-queue excludes --dry-run and --sample: they leave nothing behind")

    @property
    def others(self) -> list[Path]:
        """What is written beside the results."""
        page = place_of_page(self.html_report) if self.html_report else None
        return [path for path in (self.report, page) if path]

    def claim(self, role: str) -> Claim:
        """By what right something beside the results takes its name."""
        return claim_on(role=role, overwrite=self.overwrite)

    @property
    def writes(self) -> bool:
        """Whether results are written."""
        return not (self.dry_run or self.sample)

    @property
    def reading(self) -> Reading:
        """How files are read."""
        return Reading(self.fields or ("text",), self.key, self.encoding, self.format)

    @property
    def settings(self) -> Settings:
        """How the run goes about them."""
        chosen = Filter(self.include, self.exclude)
        return Settings(self.reading, chosen, self.writes, self.unknown == "copy", self.overwrite)

    @property
    def recipe(self) -> Recipe:
        """How to make what cleans."""
        allow, deny = _phrases(self.allow, "--allow"), _phrases(self.deny, "--deny")
        return Recipe(self.model, self.threshold, self.profile, self.categories, allow, deny)

    def crew(self, recipe: Recipe) -> Workers:
        """Return who cleans."""
        return Workers(recipe, number=self.workers or n_cores(), max_removed=self.max_removed)

    def fingerprint(self, recipe: Recipe) -> dict[str, Any]:
        """Return all that results depend on, as JSON holds it."""
        settings = json.loads(json.dumps(asdict(self.settings), default=str))
        return {"settings": settings, "max_removed": self.max_removed, "recipe": recipe.fingerprint()}


def _phrases(path: Path | None, option: str) -> tuple[str, ...]:
    """Read phrases, one a line; blank lines and those that start with # are passed over."""
    if path is None:
        return ()
    if path.stat().st_size > MAX_PHRASES_BYTES:
        raise InputError(f"{option}: {path} is larger than {MAX_PHRASES_BYTES:,} bytes")
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise InputError(f"{option}: {path} is not UTF-8 at byte {error.start}") from None
    return tuple(_wanted(lines))


def _wanted(lines: Iterable[str]) -> Sequence[str]:
    """Return the lines that hold a phrase."""
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]
