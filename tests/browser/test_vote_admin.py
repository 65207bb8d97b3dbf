"""The admin's pages of a vote in a real browser: accessible and no wider than a phone, from set-up to the projects made."""

import pytest
from django.conf import settings
from django.test import Client

from geumcheon.accounts.models import Role, User
from geumcheon.lib.admin_parts import admin_url
from tests.browser.test_admin import look
from tests.conftest import PASSWORD
from tests.voting.deciding import a_draft, a_joint_meeting, a_plan, a_published_round, options
from voting import actions, decisions
from voting.decisions import Row
from voting.models import Contest, Objection, Option, Round

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SCORES = {(order, number): 100 - 10 * number for order in (1, 2) for number in (1, 2, 3, 4)}


@pytest.fixture
def cookie(live_server, loaded):
    """The session of a signed-in secretariat. Made before the browser starts: its event loop forbids queries."""
    client = Client()
    client.force_login(User.objects.create_user("browser", "browser@example.org", PASSWORD, role=Role.SECRETARIAT))
    value = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}


@pytest.fixture
def pages(loaded, settings, tmp_path):
    """{what: path} of a round in draft, one that waits for its decision and one whose projects are to be made."""
    settings.VOTE_SECRETS_DIR, settings.MEDIA_ROOT = tmp_path / "secrets", tmp_path / "media"
    draft = a_draft("draft")
    waits = a_published_round("waits", scores=SCORES, vote_weight=60, committee_weight=40)
    decided = a_published_round("decided")
    a_plan(2028), a_plan(2029)
    rows = [
        Row(option, "selected" if at[1] < 3 else "dropped", option.cost_krw if at[1] < 3 else None)
        for at, option in options(decided).items()
    ]
    decisions.decide(round=decided, meeting=a_joint_meeting(), rows=rows)
    objection = actions.object_to(round=decided, text="득표를 다시 세어 주세요.", contact="")
    url = "/admin/voting/round/{}/{}/".format
    return {
        "list": admin_url(Round),
        "add": admin_url(Round, "add"),
        "draft": admin_url(Round, "change", draft.pk),
        "prove": url(draft.pk, "prove"),
        "paper": admin_url(Contest, "change", draft.contests.first().pk),
        "option": admin_url(Option, "change", Option.objects.filter(contest__round=draft).first().pk),
        "published": admin_url(Round, "change", decided.pk),
        "void": url(waits.pk, "void"),
        "decide": url(waits.pk, "decide"),
        "projects": url(decided.pk, "projects"),
        "objection": admin_url(Objection, "change", objection.pk),
        "decisions": "/admin/voting/votedecision/",
    }


def test_the_pages_of_a_vote_are_accessible_and_fit(cookie, pages, tab, live_server):
    """A phone and a screen in one test: to load the plan again takes longer than to look."""
    problems = []
    for width in (390, 1280):
        page = tab(width, base=live_server.url)
        page.context.add_cookies([cookie])
        for what, path in pages.items():
            assert page.open(path) == 200
            problems += look(page, what)
        problems += look_at_a_refusal(page, pages["decide"])
    assert problems == [], "\n".join(problems)


def look_at_a_refusal(page, path):
    """A wrong amount: the page says so and keeps it."""
    page.open(path)
    amount = page.tab.locator("input[name^=amount-]").first
    amount.fill("오백만")
    page.tab.click("input[value='결정 저장']")
    page.tab.wait_for_selector(".errornote")
    assert amount.input_value() == "오백만"
    return look(page, "decide refused")
