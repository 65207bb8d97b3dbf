"""Two people save one project: the second is refused, loses nothing, sees the differences and may save again on purpose."""

import threading

import pytest
from django.db import connection, connections, transaction
from django.test import Client

from budgets.models import BudgetLine
from geumcheon.accounts.models import Role, User
from geumcheon.lib.admin_parts import admin_url
from projects import actions
from projects.models import Project, Stage
from tests.admin_data import add_row, errors_of, form_data
from tests.html import elements, texts

STALE = "이 사업을 그사이 다른 사람이 저장했습니다. 차이를 살펴보고 다시 저장해 주세요. 적은 내용은 그대로 있습니다."


@pytest.fixture
def project(loaded):
    return loaded.projects.get(number=1)


@pytest.fixture
def first(client_as):
    return client_as("secretariat")


@pytest.fixture
def second(client_as):
    return client_as("officer")


def open_form(client, project):
    return form_data(client.get(admin_url(Project, "change", project.pk)), Project)


def save(client, project, data):
    return client.post(admin_url(Project, "change", project.pk), data)


def differences(response):
    """[(place, saved, mine, changed by)] of the table the second is shown."""
    table = elements(response, "section", cls="conflict")
    assert len(table) == 1
    conflict = response.context["conflict"]
    shown = texts(response, "section", cls="conflict")[0]
    for difference in conflict.differences:
        assert all(" ".join(part.split()) in shown for part in (difference.place, difference.saved, difference.mine))
    return [(d.place, d.saved, d.mine, d.changed_by) for d in conflict.differences]


def test_the_second_is_refused_and_told_who_saved_what_when(first, second, project, users):
    mine = open_form(second, project)
    theirs = open_form(first, project)
    assert save(first, project, theirs | {"place": "구청", "goals": "첫째\r\n둘째"}).status_code == 302
    response = save(second, project, mine | {"place": "복지관", "period": "2021.3.~12."})
    assert response.status_code == 200
    assert errors_of(response) == {"__all__": [STALE]}
    goals = project.goals
    assert differences(response) == [
        ("사업추진시기", "2021.1.~12.", "2021.3.~12.", "나"),
        ("장소", "구청", "복지관", "둘 다"),
        ("사업목표", "첫째\n둘째", goals.replace("\n", "\r\n"), "다른 사람"),
    ]
    assert response.context["conflict"].who == "secretariat"
    assert response.context["conflict"].when == Project.history.filter(id=project.pk).latest().history_date
    project.refresh_from_db()
    assert (project.place, project.period) == ("구청", "2021.1.~12.")


def test_nothing_typed_is_lost_and_a_second_save_is_on_purpose(first, second, project):
    mine = open_form(second, project) | {"place": "복지관", "stages-0-title": "고친 단계"}
    index = add_row(mine, "lines", order="", item=str(BudgetLine.objects.first().item_id), description="새 줄", formula="1,000원×3명",
                    amount_krw="3,000", funding="시비")  # fmt: skip
    assert save(first, project, open_form(first, project) | {"place": "구청"}).status_code == 302
    response = save(second, project, mine)
    kept = form_data(response, Project)
    assert kept["edit_version"] == "1"
    changing = {"edit_version", "csrfmiddlewaretoken"}
    assert {name: kept[name] for name in mine.keys() - changing} == {
        name: mine[name] for name in mine.keys() - changing
    }
    assert kept[f"lines-{index}-description"] == "새 줄"
    again = form_data(response, Project)
    assert save(second, project, again).status_code == 302
    project.refresh_from_db()
    assert (project.place, project.edit_version) == ("복지관", 2)
    assert project.stages.first().title == "고친 단계"
    assert project.lines.get(description="새 줄").amount_krw == 3000


def test_a_third_save_in_between_is_refused_again(first, second, project):
    mine = open_form(second, project)
    assert save(first, project, open_form(first, project) | {"place": "가"}).status_code == 302
    again = form_data(save(second, project, mine), Project)
    assert save(first, project, open_form(first, project) | {"place": "나"}).status_code == 302
    response = save(second, project, again)
    assert errors_of(response) == {"__all__": [STALE]}
    assert form_data(response, Project)["edit_version"] == "2"


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999", "\x00", None])
def test_a_missing_or_wrong_version_counts_as_stale(first, project, version):
    data = open_form(first, project) | {"place": "몰래"}
    data.pop("edit_version")
    response = save(first, project, data if version is None else data | {"edit_version": version})
    assert response.status_code == 200
    assert STALE in errors_of(response)["__all__"]
    project.refresh_from_db()
    assert project.place == ""


# --- rows ---
def test_rows_another_changed_are_in_the_table(first, second, project):
    mine = open_form(second, project)
    theirs = open_form(first, project) | {"stages-0-title": "첫 사람의 제목", "lines-5-amount_krw": "6,000,000",
                                          "lines-5-override_reason": "단가를 낮춤"}  # fmt: skip
    assert save(first, project, theirs).status_code == 302
    response = save(second, project, mine | {"stages-1-title": "둘째 사람의 제목"})
    stage, other = project.stages.all()[:2]
    line = project.lines.get(order=6)
    assert differences(response) == [
        (f"추진 단계 ‘{stage}’: 제목", "첫 사람의 제목", "정례회", "다른 사람"),
        (f"추진 단계 ‘{other}’: 제목", "분과회의", "둘째 사람의 제목", "나"),
        (f"예산 줄 ‘{line}’: 금액(원)", "6,000,000", "7,000,000", "다른 사람"),
        (f"예산 줄 ‘{line}’: 금액이 다른 까닭", "단가를 낮춤", "(비어 있음)", "다른 사람"),
    ]


def test_a_row_another_added_is_shown_and_stays(first, second, project):
    mine = open_form(second, project)
    theirs = open_form(first, project)
    add_row(theirs, "stages", order="", title="첫 사람의 단계")
    assert save(first, project, theirs).status_code == 302
    response = save(second, project, mine)
    assert differences(response) == [
        ("추진 단계 ‘7단계 첫 사람의 단계’", "새로 생김", "없음(저장해도 그대로 남습니다)", "다른 사람")
    ]
    assert save(second, project, form_data(response, Project)).status_code == 302
    assert project.stages.filter(title="첫 사람의 단계").exists()


def test_both_add_a_row_and_both_stay(first, second, project):
    mine, theirs = open_form(second, project), open_form(first, project)
    add_row(theirs, "stages", order="", title="첫 사람의 단계")
    add_row(mine, "stages", order="", title="둘째 사람의 단계")
    assert save(first, project, theirs).status_code == 302
    assert save(second, project, form_data(save(second, project, mine), Project)).status_code == 302
    assert list(project.stages.filter(order__gt=6).values_list("order", "title")) == [
        (7, "첫 사람의 단계"),
        (8, "둘째 사람의 단계"),
    ]


def test_a_row_another_deleted_is_kept_as_typed_and_comes_back(first, second, project):
    """The deleted row stands among others: what the second typed in it, and in the rows after it, stays with its row."""
    mine = open_form(second, project) | {"stages-1-title": "내가 고친 둘째", "stages-2-title": "내가 고친 셋째"}
    source = project.stages.get(order=2).source
    assert save(first, project, open_form(first, project) | {"stages-1-DELETE": "on"}).status_code == 302
    response = save(second, project, mine)
    third = project.stages.get(order=3)
    assert differences(response) == [
        (f"추진 단계 ‘{third}’: 제목", third.title, "내가 고친 셋째", "나"),
        ("추진 단계 (새 줄)", "(비어 있음)", f"내가 고친 둘째 · {source}", ""),
    ]
    assert save(second, project, form_data(response, Project)).status_code == 302
    assert list(project.stages.values_list("order", "title"))[:3] == [
        (1, "정례회"),
        (2, "내가 고친 둘째"),
        (3, "내가 고친 셋째"),
    ]


def test_a_row_i_delete_is_in_the_table(first, second, project):
    mine = open_form(second, project) | {"lines-0-DELETE": "on"}
    line = project.lines.first()
    assert save(first, project, open_form(first, project)).status_code == 302
    response = save(second, project, mine)
    assert differences(response) == [(f"예산 줄 ‘{line}’", "있음", "지움", "나")]
    assert save(second, project, form_data(response, Project)).status_code == 302
    assert not project.lines.filter(pk=line.pk).exists()


@pytest.mark.parametrize("model", [Stage, BudgetLine])
def test_a_save_of_one_row_alone_makes_the_projects_page_stale(first, second, project, model):
    mine = open_form(second, project)
    row = model.objects.filter(project=project).first()
    url = admin_url(model, "change", row.pk)
    name = "title" if model is Stage else "description"
    assert first.post(url, form_data(first.get(url), model) | {name: "따로 고침"}).status_code == 302
    response = save(second, project, mine)
    assert [d[1:] for d in differences(response)] == [("따로 고침", getattr(row, name), "다른 사람")]


def test_two_people_save_one_row(first, second, project):
    line = project.lines.get(order=6)
    url = admin_url(BudgetLine, "change", line.pk)
    mine = form_data(second.get(url), BudgetLine) | {"description": "둘째"}
    assert first.post(url, form_data(first.get(url), BudgetLine) | {"description": "첫째"}).status_code == 302
    response = second.post(url, mine)
    assert response.status_code == 200
    assert differences(response) == [("내역", "첫째", "둘째", "")]
    assert second.post(url, form_data(response, BudgetLine)).status_code == 302
    line.refresh_from_db()
    assert line.description == "둘째"


def test_a_row_saved_meanwhile_elsewhere_in_the_project_is_no_conflict_for_this_row(first, second, project):
    line, other = project.lines.get(order=6), project.lines.get(order=7)
    url, elsewhere = admin_url(BudgetLine, "change", line.pk), admin_url(BudgetLine, "change", other.pk)
    mine = form_data(second.get(url), BudgetLine) | {"description": "둘째"}
    assert first.post(elsewhere, form_data(first.get(elsewhere), BudgetLine)).status_code == 302
    assert second.post(url, mine).status_code == 302


def test_scripts_in_a_difference_come_out_as_text(first, second, project):
    mine = open_form(second, project) | {"place": "<script>alert(2)</script>"}
    assert save(first, project, open_form(first, project) | {"place": "<script>alert(1)</script>"}).status_code == 302
    response = save(second, project, mine)
    assert "<script>alert" not in response.content.decode()
    assert differences(response) == [("장소", "<script>alert(1)</script>", "<script>alert(2)</script>", "둘 다")]


def test_the_action_itself_refuses_an_old_version(loaded, project):
    actions.save_project(project=Project.objects.get(pk=project.pk), seen_version=0)
    with pytest.raises(actions.StaleProject):
        actions.save_project(project=project, seen_version=0)
    assert Project.objects.get(pk=project.pk).edit_version == 1


# --- real races ---
needs_row_locks = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="the test database of SQLite lives in one connection: threads need PostgreSQL"
)


@pytest.fixture
def people(transactional_db, loaded):
    made = [User.objects.create_user(f"office{i}", f"o{i}@example.org", "x", role=Role.SECRETARIAT) for i in range(2)]
    clients = [Client() for _ in made]
    for client, user in zip(clients, made, strict=True):
        client.force_login(user)
    return clients


def in_thread(function, results):
    def run():
        try:
            results.append(function())
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.postgres
@needs_row_locks
def test_of_two_saves_at_the_same_moment_one_wins(people, loaded):
    project = loaded.projects.get(number=1)
    forms = [open_form(client, project) | {"place": f"곳 {i}"} for i, client in enumerate(people)]
    barrier, results = threading.Barrier(2), []

    def post(client, data):
        barrier.wait(10)
        return save(client, project, data).status_code

    threads = [
        in_thread(lambda client=client, data=data: post(client, data), results)
        for client, data in zip(people, forms, strict=True)
    ]
    for thread in threads:
        thread.join(30)
    assert sorted(results) == [200, 302]
    project.refresh_from_db()
    assert project.edit_version == 1


@pytest.mark.postgres
@needs_row_locks
def test_a_save_waits_for_the_one_before_it_and_then_sees_it(people, loaded):
    project = loaded.projects.get(number=1)
    data, results = open_form(people[1], project) | {"place": "둘째"}, []
    with transaction.atomic():
        locked = actions.lock_project(project_id=project.pk)
        thread = in_thread(lambda: save(people[1], project, data), results)
        thread.join(1)
        assert thread.is_alive(), "the second save did not wait for the lock"
        locked.place = "첫째"
        actions.save_project(project=locked, seen_version=0)
    thread.join(30)
    assert differences(results[0]) == [("장소", "첫째", "둘째", "둘 다")]


@pytest.mark.postgres
@needs_row_locks
def test_a_row_alone_waits_for_the_projects_lock(people, loaded):
    project = loaded.projects.get(number=1)
    stage = project.stages.first()
    url, results = admin_url(Stage, "change", stage.pk), []
    data = form_data(people[1].get(url), Stage) | {"title": "따로"}
    with transaction.atomic():
        actions.lock_project(project_id=project.pk)
        thread = in_thread(lambda: people[1].post(url, data).status_code, results)
        thread.join(1)
        assert thread.is_alive(), "the row's save did not wait for the project's lock"
    thread.join(30)
    assert results == [302]
