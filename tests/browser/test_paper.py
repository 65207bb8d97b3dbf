"""Clerks type paper ballots with one thumb or the keyboard alone; every page of papers at three widths."""

import pytest

from tests.browser.test_log import look_at_widths, opened, sign_in
from tests.conftest import PASSWORD
from tests.voting.papers import a_paper_round, closed, people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
URL = "/votes/vote-2021/paper/"


@pytest.fixture
def clerks(loaded, transactional_db, settings, tmp_path):
    """Names of three of the secretariat; a closed round with papers. Made before the browser starts."""
    settings.VOTE_SECRETS_DIR = tmp_path / "secrets"
    made = people(3)
    for user in made:
        user.set_password(PASSWORD)
        user.save()
    closed(a_paper_round(web=0, struck=2))
    return [user.username for user in made]


def type_sheets(page, first, tapped):
    """The first sheet by keyboard alone, the second by tapping."""
    page.goto(URL + "1/1/enter/")
    page.keyboard.type(first)  # the field waits with the cursor in it
    page.keyboard.press("Enter")
    page.wait_for_selector("text=1번째 장을 적었습니다")
    assert page.input_value("#id_sheet") == "2"
    for number in tapped:
        page.check(f".sheet-tiles input[value='{number}']")
    page.click(".booth-bar button")
    page.wait_for_selector("text=모두 적었습니다")


def test_two_clerks_and_a_third_look(clerks, chromium, live_server):
    page, found = opened(chromium, live_server.url), {}
    sign_in(page, clerks[0])
    page.goto(URL)
    page.click("a:has-text('새 묶음') >> nth=0")
    page.fill("#id_papers", "2")
    page.click("main button[type=submit]")
    page.goto(URL + "1/1/enter/")
    found["enter"] = look_at_widths(page)
    page.click(".booth-bar button")  # nothing typed: an error at the field
    found["refused"] = look_at_widths(page)
    type_sheets(page, "1 2 3", (4, 5, 6))
    sign_in(page, clerks[1])
    type_sheets(page, "1 2 4", (4, 5, 6))
    sign_in(page, clerks[2])
    page.goto(URL + "1/1/")
    found["batch"] = look_at_widths(page)
    page.click("a:has-text('정하기')")
    found["settle"] = look_at_widths(page)
    page.fill("#id_picks", "1 2 3")
    page.fill("#id_reason", "3번 칸에 찍혀 있습니다")
    page.click("main button[type=submit]")
    page.click("button[value=close]")
    page.wait_for_url("**" + URL)
    for path in ("", "hand/", "1/count/"):
        page.goto(URL + path)
        found[path or "desk"] = look_at_widths(page)
    assert {name: lines for name, lines in found.items() if lines} == {}
    page.context.close()
