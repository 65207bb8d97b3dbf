"""The meetings of a project in the admin: rows on the project's page."""

import pytest

from councils.models import Meeting
from geumcheon.lib.admin_parts import admin_url
from projects.models import Project, ProjectMeeting
from tests.admin_data import add_row, errors_of, form_data
from tests.html import queries, texts

pytestmark = pytest.mark.django_db
PREFIX = "project_meetings"


@pytest.fixture
def project(loaded):
    return loaded.projects.get(number=1)  # led by the officer's 마을자치과


def _open(client, project):
    url = admin_url(Project, "change", project.pk)
    return url, form_data(client.get(url), Project)


def test_the_secretariat_names_a_meeting_and_takes_it_back(client_as, project):
    client, meeting = client_as("secretariat"), Meeting.objects.first()
    url, data = _open(client, project)
    add_row(data, PREFIX, meeting=str(meeting.pk))
    assert client.post(url, data).status_code == 302
    stored = Project.objects.get(pk=project.pk)
    assert (list(stored.meetings.all()), stored.edit_version) == ([meeting], project.edit_version + 1)
    url, data = _open(client, project)
    assert client.post(url, data | {f"{PREFIX}-0-DELETE": "on"}).status_code == 302
    assert not ProjectMeeting.objects.exists()


def test_a_meeting_is_named_once(client_as, project):
    client, meeting = client_as("secretariat"), Meeting.objects.first()
    ProjectMeeting.objects.create(project=project, meeting=meeting)
    url, data = _open(client, project)
    add_row(data, PREFIX, meeting=str(meeting.pk))
    assert client.post(url, data).status_code == 200
    assert ProjectMeeting.objects.count() == 1


def test_a_stale_page_is_refused_and_keeps_the_meeting(client_as, project):
    client, meeting = client_as("secretariat"), Meeting.objects.first()
    url, mine = _open(client, project)
    assert client.post(url, mine | {"place": "구청"}).status_code == 302
    add_row(mine, PREFIX, meeting=str(meeting.pk))
    response = client.post(url, mine)
    assert "그사이 다른 사람이 저장했습니다" in errors_of(response)["__all__"][0]
    assert str(meeting) in texts(response, "section", cls="conflict")[0]
    assert not ProjectMeeting.objects.exists()
    assert client.post(url, form_data(response, Project)).status_code == 302
    assert ProjectMeeting.objects.get().meeting == meeting


def test_an_officer_sees_the_meetings_and_cannot_change_them(client_as, project):
    first, second = Meeting.objects.all()[:2]
    ProjectMeeting.objects.create(project=project, meeting=first)
    client = client_as("officer")
    url, data = _open(client, project)
    assert str(first) in client.get(url).content.decode()
    data |= {f"{PREFIX}-TOTAL_FORMS": "1", f"{PREFIX}-INITIAL_FORMS": "0", f"{PREFIX}-0-meeting": str(second.pk)}
    client.post(url, data)
    assert list(project.meetings.all()) == [first]


def test_each_meeting_costs_the_admin_page_one_query(client_as, project):
    """The widget looks its own choice up, and not once more for the name."""
    client = client_as("secretariat")
    url = admin_url(Project, "change", project.pk)
    first, *more = Meeting.objects.all()[:3]
    ProjectMeeting.objects.create(project=project, meeting=first)
    one = queries(client, url)
    ProjectMeeting.objects.bulk_create(ProjectMeeting(project=project, meeting=m) for m in more)
    assert queries(client, url) <= one + 2
