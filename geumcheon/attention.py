"""What needs attention: the landing page of the admin, for the secretariat all of it, for an officer the own departments' projects."""

from collections import Counter
from dataclasses import dataclass, field

from django.conf import settings
from django.db.models import Q
from django.urls import NoReverseMatch, reverse
from django.utils.http import urlencode

from budgets import formula as formulas
from budgets.integrity import Unrecorded
from budgets.models import BudgetLine, BudgetVersion, StatedFigure
from budgets.reconciliation import KINDS
from councils.late import late_minutes
from forums import desk, moderation_actions
from geumcheon import rollups
from geumcheon.accounts.models import Department, DepartmentAssignment, MessageState, OutboxMessage, Role, User
from geumcheon.accounts.rules import is_officer
from geumcheon.health import rollup_age
from geumcheon.lib import clock, periods
from geumcheon.lib.admin_parts import admin_url
from geumcheon.lib.money import won
from projects.inspection_actions import overdue_findings
from projects.models import Finding, Plan, PlanStatus, Project
from projects.results import due_soon
from projects.rules import own_projects

SHOWN = 5


@dataclass(frozen=True)
class Item:
    """One thing to look at. level: bad (wrong), warn (look), ok (fine). rows: (label, address) of the first few."""

    title: str
    text: str
    level: str
    url: str = ""
    link: str = ""
    rows: list = field(default_factory=list)


@dataclass(frozen=True)
class Export:
    label: str
    url: str


def for_user(user, plans, findings):
    """Items for a user, the wrong ones first. `findings`: {plan pk: its reconciliation} of the `plans` in work."""
    if is_officer(user) and not user.is_superuser:
        items = _officer(user, plans)
    else:
        items = [item for plan in plans for item in _plan(plan, findings[plan.pk])] + _people()
    items += _life(user)
    order = {"bad": 0, "warn": 1, "ok": 2}
    return sorted(items, key=lambda item: order[item.level])


def _life(user):
    """Minutes, indicators, findings, proposals and texts that are late or wait for this user; each row leads to its own page."""
    today = clock.today()
    minutes = [meeting for group in late_minutes(user) for meeting in group.meetings]
    late = (
        (
            "늦은 회의록",
            "열린 지 오래인데 게시되지 않은 회의",
            [(str(row), row.get_absolute_url()) for row in minutes],
            reverse("councils:late"),
        ),
        ("챙길 성과지표", "뒤처졌거나 기한이 다가오는 지표", *_due(user, today)),
        (
            "기한이 지난 지적",
            "조치하지 않은 지적",
            [(str(row), admin_url(Finding, "change", row.pk)) for row in overdue_findings(user, today)],
            admin_url(Finding),
        ),
        (
            "늦은 제안 검토",
            "기한이 지나도록 정하지 않은 제안",
            [(str(row), reverse("desk_proposal", args=[row.pk])) for row in desk.overdue(user)],
            reverse("desk") + "?show=late",
        ),
        (
            "살필 댓글·신고",
            "검토를 기다리거나 신고된 글",
            [
                (str(row), f"{reverse('comment_desk')}#{moderation_actions.key_of(row)}")
                for row in moderation_actions.waiting(user)
            ],
            reverse("comment_desk"),
        ),
    )
    return [
        Item(title, f"{text} {len(rows)}건입니다.", "warn", url, "모두 보기", rows[:SHOWN])
        for title, text, rows, url in late
        if rows
    ]


def _due(user, today):
    """(rows, address of the whole list) of the indicators a user has to see to; the list of one department alone where there is one."""
    due = due_soon(user, today)
    rows = [(str(d.indicator), reverse("projects:indicator", args=_indicator_address(d.indicator))) for d in due]
    if not due:
        return rows, ""
    url = reverse("projects:results", args=[due[0].indicator.project.plan.year])
    own = Department.objects.filter(pk__in=user.department_ids()) if is_officer(user) and not user.is_superuser else ()
    return rows, f"{url}?{urlencode({'department': own[0].name})}" if len(own) == 1 else url


def _indicator_address(indicator):
    return [indicator.project.plan.year, indicator.project.number, indicator.order]


def plans():
    """Plans in work: every plan that is not closed, and the newest in any case."""
    newest = Plan.objects.order_by("-year").values("pk")[:1]
    return list(Plan.objects.filter(~Q(status=PlanStatus.CLOSED) | Q(pk__in=newest)))


# --- secretariat --------------------------------------------------------------------------------------------------
def _plan(plan, findings):
    projects, drift = Project.objects.filter(plan=plan), rollups.check(plan)
    return [
        _mismatches(plan, findings),
        _lines(projects, f"{plan.year}년 ", {"version__plan__id__exact": plan.pk}),
        _without_lines(projects, f"{plan.year}년 ", {"plan__id__exact": plan.pk}),
        _rollups(plan, drift),
        *_unrecorded(plan, [sentence for sentence in drift if isinstance(sentence, Unrecorded)]),
    ]


def _mismatches(plan, findings):
    wrong = [f for f in findings if f.matches is False]
    title = f"{plan.year}년 계획의 적힌 수와 계산한 수"
    if not wrong:
        return Item(title, f"{len(findings):,}건이 모두 같습니다.", "ok")
    counts = Counter(f.kind for f in wrong)
    parts = ", ".join(f"{label} {counts[kind]}건" for kind, label in KINDS.items() if counts[kind])
    rows = [
        (f"{f.label}: {_number(f.stated)}{f.unit} ↔ {_number(f.computed)}{f.unit}", _figure_url(plan, f)) for f in wrong
    ]
    page = reverse("budgets:reconciliation", args=[plan.year])
    text = f"{len(findings):,}건 가운데 {len(wrong)}건이 다릅니다({parts})."
    return Item(title, text, "warn", page, "대조 화면 열기", rows[:SHOWN])


def _number(value):
    return "읽을 수 없음" if value is None else f"{value:,}" if not isinstance(value, str) else value


def _figure_url(plan, finding):
    if finding.kind == "figure":
        return f"{admin_url(StatedFigure)}?{urlencode({'match': 'no', 'plan__id__exact': plan.pk})}"
    if finding.kind in ("line", "printing"):
        return reverse("budgets:line", args=[plan.year, *finding.url_args])
    return reverse("councils:meeting", args=finding.url_args)


def _rollups(plan, drift):
    age = rollup_age()
    title = f"{plan.year}년 집계"
    if drift:
        return Item(
            title,
            f"저장된 집계가 행과 {len(drift)}곳에서 다릅니다.",
            "bad",
            rows=[(line, "") for line in drift[:SHOWN]],
        )
    hours = None if age is None else int(age.total_seconds() // 3600)
    if hours is None or hours > settings.ROLLUP_MAX_AGE_HOURS:
        text = (
            "저장된 집계가 없습니다."
            if hours is None
            else f"마지막 집계가 {hours}시간 전입니다. 밤 작업이 돌지 않았습니다."
        )
        return Item(title, text, "bad")
    return Item(
        title, f"저장된 집계가 행과 같습니다({hours}시간 전 계산)." if hours else "저장된 집계가 행과 같습니다.", "ok"
    )


def _unrecorded(plan, sentences):
    if not sentences:
        return []
    text = f"포털을 거치지 않고 바뀐 예산 줄이 {len(sentences)}곳 있습니다."
    return [Item(f"{plan.year}년 예산 줄의 기록", text, "bad", rows=[(line, "") for line in sentences[:SHOWN]])]


def _people():
    items = []
    failed = OutboxMessage.objects.filter(state=MessageState.FAILED).count()
    if failed:
        url = f"{admin_url(OutboxMessage)}?state__exact={MessageState.FAILED}"
        items.append(Item("보내지 못한 알림", f"{failed}건을 보내지 못했습니다.", "bad", url, "실패한 알림 보기"))
    officers = User.objects.filter(role=Role.OFFICER, is_active=True)
    assigned = DepartmentAssignment.objects.filter(periods.covering(clock.today()))
    lost = officers.exclude(pk__in=assigned.values("user_id")).order_by("username")
    if lost:
        rows = [(str(user), admin_url(User, "change", user.pk)) for user in lost[:SHOWN]]
        url = f"{admin_url(User)}?role__exact={Role.OFFICER}"
        text = f"{len(lost)}명은 지금 배정된 부서가 없어 아무 사업도 고칠 수 없습니다."
        items.append(Item("부서 없는 담당자", text, "warn", url, "담당자 보기", rows))
    return items


# --- officers -----------------------------------------------------------------------------------------------------
def _officer(user, plans):
    if not user.department_ids():
        text = "지금 배정된 부서가 없어 사업을 볼 수만 있습니다. 협치추진단에 알려 주세요."
        return [Item("부서 배정", text, "bad")]
    projects = own_projects(user).filter(plan__in=plans)
    rows = [(str(project), admin_url(Project, "change", project.pk)) for project in projects]
    own = {"own": "1"}
    mine = Item(
        "우리 부서 사업",
        f"주무부서인 사업이 {len(rows)}개입니다.",
        "ok",
        f"{admin_url(Project)}?own=1",
        "목록 보기",
        rows,
    )
    return [_lines(projects, "우리 부서 ", own), _without_lines(projects, "우리 부서 ", own), mine]


# --- both ---------------------------------------------------------------------------------------------------------
def line_state(formula, amount, reason):
    """How a line's calculation stands beside its amount: ok, differs, override (differs with a reason), invalid, none."""
    state = formulas.check(formula, amount).state
    return "override" if state == "differs" and reason else state


def _lines(projects, whose, query):
    """Lines whose calculation differs, cannot be read or is overridden with a reason."""
    lines = BudgetLine.objects.current().filter(project__in=projects).order_by("project__number", "order")
    found = {"differs": [], "invalid": [], "override": []}
    for line in lines:
        state = line_state(line.formula, line.amount_krw, line.override_reason)
        if state in found:
            found[state].append(line)
    title = f"{whose}산출식과 금액"
    if not any(found.values()):
        return Item(
            title,
            "산출식이 있는 줄은 모두 금액과 같습니다.",
            "ok",
            f"{admin_url(BudgetLine)}?{urlencode(query)}",
            "예산 줄 보기",
        )
    words = {"differs": "금액이 다른 줄", "invalid": "산출식을 읽을 수 없는 줄", "override": "까닭을 적고 다르게 둔 줄"}
    text = ", ".join(f"{words[state]} {len(rows)}개" for state, rows in found.items() if rows) + "가 있습니다."
    worst = next(state for state, rows in found.items() if rows)
    rows = [
        (f"{line.description} {won(line.amount_krw)}", admin_url(BudgetLine, "change", line.pk))
        for line in found[worst]
    ]
    url = f"{admin_url(BudgetLine)}?{urlencode({'check': worst, **query})}"
    return Item(title, text, "warn" if worst == "override" else "bad", url, f"{words[worst]} 보기", rows[:SHOWN])


def _without_lines(projects, whose, query):
    bare = projects.exclude(pk__in=BudgetLine.objects.current().values("project_id")).select_related("plan")
    title = f"{whose}사업의 예산"
    count = len(bare)
    if not count:
        return Item(title, "모든 사업에 예산 줄이 있습니다.", "ok")
    rows = [(str(project), admin_url(Project, "change", project.pk)) for project in bare[:SHOWN]]
    url = f"{admin_url(Project)}?{urlencode({'lines': 'none', **query})}"
    return Item(title, f"예산 줄이 없는 사업이 {count}개 있습니다.", "warn", url, "사업 보기", rows)


# --- exports ------------------------------------------------------------------------------------------------------
def exports(user):
    """Files to take away: the city's budget sheet of each plan with lines in use, and the open data."""
    years = BudgetVersion.objects.filter(is_current=True).order_by("-plan__year").values_list("plan__year", flat=True)
    found = [(f"{year}년 예산서(서울시 제출용)", "budgets:sheet", [year]) for year in years]
    found.append(("열린 데이터", "open_data:catalogue", []))
    return [Export(label, url) for label, name, args in found if (url := _reverse(name, args))]


def _reverse(name, args):
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
