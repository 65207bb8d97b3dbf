"""Comments in a browser: many on a page, with and without a form, and the moderators' queue. No script is needed anywhere."""

import pytest
from django.conf import settings

from geumcheon.accounts.models import Department
from tests.forums.ladders import a_proposal
from tests.forums.talk import a_voice, said, signed_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def proposal(loaded):
    proposal = a_proposal(author=a_voice("제안한 주민"))
    department = Department.objects.first()
    for number, stance in enumerate(["for", "against", "question", ""] * 8):
        first = said(proposal, a_voice(f"주민 {number}"), f"{number}번째 생각입니다. " * 6, stance=stance)
        if number % 5 == 0:
            said(proposal, None, "검토해서 봄에 답하겠습니다.", parent=first, office=department)
        if number % 7 == 0:
            said(proposal, a_voice(), "숨긴 글", state="hidden", hidden_reason="개인정보가 있습니다.")
    return proposal


# Sessions are made before the browser starts: its event loop forbids queries.
def cookie(server, user):
    value = signed_in(user).cookies[settings.SESSION_COOKIE_NAME].value
    return [{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": server.url}]


@pytest.fixture
def reader(loaded, live_server):
    return cookie(live_server, a_voice("읽는 주민"))


@pytest.fixture
def moderator(loaded, live_server):
    return cookie(live_server, a_voice("추진단", role="secretariat"))


@pytest.mark.parametrize("width", [390, 1280])
def test_many_comments(proposal, reader, live_server, tab, width):
    page = tab(width, base=live_server.url)
    page.context.add_cookies(reader)
    assert page.open(f"/proposals/{proposal.pk}/comments/") == 200
    assert (page.overflow(), page.violations(), page.complaints) == (0, [], [])


def test_a_resident_writes_without_script(proposal, reader, live_server, tab):
    page = tab(390, base=live_server.url, java_script_enabled=False)
    page.context.add_cookies(reader)
    page.open(f"/proposals/{proposal.pk}/comments/")
    page.tab.fill("textarea[name=text]", "휠체어도 지나갈 수 있게 해 주세요.")
    page.tab.get_by_label("찬성").check()
    page.tab.wait_for_timeout(2500)
    page.tab.get_by_role("button", name="댓글 올리기").click()
    page.tab.wait_for_selector("text=올렸습니다.")
    assert "휠체어도 지나갈" in page.tab.locator("article:target").inner_text()


@pytest.mark.parametrize("width", [390, 1280])
def test_the_moderators_queue(proposal, moderator, live_server, tab, width):
    page = tab(width, base=live_server.url)
    page.context.add_cookies(moderator)
    assert page.open("/desk/comments/?queue=hidden") == 200
    assert (page.overflow(), page.violations(), page.complaints) == (0, [], [])
    page.tab.locator("input[name=seen]").first.check()
    page.tab.get_by_label("그대로 보이기").check()
    page.tab.get_by_role("button", name="미리 보기").click()
    assert (page.overflow(), page.violations()) == (0, [])
