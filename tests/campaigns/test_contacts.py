from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spamguard.campaigns.contacts import MAX_CHARS, contacts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("批发QQ803351947", {("qq", "803351947")}),
        ("扣扣：2290173364 单丛茶", {("qq", "2290173364")}),
        ("批发微信songjing8839", {("wechat", "songjing8839")}),
        ("加V songjing8839", {("wechat", "songjing8839")}),
        ("台中植髮 LINE: hairplus77", {("line", "hairplus77")}),
        ("ไลน์ @tankdee99", {("line", "tankdee99")}),
        ("견적비교 카톡 isamall82", {("kakaotalk", "isamall82")}),
        ("sourdough t.me/breadlifetime", {("telegram", "breadlifetime")}),
        ("писать Телеграм: @kamin_52", {("telegram", "kamin_52")}),
        ("WhatsApp +44 7700 912643", {("whatsapp", "447700912643")}),
        ("زيتون واتساب 0553318274", {("whatsapp", "0553318274")}),
        ("Tel. 0151 73318842", {("phone", "015173318842")}),
        ("срубы srub-vologda.ru", {("domain", "srub-vologda.ru")}),
        ("visit https://www.kilnoutlet.net/kilns now", {("domain", "kilnoutlet.net")}),
        ("kilnoutlet[.]net", {("domain", "kilnoutlet.net")}),
        ("ｋｉｌｎｏｕｔｌｅｔ．ｎｅｔ", {("domain", "kilnoutlet.net")}),
    ],
)
def test_contacts_are_read(text: str, expected: set[tuple[str, str]]) -> None:
    assert {(one.kind, one.value) for one in contacts(text)} == expected


@pytest.mark.parametrize(
    "text",
    ["on 2025-06-02 at 14:20", "Line of duty", "in 1,900 cases", "telegram from home"],
)
def test_what_is_no_contact_is_none(text: str) -> None:
    assert contacts(text) == []


@given(st.text(max_size=200))
def test_any_text_is_read_and_values_begin_no_formula(text: str) -> None:
    for one in contacts(text):
        assert one.value
        assert one.value[0] not in "=+-@\t\r\n"


def test_no_more_than_the_head_of_a_long_string_is_read() -> None:
    assert contacts("buy " * MAX_CHARS + "QQ803351947") == []
