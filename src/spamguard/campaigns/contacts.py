"""Ways to reach the advertiser: QQ, WeChat, LINE, KakaoTalk, Telegram, WhatsApp, telephone, domain."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["qq", "wechat", "line", "kakaotalk", "telegram", "whatsapp", "phone", "domain"]
# No advertisement needs more; a longer string is read up to here.
MAX_CHARS = 2_000

_NUMBER = r"\+?\d(?:[\s.()/-]{0,2}\d){7,14}"
_HANDLE = r"[a-z0-9][a-z0-9_.-]{3,31}"
_ENDINGS = (
    "com|net|org|info|biz|cc|vip|top|xyz|club|site|online|shop|store|live|pro|link|app|icu|fun|win|bet|casino|"
    "work|world|space|website|tech|asia|name|mobi|tv|me|co|io|ai|[a-z]{2}"
)
_LABELLED: tuple[tuple[Kind, str], ...] = (
    ("qq", r"(?:qq|q群|扣扣|扣群|企鹅)[^\d\w]{0,4}(?:号|群)?[^\d\w]{0,4}(\d{5,11})(?!\d)"),
    (
        "wechat",
        rf"(?:微信|薇信|威信|徽信|v信|wechat|weixin|\bvx|\bwx|加v|\+v|加微)\s*(?:号|id)?[\s:@]*({_HANDLE})",
    ),
    ("line", rf"(?:\bline|ไลน์|賴|赖)(?:\s*id)?\s*[:@]\s*@?({_HANDLE})|\bline\s+id\s+({_HANDLE})"),
    ("kakaotalk", rf"(?:카톡|카카오톡|kakaotalk|kakao)\s*(?:id)?[\s:@]*({_HANDLE})"),
    ("telegram", rf"\bt\.me/\+?({_HANDLE})"),
    ("telegram", rf"(?:telegram|телеграм|\btg|\bтг|电报|電報|飞机|텔레그램|텔레)\s*[:@]\s*@?({_HANDLE})"),
    ("whatsapp", rf"(?:whatsapp|واتساب|واتس|\bwa\b|\bzap\b)[\s.:]*({_NUMBER})|\bwa\.me/\+?(\d{{7,15}})"),
)
_PATTERNS = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _LABELLED)
_PHONE = re.compile(rf"(?<![\w.]){_NUMBER}(?!\w)")
_DOMAIN = re.compile(
    rf"(?<![\w@.-])(?:https?://)?(?:www\.)?((?:[a-z0-9](?:[a-z0-9-]{{0,61}}[a-z0-9])?\.){{1,4}}(?:{_ENDINGS}))(?![\w-])"
)
_DOT = re.compile(r"\s?[\[(]\s?(?:\.|dot)\s?[\])]\s?|(?<=\w)\s+dot\s+(?=\w)|(?<=\w)。(?=[a-z])")
_DATE = re.compile(r"(?:19|20)\d{2}[-./]?[01]\d[-./]?[0-3]\d|[0-3]?\d[-./][01]?\d[-./](?:19|20)\d{2}")
# These are roads to a handle, not the advertiser's own site.
_ROADS = {"t.me", "wa.me", "line.me", "qq.com", "weixin.qq.com"}


@dataclass(frozen=True, slots=True, order=True)
class Contact:
    """A way to reach an advertiser.

    Parameters
    ----------
    kind
        What kind of address it is.
    value
        The address alone: lower case, numbers as bare digits (without the plus sign).

    Examples
    --------
    >>> sorted(contacts("cheap pills WhatsApp +44 7700 900123, pillshop24.com"))
    [Contact(kind='domain', value='pillshop24.com'), Contact(kind='whatsapp', value='447700900123')]
    """

    kind: Kind
    value: str


def contacts(text: str) -> list[Contact]:
    """Return the contacts that a string carries, each once, in a fixed order.

    Parameters
    ----------
    text
        An advertisement as it stands in a document; of a longer one the first 2,000 characters are read.
    """
    plain = _DOT.sub(".", unicodedata.normalize("NFKC", text[:MAX_CHARS]).lower())
    found = list(_labelled(plain))
    taken = {one.value for one in found}
    domains = {match[1] for match in _DOMAIN.finditer(plain)} - _ROADS
    found += [Contact("domain", domain) for domain in sorted(domains)]
    numbers = {_digits(match[0]) for match in _PHONE.finditer(_DATE.sub(" ", plain))}
    found += [Contact("phone", number) for number in sorted(numbers - taken)]
    return list(dict.fromkeys(found))


def _labelled(plain: str) -> Iterator[Contact]:
    """Yield the contacts that a word announces."""
    for kind, pattern in _PATTERNS:
        for match in pattern.finditer(plain):
            value = next(group for group in match.groups() if group)
            yield Contact(kind, _digits(value) if kind == "whatsapp" else value.strip("._-"))


def _digits(number: str) -> str:
    """Return a number's digits."""
    return re.sub(r"\D", "", number)
