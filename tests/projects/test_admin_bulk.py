"""Actions on many projects and indicators."""

import pytest

from geumcheon.accounts.models import Dong
from projects.models import Indicator, Project
from tests.admin_data import confirm, preview
from tests.html import texts

INDICATORS, PROJECTS = "/admin/projects/indicator/", "/admin/projects/project/"


def indicator(project):
    return Indicator.objects.filter(project__number=project).order_by("order").first()


@pytest.fixture
def dong(loaded):
    return Dong.objects.create(name="견본동", code="9999999999") if not Dong.objects.exists() else Dong.objects.first()


def dongs(number):
    return set(Project.objects.get(number=number).dongs.all())


def test_indicators_change_how_values_combine(client_as, loaded):
    client, rows = client_as("secretariat"), [indicator(1), indicator(4)]
    page = preview(client, INDICATORS, "combine_selected", rows, combine="mean")
    assert texts(page, "td", cls="bulk-after") == [f"평균 (목표 {row.target_text})" for row in rows]
    done = confirm(client, INDICATORS, page)
    assert texts(done, "ul", cls="messagelist") == ["성과지표 2개: 합치는 법을 바꾸었습니다."]
    assert [indicator(1).combine, indicator(4).combine] == ["mean", "mean"]
    assert indicator(1).history.latest().history_user.username == "secretariat"


def test_an_officer_changes_the_own_departments_indicators_only(client_as, loaded):
    client, other = client_as("officer"), indicator(4).combine
    page = preview(client, INDICATORS, "combine_selected", [indicator(1), indicator(4)], combine="mean")
    assert texts(page, "span", cls="bulk-state") == ["바뀜", "바꿀 수 없음"]
    confirm(client, INDICATORS, page)
    assert [indicator(1).combine, indicator(4).combine] == ["mean", other]


def test_dongs_are_added_and_none_is_lost(client_as, loaded, dong):
    client = client_as("secretariat")
    first = Project.objects.get(number=1)
    had = dongs(1)
    other = Dong.objects.exclude(pk=dong.pk).first()
    first.dongs.add(other)
    rows = [Project.objects.get(number=n) for n in (1, 4)]
    done = confirm(client, PROJECTS, preview(client, PROJECTS, "add_dongs_selected", rows, dongs=[dong.pk]))
    assert "동을 더했습니다" in texts(done, "ul", cls="messagelist")[0]
    assert dongs(1) == had | {dong, other}
    assert dong in dongs(4)
    assert Project.objects.get(number=4).edit_version == rows[1].edit_version + 1
    assert Project.objects.get(number=4).history.latest().history_change_reason == f"동 더하기: {dong.name}"


def test_an_officer_adds_no_dong_to_other_departments_projects(client_as, loaded, dong):
    client, rows = client_as("officer"), [Project.objects.get(number=4)]
    before = dongs(4)
    page = preview(client, PROJECTS, "add_dongs_selected", rows, dongs=[dong.pk])
    assert texts(page, "span", cls="bulk-state") == ["바꿀 수 없음"]
    assert "바꿀 것이 없습니다." in page.content.decode()
    confirm(client, PROJECTS, page)
    assert dongs(4) == before


def test_a_project_saved_since_the_preview_is_shown_and_nothing_is_written(client_as, loaded, dong):
    client, rows = client_as("secretariat"), [Project.objects.get(number=n) for n in (1, 4)]
    page = preview(client, PROJECTS, "add_dongs_selected", rows, dongs=[dong.pk])
    before = dongs(1), dongs(4)
    Project.objects.filter(number=4).update(edit_version=rows[1].edit_version + 1)
    answer = confirm(client, PROJECTS, page)
    assert "아무것도 바꾸지 않았습니다." in answer.content.decode()
    assert (dongs(1), dongs(4)) == before
    assert texts(answer, "span", cls="bulk-state")[1] == "그사이 바뀜"
    assert "동을 더했습니다" in texts(confirm(client, PROJECTS, answer), "ul", cls="messagelist")[0]
    assert dong in dongs(4)
