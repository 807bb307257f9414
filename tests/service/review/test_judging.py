"""What a person says reaches the store, by mouse, by finger and by keyboard alone, and can come back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import spamguard

if TYPE_CHECKING:
    from tests.service.review.conftest import Reviewer, Sit

MISSED = "ferry's timetable"
SELECT = """words => {
  const walker = document.createTreeWalker(document.getElementById("article"), NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const at = node.data.indexOf(words);
    if (at >= 0) {
      getSelection().setBaseAndExtent(node, at, node, at + words.length);
      return;
    }
  }
}"""


def select(reviewer: Reviewer, words: str) -> None:
    """Select words of the article."""
    reviewer.page.evaluate(SELECT, words)


def quotes(guard: spamguard.Guard, text: str) -> list[str]:
    """The words that the model finds in a text as the page gets it."""
    return [span.text for span in guard.detect(text.replace("\r\n", "\n"))]


def test_the_whole_path_by_keyboard_alone(sit: Sit, guard: spamguard.Guard, polluted: str) -> None:
    first, second = quotes(guard, polluted)
    with sit() as reviewer:
        # From the top of the page to the text field, with nothing but the tab key.
        for _ in range(4):
            reviewer.press("Tab")
        assert reviewer.page.evaluate("document.activeElement.id") == "source"
        reviewer.page.keyboard.insert_text(polluted.replace("\r\n", "\n"))
        reviewer.press("Control+Enter")
        reviewer.page.wait_for_selector("#article mark")
        reviewer.press("a")
        reviewer.until("1 of 2 decided · all saved")
        assert reviewer.verdicts() == [("right", first)]

        reviewer.press("r")
        reviewer.until("2 of 2 decided · all saved")
        assert reviewer.verdicts() == [("right", first), ("wrong", second)]
        reviewer.wait(
            "words => document.getElementById('cleaned').textContent.includes(words)", argument=second
        )

        reviewer.press("z")
        reviewer.until("1 of 2 decided · all saved")
        assert reviewer.verdicts() == [("right", first)]

        reviewer.press("b", "ArrowLeft", "Shift+ArrowRight", "Enter")
        reviewer.until("2 of 2 decided · all saved")
        assert reviewer.verdicts()[1:] == [("wrong", second), ("missed", second[1:-1])]
        reviewer.press("z", "z")
        reviewer.until("0 of 2 decided")
        reviewer.settle()
        assert reviewer.kept() == []


def test_a_missed_one_is_marked_by_keyboard_alone(sit: Sit, polluted: str) -> None:
    with sit() as reviewer:
        reviewer.give(polluted)
        # The first word in sight, then the next line, its second word, and the one behind it.
        reviewer.press("m")
        reviewer.page.wait_for_selector("mark.draft")
        assert reviewer.page.text_content("mark.draft") == "Harbour"
        reviewer.press("ArrowDown", "ArrowUp", "ArrowDown", "Control+Shift+ArrowRight", "Control+ArrowRight")
        reviewer.press("Enter")
        reviewer.until("all saved")
        assert reviewer.verdicts() == [("missed", "city council")]
        assert reviewer.kept()[0]["category"] is None
        assert "city council" in reviewer.marked()
        reviewer.wait("!document.getElementById('cleaned').textContent.includes('city council')")


def test_a_missed_one_is_selected_named_and_marked_by_mouse(sit: Sit, polluted: str) -> None:
    with sit() as reviewer:
        reviewer.give(polluted)
        select(reviewer, f" {MISSED}")
        reviewer.page.get_by_role("button", name="Mark missed").click()
        assert reviewer.page.text_content("#draft-quote") == MISSED
        reviewer.page.get_by_label("Kind of spam").select_option("services")
        reviewer.page.get_by_role("button", name="Save", exact=True).click()
        reviewer.until("all saved")
        assert [(row["quote"], row["category"]) for row in reviewer.kept()] == [(MISSED, "services")]
        # Said not to be spam after all, a mark of one's own goes, and its row with it.
        reviewer.page.get_by_role("button", name="Not spam").click()
        reviewer.wait("!document.querySelector('#article mark.missed')")
        reviewer.wait("document.querySelectorAll('#findings li').length === 2")
        reviewer.settle()
        assert reviewer.kept() == []


def test_bounds_follow_a_dragged_handle(sit: Sit, guard: spamguard.Guard, polluted: str) -> None:
    first, _ = quotes(guard, polluted)
    with sit() as reviewer:
        reviewer.give(polluted)
        page = reviewer.page
        grip = page.locator(".handle.end").bounding_box()
        edge = page.evaluate("""() => {
          const range = document.createRange();
          const node = document.querySelector("#article mark.current").firstChild;
          range.setStart(node, node.length - 3);
          range.setEnd(node, node.length - 2);
          return range.getBoundingClientRect().right;
        }""")
        assert grip
        x, y = grip["x"] + grip["width"] / 2, grip["y"] + grip["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move((x + edge) / 2, y, steps=4)
        page.mouse.move(edge + 2, y, steps=4)
        page.mouse.up()
        assert page.text_content("#draft-quote") == first[:-2]
        page.get_by_role("button", name="Save", exact=True).click()
        reviewer.until("all saved")
        assert reviewer.verdicts() == [("wrong", first), ("missed", first[:-2])]


def test_bounds_are_left_as_they_were_on_escape(sit: Sit, polluted: str) -> None:
    with sit() as reviewer:
        reviewer.give(polluted)
        before = reviewer.marked()
        reviewer.press("b", "ArrowLeft", "ArrowLeft", "Escape")
        reviewer.wait("!document.querySelector('mark.draft')")
        assert reviewer.marked() == before
        assert reviewer.kept() == []


def test_by_finger_on_a_phone(sit: Sit, guard: spamguard.Guard, polluted: str) -> None:
    first, second = quotes(guard, polluted)
    with sit("phone") as reviewer:
        reviewer.give(polluted)
        reviewer.page.locator("#article mark").last.tap()
        reviewer.page.get_by_role("button", name="Not spam").tap()
        reviewer.until("1 of 2 decided · all saved")
        reviewer.page.get_by_role("button", name="Bounds").tap()
        reviewer.page.get_by_role("button", name="End one character earlier").tap()
        reviewer.page.get_by_role("button", name="Save", exact=True).tap()
        reviewer.until("2 of 2 decided · all saved")
        assert reviewer.verdicts() == [("wrong", second), ("wrong", first), ("missed", first[:-1])]


def test_what_was_not_saved_says_so_and_can_be_tried_again(sit: Sit, polluted: str) -> None:
    with sit() as reviewer:
        reviewer.give(polluted)
        reviewer.page.route("**/feedback", lambda route: route.abort())
        reviewer.press("a")
        reviewer.page.get_by_text("1 not saved.").wait_for()
        assert reviewer.page.locator("#article mark").first.get_attribute("data-label").startswith("! ")  # type: ignore[union-attr]
        assert reviewer.page.locator("#findings [data-saved=failed]").count() == 1
        reviewer.page.unroute("**/feedback")
        reviewer.page.get_by_role("button", name="Try again").click()
        reviewer.until("all saved")
        reviewer.faults.clear()
        assert len(reviewer.kept()) == 1


def test_a_change_of_mind_leaves_one_verdict(sit: Sit, polluted: str) -> None:
    with sit() as reviewer:
        reviewer.give(polluted)
        for verdict in "arara":
            reviewer.press("p", "p", verdict)
        reviewer.until("all saved")
        reviewer.press("a")
        reviewer.until("all saved")
        assert len(reviewer.kept()) == len({row["quote"] for row in reviewer.kept()})


def test_a_mark_may_not_overlap_a_finding(sit: Sit, polluted: str) -> None:
    with sit() as reviewer:
        reviewer.give(polluted)
        before = reviewer.marked()
        select(reviewer, before[0][1:4])
        reviewer.press("m")
        reviewer.page.get_by_role("alert").filter(has_text="overlaps a finding").wait_for()
        assert reviewer.marked() == before


def test_single_letters_can_be_switched_off(sit: Sit, polluted: str) -> None:
    with sit() as reviewer:
        reviewer.give(polluted)
        reviewer.press("?")
        reviewer.page.get_by_label("Single-letter keys are on").uncheck()
        reviewer.press("Escape")
        reviewer.press("a", "r", "o")
        assert reviewer.page.locator("#tally").text_content() == "0 of 2 decided"
        assert reviewer.kept() == []
