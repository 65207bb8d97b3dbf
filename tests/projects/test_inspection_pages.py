"""The public pages of inspections: what a team saw and what became of it, never a name, nothing of a draft."""
# ruff: noqa: F811 - fixtures come by import

from datetime import date

import pytest
from django.core.files.base import ContentFile

from councils.models import Person
from projects import inspection_views
from projects.models import InspectionTeam, PlanStatus, Project, TeamMember, VisitPhoto
from tests.html import queries
from tests.projects.inspections import (  # noqa: F401 - with fixtures
    TODAY,
    VISITED,
    a_finding,
    a_team,
    a_visit,
    acted,
    asked,
    finding,
    office,
    picture,
    project,
    publicity,
    told,
    year,
)

pytestmark = pytest.mark.django_db


def team_url(team):
    return f"/projects/2026/{team.project.number}/teams/{team.pk}/"


@pytest.fixture
def page(finding, users, settings, tmp_path):
    """A team with everything: (team, photo). Its member's name stands nowhere in public."""
    settings.MEDIA_ROOT = tmp_path
    team = finding.visit.team
    TeamMember.objects.create(
        team=team, person=Person.objects.create(name="김살핌", consented_on=VISITED), starts_on=VISITED
    )
    photo = VisitPhoto.objects.create(
        visit=finding.visit, alt="바닥을 살피는 모습", file=ContentFile(picture(), "a.jpg")
    )
    told(finding, users["secretariat"])
    asked(finding, users["secretariat"])
    done = a_finding(finding.visit, text="쓰레기통이 없다")
    told(done, users["secretariat"])
    acted(done, users["officer"])
    return team, photo


def test_everybody_reads_what_a_team_saw_and_what_became_of_it(page, client):
    team, photo = page
    html = client.get(team_url(team)).content.decode()
    for words in (
        "주민감독관",
        "단원 1명",
        "2026. 2. 2.(월) 현장 점검",
        "안양천 · 4명",
        'alt="바닥을 살피는 모습"',
        "시정요구",
        "2026. 2. 20.(금)까지, 기한이 11일 지남",
        "마을자치과",
        "손잡이를 고쳤다",
    ):
        assert words in html
    response = client.get(f"{team_url(team)}photos/{photo.pk}/")
    assert response["content-type"] == "image/jpeg"
    assert response["content-disposition"].startswith("inline")
    assert b"".join(response.streaming_content)[:2] == b"\xff\xd8"


def test_no_name_stands_on_a_public_page(page, client):
    team, _ = page
    for role_word in ("김살핌", "officer", "secretariat"):
        assert role_word not in client.get(team_url(team)).content.decode()


def test_a_team_of_a_draft_or_under_another_number_is_not_there(page, client, client_as):
    team, photo = page
    assert client.get(f"/projects/2026/2/teams/{team.pk}/").status_code == 404
    assert client.get(f"/projects/2021/1/teams/{team.pk}/").status_code == 404
    assert client.get(f"/projects/2026/1/teams/{team.pk + 1}/photos/{photo.pk}/").status_code == 404
    team.project.plan.status = PlanStatus.DRAFT
    team.project.plan.save()
    for reader in (client, client_as("secretariat")):
        assert reader.get(team_url(team)).status_code == 404
        assert reader.get(f"{team_url(team)}photos/{photo.pk}/").status_code == 404
    assert client.post(team_url(team)).status_code == 405


@pytest.mark.parametrize(
    ("due", "words", "late"),
    [
        (date(2026, 3, 8), "2026. 3. 8.(일)까지, 5일 남음", False),
        (TODAY, "2026. 3. 3.(화)까지, 오늘이 마지막 날", False),
        (date(2026, 3, 2), "2026. 3. 2.(월)까지, 기한이 1일 지남", True),
        (None, "", False),
    ],
)
def test_the_due_day_in_words(finding, due, words, late):
    finding.due_on = due
    assert inspection_views.due_words(finding, TODAY) == (words, late)


def test_nothing_of_a_closed_plan_is_late(finding):
    finding.due_on = date(2026, 3, 2)
    finding.visit.team.project.plan.status = PlanStatus.CLOSED
    assert inspection_views.due_words(finding, TODAY) == ("2026. 3. 2.(월)까지", False)


def test_a_step_left_out_is_not_shown_once_done(finding, users):
    assert [step.done for step in inspection_views.steps_of(finding)] == [True, False, False, False]
    told(finding, users["secretariat"])
    acted(finding, users["officer"])
    finding.refresh_from_db()
    assert [step.label for step in inspection_views.steps_of(finding)] == ["지적", "부서 통보", "조치"]


def test_three_visits_cost_as_many_queries_as_one(page, client):
    team, _ = page
    one = queries(client, team_url(team))
    for day in (3, 4):
        visit = a_visit(team, on=date(2026, 2, day))
        VisitPhoto.objects.create(visit=visit, alt="모습", file="x.jpg")
        a_finding(visit, department=office("공원녹지과"))
    assert queries(client, team_url(team)) == one


def test_a_projects_sections_count_each_team_in_two_queries(page, django_assert_num_queries):
    team, _ = page
    project = Project.objects.get(pk=team.project_id)
    for name in ("가", "나"):
        a_team(project, name)
        publicity(project)
    with django_assert_num_queries(2):
        shown = inspection_views.sections(project)
    (row,) = [t for t in shown["teams"] if t.pk == team.pk]
    assert (row.visit_count, row.open_count, row.done_count, row.people_now) == (1, 1, 1, 1)
    assert len(shown["teams"]) == 3
    assert len(shown["publicity"]) == 2


def test_a_team_that_ended_tells_how_many_took_part(page, client):
    team, _ = page
    TeamMember.objects.update(ends_before=TODAY)
    assert "활동을 마친 단원 1명" in client.get(team_url(team)).content.decode()
    assert InspectionTeam.objects.count() == 1
