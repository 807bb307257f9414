from __future__ import annotations

import pytest
from benchmarks.articles import Newsroom
from benchmarks.peers import Clean, present, quality, script_filter

from benchmarks import peers


@pytest.fixture(scope="module")
def room() -> Newsroom:
    """A newsroom whose ads a peer may be told."""
    return Newsroom(1)


def missing(room: Newsroom) -> Clean:
    """A peer whose library nobody has."""
    raise ModuleNotFoundError("No module named 'nobody'", name="nobody")


def test_a_peer_that_is_not_installed_is_left_out_by_name(
    monkeypatch: pytest.MonkeyPatch, room: Newsroom
) -> None:
    monkeypatch.setattr(peers, "PEERS", {"first": missing, "second": script_filter})
    found = dict(present(room))
    assert found["first"] == "not installed: nobody"
    assert callable(found["second"])


def test_the_script_filter_cuts_the_other_script_with_its_seam(room: Newsroom) -> None:
    news = "The council voted on Monday for the new budget.\n{}• The library opens at nine in the morning."
    assert script_filter(room)(news.format("爱上海同城论坛\n上海贵族 ")) == news.format("")
    news = "临江市地铁五号线月底投入使用。{}\n线路全长三十公里，设车站二十二座。"
    assert script_filter(room)(news.format(" cheap pills online")) == news.format("")


def test_quality_is_the_share_that_is_as_it_should_be() -> None:
    assert quality(["a", "b", "c", "x"], ["a", "b", "c", "d"]) == 0.75
