"""The admin's base asks about the row as it will be saved."""

import pytest
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory

from geumcheon.accounts.admin_base import RoleModelAdmin
from projects.models import Project, Stage
from projects.rules import own_projects


@pytest.fixture
def projects(users):
    """A project the officer's department leads, and one it does not."""
    led = own_projects(users["officer"])
    return {"own": led.first(), "other": Project.objects.exclude(pk__in=led).first()}


def save(user, stage, change):
    request = RequestFactory().post("/")
    request.user = user
    RoleModelAdmin(Stage, admin.site).save_model(request, stage, None, change)


def test_row_is_added_to_the_own_project_only(users, projects):
    for whose in ("own", "other"):
        stage = Stage(project=projects[whose], order=99, title="새 단계")
        if whose == "own":
            save(users["officer"], stage, change=False)
        else:
            with pytest.raises(PermissionDenied):
                save(users["officer"], stage, change=False)
    assert [stage.project for stage in Stage.objects.filter(order=99)] == [projects["own"]]


def test_row_is_not_moved_into_another_project(users, projects):
    stage = Stage.objects.create(project=projects["own"], order=99, title="단계")
    stage.project = projects["other"]
    with pytest.raises(PermissionDenied):
        save(users["officer"], stage, change=True)
    save(users["secretariat"], stage, change=True)
    assert Stage.objects.get(pk=stage.pk).project == projects["other"]


def test_forged_project_in_the_admins_form_makes_no_row(client_as, users, projects):
    before = Stage.objects.count()
    data = {"project": projects["other"].pk, "order": 99, "title": "단계", "kind": "", "when": "", "tasks": ""}
    response = client_as("officer").post("/admin/projects/stage/add/", data)
    assert response.status_code in (200, 403)
    assert Stage.objects.count() == before
    assert (
        client_as("officer").post("/admin/projects/stage/add/", data | {"project": projects["own"].pk}).status_code
        == 302
    )


def test_questions_are_asked_once_per_request(users, projects, django_assert_num_queries):
    request = RequestFactory().get("/")
    request.user = users["officer"]
    stages = RoleModelAdmin(Stage, admin.site)
    assert stages.has_change_permission(request, projects["own"])
    with django_assert_num_queries(0):
        assert stages.has_change_permission(request, projects["own"])
    assert not stages.has_change_permission(request, projects["other"])
