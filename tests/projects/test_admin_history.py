"""History pages: who changed what, when, from what to what."""

import pytest

from budgets.models import BudgetItem, BudgetLine, BudgetVersion
from councils.models import Body, Meeting
from geumcheon.lib.admin_parts import admin_url
from projects.models import Indicator, Partner, Plan, Project, Stage
from tests.admin_data import form_data
from tests.html import queries, texts

TRACKED = [Plan, Project, Partner, Stage, Indicator, BudgetLine, BudgetVersion, Body, Meeting]


def edit(client, row, **fields):
    url = admin_url(type(row), "change", row.pk)
    assert client.post(url, form_data(client.get(url), type(row)) | fields).status_code == 302


def told(client, row):
    """[(who, [rows of the table])] of the history page, newest first."""
    response = client.get(admin_url(type(row), "history", row.pk))
    assert response.status_code == 200
    return [
        (m.who, [(e.kind, e.model, e.row, [(c.label, c.old, c.new) for c in e.changes]) for e in m.listed])
        for m in response.context["page"]
    ]


@pytest.mark.parametrize("model", TRACKED)
def test_every_tracked_model_has_a_history_page_that_names_the_load(client_as, loaded, model):
    response = client_as("officer").get(admin_url(model, "history", model.objects.first().pk))
    assert texts(response, "span", cls="who") == ["자료 불러오기"]
    assert "만듦" in texts(response, "section", cls="moment")[0]


@pytest.mark.parametrize(
    ("model", "field", "label"),
    [
        (Plan, "title", "제목"),
        (Stage, "title", "제목"),
        (Indicator, "name", "성과지표"),
        (Partner, "name", "이름"),
        (BudgetLine, "description", "내역"),
        (BudgetVersion, "title", "제목"),
        (Body, "vision", "비전"),
        (Meeting, "place", "장소"),
    ],
)
def test_a_change_is_told_with_field_from_to_and_who(client_as, loaded, model, field, label):
    client, row = client_as("secretariat"), model.objects.first()
    was = getattr(row, field)
    edit(client, row, **{field: "고친 값"})
    who, events = told(client, row)[0]
    assert who == "secretariat"
    assert [event[3] for event in events] == [[(label, was, "고친 값")]]


def test_the_page_of_a_project_tells_its_rows_too(client_as, loaded):
    client, project = client_as("secretariat"), loaded.projects.get(number=4)
    line = project.lines.get(order=2)
    other = BudgetItem.objects.exclude(pk=line.item_id).first()
    edit(client, project, place="복지관", **{
        "stages-0-title": "첫 단계", "stages-6-DELETE": "on",
        "lines-1-amount_krw": "600,000", "lines-1-override_reason": "단가 변경", "lines-1-item": other.pk,
    })  # fmt: skip
    who, events = told(client, project)[0]
    assert who == "secretariat"
    assert sorted(events) == sorted(
        [
            ("고침", "사업", project.name, [("장소", "", "복지관")]),
            ("고침", "추진 단계", "첫 단계", [("제목", "계획공론장 개최", "첫 단계")]),
            ("지움", "추진 단계", "주민 활동", []),
            (
                "고침",
                "예산 줄",
                "공론장 개최",
                [
                    ("통계목", str(line.item), str(other)),
                    ("금액(원)", "500,000원", "600,000원"),
                    ("금액이 다른 까닭", "", "단가 변경"),
                ],
            ),
        ]
    )


def test_of_a_long_text_only_the_lines_that_differ_are_told(client_as, loaded):
    client, plan = client_as("secretariat"), loaded
    lines = plan.background.splitlines()
    edit(client, plan, background="\r\n".join([*lines[:-1], "새 마지막 줄"]))
    assert told(client, plan)[0][1][0][3] == [("수립 배경", lines[-1], "새 마지막 줄")]


def test_a_save_that_changed_nothing_is_not_told(client_as, loaded):
    client, project = client_as("secretariat"), loaded.projects.get(number=4)
    edit(client, project)
    assert [who for who, _ in told(client, project)] == ["자료 불러오기"]


def test_scripts_in_old_values_come_out_as_text(client_as, loaded):
    client, plan = client_as("secretariat"), loaded
    edit(client, plan, title="<script>alert(1)</script>")
    response = client.get(admin_url(Plan, "history", plan.pk))
    assert "<script>alert" not in response.content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in response.content.decode()


def test_the_history_costs_the_same_with_one_and_with_three_changes(client_as, loaded):
    client, project = client_as("secretariat"), loaded.projects.get(number=4)
    url = admin_url(Project, "history", project.pk)
    edit(client, project, **{"partners-0-department": ""})
    one = queries(client, url)
    for name in ("partners-1-name", "stages-1-title", "lines-1-description"):
        edit(client, project, **{name: "다름"})
    assert queries(client, url) == one


def test_there_is_no_page_that_would_bring_an_old_version_back(client_as, loaded):
    url = admin_url(Plan, "history", loaded.pk) + f"{loaded.history.latest().pk}/"
    assert client_as("secretariat").post(url, {}).status_code in (302, 404)
    assert client_as("secretariat").get(url).status_code in (302, 404)


def test_nothing_is_told_of_a_row_that_does_not_exist(client_as, loaded):
    assert client_as("secretariat").get(admin_url(Plan, "history", 999999)).status_code == 302


def test_people_without_an_office_read_no_history(client_as, loaded):
    assert client_as("member").get(admin_url(Plan, "history", loaded.pk)).status_code == 302
