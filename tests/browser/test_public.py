"""The public pages as people use them: by tap and by key, with and without script, on paper; and what the browser refuses."""

from datetime import timedelta

import pytest

from councils.models import Notice
from geumcheon.lib import clock

pytestmark = pytest.mark.browser

# An outline, or in a picture a thick edge round the focused part.
SHOWN = """() => {
  const e = document.activeElement, s = getComputedStyle(e), part = e.querySelector('.chart-cell, .chart-row, .chart-node');
  return s.outlineStyle !== 'none' || s.boxShadow !== 'none' || (part && parseFloat(getComputedStyle(part).strokeWidth) >= 3);
}"""


def _tap(page, selector):
    """Press what a finger would: the first of the elements that can be seen."""
    page.locator(selector).locator("visible=true").first.click()


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("width", [390, 1280])
def test_from_home_to_the_formula_of_a_line_in_four_taps(loaded, tab, width, script):
    page = tab(width, java_script_enabled=script)
    page.open("/")
    _tap(page.tab, "main a[href='/projects/2021/1/']")
    assert page.tab.url.endswith("/projects/2021/1/")
    _tap(page.tab, "a[href='#budget']")
    _tap(page.tab, "#budget table a[href='/budget/2021/1/6/']")
    assert page.tab.url.endswith("/budget/2021/1/6/")
    assert page.tab.is_visible("ol.formula")


def _press_until(page, href, presses=150):
    """Tab until the link with this address has the focus; how many presses it took."""
    for count in range(1, presses + 1):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.getAttribute('href')") == href:
            assert page.evaluate(SHOWN), f"{href} has the focus and does not show it"
            return count
    raise AssertionError(f"{presses} presses did not reach {href}")


def test_from_home_to_a_formula_by_keyboard_alone(loaded, tab):
    page = tab(1280)
    page.open("/")
    _press_until(page.tab, "/projects/2021/1/")
    page.tab.keyboard.press("Enter")
    page.tab.wait_for_url("**/projects/2021/1/")
    _press_until(page.tab, "#budget")
    page.tab.keyboard.press("Enter")
    _press_until(page.tab, "/budget/2021/1/6/")
    page.tab.keyboard.press("Enter")
    page.tab.wait_for_url("**/budget/2021/1/6/")
    assert page.tab.is_visible("ol.formula")


INLINE = """() => {
  const add = (name, set) => document.body.append(Object.assign(document.createElement(name), set));
  add('script', {textContent: 'window.ran = true'});
  add('style', {textContent: 'h1 { display: none }'});
  add('img', {src: 'https://example.org/x.png'});
  return [window.ran === undefined, getComputedStyle(document.querySelector('h1')).display !== 'none'];
}"""


def test_the_policy_is_enforced(loaded, tab):
    """What somebody would smuggle into a page neither runs nor shows, and the browser says so."""
    page = tab(390)
    page.open("/")
    assert page.complaints == []
    assert page.tab.evaluate(INLINE) == [True, True]
    page.tab.wait_for_timeout(100)
    refused = [text for text in page.complaints if "Content Security Policy" in text]
    assert len(refused) >= 3, page.complaints


def test_pages_read_in_print_without_their_frame(loaded, tab):
    page = tab(1280)
    page.open("/projects/2021/1/")
    page.tab.emulate_media(media="print")
    assert not page.tab.is_visible("header.site-header nav")
    assert not page.tab.is_visible("nav.toc")
    assert page.tab.is_visible("#budget table")


@pytest.fixture
def running(loaded):
    """A notice of a vote that runs, beside a plain one. Written before the browser starts: its event loop forbids queries here."""
    today = clock.today()
    Notice.objects.create(title="시험 알림", text="내용", published_on=today)
    return Notice.objects.create(
        kind="vote",
        title="시험 투표",
        text="첫 문단\n\nhttps://example.org 를 보세요.",
        published_on=today,
        starts_on=today,
        ends_before=today + timedelta(days=8),
        link="/projects/2021/",
        link_label="사업 보기",
    )


@pytest.mark.django_db(transaction=True)  # also puts it last: the tables are emptied after it
def test_notices_are_accessible_where_there_are_some(live_server, running, tab):
    problems = []
    for width in (320, 390, 1280):
        page = tab(width, base=live_server.url)
        for path in ("/", "/notices/", running.get_absolute_url(), "/dongs/독산1동/"):
            assert page.open(path) == 200
            problems += [f"{path} at {width}: {found}" for found in [*page.complaints, *page.violations()]]
            problems += [f"{path} at {width} is too wide"] if page.overflow() > 0 else []
    assert problems == []
