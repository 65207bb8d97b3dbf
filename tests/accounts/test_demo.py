"""Demo accounts: one per role, with DEBUG only."""

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.management import CommandError, call_command
from django.test import Client

from geumcheon.accounts.models import Department, Role, User
from geumcheon.management.commands.make_demo import PASSWORD

NAMES = {
    "demo-member": ("시연 위원", Role.MEMBER, False),
    "demo-officer": ("시연 담당자", Role.OFFICER, True),
    "demo-resident": ("시연 주민", Role.RESIDENT, False),
    "demo-secretariat": ("시연 추진단", Role.SECRETARIAT, True),
}


@pytest.fixture
def debug(loaded, settings):
    settings.DEBUG = True


def demo_rows():
    return list(User.objects.filter(is_demo=True).order_by("username").values())


def test_makes_one_account_per_role(debug, capsys):
    call_command("make_demo")
    made = {user.username: (user.name, user.role, user.is_staff) for user in User.objects.filter(is_demo=True)}
    assert made == NAMES
    officer = User.objects.get(username="demo-officer")
    departments = Department.objects.filter(pk__in=officer.department_ids()).order_by("name")
    assert [department.name for department in departments] == ["교육지원과", "마을자치과"]
    assert capsys.readouterr().out.splitlines()[1:] == [
        f"  demo-resident     {PASSWORD}  주민",
        f"  demo-member       {PASSWORD}  위원",
        f"  demo-officer      {PASSWORD}  부서 담당자",
        f"  demo-secretariat  {PASSWORD}  협치추진단",
    ]


def test_second_run_changes_nothing_and_hashes_once(debug, monkeypatch):
    call_command("make_demo")
    before = demo_rows()
    hashed = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: hashed.append(1) or encode(*args))
    call_command("make_demo")
    assert demo_rows() == before
    assert len(hashed) == 1
    assert User.objects.get(username="demo-officer").assignments.count() == 2


def test_second_run_repairs_what_was_changed(debug):
    call_command("make_demo")
    before = demo_rows()
    User.objects.filter(is_demo=True).update(role=Role.RESIDENT, is_active=False, name="x", password="!")
    call_command("make_demo")
    after = demo_rows()
    for row in (*before, *after):
        del row["password"]
    assert after == before
    assert User.objects.get(username="demo-member").check_password(PASSWORD)


def test_refuses_without_debug(loaded):
    with pytest.raises(CommandError, match="DEBUG=1") as error:
        call_command("make_demo")
    assert error.value.returncode == 1
    assert demo_rows() == []


def test_refuses_a_name_somebody_else_has(debug):
    User.objects.create_user("demo-member", "real@example.org", "진짜-사람-암호-1")
    with pytest.raises(CommandError, match="시연 계정이 아닌 사람"):
        call_command("make_demo")
    assert demo_rows() == []
    assert User.objects.get(username="demo-member").check_password("진짜-사람-암호-1")


def test_says_what_is_missing_before_the_plan_is_loaded(debug):
    Department.objects.filter(name="교육지원과").update(name="다른 과")
    with pytest.raises(CommandError, match="교육지원과"):
        call_command("make_demo")


@pytest.mark.parametrize("username", NAMES)
def test_demo_account_signs_in_with_debug_only(debug, settings, sign_in, username):
    call_command("make_demo")
    client = Client()
    assert sign_in(client, username, PASSWORD).url == "/"
    path, status = ("/admin/", 200) if NAMES[username][2] else ("/accounts/password/change/", 200)
    assert client.get(path).status_code == status
    settings.DEBUG = False
    assert client.get(path).status_code == 302  # a session from before ends
    other = Client()
    assert sign_in(other, username, PASSWORD).url == "/accounts/inactive/"
    assert SESSION_KEY not in other.session
    assert other.post("/admin/login/", {"username": username, "password": PASSWORD}).status_code in (200, 302)
    assert SESSION_KEY not in other.session
