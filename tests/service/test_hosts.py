"""A service without tokens answers to names of the loopback alone."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spamguard.service.hosts import is_own_name

OWN = ["localhost", "localhost:8000", "LOCALHOST.", "127.0.0.1", "127.9.8.7:80", "[::1]", "[::1]:8000", ""]
FOREIGN = [
    "ads.example",
    "ads.example:8000",
    "localhost.ads.example",
    "127.0.0.1.ads.example",
    "notlocalhost",
    "192.168.0.1",
    "0.0.0.0",
    "[2001:db8::1]:80",
    "[",
    "[]",
    ":80",
    ".",
    " localhost",
    "localhost@ads.example",
    "127.1",
    "2130706433",
]


@pytest.mark.parametrize("header", OWN)
def test_the_names_of_the_loopback_are_its_own(header: str) -> None:
    assert is_own_name(header, "127.0.0.1")


@pytest.mark.parametrize("header", FOREIGN)
def test_other_names_are_not(header: str) -> None:
    assert not is_own_name(header, "127.0.0.1")


def test_the_name_it_was_told_to_listen_on_is_its_own_too() -> None:
    assert is_own_name("Desk.local:8000", "desk.LOCAL")


@given(st.ip_addresses(v=4), st.integers(0, 65_535))
def test_an_address_is_its_own_if_it_is_of_the_loopback(address: ipaddress.IPv4Address, port: int) -> None:
    assert is_own_name(f"{address}:{port}", "::1") == address.is_loopback


@given(st.text(max_size=40))
def test_any_header_is_judged(header: str) -> None:
    name = header.partition(":")[0].rstrip(".").lower()
    assert (
        not is_own_name(header, "::1") or not header or name == "localhost" or name.startswith(("127.", "["))
    )
