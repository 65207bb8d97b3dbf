"""A resident votes on a phone and on a desktop, looks for the ballot on the board, and votes once more without script."""

import re

import pytest

from tests.browser.test_log import look_at_widths, opened
from tests.connections import off_the_loop
from tests.voting.booth import SENT, cast_some, make_round, mixed, published
from voting import mix
from voting.models import InboxBallot, Participation

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
URL = "/votes/vote-2021/"


@pytest.fixture
def round(loaded, transactional_db, settings, tmp_path, monkeypatch):
    """An open round in which the next mix puts every ballot on the board. Made before the browser starts."""
    settings.VOTE_SECRETS_DIR, settings.MEDIA_ROOT = tmp_path / "secrets", tmp_path / "media"
    monkeypatch.setattr(mix, "kept_back", lambda round_: 0)
    SENT.clear()
    round = make_round()
    cast_some(round, 19)
    return round


def check(page, number):
    page.goto(URL)
    page.click("main a:has-text('투표하기')")
    page.fill("[name=number]", number)
    page.click("button[value=number]")
    page.fill("[name=typed]", re.search(r"(\d{6})", SENT[-1][1])[1])
    page.click("button[value=confirm]")


def pick(page, numbers):
    for number in numbers:
        page.check(f"#pick-{number}")


def go_on(page):
    page.click(".booth-bar button[value=next]")


def vote(page, number="010-2222-3333"):
    """The whole way; the code as the page shows it."""
    check(page, number)
    pick(page, (1, 2, 3))
    go_on(page)
    pick(page, (4, 5, 6))
    go_on(page)
    code = page.inner_text("[data-code]")
    page.click("button[value=cast]")
    page.wait_for_selector("h1:has-text('제출되었습니다')")
    return re.sub(r"[^0-9A-Z]", "", code)


def look_for(page, code, first, second):
    """What the board answers: the texts beside the two papers."""
    page.goto(URL + "board/")
    page.fill("[name=code]", code)
    for order, numbers in ((1, first), (2, second)):
        for number in numbers:
            page.check(f"[name=pick-{order}][value='{number}']")
    page.click(".own-check button[type=submit]")
    page.wait_for_selector("[data-answers] li:nth-child(2)")
    return page.locator("[data-answers] li").all_inner_texts()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_whole_way(round, chromium, live_server, width):
    page = opened(chromium, live_server.url, width)
    complaints = []
    page.on("console", lambda m: m.type in ("error", "warning") and complaints.append(m.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    check(page, "010-2222-3333")
    found = {"paper": look_at_widths(page)}
    page.set_viewport_size({"width": width, "height": 844})
    assert page.inner_text("[data-counted]") == "0/3"
    pick(page, (1, 2))
    assert page.inner_text("[data-counted]") == "2/3" and "1개 더 골라" in page.text_content("[data-live]")
    go_on(page)
    assert "1개를 더 골라" in page.inner_text("[data-error]")
    assert page.evaluate("document.activeElement.hasAttribute('data-error')")
    assert page.is_checked("#pick-1") and page.is_checked("#pick-2")
    pick(page, (3, 4))
    assert page.inner_text("[data-counted]") == "4/3" and "1개를 빼" in page.text_content("[data-live]")
    page.uncheck("#pick-4")
    go_on(page)
    pick(page, (4, 5, 6))
    go_on(page)
    found["review"] = look_at_widths(page)
    assert page.is_visible(".booth-banner")
    code = re.sub(r"[^0-9A-Z]", "", page.inner_text("[data-code]"))
    page.click("button[value=cast]")
    page.wait_for_selector("h1:has-text('제출되었습니다')")
    found["done"] = look_at_widths(page)
    assert not page.is_visible(".booth-banner") and code not in page.url
    page.click("button:has-text('끝내기')")
    page.wait_for_url("**/?ended=1")
    _board(page, round, code, found)
    assert {name: lines for name, lines in found.items() if lines} == {}
    assert complaints == []
    page.context.close()


def _board(page, round, code, found):
    """Not there before the mix; there as chosen after it, reckoned in the browser: no request carries the code."""
    sent = []
    page.on("request", lambda request: sent.append(request.url + (request.post_data or "")))
    assert all("게시판에 없습니다" in text for text in look_for(page, code, (1, 2, 3), (4, 5, 6)))
    off_the_loop(lambda: mixed(round))
    assert all("고른 그대로 들어 있습니다" in text for text in look_for(page, code.lower(), (1, 2, 3), (4, 5, 6)))
    first, second = look_for(page, code, (1, 2, 4), (4, 5, 6))
    assert "표시한 것과 다릅니다" in first and "고른 그대로" in second
    assert all(code not in text.upper() for text in sent)
    found["board"] = look_at_widths(page)


def test_without_script(round, chromium, live_server):
    page = opened(chromium, live_server.url, 390, java_script_enabled=False)
    code = vote(page)
    assert off_the_loop(lambda: (Participation.objects.count(), InboxBallot.objects.count())) == (20, 40)
    off_the_loop(lambda: mixed(round))
    answers = look_for(page, code, (1, 2, 3), (4, 5, 6))
    assert len(answers) == 2 and all("고른 그대로 들어 있습니다" in text for text in answers)
    page.context.close()


def test_by_keyboard_alone(round, chromium, live_server):
    """Space marks, Enter goes on; the first button a form would press by itself never casts."""
    page = opened(chromium, live_server.url, 1280)
    check(page, "010-2222-3333")
    for number in (1, 2, 3):
        page.focus(f"#pick-{number}")
        page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_selector("legend:has-text('시민참여예산')")
    for number in (4, 5, 6):
        page.focus(f"#pick-{number}")
        page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_selector("[data-code]")
    page.focus("button[value=cast]")
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('제출되었습니다')")
    page.context.close()


def test_public_pages_of_a_vote_are_clean(round, chromium, live_server):
    page = opened(chromium, live_server.url, 390)
    found = {}
    for path in ("/votes/", URL, URL + "vote/", URL + "board/", URL + "kiosk/", "/"):
        page.goto(path)
        found[path] = look_at_widths(page)
    assert {path: lines for path, lines in found.items() if lines} == {}
    page.context.close()


def test_results_are_clean(loaded, transactional_db, settings, tmp_path, chromium, live_server):
    settings.VOTE_SECRETS_DIR, settings.MEDIA_ROOT = tmp_path / "secrets", tmp_path / "media"

    def make():
        round = make_round(funding_rule="greedy")
        cast_some(round, 20)
        published(round)

    off_the_loop(make)
    page = opened(chromium, live_server.url, 390)
    found = {}
    for path in (URL, URL + "results/", URL + "objection/", "/votes/napulnapul-2020/results/"):
        page.goto(path)
        found[path] = look_at_widths(page)
    assert {path: lines for path, lines in found.items() if lines} == {}
    page.context.close()
