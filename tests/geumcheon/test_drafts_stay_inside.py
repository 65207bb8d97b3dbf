"""A record that is not published shows nowhere: no page, list, feed, search, sitemap, open data or calendar says a word of it."""

import pytest

from councils import meeting_actions
from councils.meeting_actions import Item
from councils.models import MeetingState
from geumcheon.opendata import councils as lists
from geumcheon.search import index
from projects.models import Project, ProjectMeeting
from tests.councils.life import a_full_body, a_log

pytestmark = pytest.mark.django_db
WORD = "비밀하늘다리"
PLACES = (
    "/", "/meetings/", "/meetings/?q=비밀하늘다리", "/meetings/calendar/2026/03/", "/meetings/feed.xml", "/meetings/calendar.ics",
    "/meetings/statistics/", "/meetings/statistics.csv", "/search/?q=비밀하늘다리", "/sitemap.xml", "/sitemap-meetings.xml",
    "/open-data/meetings.json", "/open-data/meetings.csv", "/projects/2021/1/", "/projects/2021/1/print/", "/reconciliation/2021/",
)  # fmt: skip


@pytest.fixture
def draft(loaded, time_machine):
    time_machine.move_to("2026-03-03T10:00:00+09:00", tick=False)
    body, people = a_full_body()
    words = {"agenda": WORD, "place": f"{WORD} 옆", "minutes": f"{WORD}를 놓자", "items": [Item("report", WORD, WORD)]}
    meeting = a_log(body, people, **words)
    ProjectMeeting.objects.create(project=Project.objects.get(plan=loaded, number=1), meeting=meeting)
    return meeting, body, people


def said(client, body):
    """Where the word is said, or the record's address."""
    if index.is_behind():
        index.rebuild()
    found = []
    for path in (
        *PLACES,
        body.get_absolute_url() if hasattr(body, "get_absolute_url") else f"/council/{body.pk}/",
        f"/council/{body.pk}/calendar.ics",
    ):
        response = client.get(path, follow=True)
        content = b"".join(response.streaming_content) if response.streaming else response.content
        text = content.decode("utf-8-sig").replace("\r\n ", "")
        asked = WORD in path  # the page repeats what was asked
        if (WORD in text and not asked) or "/meetings/2026/1/" in text:
            found.append(path)
    return found


@pytest.mark.parametrize("state", [MeetingState.LOGGED, MeetingState.SUBMITTED, MeetingState.CANCELLED])
def test_a_draft_shows_nowhere(draft, client, state):
    meeting, body, _ = draft
    type(meeting).objects.filter(pk=meeting.pk).update(state=state)
    assert said(client, body) == []
    assert client.get(meeting.get_absolute_url()).status_code == 404
    assert all(row[0] != 2026 for row in lists.meetings())


def test_what_is_published_shows(draft, client):
    meeting, body, people = draft
    meeting_actions.submit(meeting=meeting, by=people[0].user)
    meeting_actions.publish(meeting=meeting, by=people[1].user)
    shown = said(client, body)
    assert {
        "/",
        "/meetings/",
        "/meetings/feed.xml",
        "/search/?q=비밀하늘다리",
        "/open-data/meetings.csv",
        "/projects/2021/1/",
    } <= set(shown)
    assert WORD in client.get(meeting.get_absolute_url()).content.decode()
