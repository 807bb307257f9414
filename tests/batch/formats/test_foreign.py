"""Whatever a library raises is a fault of its file or record, and quotes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

import pytest

from spamguard.batch.answers import Cleaner, Task, answer_all
from spamguard.batch.formats.foreign import Shielded
from spamguard.batch.formats.plain import Plain, Text
from spamguard.batch.formats.protocol import ByteSink, Unit
from spamguard.errors import FormatError


class Failing:
    """A format whose library fails where a text says so."""

    def read(self, source: BinaryIO) -> Iterator[Unit]:
        """Yield a unit, then fail."""
        yield Unit(source.readline(), 1)
        raise KeyError(source.read())

    def parse(self, unit: Unit) -> Text:
        """Fail at some, and fail later at others."""
        if b"parse" in unit.raw:
            raise KeyError(unit.raw)
        return Failed(Plain().parse(unit).encoded)

    def open(self, sink: BinaryIO) -> ByteSink:
        """Return what writes."""
        return ByteSink(sink)


class Failed(Text):
    """A text that cannot be written."""

    def write(self, results: object) -> bytes:
        """Fail."""
        raise ValueError(self.encoded.text)


def test_an_error_while_reading_is_one_of_the_file() -> None:
    units = Shielded(Failing()).read(BytesIO(b"one\nthe news"))
    assert next(units).record == 1
    with pytest.raises(FormatError, match=r"^not read behind record 1 \(KeyError\)$"):
        next(units)


def test_an_error_at_one_record_leaves_it_alone_and_the_rest_goes_on(clean: Cleaner) -> None:
    format_ = Shielded(Failing())
    raws = [b"SPAM parse", b"SPAM write", b"good"]
    answers = answer_all(clean, [Task(format_, Unit(raw, at)) for at, raw in enumerate(raws, 1)])
    assert [answer.fault for answer in answers] == ["not read (KeyError)", "not written (ValueError)", ""]
    assert all(answer.raw is None for answer in answers)


def test_what_the_system_says_stays() -> None:
    class Full(Failing):
        def parse(self, unit: Unit) -> Text:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        Shielded(Full()).parse(Unit(b""))
