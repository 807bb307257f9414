"""The page fits narrow and wide screens, is legible in light and dark, and says what everything is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.service.review.conftest import Reviewer, Scheme, Sit, Size

# Contrast of everything that has words of its own in sight, as WCAG 2 computes it; controls that are off
# are exempt there. A canvas turns any notation of a colour into bytes.
FAINT = """() => {
  const brush = Object.assign(document.createElement("canvas"), { width: 1, height: 1 })
    .getContext("2d", { willReadFrequently: true });
  const bytes = (colour) => {
    brush.clearRect(0, 0, 1, 1);
    brush.fillStyle = colour;
    brush.fillRect(0, 0, 1, 1);
    return brush.getImageData(0, 0, 1, 1).data;
  };
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map((v) => v / 255).map(
      (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4),
    );
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = bytes(getComputedStyle(at).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255];
  };
  const ratio = (one, other) => {
    const [high, low] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const faint = [];
  const check = (element, colour, back, what) => {
    const found = ratio(bytes(colour), back);
    if (found < 4.5) faint.push(`${what}: ${found.toFixed(2)}`);
  };
  let checked = 0;
  for (const element of document.querySelectorAll("body *")) {
    if (!element.checkVisibility() || element.closest(":disabled")) continue;
    const style = getComputedStyle(element);
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    if (own) {
      checked += 1;
      check(element, style.color, ground(element), element.outerHTML.slice(0, 80));
    }
    const before = getComputedStyle(element, "::before");
    if (before.content.startsWith('"')) {
      const back = bytes(before.backgroundColor);
      check(element, before.color, back[3] === 255 ? back : ground(element), `before ${element.className}`);
    }
  }
  return [checked, faint];
}"""
UNNAMED = """() => [...document.querySelectorAll("button, input, select, textarea, [role], dialog")]
  .filter((e) => e.checkVisibility())
  .filter((e) => !(e.getAttribute("aria-label") || e.getAttribute("aria-labelledby") || e.labels?.length ||
    e.textContent.trim() || ["alert", "status"].includes(e.getAttribute("role"))))
  .map((e) => e.outerHTML)"""
KINDS = ["adult", "gambling", "pharma", "finance", "documents", "goods", "seo", "services", "piracy", "other"]


def stages(reviewer: Reviewer, text: str) -> list[str]:
    """Walk through all that the page can show, and give what a look at each finds wrong."""
    page = reviewer.page
    found: list[str] = []

    def look(stage: str) -> None:
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        checked, faint = page.evaluate(FAINT)
        assert checked > 10
        found.extend(f"{stage}: {words}" for words in faint)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append(f"{stage}: wider than the screen")
        found.extend(f"{stage}: no name: {words}" for words in page.evaluate(UNNAMED))

    look("intake")
    reviewer.give(text)
    look("desk")
    reviewer.press("d", "a", "r")
    reviewer.until("all saved")
    look("judged")
    reviewer.press("b")
    look("bounds")
    reviewer.press("Escape", "m")
    look("missed")
    reviewer.press("Escape", "?")
    look("help")
    return found


@pytest.mark.parametrize("size", ["wide", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everything_is_legible_named_and_within_the_screen(
    sit: Sit, polluted: str, size: Size, scheme: Scheme
) -> None:
    unbroken = polluted + "x" * 500
    with sit(size, scheme) as reviewer:
        assert stages(reviewer, unbroken) == []


def test_every_kind_of_spam_is_legible_in_its_colour(sit: Sit) -> None:
    for scheme in ("light", "dark"):
        with sit("wide", scheme) as reviewer:
            reviewer.page.evaluate(
                """kinds => document.querySelector(".legend").append(...kinds.map((kind) => {
                  const mark = document.createElement("mark");
                  mark.className = "mark first";
                  mark.textContent = kind;
                  mark.dataset.category = mark.dataset.label = kind;
                  return mark;
                }))""",
                KINDS,
            )
            assert reviewer.page.evaluate(FAINT)[1] == []


def test_the_scheme_of_the_system_is_followed(sit: Sit) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    with sit(scheme="light") as light, sit(scheme="dark") as dark:
        assert light.page.evaluate(ground) != dark.page.evaluate(ground)


def test_the_regions_and_controls_have_roles_and_names(sit: Sit, polluted: str) -> None:
    with sit() as reviewer:
        reviewer.give(polluted)
        page = reviewer.page
        for role, name in (
            ("region", "As received"),
            ("region", "Cleaned"),
            ("complementary", "Findings"),
            ("radiogroup", "View"),
            ("button", "Next finding"),
            ("button", "Not spam"),
        ):
            assert page.get_by_role(role, name=name, exact=True).first.is_visible()  # type: ignore[arg-type]
        assert page.locator("#findings [aria-current]").count() == 1
        assert "2 findings" in (page.text_content("#spoken") or "")
        reviewer.press("r")
        reviewer.wait("document.getElementById('spoken').textContent.includes('Not spam')")


def test_the_focus_can_be_seen_wherever_it_goes(sit: Sit, polluted: str) -> None:
    with sit() as reviewer:
        reviewer.give(polluted)
        seen = set()
        for _ in range(24):
            reviewer.press("Tab")
            where, width = reviewer.page.evaluate("""() => {
              const at = document.activeElement;
              const shown = at.matches(".views input") ? at.nextElementSibling : at;
              return [at.outerHTML.slice(0, 60), parseFloat(getComputedStyle(shown).outlineWidth)];
            }""")
            seen.add(where)
            assert width >= 2 or where.startswith("<body"), where
        assert len(seen) > 12
