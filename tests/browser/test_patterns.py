"""/patterns/ in a real browser: accessible, words inside their shapes and apart at every width, one drawing of each chart shown."""

import pytest

from geumcheon import patterns

pytestmark = pytest.mark.browser

# What stands wrong in the drawings that are shown: words outside their cell or the picture, words over words, small type.
MISPLACED = r"""() => [...document.querySelectorAll('svg.chart-svg')].filter(s => s.checkVisibility()).flatMap(picture => {
  const found = [], at = picture.getBoundingClientRect();
  const words = [...picture.querySelectorAll('text')].map(t => ({box: t.getBoundingClientRect(), says: t.textContent, text: t}));
  for (const {box, says, text} of words) {
    const cell = text.closest('svg:not(.chart-svg)');
    const m = cell && cell.getScreenCTM();
    const edge = cell
      ? {left: m.e, right: m.e + cell.width.baseVal.value, top: m.f, bottom: m.f + cell.height.baseVal.value} : at;
    if (box.left < edge.left - 1 || box.right > edge.right + 1 || box.top < edge.top - 3 || box.bottom > edge.bottom + 3)
      found.push(`${says} stands out`);
    for (const part of [text, ...text.children])
      if (parseFloat(getComputedStyle(part).fontSize) < 12) found.push(`${says} is too small`);
  }
  words.forEach((a, i) => words.slice(i + 1).forEach(b => {
    const x = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
    const y = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
    if (x > 1 && y > 4) found.push(`${a.says} over ${b.says}`);
  }));
  return found;
})"""


def test_patterns_are_accessible_and_fit_at_every_width(settings, tab):
    settings.DEBUG = True
    problems = []
    for width in (320, 390, 700, 768, 1024, 1280):
        shown = tab(width)
        assert shown.open("/patterns/") == 200
        found = [*shown.complaints, *shown.tab.evaluate(MISPLACED)]
        if width in (320, 390, 1280):
            shown.tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            found += shown.violations()
        if shown.overflow() > 0:
            found.append(f"{shown.overflow()} px too wide")
        problems += [f"{width}: {problem}" for problem in found]
    assert problems == []


@pytest.mark.parametrize(("width", "name"), [(390, "narrow"), (768, "middle"), (1280, "wide")])
def test_one_drawing_of_each_chart_is_shown_and_read(settings, tab, width, name):
    settings.DEBUG = True
    shown = tab(width)
    shown.open("/patterns/")
    classes = shown.tab.evaluate(
        "[...document.querySelectorAll('.chart-svg')].filter(s => s.checkVisibility()).map(s => s.getAttribute('class'))"
    )
    assert classes == [f"chart-svg chart-{name}"] * (len(patterns.pictures()) - 1)
    tree = shown.context.new_cdp_session(shown.tab).send("Accessibility.getFullAXTree")["nodes"]
    names = [node["name"]["value"] for node in tree if not node["ignored"] and node.get("name", {}).get("value")]
    assert sum(name.startswith("1. 견본 제도 구축 250,000천원") for name in names) == 1


def test_the_dialog_opens_and_closes_without_script(settings, tab):
    settings.DEBUG = True
    shown = tab(390, java_script_enabled=False)
    shown.open("/patterns/")
    dialog = shown.tab.locator("#sample-dialog")
    assert not dialog.is_visible()
    shown.tab.click("text=제출 전 확인")
    assert dialog.is_visible()
    shown.tab.click("#sample-dialog >> text=닫기")
    assert not dialog.is_visible()
    shown.tab.click("text=제출 전 확인")
    shown.tab.keyboard.press("Escape")
    assert not dialog.is_visible()
