"""A text on the desk: shown as it is, marked, cleaned beside it, wherever it comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import spamguard

if TYPE_CHECKING:
    from tests.service.review.conftest import Reviewer, Sit

HOSTILE = """\
<h1 onmouseover="document.title='owned'">Council</h1><script>document.title = "owned"</script>
<img src=x onerror="document.title='owned'"> &lt;b&gt; &amp; ]]> -->
</div></textarea><style>*{display:none}</style>
{{constructor.constructor('document.title="owned"')()}} javascript:alert(1) <svg/onload=alert(1)>
"""
DROP = """([text, bytes]) => {
  const given = new DataTransfer();
  const content = bytes.length ? new Uint8Array(bytes) : text;
  given.items.add(new File([content], "article.txt", { type: "text/plain" }));
  for (const type of ["dragover", "drop"]) {
    const event = new DragEvent(type, { dataTransfer: given, bubbles: true, cancelable: true });
    document.body.dispatchEvent(event);
  }
}"""


def drop(reviewer: Reviewer, text: str = "", content: bytes = b"") -> None:
    """Drop a file onto the page."""
    reviewer.page.evaluate(DROP, [text, list(content)])


def test_spans_are_marked_with_kind_score_and_reason_and_the_cleaned_text_stands_beside(
    sit: Sit, guard: spamguard.Guard, polluted: str, original: str
) -> None:
    expected = guard.explain(polluted)
    with sit() as reviewer:
        drop(reviewer, polluted)
        reviewer.page.wait_for_selector("#article mark")
        assert reviewer.marked() == [one.span.text for one in expected]
        labels = reviewer.page.locator("#article mark").evaluate_all("all => all.map((m) => m.dataset.label)")
        assert labels == [one.span.category for one in expected]
        assert "99" in (reviewer.page.text_content("#score") or "")
        reasons = reviewer.page.locator("#reasons li").all_text_contents()
        assert [reason.rpartition("+")[0] for reason in reasons] == [name for name, _ in expected[0].reasons]
        # As received, CR LF included: what is on screen is the text itself.
        assert reviewer.page.text_content("#article") == polluted
        assert reviewer.cleaned() == original
        reviewer.press("d")
        cuts = reviewer.page.locator("#difference del").all_text_contents()
        assert cuts == [one.span.text + seam for one, seam in zip(expected, ("↵\n", " "), strict=True)]


def test_a_text_full_of_markup_and_scripts_shows_as_text(sit: Sit, polluted: str) -> None:
    text = HOSTILE + polluted.replace("\r\n", "\n") + HOSTILE
    with sit() as reviewer:
        reviewer.give(text)
        assert reviewer.page.text_content("#article") == text
        assert set(reviewer.page.locator("#article *").evaluate_all("all => all.map((e) => e.tagName)")) <= {
            "DIV",
            "MARK",
            "SPAN",
        }
        reviewer.press("a", "d", "r", "c")
        assert (
            reviewer.page.locator(":is(#article, #difference, #cleaned, .side) :is(img, svg, script)").count()
            == 0
        )
        assert reviewer.page.title() == "Review · spamguard"


def test_the_browser_itself_refuses_a_string_as_markup(sit: Sit) -> None:
    with sit() as reviewer:
        refused = reviewer.page.evaluate(
            "() => { try { document.body.innerHTML = '<b>x</b>'; return false; } catch { return true; } }"
        )
        assert refused
        reviewer.faults.clear()


def test_offsets_hold_behind_emoji(sit: Sit, polluted: str, guard: spamguard.Guard) -> None:
    text = "😀👩‍👩‍👧 " + polluted.replace("\r\n", " 🏴󠁧󠁢󠁳󠁣󠁴󠁿\n")
    with sit() as reviewer:
        reviewer.give(text)
        assert reviewer.marked() == [span.text for span in guard.detect(text)]
        reviewer.press("r")
        reviewer.until("all saved")
        # The store itself compares offsets, in code points, with the quote.
        assert len(reviewer.kept()) == 1


def test_a_file_that_is_not_utf_8_is_refused_in_words(sit: Sit) -> None:
    with sit() as reviewer:
        drop(reviewer, content=b"caf\xe9")
        reviewer.page.get_by_role("alert").filter(has_text="not text in UTF-8").wait_for()


def test_an_article_of_the_queue_opens_with_the_spans_that_wait(sit: Sit, original: str) -> None:
    quote = "extend the harbour ferry's timetable"
    with sit() as reviewer:
        reviewer.client.post("/clean", json={"text": original, "deny": [quote]})
        reviewer.page.reload()
        reviewer.page.get_by_role("button", name="Harbour ferry").click()
        reviewer.page.wait_for_selector("#article mark")
        assert reviewer.marked() == [quote]
        # It is not taken until it is judged to be spam.
        assert reviewer.cleaned() == original
        reviewer.press("a")
        reviewer.until("all saved")
        gone = "words => !document.getElementById('cleaned').textContent.includes(words)"
        reviewer.wait(gone, argument=quote)
        assert reviewer.verdicts() == [("right", quote)]
        # A text that was judged no longer waits.
        assert reviewer.client.get("/review/queue").json() == {"items": []}


def test_a_text_that_another_program_put_up_opens_with_the_spans_it_wonders_about(
    sit: Sit, original: str
) -> None:
    quote = "extend the harbour ferry's timetable"
    start = original.index(quote)
    span = {"start": start, "end": start + len(quote), "text": quote, "score": 0.4, "category": "seo"}
    with sit() as reviewer:
        answer = reviewer.client.post("/review/queue", json={"text": original, "spans": [span]})
        assert answer.status_code == 201
        reviewer.page.reload()
        reviewer.page.get_by_role("button", name="Harbour ferry").click()
        reviewer.page.wait_for_selector("#article mark")
        assert reviewer.marked() == [quote]
        assert reviewer.page.get_attribute("#article mark", "data-label") == "seo?"
        assert reviewer.cleaned() == original
        reviewer.press("r")
        reviewer.until("all saved")
        assert reviewer.verdicts() == [("wrong", quote)]
        assert reviewer.client.get("/review/queue").json() == {"items": []}


def test_a_token_is_asked_for_sent_and_forgotten_with_the_tab(sit: Sit, polluted: str) -> None:
    seen: list[str] = []
    with sit() as reviewer:
        reviewer.page.on("request", lambda request: seen.append(request.headers.get("authorization", "")))
        reviewer.page.get_by_role("button", name="Access").click()
        reviewer.page.get_by_label("Token", exact=True).fill("open sesame")
        reviewer.page.get_by_role("button", name="Use it").click()
        reviewer.give(polluted)
        assert seen[-1] == "Bearer open sesame"
        assert reviewer.page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 1]


def test_a_refusal_is_shown_and_the_text_stays(sit: Sit) -> None:
    with sit() as reviewer:
        reviewer.page.route("**/clean", lambda route: route.abort())
        reviewer.page.fill("#source", "The council met.")
        reviewer.page.get_by_role("button", name="Find the spam").click()
        reviewer.page.get_by_role("alert").filter(has_text="cannot be reached").wait_for()
        assert reviewer.page.input_value("#source") == "The council met."
        reviewer.faults.clear()


@pytest.mark.parametrize("line_end", ["\n", " "])
def test_a_text_of_200_kilobytes_redraws_only_where_a_verdict_falls(
    sit: Sit, polluted: str, original: str, line_end: str
) -> None:
    plain = original.replace("\r\n", line_end)
    text = plain * (200_000 // len(plain)) + "\n" + polluted
    with sit() as reviewer:
        drop(reviewer, text)
        reviewer.page.wait_for_selector("#article mark", timeout=60_000)
        assert reviewer.page.text_content("#article") == text
        n_stretches = reviewer.page.locator("#article .stretch").count()
        reviewer.page.evaluate("""() => {
          window.touched = new Set();
          new MutationObserver((all) => all.forEach(({ target }) => touched.add(target)))
            .observe(document.getElementById("article"), { childList: true, subtree: true });
        }""")
        last = reviewer.page.locator("#findings button").last
        last.click()
        reviewer.press("r")
        reviewer.until("all saved")
        reviewer.wait("document.querySelector('#article mark.wrong')")
        in_sight = "e => { const b = e.getBoundingClientRect(); return b.top > 0 && b.bottom < innerHeight; }"
        assert reviewer.page.locator("#article mark.wrong").evaluate(in_sight)
        assert reviewer.page.evaluate("touched.size") <= 3
        assert n_stretches > 40 or line_end == " "
        assert [verdict for verdict, _ in reviewer.verdicts()] == ["wrong"]
