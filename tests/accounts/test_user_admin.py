"""Users, departments and dongs in the admin: who may, and what nobody may."""

from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from geumcheon.accounts import actions
from geumcheon.accounts.models import (
    Department,
    DepartmentAlias,
    DepartmentAssignment,
    Dong,
    ExportJob,
    OutboxMessage,
    Role,
    User,
)
from geumcheon.lib import clock
from projects.models import Project

USERS = "/admin/accounts/user/"


def page_of(user):
    return f"{USERS}{user.pk}/change/"


def form_of(user, **changes):
    """What the change page would send for `user` without assignments."""
    data = {"username": user.username, "name": user.name, "email": user.email, "role": user.role}
    if user.is_active:
        data["is_active"] = "on"
    return data | {"assignments-TOTAL_FORMS": "0", "assignments-INITIAL_FORMS": "0"} | changes


def notices(response):
    return [str(message) for message in response.context["messages"]]


def test_secretariat_changes_name_role_and_activity(client_as, users):
    member = users["member"]
    data = form_of(member, name="이름 바꿈", role="resident")
    del data["is_active"]
    assert client_as("secretariat").post(page_of(member), data).status_code == 302
    member.refresh_from_db()
    assert (member.name, member.role, member.is_active) == ("이름 바꿈", Role.RESIDENT, False)


def test_nobody_changes_the_own_role_or_activity(client_as, users):
    own = users["secretariat"]
    client = client_as("secretariat")
    assert list(client.get(page_of(own)).context["adminform"].form.fields) == ["username", "name", "email"]
    data = form_of(own, name="새 이름", role="resident", is_superuser="on")
    del data["is_active"]
    assert client.post(page_of(own), data).status_code == 302
    own.refresh_from_db()
    assert (own.name, own.role, own.is_active, own.is_superuser) == ("새 이름", Role.SECRETARIAT, True, False)


@pytest.mark.parametrize("role", ["resident", "member", "officer"])
def test_others_cannot_raise_their_role(client_as, users, role):
    own = users[role]
    response = client_as(role).post(page_of(own), form_of(own, role="secretariat"))
    assert response.status_code == (403 if role == "officer" else 302)
    own.refresh_from_db()
    assert own.role == role


def test_password_and_rights_are_not_in_the_form(client_as, users):
    member = users["member"]
    client = client_as("secretariat")
    fields = list(client.get(page_of(member)).context["adminform"].form.fields)
    assert fields == ["username", "name", "email", "role", "is_active", "blocked_until", "blocked_reason"]
    before = member.password
    client.post(
        page_of(member), form_of(member, password="x", is_superuser="on", is_demo="on", last_login="2020-01-01")
    )
    member.refresh_from_db()
    assert (member.password, member.is_superuser, member.is_demo) == (before, False, False)


def test_superuser_is_changed_by_superusers_only(client_as, users):
    root = User.objects.create_superuser("root", "root@example.org", "뿌리-암호-2021")
    client = client_as("secretariat")
    assert client.get(page_of(root)).status_code == 200  # read only
    assert client.post(page_of(root), form_of(root, email="mine@example.org")).status_code == 403
    root.refresh_from_db()
    assert root.email == "root@example.org"
    client.force_login(root)
    data = form_of(root, email="mine@example.org")
    assert client.post(page_of(root), data).status_code == 302


def test_new_address_gets_the_reset_mail_and_the_old_one_none(client_as, users, committed):
    member = users["member"]
    with committed():
        Client().post("/accounts/password/reset/", {"email": member.email})
    mail.outbox.clear()
    client_as("secretariat").post(page_of(member), form_of(member, email="New@Example.org"))
    with committed():
        Client().post("/accounts/password/reset/", {"email": "member@example.org"})
        Client().post("/accounts/password/reset/", {"email": "new@example.org"})
    assert [message.to for message in mail.outbox] == [["new@example.org"]]


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"email": "Officer@Example.ORG"}, {"email": ["이미 쓰고 있는 전자우편 주소입니다."]}),
        ({"username": "Officer"}, {"username": ["이미 쓰고 있는 아이디입니다."]}),
        ({"email": "no address"}, {"email": ["올바른 이메일 주소를 입력하세요."]}),
    ],
)
def test_name_and_address_are_each_persons_own(client_as, users, changes, errors):
    member = users["member"]
    response = client_as("secretariat").post(page_of(member), form_of(member, **changes))
    assert response.context["adminform"].form.errors == errors


def test_own_name_in_other_case_may_be_saved(client_as, users):
    member = users["member"]
    assert client_as("secretariat").post(page_of(member), form_of(member, username="Member")).status_code == 302


def test_markup_in_a_name_is_text(client_as, users):
    member = users["member"]
    client = client_as("secretariat")
    client.post(page_of(member), form_of(member, name="<script>alert(1)</script>"))
    assert "<script>alert(1)" not in client.get(USERS).content.decode()
    assert "<script>alert(1)" not in client.get(page_of(member)).content.decode()


# --- leaving ------------------------------------------------------------------------------------------------------


def delete(client, user):
    return client.post(f"{USERS}{user.pk}/delete/", {"post": "yes"})


def test_account_made_by_mistake_may_be_deleted(client_as, users):
    assert delete(client_as("secretariat"), users["resident"]).status_code == 302
    assert not User.objects.filter(pk=users["resident"].pk).exists()


def test_secretariat_cannot_delete_itself(client_as, users):
    client = client_as("secretariat")
    User.objects.filter(pk=users["secretariat"].pk).update(last_login=None)  # no trace: it is for being oneself
    assert client.get(f"{USERS}{users['secretariat'].pk}/delete/").status_code == 403
    assert delete(client, users["secretariat"]).status_code == 403


def signed_in_once(user):
    Client().force_login(user)


def changed_a_project(user):
    project = Project.objects.first()
    project._history_user = user
    project.save()


def wrote_in_the_admin(user):
    LogEntry.objects.create(user=user, action_flag=2, object_repr="x")


@pytest.mark.parametrize("trace", [signed_in_once, changed_a_project, wrote_in_the_admin])
def test_who_left_a_trace_is_not_deleted(client_as, users, trace):
    officer = users["officer"]
    trace(officer)
    client = client_as("secretariat")
    assert delete(client, officer).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [officer.pk], "post": "yes"}
    client.post(USERS, chosen)
    assert User.objects.filter(pk=officer.pk).exists()


def test_superuser_is_not_deleted(client_as, users):
    root = User.objects.create_superuser("root", "root@example.org", "뿌리-암호-2021")
    assert delete(client_as("secretariat"), root).status_code == 403


def test_several_are_deleted_only_when_all_may_be(client_as, users):
    client = client_as("secretariat")
    chosen = {"action": "delete_selected", "_selected_action": [users["resident"].pk, users["secretariat"].pk]}
    client.post(USERS, chosen | {"post": "yes"})
    assert User.objects.filter(pk__in=chosen["_selected_action"]).count() == 2
    chosen["_selected_action"] = [users["resident"].pk, users["member"].pk]
    client.post(USERS, chosen | {"post": "yes"})
    assert User.objects.filter(pk__in=chosen["_selected_action"]).count() == 0


# --- assignments in the admin -------------------------------------------------------------------------------------


def rows(*assignments, initial=0):
    """Form data of the assignments' rows: (id or "", department, starts_on, ends_before)."""
    data = {"assignments-TOTAL_FORMS": str(len(assignments)), "assignments-INITIAL_FORMS": str(initial)}
    for number, (pk, department, starts_on, ends_before) in enumerate(assignments):
        data |= {
            f"assignments-{number}-id": pk,
            f"assignments-{number}-department": department.pk,
            f"assignments-{number}-starts_on": starts_on,
            f"assignments-{number}-ends_before": ends_before,
        }
    return data


@pytest.fixture
def departments(loaded):
    return Department.objects.get(name="마을자치과"), Department.objects.get(name="교육지원과")


def formset_errors(response):
    (formset,) = response.context["inline_admin_formsets"]
    return [
        *formset.formset.non_form_errors(),
        *(e for form in formset.forms for es in form.errors.values() for e in es),
    ]


def test_officer_is_assigned_with_dates(client_as, users, departments):
    village, education = departments
    officer = users["officer"]
    kept = officer.assignments.get()
    data = rows((kept.pk, village, "2021-01-01", ""), ("", education, "2021-01-01", "2021-07-01"), initial=1)
    assert client_as("secretariat").post(page_of(officer), form_of(officer) | data).status_code == 302
    assert list(officer.assignments.order_by("pk").values_list("department__name", "ends_before")) == [
        ("마을자치과", None),
        ("교육지원과", clock.now().date().replace(2021, 7, 1)),
    ]


@pytest.mark.parametrize(
    ("first", "second", "refused"),
    [
        (("2021-01-01", "2021-07-01"), ("2021-06-30", ""), True),
        (("2021-06-30", ""), ("2021-01-01", "2021-07-01"), True),
        (("2021-01-01", "2022-01-01"), ("2021-03-01", "2021-04-01"), True),
        (("2021-01-01", "2021-07-01"), ("2021-07-01", ""), False),
    ],
)
def test_periods_of_one_department_do_not_overlap(client_as, users, departments, first, second, refused):
    village, _ = departments
    officer = users["officer"]
    officer.assignments.all().delete()
    data = rows(("", village, *first), ("", village, *second))
    response = client_as("secretariat").post(page_of(officer), form_of(officer) | data)
    assert (response.status_code, officer.assignments.count()) == ((200, 0) if refused else (302, 2))
    if refused:
        assert formset_errors(response) == ["마을자치과 배정의 기간이 겹칩니다. 앞선 배정을 먼저 끝내 주세요."]


def test_end_before_start_is_refused(client_as, users, departments):
    officer = users["officer"]
    data = rows(("", departments[1], "2021-07-01", "2021-07-01"))
    response = client_as("secretariat").post(page_of(officer), form_of(officer) | data)
    assert formset_errors(response) == ["종료일은 시작일보다 뒤여야 합니다."]


def test_impossible_day_is_refused(client_as, users, departments):
    officer = users["officer"]
    data = rows(("", departments[1], "2021-02-31", ""))
    response = client_as("secretariat").post(page_of(officer), form_of(officer) | data)
    assert formset_errors(response) == ["올바른 날짜를 입력하세요."]


ONLY_OFFICERS = "부서 배정은 역할이 ‘부서 담당자’인 사람에게만 합니다. 역할을 바꾸려면 배정을 먼저 끝내 주세요."


@pytest.mark.parametrize("ends_before", ["", "2199-12-31"])
@pytest.mark.parametrize("role", ["resident", "member", "secretariat"])
def test_only_officers_are_assigned(client_as, users, departments, role, ends_before):
    member = users["member"]
    data = form_of(member, role=role) | rows(("", departments[0], "2021-01-01", ends_before))
    response = client_as("secretariat").post(page_of(member), data)
    assert formset_errors(response) == [ONLY_OFFICERS]
    member.refresh_from_db()
    assert (member.role, member.assignments.count()) == (Role.MEMBER, 0)


def test_officer_with_an_open_assignment_keeps_the_role(client_as, users, departments):
    officer = users["officer"]
    kept = officer.assignments.get()
    data = form_of(officer, role="member") | rows((kept.pk, kept.department, "2021-01-01", ""), initial=1)
    client = client_as("secretariat")
    assert formset_errors(client.post(page_of(officer), data)) == [ONLY_OFFICERS]
    today = clock.today().isoformat()
    data = form_of(officer, role="member") | rows((kept.pk, kept.department, "2021-01-01", today), initial=1)
    assert client.post(page_of(officer), data).status_code == 302
    officer.refresh_from_db()
    assert (officer.role, officer.assignments.count()) == (Role.MEMBER, 1)


# --- lists --------------------------------------------------------------------------------------------------------


def more_users(number):
    user = User.objects.create_user(f"more{number}", f"more{number}@example.org", role=Role.OFFICER)
    for department in Department.objects.all()[:2]:
        actions.assign(user=user, department=department, starts_on=clock.today())


def more_departments(number):
    department = Department.objects.create(name=f"새 부서 {number}")
    DepartmentAlias.objects.create(department=department, name="다른 이름")


def more_dongs(number):
    Dong.objects.create(name=f"새 동 {number}", order=100 + number)


def more_messages(number):
    user = User.objects.create_user(f"reader{number}")
    OutboxMessage.objects.create(event=f"x:{number}", recipient="a@example.org", user=user, subject="x", body="x")


def more_jobs(number):
    user = User.objects.create_user(f"maker{number}")
    ExportJob.objects.create(kind="x", user=user, token=f"token{number}", expires_at=clock.now() + timedelta(days=1))


@pytest.mark.parametrize(
    ("path", "add"),
    [
        ("user", more_users),
        ("department", more_departments),
        ("dong", more_dongs),
        ("outboxmessage", more_messages),
        ("exportjob", more_jobs),
    ],
)
def test_lists_ask_as_often_for_three_rows_as_for_one(client_as, path, add):
    client = client_as("secretariat")
    counts = []
    for numbers in ((1,), (2, 3)):
        for number in numbers:
            add(number)
        client.get(f"/admin/accounts/{path}/")  # content types and the session are warm
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(f"/admin/accounts/{path}/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert counts[0] <= 12


@pytest.mark.parametrize(
    ("path", "word", "found"),
    [
        ("user", "officer@example.org", ["officer"]),
        ("department", "마을자치", ["마을자치과"]),
        ("dong", "가산", ["가산동"]),
    ],
)
def test_lists_can_be_searched(client_as, path, word, found):
    response = client_as("secretariat").get(f"/admin/accounts/{path}/", {"q": word})
    assert [str(row) for row in response.context["cl"].result_list] == found


def test_department_is_found_by_its_other_name(client_as):
    department = Department.objects.get(name="마을자치과")
    DepartmentAlias.objects.create(department=department, name="자치행정옛이름")
    response = client_as("secretariat").get("/admin/accounts/department/", {"q": "옛이름"})
    assert list(response.context["cl"].result_list) == [department]


def test_user_list_shows_departments_of_today(client_as, users, departments):
    DepartmentAssignment.objects.create(
        user=users["officer"], department=departments[1], starts_on="2021-01-01", ends_before="2021-07-01"
    )
    response = client_as("secretariat").get(USERS, {"q": "officer"})
    (row,) = response.context["cl"].result_list
    assert [assignment.department.name for assignment in row.current] == ["마을자치과"]
