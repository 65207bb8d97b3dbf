"""Rows of what meetings pay and departments earn, for tests."""

from datetime import date

from budgets.models import ActivityPayment, BudgetLine, ExpensePayment
from councils.models import Allowance, AllowanceRate, Meeting, MeetingKind, Person, RewardEntry, RewardRound, RewardRule
from geumcheon.accounts.models import Department
from geumcheon.lib import clock
from projects.models import InspectionTeam, Project


def a_rule(name="협치과제 실행", kind="carrying_out", points=10, **fields):
    return RewardRule.objects.create(name=name, kind=kind, points=points, starts_on=date(2021, 1, 1), **fields)


def an_entry(rule, department, on=date(2021, 3, 2), points=None, basis="공문"):
    return RewardEntry.objects.create(
        rule=rule,
        department=department,
        on=on,
        points=rule.points if points is None else points,
        basis=basis,
        entered_at=clock.now(),
    )


def allowances(rate, count, on=date(2021, 3, 4)):
    no = Meeting.objects.filter(year=on.year).count() + 1
    meeting = Meeting.objects.create(year=on.year, no=no, kind=MeetingKind.objects.first(), starts_on=on)
    for i in range(count):
        person = Person.objects.create(name=f"위원 {i}")
        Allowance.objects.create(meeting=meeting, person=person, rate=rate, amount_krw=rate.amount_krw)


def a_team(number=1):
    project = Project.objects.filter(plan__year=2021).get(number=number)
    return InspectionTeam.objects.get_or_create(project=project, name="시험 점검단", kind="monitors")[0]


def an_expense(formula="10,000원×2시간×2회×5명", line=None, **target):
    """실비 of a meeting or a team from the plan's line for the forum (project 1, order 18)."""
    line = line or BudgetLine.objects.current().get(project__plan__year=2021, project__number=1, order=18)
    return ExpensePayment.objects.create(
        line=line, on=date(2021, 5, 3), paid_to="참여 주민 5명", description="교통비", formula=formula, **target
    )


def some_rows(count=1):
    """`count` rows of each model of payments and rewards that loading the plan does not make."""
    rate, meeting, team = AllowanceRate.objects.first(), Meeting.objects.first(), a_team()
    departments = list(Department.objects.all()[:count])
    for i in range(count):
        person = Person.objects.create(name=f"받는 위원 {i}")
        Allowance.objects.create(meeting=meeting, person=person, rate=rate, amount_krw=rate.amount_krw)
        rule = a_rule(f"시험 규칙 {i}")
        an_entry(rule, departments[i])
        RewardRound.objects.create(year=2021, no=i + 1, starts_on=date(2021, 1, 1), ends_before=date(2021, 7, 1))
        ActivityPayment.objects.create(
            team=team, on=date(2021, 5, 3), description="현장 점검", formula="10,000원×2시간×2회×5명"
        )
        an_expense(meeting=meeting)
