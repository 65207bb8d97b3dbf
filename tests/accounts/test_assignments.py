"""An officer's rights follow the assignment's days."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from geumcheon.accounts import actions
from geumcheon.accounts.models import Department, DepartmentAssignment
from projects.models import Project, Side


def led_by(department):
    return Project.objects.filter(partners__side=Side.LEAD, partners__department=department)


@pytest.fixture
def village(loaded):
    return Department.objects.get(name="마을자치과")


@pytest.fixture
def own_project(village):
    return led_by(village).first()


@pytest.mark.parametrize(
    ("day", "may"),
    [
        ("2021-02-28", False),
        ("2021-03-01", True),
        ("2021-06-30", True),
        ("2021-07-01", False),
    ],
)
def test_rights_begin_and_end_on_the_day(users, village, own_project, time_machine, day, may):
    officer = users["officer"]
    officer.assignments.all().delete()
    actions.assign(user=officer, department=village, starts_on=date(2021, 3, 1), ends_before=date(2021, 7, 1))
    for moment in ("00:00+09:00", "23:59+09:00"):
        time_machine.move_to(f"{day} {moment}", tick=False)
        assert officer.has_perm("projects.change_project", own_project) is may


def test_rights_are_for_the_own_department_only(users, village, own_project):
    other = Project.objects.exclude(pk__in=led_by(village)).first()
    assert users["officer"].has_perm("projects.change_project", own_project)
    assert not users["officer"].has_perm("projects.change_project", other)


def test_assignment_of_somebody_who_is_no_officer_gives_nothing(users, village, own_project):
    with pytest.raises(ValidationError, match="부서 담당자"):
        actions.assign(user=users["member"], department=village, starts_on=date(2021, 3, 1))
    DepartmentAssignment.objects.create(user=users["member"], department=village, starts_on=date(2021, 3, 1))
    assert not users["member"].has_perm("projects.change_project", own_project)


@pytest.mark.parametrize(
    ("starts_on", "ends_before", "fits"),
    [
        (date(2021, 7, 1), None, True),
        (date(2021, 6, 30), None, False),
        (date(2021, 1, 1), date(2021, 3, 1), True),
        (date(2021, 1, 1), date(2021, 3, 2), False),
    ],
)
def test_second_period_touches_but_does_not_overlap(users, village, starts_on, ends_before, fits):
    officer = users["officer"]
    officer.assignments.all().delete()
    actions.assign(user=officer, department=village, starts_on=date(2021, 3, 1), ends_before=date(2021, 7, 1))
    if fits:
        actions.assign(user=officer, department=village, starts_on=starts_on, ends_before=ends_before)
    else:
        with pytest.raises(ValidationError, match="마을자치과 배정의 기간이 겹칩니다"):
            actions.assign(user=officer, department=village, starts_on=starts_on, ends_before=ends_before)
    assert officer.assignments.count() == 1 + fits


def test_two_departments_at_once_are_fine(users):
    education = Department.objects.get(name="교육지원과")
    actions.assign(user=users["officer"], department=education, starts_on=date(2021, 1, 1))
    assert len(users["officer"].department_ids()) == 2


@pytest.mark.parametrize("ends_before", [date(2021, 3, 1), date(2021, 2, 1)])
def test_constraint_end_after_start(users, village, ends_before):
    dates = {"starts_on": date(2021, 3, 1), "ends_before": ends_before}
    with pytest.raises(IntegrityError), transaction.atomic():
        DepartmentAssignment.objects.create(user=users["member"], department=village, **dates)
    DepartmentAssignment.objects.create(
        user=users["member"], department=village, starts_on=date(2021, 3, 1), ends_before=date(2021, 3, 2)
    )


def test_constraint_one_open_assignment(users, village):
    with pytest.raises(IntegrityError), transaction.atomic():
        DepartmentAssignment.objects.create(user=users["officer"], department=village, starts_on=date(2021, 3, 1))
    DepartmentAssignment.objects.create(user=users["member"], department=village, starts_on=date(2021, 3, 1))
