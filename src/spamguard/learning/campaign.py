"""Campaigns: the ads that one source injects into one document, as they look in the wild."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from spamguard.learning.disguises import disguise
from spamguard.learning.grammar import Family, digits, domain, expand, handle, keyword_url, url

_CHAIN_JOINTS = [
    "|",
    " | ",
    "_",
    "-",
    " - ",
    ",",
    ", ",
    "，",
    "、",
    " ",
    "/",
    " / ",
    "·",
    " • ",
    "｜",
    "+",
    "；",
    "——",
    "  ",
]
_FRAMES = [
    "【{}】", "[{}]", "《{}》", "★{}★", "({})", "（{}）", "<<{}>>", "「{}」", "✅{}", "🔥{}🔥", ">> {} <<",
    "*{}*", "=={}==", "『{}』", "▶{}", "☆{}☆", "{}!!!", "{}。", "{}.", "❤{}❤", "▋{}▋", "➤ {}", "\"{}\"",
    "✔️{}", "👉 {} 👈", "~{}~",
]  # fmt: skip
_CONTACTS = {
    "zh": [
        "微信{h}", "加微信{h}", "V信:{h}", "薇信{h}", "QQ{q}", "扣扣{q}", "Q群{q}", "电话{p}", "{p}",
        "联系{h}", "TG:{h}", "微{h}", "+V {h}", "vx{h}", "WX：{h}", "徽信{h}", "電報{h}", "LINE:{h}",
        "賴{h}", "飞机@{h}", "纸飞机{h}", "{d}",
    ],
    "ja": ["LINE:{h}", "LINE ID {h}", "{d}", "TEL {p}", "ID:{h}", "Telegram {h}"],
    "ko": ["카톡 {h}", "텔레그램 @{h}", "톡 {h}", "{p}", "텔레 {h}", "{d}", "코드 {h}"],
    "th": ["LINE {h}", "ไลน์ @{h}", "แอดไลน์ {h}", "{d}", "โทร {p}"],
    "vi": ["Zalo {p}", "LH {p}", "Tele @{h}", "{d}", "liên hệ {p}", "hotline {p}"],
    "id": ["WA {p}", "WhatsApp {p}", "Telegram @{h}", "{d}", "hub {p}", "link {d}"],
    "ru": ["Телеграм @{h}", "тел. {p}", "WhatsApp {p}", "ТГ {h}", "{d}", "звоните {p}", "пишите {h}"],
    "ar": ["واتساب {p}", "اتصل {p}", "تواصل {p}", "{d}", "تيليجرام {h}"],
    "de": ["Tel. {p}", "WhatsApp {p}", "{d}", "Kontakt: {h}"],
    "fr": ["tél. {p}", "WhatsApp {p}", "contactez {h}", "{d}", "appelez le {p}"],
    "es": ["tel. {p}", "WhatsApp {p}", "llama al {p}", "contacto: {h}", "{d}"],
    "pt": ["tel. {p}", "WhatsApp {p}", "chame no {p}", "zap {p}", "{d}"],
    "it": ["tel. {p}", "WhatsApp {p}", "chiama {p}", "{d}"],
    "tr": ["tel {p}", "WhatsApp {p}", "Telegram: {h}", "{d}"],
    "hi": ["व्हाट्सएप {p}", "कॉल {p}", "WhatsApp {p}", "{d}"],
    "": [
        "WhatsApp {p}", "tel. {p}", "Tel: {p}", "t.me/{h}", "E-mail: {e}", "{e}", "skype {h}", "ICQ {q}",
        "Telegram @{h}", "call {p}", "{d}", "{u}", "tel {p}", "{p}", "TG @{h}", "DM {h}", "WhatsApp: {p}",
        "Wickr {h}", "@{h}",
    ],
}  # fmt: skip
_LINKS = [
    '<a href="{u}">{s}</a>', '<a href="{u}" target="_blank">{s}</a>', "<a href='{u}'>{s}</a>",
    "<a href={u}>{s}</a>", "[url={u}]{s}[/url]", "[URL={u}]{s}[/URL]", "[{s}]({u})", "<b>{s}</b>",
    "<strong><a href=\"{u}\">{s}</a></strong>", '<div style="display:none">{s}</div>',
    '<div style="display:none"><a href="{u}">{s}</a></div>', "[b]{s}[/b]",
    '<span style="font-size:0"><a href="{u}">{s}</a></span>', "{s} {u}", "{s}：{u}", "{s}: {u}", "{u} {s}",
    "{s} ({u})", '<p style="position:absolute;left:-9999px">{s} <a href="{u}">{s2}</a></p>',
    "[link={u}]{s}[/link]", "[[{u}|{s}]]", '<a rel="dofollow" href="{u}" title="{s2}">{s}</a>',
    "<h1>{s}</h1>", "<!-- {s} -->", '<font color="red">{s}</font>',
    '<marquee><a href="{u}">{s}</a></marquee>', "{s}<{u}>", "{s} -> {u}", "{s} => {d}", "{s}【{d}】",
    "{d} {s}", "{s}@{d}", '<a class="link-{n}" href="//{d}/{n}" style="color:#fff">{s}</a>',
    '<u style="display:none">{s}</u>', "<li><a href=\"{u}\">{s}</a></li>",
]  # fmt: skip
Accept = Callable[[str], bool]


@dataclass(frozen=True)
class Campaign:
    """The source of a document's ads: a family, and how its strings are dressed.

    Attributes
    ----------
    family
        Where the strings come from.
    accept
        Says whether a string may be used; held-out strings may not.
    dress
        Share of strings that get a disguise, a frame, markup, a contact or a chain.
    """

    family: Family
    accept: Accept
    dress: float = 0.45

    def bare(self, rng: random.Random, long_share: float = 0.18) -> str:
        """Return one string of the family, as the grammar gives it."""
        while True:
            long = self.family.long and rng.random() < long_share
            template = rng.choice(self.family.long if long else self.family.short)
            candidate = " ".join(expand(template, self.family.ingredients, rng).split())
            if candidate and self.accept(candidate):
                return candidate

    def chain(self, rng: random.Random) -> str:
        """Return several strings joined by one sign."""
        joint = rng.choice(_CHAIN_JOINTS)
        count = rng.choice([2, 2, 3, 3, 4, 5, 6, 8, 10])
        if rng.random() < 0.2:
            return self.hashtags(rng, min(count, 5))
        return joint.join(self.bare(rng, 0) for _ in range(count))

    def hashtags(self, rng: random.Random, count: int) -> str:
        """Return strings as hashtags: one of each string, or one of each word of a string."""
        strings = [self.bare(rng, 0) for _ in range(count)]
        if rng.random() < 0.5:
            strings = strings[0].split() if " " in strings[0] else strings[:2]
        tags = ["#" + one.replace(" ", "") for one in strings]
        joined = rng.choice([" ", " ", " ", "", ", "]).join(tags)
        return joined if self.accept(joined) else " ".join(tags)

    def link(self, rng: random.Random) -> str:
        """Return a bare link whose name is made of the words of a string."""
        while not self.accept(link := keyword_url(self.bare(rng, 0), rng)):
            pass
        return link

    def contact(self, rng: random.Random) -> str:
        """Return a labelled contact in the family's language."""
        local = _CONTACTS.get(self.family.lang.split("-")[0], [])
        return fill(
            rng.choice(local or _CONTACTS[""]) if rng.random() < 0.8 else rng.choice(_CONTACTS[""]), rng
        )

    def ad(self, rng: random.Random) -> str:
        """Return one ad, ready to be injected."""
        if rng.random() < 0.08 * self.dress:
            return self.link(rng)
        text = self.chain(rng) if rng.random() < 0.5 * self.dress else self.bare(rng)
        if rng.random() < 0.3 * self.dress:
            text = rng.choice(
                [
                    "{} {}",
                    "{} {}",
                    "{}{}",
                    "{}:{}",
                    "{} - {}",
                    "{}【{}】",
                    "{},{}",
                    "{}, {}",
                    "{} | {}",
                    "{} ({})",
                    "{}。{}",
                    "{}. {}",
                ]
            ).format(text, self.contact(rng))
        if rng.random() < 0.55 * self.dress:
            text = disguise(text, rng)
        if rng.random() < 0.3 * self.dress:
            text = rng.choice(_FRAMES).replace("{}", text)
        if rng.random() < 0.35 * self.dress:
            text = fill(rng.choice(_LINKS), rng, text, self.bare(rng, 0))
        if rng.random() < 0.04 * self.dress:
            text = self.contact(rng)
        return text.strip()


def fill(template: str, rng: random.Random, text: str = "", second: str = "") -> str:
    """Fill the slots of a contact's or a link's template."""
    values: dict[str, Callable[[random.Random], str]] = {
        "{h}": handle, "{q}": lambda r: str(r.randint(1, 9)) + digits(r, r.randint(5, 10)), "{d}": domain,
        "{u}": url, "{e}": lambda r: expand("{email}", {}, r), "{p}": lambda r: expand("{phone}", {}, r),
        "{n}": lambda r: digits(r, 3), "{s2}": lambda _: second,
    }  # fmt: skip
    for slot, value in values.items():
        if slot in template:
            template = template.replace(slot, value(rng))
    return template.replace("{s}", text)


@dataclass(frozen=True)
class CorpusCampaign:
    """A campaign whose ads are real spam texts.

    Attributes
    ----------
    texts
        Spam texts, one line each.
    """

    texts: Sequence[str]

    def ad(self, rng: random.Random) -> str:
        """Return one text, disguised at times."""
        text = rng.choice(self.texts)
        return disguise(text, rng) if rng.random() < 0.05 else text
