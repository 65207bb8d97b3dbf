"""Rows of inspections and publicity, for tests."""

import io
from datetime import date

import pytest
from PIL import Image

from councils.models import Person
from geumcheon.accounts.models import Department
from projects.inspection_actions import move_finding
from projects.models import (
    Finding,
    InspectionTeam,
    Partner,
    Project,
    Publicity,
    Side,
    TeamMember,
    Visit,
    VisitPhoto,
)
from tests.projects.test_evidence import year  # noqa: F401 - a fixture

VISITED, TOLD, ASKED, TODAY = date(2026, 2, 2), date(2026, 2, 5), date(2026, 2, 10), date(2026, 3, 3)


def a_team(project, name="주민감독관", kind="supervisors"):
    return InspectionTeam.objects.create(project=project, kind=kind, name=name, source="시험")


def a_visit(team, on=date(2021, 5, 3), **fields):
    return Visit.objects.create(team=team, on=on, **{"place": "안양천", "people": 4, "text": "바닥을 살폈다", **fields})


def a_finding(visit, **fields):
    return Finding.objects.create(visit=visit, **{"text": "손잡이가 흔들린다", **fields})


def publicity(project, **fields):
    made = {"channel": "sns", "on": date(2021, 5, 3), "title": "알림", "link": "https://example.org/a", **fields}
    return Publicity.objects.create(project=project, **made)


def some_inspections(count=2):
    """A team with a member, a visit with a photo, a finding and a piece of publicity of each of `count` projects, 1 and 4 first."""
    projects = {project.number: project for project in Project.objects.filter(plan__year=2021)}
    for number in [1, 4, 5][:count]:
        team = a_team(projects[number], f"점검단 {number}")
        person = Person.objects.create(name=f"살피는 사람 {number}")
        TeamMember.objects.create(team=team, person=person, starts_on=date(2021, 3, 1))
        visit = a_visit(team)
        VisitPhoto.objects.create(visit=visit, alt="점검하는 모습", file="visits/none.jpg")
        a_finding(visit)
        publicity(projects[number])


@pytest.fixture
def project(year, users):  # noqa: F811
    """The project of 2026, led by the officer's department."""
    Partner.objects.create(project=year, order=1, side=Side.LEAD, name="마을자치과", department=office())
    return year


@pytest.fixture
def finding(project):
    return a_finding(a_visit(a_team(project), on=VISITED))


def office(name="마을자치과"):
    return Department.objects.get(name=name)


def told(finding, by, on=TOLD, department=None):
    return move_finding(finding=finding, by=by, to="notified", department=department or office(), notified_on=on)


def asked(finding, by, on=ASKED, due=date(2026, 2, 20)):
    return move_finding(finding=finding, by=by, to="demanded", demanded_on=on, due_on=due)


def acted(finding, by, on=TODAY, action="손잡이를 고쳤다"):
    return move_finding(finding=finding, by=by, to="done", acted_on=on, action=action)


def picture():
    exif = Image.Exif()
    exif[0x0110] = "카메라"
    out = io.BytesIO()
    Image.new("RGB", (3000, 1500), "#336699").save(out, "JPEG", exif=exif)
    return out.getvalue()
