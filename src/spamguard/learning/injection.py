"""Injects ads into articles at the places where the wild has them."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from spamguard.learning.polluted import AdSource, Builder, Polluted

_SENTENCE_END = re.compile(r"[.!?…]['\"”’)]* (?=\S)|[。！？]['\"”’」』)]*(?=\S)|[।؟۔] (?=\S)")
_WORD_GAP = re.compile(r"(?<=\w) (?=\w)|(?<=[,;:]) (?=\w)")
_CJK_GAP = re.compile(r"(?<=[\u3040-\u30ff\u4e00-\u9fff，、；])(?=[\u3040-\u30ff\u4e00-\u9fff])")
_BULLET = re.compile(r"\s*(?:[•\-–*✓·▪●◦]|\d{1,2}[.)、]|\(\d\)|[a-z]\))\s")
_BULLETS = ["• ", "- ", "✓ ", "* ", "▪ ", "● ", "– "]
_NO_SPACE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff\u0e00-\u0e7f]")
_BUSTER_BLOCKS = [
    (0x4E00, 0x9FA5),
    (0xAC00, 0xD7A3),
    (0x0400, 0x04FF),
    (0x1400, 0x167F),
    (0xA000, 0xA48C),
    (0x13A0, 0x13F4),
    (0x10A0, 0x10FF),
]
_METADATA = [
    "⏱ {date} 🔖 {ad} 📢{n}", "{date} {ad} {n}", "🔖 {ad} · {date}",
    "发布时间：{date} 来源：{ad} 浏览：{n}", "Tags: {ad}", "Source: {ad} | {date}",
    "{date} | {ad} | {n} views", "来源:{ad} 作者:admin", "By admin · {ad} · {date}", "Keywords: {ad}",
    "当前位置：首页 > {ad} > 正文", "Home » {ad} » News", "编辑：{ad} 时间：{date}", "Category: {ad}",
    "标签：{ad}", "👁 {n} 📅 {date} {ad}", "Filed under: local, {ad}, weather", "Topics: {ad}, sport",
    "{date} – {ad} – {n} Kommentare", "Schlagwörter: {ad}", "Mots-clés : actualité, {ad}", "Etiquetas: {ad}",
    "Теги: общество, {ad}", "Просмотров: {n} | {ad} | {date}", "タグ：{ad}", "카테고리: {ad} | 조회 {n}",
    "Lượt xem: {n} - {ad} - {date}", "แท็ก: {ad}", "التصنيف: {ad}", "Etiketler: gündem, {ad}",
    "Kategori: {ad}", "टैग: {ad}", "作者：{ad} | {date}", "责任编辑：{ad}", "阅读 {n} {ad}",
    "相关阅读：{ad}", "上一篇：{ad}", "[{date}] {ad}", "{n} comments | {ad} | {date}", "Author: {ad}",
    "Share · {ad} · Print", "By {ad} on {date}",
    "{date}（来源：{ad}）", "（编辑：{ad}）", "（記者 {ad}）", "(Source: {ad})", "({ad}, {date})",
    "Photo: {ad} ({n})", "Foto: {ad}/{date}", "Print edition ({ad}), page {n}", "({n} comments, {ad})",
    "{date}, {ad}", "Read more: {ad}", "{ad} > News > {date}",
]  # fmt: skip


def _targets(count: int, rng: random.Random, most: int = 4) -> set[int]:
    """Choose which of ``count`` places get an ad."""
    wanted = min(count, rng.choice([1, 1, 1, 2, 2, 3, most]))
    return set(rng.sample(range(count), wanted)) if count else set()


def _glue(line: str, rng: random.Random) -> str:
    """Space that follows an ad before a line: seldom none, more often in scripts without spaces."""
    bare = _NO_SPACE.match(line.lstrip()[:1] or "a")
    return "" if rng.random() < (0.25 if bare else 0.1) else " "


def prefix(text: str, source: AdSource, rng: random.Random) -> Polluted:
    """Put ads at the start of some lines, one space before the line."""
    lines = text.split("\n")
    full = [i for i, line in enumerate(lines) if line.strip()]
    chosen = {full[i] for i in _targets(len(full), rng)}
    return _at_line_starts(lines, chosen, source, rng, "prefix")


def _at_line_starts(
    lines: list[str], chosen: set[int], source: AdSource, rng: random.Random, name: str
) -> Polluted:
    """Put ads at the start of the chosen lines."""
    built = Builder()
    for i, line in enumerate(lines):
        if i:
            built.keep("\n")
        if i in chosen:
            built.spam(source.ad(rng))
            built.keep(_glue(line, rng))
        built.keep(line)
    return built.done(name)


def bullet_prefix(text: str, source: AdSource, rng: random.Random) -> Polluted:
    """Put ads before the bullets of a list; a host without a list gets its sentences bulleted."""
    lines = text.split("\n")
    marked = [i for i, line in enumerate(lines) if _BULLET.match(line)]
    if not marked:
        bullet, start = rng.choice([*_BULLETS, ""]), rng.randrange(len(lines))
        marked = [i for i in range(start, min(len(lines), start + 6)) if lines[i].strip()]
        for number, i in enumerate(marked, 1):
            lines[i] = (bullet or f"{number}. ") + lines[i]
    chosen = {marked[i] for i in _targets(len(marked), rng)}
    return _at_line_starts(lines, chosen, source, rng, "bullet_prefix")


def flood(text: str, source: AdSource, rng: random.Random) -> Polluted:
    """Put one campaign string before every paragraph, glued or with a space."""
    string, glue = source.ad(rng), rng.choice(["", "", " "])
    built = Builder()
    for i, line in enumerate(text.split("\n")):
        built.keep("\n" if i else "")
        if len(line) > 15:
            built.spam(string)
            built.keep(glue)
        built.keep(line)
    if rng.random() < 0.3:
        built.keep("\n")
        built.spam(string)
    return built.done("flood")


def hash_buster(text: str, source: AdSource, rng: random.Random) -> Polluted:
    """Put an ad and a run of random rare characters before the news, with nothing between."""
    low, high = rng.choice(_BUSTER_BLOCKS)
    buster = "".join(chr(rng.randint(low, high)) for _ in range(rng.randint(5, 30)))
    lines = text.split("\n")
    full = [i for i, line in enumerate(lines) if line.strip()]
    at = rng.choice(full[:3]) if full else 0
    built = Builder()
    for i, line in enumerate(lines):
        built.keep("\n" if i else "")
        if i == at:
            built.spam(source.ad(rng) + buster)
            built.keep(rng.choice(["", "", " "]))
        built.keep(line)
    return built.done("hash_buster")


def own_line(text: str, source: AdSource, rng: random.Random) -> Polluted:
    """Put ads on lines of their own between the others."""
    lines = text.split("\n")
    chosen = {i + 1 for i in _targets(max(1, len(lines) - 1), rng)}
    built = Builder()
    for i, line in enumerate(lines):
        built.keep("\n" if i else "")
        if i in chosen:
            built.spam(source.ad(rng))
            built.keep("\n")
        built.keep(line)
    if len(lines) == 1:
        built.keep("\n")
        built.spam(source.ad(rng))
    return built.done("own_line")


def first_line(text: str, source: AdSource, rng: random.Random) -> Polluted:
    """Put an ad as the first line."""
    built = Builder()
    built.spam(source.ad(rng))
    built.keep("\n" + text)
    return built.done("first_line")


def last_line(text: str, source: AdSource, rng: random.Random) -> Polluted:
    """Put an ad as the last line."""
    built = Builder()
    built.keep(text + "\n")
    built.spam(source.ad(rng))
    return built.done("last_line")


def block(text: str, source: AdSource, rng: random.Random) -> Polluted:
    """Put two to eight ad lines together, at the head, the foot or between paragraphs."""
    lines = text.split("\n")
    at = rng.choice([0, len(lines), rng.randint(0, len(lines))])
    bullet = rng.choice(["", "", "", "• ", "- ", "#"])
    ads = "\n".join(bullet + source.ad(rng) for _ in range(rng.randint(2, 8)))
    built = Builder()
    built.keep("\n".join(lines[:at]) + ("\n" if at else ""))
    built.spam(ads)
    built.keep(("\n" if at < len(lines) else "") + "\n".join(lines[at:]))
    return built.done("block")


def suffix(text: str, source: AdSource, rng: random.Random) -> Polluted:
    """Put ads at the end of some lines."""
    lines = text.split("\n")
    full = [i for i, line in enumerate(lines) if line.strip()]
    chosen = {full[i] for i in _targets(len(full), rng, 3)}
    built = Builder()
    for i, line in enumerate(lines):
        built.keep("\n" if i else "")
        built.keep(line)
        if i in chosen and not line.endswith((" ", "\u3000")):
            built.keep(_glue(line[-1:], rng))
            built.spam(source.ad(rng))
    return built.done("suffix")


def _at_gaps(text: str, gaps: list[int], source: AdSource, rng: random.Random, name: str) -> Polluted:
    """Put ads at some of the given offsets; where a space stands before, one follows."""
    chosen = sorted(gaps[i] for i in _targets(len(gaps), rng, 3))
    built, done = Builder(), 0
    for at in chosen:
        built.keep(text[done:at])
        built.spam(source.ad(rng))
        built.keep(" " if text[at - 1 : at] == " " else "")
        done = at
    built.keep(text[done:])
    return built.done(name)


def between_sentences(text: str, source: AdSource, rng: random.Random) -> Polluted:
    """Put ads between two sentences of a paragraph."""
    gaps = [match.end() for match in _SENTENCE_END.finditer(text)]
    return _at_gaps(text, gaps, source, rng, "between_sentences")


def mid_sentence(text: str, source: AdSource, rng: random.Random) -> Polluted:
    """Put ads in the middle of a sentence."""
    gaps = [match.end() for match in _WORD_GAP.finditer(text)]
    cjk = [match.end() for match in _CJK_GAP.finditer(text)]
    return _at_gaps(text, cjk if len(cjk) > len(gaps) else gaps, source, rng, "mid_sentence")


def metadata(text: str, source: AdSource, rng: random.Random) -> Polluted:
    """Put an ad inside a line of metadata, or tie it to the title."""
    lines = text.split("\n")
    built = Builder()
    if rng.random() < 0.4 and lines[0].strip():
        joint = rng.choice(["-", "|", "_", " - ", " | ", "｜", "——"])
        before = rng.random() < 0.5
        if before:
            built.spam(source.ad(rng) + joint.rstrip())
            built.keep(" " if joint.endswith(" ") else "")
        built.keep(lines[0])
        if not before:
            built.keep(" " if joint.startswith(" ") else "")
            built.spam(joint.lstrip() + source.ad(rng))
        built.keep("".join("\n" + line for line in lines[1:]))
        return built.done("metadata")
    day = f"{rng.randint(2012, 2027)}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}"
    date = f"{day} {rng.randint(0, 23):02d}:{rng.randint(0, 59):02d}"
    template = rng.choice(_METADATA).replace("{date}", date).replace("{n}", str(rng.randint(0, 9999)))
    head, _, tail = template.partition("{ad}")
    at = rng.choice([0, 1, len(lines)])
    built.keep("\n".join(lines[:at]) + ("\n" if at else ""))
    built.keep(head)
    built.spam(source.ad(rng))
    built.keep(tail + ("\n" if at < len(lines) else "") + "\n".join(lines[at:]))
    return built.done("metadata")


def twins(text: str, source: AdSource, rng: random.Random) -> Polluted:
    """Put several different ads side by side at the start or end of a line."""
    lines = text.split("\n")
    full = [i for i, line in enumerate(lines) if line.strip()]
    at = rng.choice(full) if full else 0
    ads = " ".join(source.ad(rng) for _ in range(rng.randint(2, 3)))
    built = Builder()
    for i, line in enumerate(lines):
        built.keep("\n" if i else "")
        if i == at and rng.random() < 0.6:
            built.spam(ads)
            built.keep(" " + line)
        elif i == at:
            built.keep(line + " ")
            built.spam(ads)
        else:
            built.keep(line)
    return built.done("twins")


Placement = Callable[[str, AdSource, random.Random], Polluted]
PLACEMENTS: dict[Placement, float] = {
    prefix: 18, bullet_prefix: 11, own_line: 23, first_line: 6, last_line: 6, block: 6, suffix: 11,
    between_sentences: 13, mid_sentence: 11, flood: 3, hash_buster: 3, metadata: 7, twins: 3,
}  # fmt: skip


def inject(text: str, source: AdSource, rng: random.Random) -> Polluted:
    """Pollute one article.

    Parameters
    ----------
    text
        A genuine article.
    source
        Where the ads come from.
    rng
        The only source of chance.

    Returns
    -------
    Polluted
        At least one span, unless the ads came out empty.
    """
    for _ in range(10):
        placement = rng.choices(list(PLACEMENTS), list(PLACEMENTS.values()))[0]
        polluted = placement(text, source, rng)
        if polluted.spans:
            return polluted
    return own_line(text, source, rng)
