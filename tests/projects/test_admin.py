"""One project's admin page: sections, saving, rows, who may, and the lists."""

import pytest
from django.urls import reverse

from geumcheon.accounts.models import Department
from geumcheon.lib.admin_parts import admin_url
from projects import rollups
from projects.models import Indicator, IndicatorRollup, Partner, Project, ProjectPart, ProjectTable, Stage
from tests.admin_data import add_row, errors_of, form_data
from tests.html import elements, texts


@pytest.fixture
def project(loaded):
    return loaded.projects.get(number=4)  # led by 교육지원과


@pytest.fixture
def own(loaded):
    return loaded.projects.get(number=1)  # led by the officer's 마을자치과


def open_form(client, project):
    url = admin_url(Project, "change", project.pk)
    response = client.get(url)
    assert response.status_code == 200
    return url, form_data(response, Project)


def test_sections_link_to_parts_that_are_there(client_as, project):
    response = client_as("secretariat").get(admin_url(Project, "change", project.pk))
    links = elements(response, "nav", cls="sections")[0]["links"]
    ids = {e["attrs"].get("id") for tag in ("h2", "section") for e in elements(response, tag)}
    assert {link.removeprefix("#") for link in links} <= ids
    assert texts(response, "nav", cls="sections") == [
        "기본 글 추진분과 1 다른 이름 1 추진방법과 경과 5 표 0 민·관 협력체계 5 추진 단계 7 성과지표 4 사업을 다룬 회의 0 예산 줄 4 변경 기록"
    ]


def test_saving_what_the_page_shows_changes_nothing_but_the_count_of_edits(client_as, project):
    client = client_as("secretariat")
    before = {
        m: list(m.objects.order_by("pk").values()) for m in (Partner, Stage, Indicator, ProjectPart, ProjectTable)
    }
    history = Stage.history.count() + Partner.history.count() + Indicator.history.count()
    url, data = open_form(client, project)
    response = client.post(url, data)
    assert (response.status_code, response.url) == (302, admin_url(Project))
    assert {m: list(m.objects.order_by("pk").values()) for m in before} == before
    assert Stage.history.count() + Partner.history.count() + Indicator.history.count() == history
    assert Project.objects.get(pk=project.pk).edit_version == project.edit_version + 1


@pytest.mark.parametrize("number", range(1, 18))
def test_every_loaded_project_can_be_saved_as_shown(client_as, loaded, number):
    client = client_as("secretariat")
    project = loaded.projects.get(number=number)
    url, data = open_form(client, project)
    assert client.post(url, data).status_code == 302


def test_a_field_and_rows_are_saved_together(client_as, project, django_capture_on_commit_callbacks):
    client = client_as("secretariat")
    url, data = open_form(client, project)
    data["place"] = "금천구청"
    add_row(data, "stages", title="마무리", order="")
    add_row(
        data,
        "indicators",
        order="",
        phase="성과평가",
        objective="돌봄",
        name="만족도",
        target_text="80% 이상",
        combine="",
    )
    data["stages-0-DELETE"] = "on"
    gone = data["stages-0-id"]
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url, data).status_code == 302
    project.refresh_from_db()
    assert project.place == "금천구청"
    assert not Stage.objects.filter(pk=gone).exists()
    assert project.stages.get(title="마무리").order == 8
    added = project.indicators.get(name="만족도")
    assert (added.order, added.comparator, added.unit, added.combine) == (5, ">=", "%", "share")
    # The stored counts follow on commit.
    assert IndicatorRollup.objects.get(project=project).indicators == 5


def test_rows_may_swap_their_numbers_in_one_save(client_as, project):
    client = client_as("secretariat")
    first, second = project.stages.all()[:2]
    url, data = open_form(client, project)
    data["stages-0-order"], data["stages-1-order"] = "2", "1"
    assert client.post(url, data).status_code == 302
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.order, second.order) == (2, 1)
    # The history knows only where the row was and where it went.
    assert list(first.history.values_list("order", flat=True)[:2]) == [2, 1]


def test_a_row_may_take_the_number_of_a_deleted_one(client_as, project):
    client = client_as("secretariat")
    url, data = open_form(client, project)
    data["stages-0-DELETE"], data["stages-1-order"] = "on", "1"
    assert client.post(url, data).status_code == 302
    assert list(project.stages.values_list("order", flat=True)) == [1, 3, 4, 5, 6, 7]


def test_one_number_twice_is_an_error_at_the_row(client_as, project):
    client = client_as("secretariat")
    url, data = open_form(client, project)
    data["stages-1-order"] = "1"
    response = client.post(url, data)
    assert errors_of(response) == {"stages-1-order": ["1번이 두 번 쓰였습니다."]}
    assert list(project.stages.values_list("order", flat=True)) == [1, 2, 3, 4, 5, 6, 7]


def test_methods_are_numbered_by_kind(client_as, project):
    client = client_as("secretariat")
    url, data = open_form(client, project)
    add_row(data, "parts", kind="case", order="1", title="다른 구의 사례")
    assert client.post(url, data).status_code == 302
    assert project.parts.get(kind="case").order == 1


def test_a_table_is_typed_as_cells(client_as, project):
    client = client_as("secretariat")
    url, data = open_form(client, project)
    add_row(data, "tables", order="", title="대상", columns="구분 | 2019 | 2020", rows="돌봄|10|20\r\n\r\n학교 | 3 | 4")
    assert client.post(url, data).status_code == 302
    table = project.tables.get()
    assert (table.columns, table.rows) == (["구분", "2019", "2020"], [["돌봄", "10", "20"], ["학교", "3", "4"]])


def test_a_table_with_a_cell_too_few_is_refused(client_as, project):
    client = client_as("secretariat")
    url, data = open_form(client, project)
    add_row(data, "tables", order="", title="대상", columns="구분 | 2019", rows="돌봄|10|20")
    assert errors_of(client.post(url, data)) == {"tables-0-rows": ["행마다 열의 수만큼 칸이 있어야 합니다."]}


def test_a_project_keeps_its_plan(client_as, project):
    url, data = open_form(client_as("secretariat"), project)
    assert "plan" not in data
    client_as("secretariat").post(url, data | {"plan": "9999"})
    assert Project.objects.get(pk=project.pk).plan_id == project.plan_id


# --- who may ---
def test_an_officer_changes_the_own_departments_project(client_as, own):
    client = client_as("officer")
    url, data = open_form(client, own)
    # Bodies and aliases are the secretariat's: the page shows them without fields.
    assert not [name for name in data if name.startswith(("project_bodies-0-body", "aliases-0-name"))]
    data["place"] = "구청 대강당"
    assert client.post(url, data).status_code == 302
    own.refresh_from_db()
    assert own.place == "구청 대강당"
    assert list(own.project_bodies.values_list("order", flat=True)) == [1, 2]


def test_an_officer_only_sees_another_departments_project(client_as, users, project):
    client = client_as("officer")
    response = client.get(admin_url(Project, "change", project.pk))
    shown = [e for tag in ("input", "select", "textarea") for e in elements(response, tag)]
    assert [e["attrs"]["name"] for e in shown if e["attrs"].get("name", "").endswith(("name", "title", "place"))] == []
    assert texts(response, "p", cls="view-only") == [
        "볼 수만 있는 화면입니다. 이 사업은 주무부서의 담당자와 협치추진단만 고칩니다."
    ]
    _, data = open_form(client_as("secretariat"), project)
    assert client.post(admin_url(Project, "change", project.pk), data | {"place": "몰래"}).status_code == 403
    project.refresh_from_db()
    assert project.place == ""


def test_an_officer_loses_a_project_with_the_departments_lead(client_as, own):
    own.partners.filter(side="주무부서").update(department=Department.objects.get(name="도로과"))
    assert client_as("officer").post(admin_url(Project, "change", own.pk), {}).status_code == 403


def test_a_partner_that_is_no_lead_opens_nothing(client_as, users, project):
    project.partners.filter(side="협업부서").update(department=Department.objects.get(name="마을자치과"))
    assert client_as("officer").post(admin_url(Project, "change", project.pk), {}).status_code == 403


def test_an_officer_adds_rows_only_to_own_projects(client_as, own, project):
    client = client_as("officer")
    data = {"project": own.pk, "order": 9, "title": "새 단계", "kind": "", "when": "", "tasks": "", "source": ""}
    assert client.post(admin_url(Stage, "add"), data).status_code == 302
    assert own.stages.get(order=9).title == "새 단계"
    own.refresh_from_db()
    assert own.edit_version == 1
    response = client.post(admin_url(Stage, "add"), data | {"project": project.pk})
    assert list(errors_of(response)) == ["project"]
    assert not project.stages.filter(title="새 단계").exists()


def test_the_choice_of_projects_offers_an_officer_the_own_ones(client_as, loaded):
    query = {"app_label": "projects", "model_name": "stage", "field_name": "project", "term": ""}
    url = reverse("admin:autocomplete")
    names = [r["text"][:2] for r in client_as("officer").get(url, query).json()["results"]]
    assert names == ["1.", "2.", "3.", "6.", "15", "17"]
    assert len(client_as("secretariat").get(url, query).json()["results"]) == 17


def test_a_row_never_changes_its_project(client_as, own, project):
    client = client_as("officer")
    stage = own.stages.first()
    url = admin_url(Stage, "change", stage.pk)
    data = form_data(client.get(url), Stage)
    assert "project" not in data
    assert client.post(url, data | {"project": project.pk, "title": "바뀐 제목"}).status_code == 302
    stage.refresh_from_db()
    assert (stage.project_id, stage.title) == (own.pk, "바뀐 제목")


def test_deleting_rows_counts_as_an_edit(client_as, project):
    client = client_as("secretariat")
    first, second = project.stages.all()[:2]
    assert client.post(admin_url(Stage, "delete", first.pk), {"post": "yes"}).status_code == 302
    data = {"action": "delete_selected", "_selected_action": [second.pk], "post": "yes"}
    assert client.post(admin_url(Stage), data).status_code == 302
    assert project.stages.count() == 5
    project.refresh_from_db()
    assert project.edit_version == 2


def test_an_officer_cannot_delete_rows_of_others_in_a_list(client_as, users, project, own):
    data = {"action": "delete_selected", "_selected_action": [project.stages.first().pk], "post": "yes"}
    assert client_as("officer").post(admin_url(Stage), data).status_code == 403
    assert project.stages.count() == 7


def test_a_project_with_money_is_not_deleted_and_says_why(client_as, project):
    client = client_as("secretariat")
    response = client.get(admin_url(Project, "delete", project.pk))
    assert "보호되는 것이 있어 지울 수 없습니다" in response.content.decode()
    assert {text.split(":")[0] for text in texts(response, "li") if ":" in text} == {
        "예산 줄",
        "판의 사업별 총액",
        "제안",
        "선택지",
        "행사",
    }
    assert client.post(admin_url(Project, "delete", project.pk), {"post": "yes"}).status_code == 200
    assert Project.objects.filter(pk=project.pk).exists()


def test_a_bare_project_is_deleted_with_its_stored_counts(client_as, loaded):
    bare = Project.objects.create(plan=loaded, number=90, name="빈 사업", group=loaded.groups.first())
    rollups.refresh(loaded)
    assert IndicatorRollup.objects.filter(project=bare).exists()
    assert client_as("secretariat").post(admin_url(Project, "delete", bare.pk), {"post": "yes"}).status_code == 302
    assert not Project.objects.filter(pk=bare.pk).exists()


# --- lists ---
def cells(response, name):
    return [text for cls in ("td", "th") for text in texts(response, cls, cls=f"field-{name}")]


def test_the_project_list_shows_lines_totals_checks_and_indicators(client_as, loaded):
    response = client_as("secretariat").get(admin_url(Project))
    assert cells(response, "line_count")[:3] == ["20", "10", "6"]
    assert cells(response, "line_total")[:3] == ["264,364,000원", "70,500,000원", "12,500,000원"]
    assert set(cells(response, "line_check")) <= {"맞음", "산출식 없음"}
    assert cells(response, "indicator_count")[:3] == ["8", "7", "4"]
    assert cells(response, "leads")[3] == "교육지원과"


def test_the_project_list_says_which_has_no_lines(client_as, loaded):
    Project.objects.create(plan=loaded, number=90, name="빈 사업", group=loaded.groups.first())
    client = client_as("secretariat")
    response = client.get(admin_url(Project), {"lines": "none"})
    assert cells(response, "name") == ["빈 사업"]
    assert cells(response, "line_check") == ["줄 없음"]
    assert len(cells(client.get(admin_url(Project), {"lines": "some"}), "name")) == 17


def test_own_projects_filter_is_the_officers(client_as, loaded):
    response = client_as("officer").get(admin_url(Project), {"own": "1"})
    assert cells(response, "number") == ["1", "2", "3", "6", "15", "17"]


@pytest.mark.parametrize(
    "query", [{"lead": "x"}, {"lead": "999999999999999999999"}, {"own": "7"}, {"lines": "<script>"}]
)
def test_a_nonsense_filter_value_is_no_error(client_as, loaded, query):
    assert client_as("officer").get(admin_url(Project), query).status_code == 200


def test_search_finds_a_project_by_another_name(client_as, loaded):
    project = loaded.projects.filter(aliases__isnull=False).first()
    response = client_as("secretariat").get(admin_url(Project), {"q": project.aliases.first().name})
    assert cells(response, "name") == [project.name]
