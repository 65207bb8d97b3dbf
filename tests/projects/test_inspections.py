"""Inspections: teams without names, visits with clean photos, findings that go their way and never skip the line."""
# ruff: noqa: F811 - fixtures come by import

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from councils import member_actions
from councils.models import Person
from geumcheon.accounts.models import OutboxMessage, Role, User
from projects import inspection_actions
from projects.inspection_actions import move_finding, overdue_findings
from projects.models import Finding, Partner, PlanStatus, Side, TeamMember, Visit, VisitPhoto
from tests.admin_data import errors_of
from tests.projects.inspections import (  # noqa: F401 - with fixtures
    ASKED,
    TODAY,
    TOLD,
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
    told,
    year,
)
from tests.projects.test_evidence import an_indicator, result

pytestmark = pytest.mark.django_db


# --- the way of a finding ---
def test_a_finding_goes_from_notice_to_demand_to_action(finding, users):
    by = users["secretariat"]
    assert told(finding, by)
    assert asked(finding, by)
    assert acted(finding, by)
    finding.refresh_from_db()
    assert (finding.state, finding.notified_on, finding.demanded_on, finding.due_on, finding.acted_on) == (
        "done", TOLD, ASKED, date(2026, 2, 20), TODAY,
    )  # fmt: skip
    assert list(finding.history.order_by("history_id").values_list("state", "history_user__username")) == [
        ("found", None), ("notified", "secretariat"), ("demanded", "secretariat"), ("done", "secretariat"),
    ]  # fmt: skip


def test_the_same_state_again_is_nothing_new(finding, users):
    assert told(finding, users["secretariat"])
    assert not told(finding, users["secretariat"], on=TODAY)
    finding.refresh_from_db()
    assert finding.notified_on == TOLD
    assert finding.history.count() == 2


@pytest.mark.parametrize(
    "way", [("asked",), ("acted",), ("told", "acted", "asked"), ("told", "asked", "acted", "told")]
)
def test_a_step_out_of_turn_is_refused(finding, users, way):
    *before, last = [{"told": told, "asked": asked, "acted": acted}[step] for step in way]
    for step in before:
        step(finding, users["secretariat"])
    with pytest.raises(ValidationError, match="바꿀 수 없습니다"):
        last(finding, users["secretariat"])


@pytest.mark.parametrize(
    ("step", "fields", "field", "message"),
    [
        ("told", {"on": date(2026, 2, 1)}, "notified_on", "점검한 날"),
        ("told", {"on": date(2026, 3, 4)}, "notified_on", "아직 오지 않은"),
        ("told", {"on": None}, "notified_on", "통보한 날을"),
        ("asked", {"on": date(2026, 2, 4)}, "demanded_on", "통보한 날"),
        ("asked", {"on": date(2026, 3, 4), "due": date(2026, 4, 1)}, "demanded_on", "아직 오지 않은"),
        ("asked", {"due": date(2026, 2, 9)}, "due_on", "시정을 요구한 날보다"),
        ("asked", {"due": None}, "due_on", "언제까지"),
        ("acted", {"on": date(2026, 2, 9)}, "acted_on", "시정을 요구한 날"),
        ("acted", {"on": date(2026, 3, 4)}, "acted_on", "아직 오지 않은"),
        ("acted", {"action": " "}, "action", "무엇을 조치했는지"),
    ],
)
def test_days_out_of_order_and_missing_words_are_told_at_the_field(finding, users, step, fields, field, message):
    by, steps = users["secretariat"], {"told": told, "asked": asked, "acted": acted}
    for name, before in steps.items():
        if name == step:
            break
        before(finding, by)
    finding.refresh_from_db()
    state = finding.state
    with pytest.raises(ValidationError) as error:
        steps[step](finding, by, **fields)
    assert list(error.value.message_dict) == [field]
    assert message in error.value.message_dict[field][0]
    finding.refresh_from_db()
    assert finding.state == state


def test_the_same_day_and_a_due_day_to_come_are_kept(finding, users):
    by = users["secretariat"]
    assert told(finding, by, on=VISITED)
    assert asked(finding, by, on=VISITED, due=VISITED)
    assert acted(finding, by, on=VISITED)
    other = a_finding(finding.visit)
    assert told(other, by)
    assert asked(other, by, due=date(2026, 4, 1))


def test_no_department_is_told_at_the_field(finding, users):
    with pytest.raises(ValidationError) as error:
        move_finding(finding=finding, by=users["secretariat"], to="notified", department=None, notified_on=TOLD)
    assert error.value.message_dict == {"department": ["어느 부서에 알리는지 골라 주세요."]}


def test_who_may_move(finding, users, project):
    for role in ("officer", "member", "resident"):
        with pytest.raises(PermissionDenied):
            told(finding, users[role])
    told(finding, users["secretariat"])
    for role in ("officer", "member", "resident"):
        with pytest.raises(PermissionDenied):
            asked(finding, users[role])
    for role in ("member", "resident"):
        with pytest.raises(PermissionDenied):
            acted(finding, users[role])
    lead = project.partners.get()
    lead.department = office("공원녹지과")
    lead.save()
    with pytest.raises(PermissionDenied):
        acted(finding, users["officer"])
    lead.department = office()
    lead.save()
    assert acted(finding, users["officer"])


def test_the_departments_officers_are_mailed_once_per_step(finding, users):
    gone = User.objects.create_user("gone", "gone@example.org", role=Role.OFFICER)
    gone.assignments.create(department=office(), starts_on=date(2025, 1, 1), ends_before=date(2026, 1, 1))
    User.objects.create_user("elsewhere", "x@example.org", role=Role.OFFICER).assignments.create(
        department=office("공원녹지과"), starts_on=date(2026, 1, 1)
    )
    by = users["secretariat"]
    told(finding, by)
    told(finding, by)
    asked(finding, by)
    acted(finding, by)
    mails = OutboxMessage.objects.order_by("pk")
    assert [(m.event, m.recipient) for m in mails] == [
        (f"finding:{finding.pk}:notified", "officer@example.org"),
        (f"finding:{finding.pk}:demanded", "officer@example.org"),
    ]
    assert "손잡이가 흔들린다" in mails[0].body
    assert "2026. 2. 20.(금)까지" in mails[1].body
    assert f"/admin/projects/finding/{finding.pk}/change/" in mails[1].body


def test_a_refused_step_mails_nobody(finding, users):
    with pytest.raises(ValidationError):
        told(finding, users["secretariat"], on=date(2026, 3, 4))
    assert not OutboxMessage.objects.exists()


def test_overdue_is_what_is_late_and_not_done_for_the_own_departments(finding, users, project):
    by, officer = users["secretariat"], users["officer"]
    told(finding, by)
    asked(finding, by, due=date(2026, 3, 2))
    assert list(overdue_findings(officer, date(2026, 3, 2))) == []
    assert list(overdue_findings(officer, TODAY)) == [finding]
    assert list(overdue_findings(by, TODAY)) == [finding]
    assert list(overdue_findings(users["resident"], TODAY)) == []
    assert list(overdue_findings(users["member"], TODAY)) == []
    officer.assignments.update(department=office("공원녹지과"))
    assert list(overdue_findings(officer, TODAY)) == []
    project.plan.status = PlanStatus.CLOSED
    project.plan.save()
    assert list(overdue_findings(by, TODAY)) == []
    project.plan.status = PlanStatus.PUBLISHED
    project.plan.save()
    acted(finding, by)
    assert list(overdue_findings(by, TODAY)) == []


# --- the admin ---
def move_url(finding, to):
    return f"/admin/projects/finding/{finding.pk}/move/{to}/"


def test_the_secretariat_moves_a_finding_in_the_admin(finding, client_as):
    client = client_as("secretariat")
    page = client.get(f"/admin/projects/finding/{finding.pk}/change/").content.decode()
    assert move_url(finding, "notified") in page
    assert move_url(finding, "done") not in page
    page = client.get(move_url(finding, "notified")).content.decode()
    assert f'<option value="{office().pk}" selected>' in page
    response = client.post(move_url(finding, "notified"), {"department": office().pk, "notified_on": "2026-02-01"})
    assert response.context["form"].errors["notified_on"][0].startswith("점검한 날")
    response = client.post(move_url(finding, "notified"), {"notified_on": "2026-02-05"})
    assert response.context["form"].errors == {"department": ["어느 부서에 알리는지 골라 주세요."]}
    data = {"department": office().pk, "notified_on": "2026-02-05"}
    assert client.post(move_url(finding, "notified"), data).status_code == 302
    finding.refresh_from_db()
    assert (finding.state, finding.department) == ("notified", office())
    again = client.post(move_url(finding, "notified"), data, follow=True)
    assert "다른 사람이 이미" in again.content.decode()


def test_the_secretariat_is_told_when_nobody_could_be_mailed(finding, client_as):
    data = {"department": office("공원녹지과").pk, "notified_on": "2026-02-05"}
    page = client_as("secretariat").post(move_url(finding, "notified"), data, follow=True)
    assert "공원녹지과에 배정된 담당자가 없어" in page.content.decode()


def test_an_officer_only_acts_and_only_for_own_projects(finding, users, client_as, project):
    client = client_as("officer")
    assert client.post(move_url(finding, "notified"), {}).status_code == 403
    told(finding, users["secretariat"])
    page = client.get(f"/admin/projects/finding/{finding.pk}/change/").content.decode()
    assert move_url(finding, "done") in page
    assert move_url(finding, "demanded") not in page
    project.partners.all().delete()
    assert client.post(move_url(finding, "done"), {"acted_on": "2026-03-03", "action": "고침"}).status_code == 403
    Partner.objects.create(project=project, order=1, side=Side.LEAD, name="마을자치과", department=office())
    assert client.post(move_url(finding, "done"), {"acted_on": "2026-03-03", "action": "고침"}).status_code == 302
    finding.refresh_from_db()
    assert (finding.state, finding.action) == ("done", "고침")


def test_an_unknown_step_and_an_unknown_finding_are_no_error(finding, client_as):
    client = client_as("secretariat")
    assert client.get(move_url(finding, "found")).status_code == 403
    assert client.get(move_url(finding, "demanded")).status_code == 302
    assert client.get("/admin/projects/finding/999999/move/notified/").status_code == 302


def test_a_finding_that_was_told_is_not_deleted(finding, users, client_as):
    client, url = client_as("secretariat"), f"/admin/projects/finding/{finding.pk}/delete/"
    told(finding, users["secretariat"])
    assert client.post(url, {"post": "yes"}).status_code == 403
    other = a_finding(finding.visit)
    assert client.post(f"/admin/projects/finding/{other.pk}/delete/", {"post": "yes"}).status_code == 302
    assert list(Finding.objects.all()) == [finding]


def visit_data(team, **fields):
    blank = {"TOTAL_FORMS": "0", "INITIAL_FORMS": "0", "MIN_NUM_FORMS": "0", "MAX_NUM_FORMS": "1000"}
    data = {f"{prefix}-{name}": value for prefix in ("photos", "findings") for name, value in blank.items()}
    return data | {"team": team.pk, "on": "2026-03-01", "way": "on_site", "place": "안양천", "people": "4", **fields}


def photo_row(content, name="현장.jpg", alt="바닥을 살피는 모습"):
    file = SimpleUploadedFile(name, content, "image/jpeg")
    return {"photos-TOTAL_FORMS": "1", "photos-0-file": file, "photos-0-alt": alt}


def test_a_visits_photos_are_cleaned_and_told_in_words(project, client_as, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client, team, url = client_as("secretariat"), a_team(project), "/admin/projects/visit/add/"
    script = client.post(url, visit_data(team, **photo_row(b"<script>alert(1)</script>")))
    assert "사진으로 읽을 수 없는" in errors_of(script)["photos-0-file"][0]
    silent = client.post(url, visit_data(team, **photo_row(picture(), alt="")))
    assert list(errors_of(silent)) == ["photos-0-alt"]
    early = client.post(url, visit_data(team, on="2026-03-04"))
    assert errors_of(early) == {"on": ["아직 오지 않은 날입니다."]}
    assert not Visit.objects.exists()
    found = {"findings-TOTAL_FORMS": "1", "findings-0-text": "손잡이가 흔들린다"}
    assert client.post(url, visit_data(team, **photo_row(picture()), **found)).status_code == 302
    photo = VisitPhoto.objects.get()
    with Image.open(photo.file.path) as kept:
        assert (kept.size, kept.format, dict(kept.getexif())) == ((2000, 1000), "JPEG", {})
    assert "현장" not in photo.file.name
    assert Finding.objects.get().state == "found"


def test_a_deleted_photo_is_gone_from_the_disk_too(
    project, client_as, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    visits = [a_visit(a_team(project), on=VISITED) for _ in range(1)]
    first, second = [
        VisitPhoto.objects.create(visit=visits[0], alt="모습", file=ContentFile(picture(), "a.jpg")) for _ in range(2)
    ]
    client, url = client_as("secretariat"), f"/admin/projects/visit/{visits[0].pk}"
    rows = {
        "photos-TOTAL_FORMS": "2", "photos-INITIAL_FORMS": "2", "photos-0-id": first.pk, "photos-0-alt": "모습", "photos-0-DELETE": "on",
        "photos-1-id": second.pk, "photos-1-alt": "다른 말", "photos-0-visit": visits[0].pk, "photos-1-visit": visits[0].pk,
    }  # fmt: skip
    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(f"{url}/change/", visit_data(visits[0].team, **rows))
    assert response.status_code == 302, errors_of(response)
    assert list(VisitPhoto.objects.values_list("pk", "alt")) == [(second.pk, "다른 말")]
    assert [not first.file.storage.exists(first.file.name), second.file.storage.exists(second.file.name)] == [True] * 2
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{url}/delete/", {"post": "yes"})
    assert not Visit.objects.exists()
    assert not second.file.storage.exists(second.file.name)


def test_a_visit_never_moves_past_the_day_its_finding_was_told(finding, users, client_as):
    told(finding, users["secretariat"])
    client, visit = client_as("secretariat"), finding.visit
    url = f"/admin/projects/visit/{visit.pk}/change/"
    late = client.post(url, visit_data(visit.team, on="2026-02-06"))
    assert errors_of(late) == {"on": ["지적을 통보한 날(2026. 2. 5.(목))보다 뒤일 수 없습니다."]}
    assert client.post(url, visit_data(visit.team, on="2026-02-05")).status_code == 302


def test_officers_and_residents_write_no_visit(project, client_as):
    team = a_team(project)
    assert client_as("officer").post("/admin/projects/visit/add/", visit_data(team)).status_code == 403
    assert client_as("resident").post("/admin/projects/visit/add/", visit_data(team)).status_code == 302
    assert not Visit.objects.exists()


def test_a_visit_counts_for_the_indicator(project, client_as, django_capture_on_commit_callbacks):
    indicator, team = an_indicator(project, "1회 이상", "inspections"), a_team(project)
    with django_capture_on_commit_callbacks(execute=True):
        client_as("secretariat").post("/admin/projects/visit/add/", visit_data(team))
    assert (result(indicator).state, result(indicator).value) == ("reached", 1)
    with django_capture_on_commit_callbacks(execute=True):
        client_as("secretariat").post(
            "/admin/projects/visit/", {"action": "delete_selected", "_selected_action": [team.visits.get().pk], "post": "yes"}
        )  # fmt: skip
    assert result(indicator).value == 0 or result(indicator).state == "not_measured"


def member_data(team, *rows):
    data = {
        "kind": team.kind, "name": team.name, "source": "시험", "members-TOTAL_FORMS": len(rows), "members-INITIAL_FORMS": "0",
        "members-MIN_NUM_FORMS": "0", "members-MAX_NUM_FORMS": "1000",
    }  # fmt: skip
    for i, (person, starts_on, ends_before) in enumerate(rows):
        data |= {f"members-{i}-person": person.pk, f"members-{i}-starts_on": starts_on}
        data[f"members-{i}-ends_before"] = ends_before
    return data


def test_the_secretariat_names_the_members_and_nobody_twice_at_a_time(project, client_as):
    team, person = a_team(project), Person.objects.create(name="김살핌")
    client, url = client_as("secretariat"), f"/admin/projects/inspectionteam/{team.pk}/change/"
    twice = member_data(team, (person, "2026-01-01", ""), (person, "2026-02-01", ""))
    assert errors_of(client.post(url, twice)) == {
        "members": ["같은 사람의 기간이 겹칩니다. 앞선 기간을 먼저 끝내 주세요."]
    }
    again = member_data(team, (person, "2026-01-01", "2026-02-01"), (person, "2026-02-01", ""))
    assert client.post(url, again).status_code == 302
    assert TeamMember.objects.count() == 2
    assert "김살핌" in client.get(url).content.decode()
    seen = client_as("officer").get(url)
    assert seen.status_code == 200
    assert "김살핌" not in seen.content.decode()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_at_once_one_wins(finding, users):
    from tests.councils.test_meeting_races import at_once

    department = office()
    calls = [lambda: told(finding, users["secretariat"], department=department)] * 4
    assert sorted(at_once(*calls)) == [False, False, False, True]
    assert finding.history.count() == 2
    assert OutboxMessage.objects.count() == 1
    assert inspection_actions.officers_of(department).count() == 1


# --- forgetting ---------------------------------------------------------------------------------------------------


def test_people_of_a_team_are_forgotten_a_set_time_after_their_last_place(settings, year):
    settings.MEMBER_RETENTION_DAYS = 10
    team = a_team(year)
    gone, stays = (
        Person.objects.create(name=name, email=f"{n}@example.org") for n, name in enumerate(["간사람", "있는사람"])
    )
    TeamMember.objects.create(team=team, person=gone, starts_on=date(2026, 1, 1), ends_before=date(2026, 2, 1))
    TeamMember.objects.create(team=team, person=stays, starts_on=date(2026, 1, 1))
    noon = timezone.make_aware(timezone.datetime(2026, 2, 10, 12))
    assert member_actions.forget_people(noon) == (0, 0)
    assert member_actions.forget_people(noon + timedelta(days=1)) == (1, 0)
    assert list(Person.objects.values_list("name", "email").order_by("pk")) == [
        (member_actions.FORGOTTEN, ""), ("있는사람", "1@example.org"),
    ]  # fmt: skip
