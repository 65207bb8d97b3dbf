"""The admin's landing page in numbers: where the year stands, money and indicators by state, who changed what last.

A constant number of queries whatever the number of projects, lines and indicators; sums are made here from one read of the lines.
"""

from collections import Counter
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from budgets import uses
from budgets.models import BudgetLine, BudgetVersion, Funding, Nature, RateLine
from councils.models import Body, Meeting, Notice
from geumcheon import attention, overview
from geumcheon.accounts.rules import is_officer
from geumcheon.lib import charts, clock
from geumcheon.lib.admin_parts import admin_url
from geumcheon.lib.history import KINDS, TOGETHER
from geumcheon.lib.money import won
from projects.models import SHOWN_STATES, Indicator, IndicatorRollup, Partner, Plan, Project, ResultState, Stage
from projects.rules import own_projects

EDITS = 8
LINES = charts.Unit("줄")
ROWS = charts.Unit("개")
# How lines stand beside their formulas, in at most four parts of a bar: (states of attention.line_state, words).
CHECKS = (
    (("ok",), "맞음"),
    (("override",), "까닭을 적고 다름"),
    (("differs", "invalid"), "살필 것"),
    (("none",), "산출식 없음"),
)


@dataclass(frozen=True)
class Fact:
    """One number with its words and the list it counts. level: "" or warn (look)."""

    label: str
    value: str
    url: str = ""
    note: str = ""
    level: str = ""


@dataclass(frozen=True)
class Part:
    """The numbers of one set of projects: the own department's or the whole plan's."""

    title: str
    facts: list
    pictures: list = field(default_factory=list)


@dataclass(frozen=True)
class Edit:
    """What one person changed: when (aware), who, 만듦·고침·지움, the kind of row, its name, the address of its history."""

    when: object
    who: str
    kind: str
    model: str
    name: str
    url: str


@dataclass(frozen=True)
class Dashboard:
    plan: object
    line: object
    parts: list
    edits: list
    ways: list


def build(user, plans, findings, exports):
    """The Dashboard of a user over the `plans` in work; `findings`: {plan pk: its reconciliation} as far as the user is told of it."""
    plan = max(plans, key=lambda plan: plan.year, default=None)
    only_own = is_officer(user) and not user.is_superuser
    own = set(own_projects(user).values_list("pk", flat=True)) if only_own else None
    edits, ways = _edits(own), _ways(user, exports)
    if plan is None:
        return Dashboard(None, None, [], edits, ways)
    rows = _Rows(plan)
    parts = [_part(f"{plan.year}년 계획", rows, None, findings.get(plan.pk, ()), pictures=not only_own)]
    if only_own:
        parts.insert(0, _part("우리 부서 사업", rows, own, ()))
    return Dashboard(plan, overview.cycle_line(plan, clock.today()), parts, edits, ways)


class _Rows:
    """What the parts are counted from, read once."""

    def __init__(self, plan):
        self.plan = plan
        self.projects = set(plan.projects.values_list("pk", flat=True))
        self.version = BudgetVersion.objects.filter(plan=plan, is_current=True).first()
        lines = (
            BudgetLine.objects.filter(version=self.version).order_by() if self.version else BudgetLine.objects.none()
        )
        self.lines = list(
            lines.values_list("project_id", "funding", "item__nature", "amount_krw", "formula", "override_reason")
        )
        self.stored = list(IndicatorRollup.objects.filter(plan=plan))
        self.uses = uses.of_plan(plan)


# --- parts --------------------------------------------------------------------------------------------------------
def _part(title, rows, own, findings, pictures=True):
    """The numbers of the projects in `own` (keys), or of the whole plan (None)."""
    lines = [line for line in rows.lines if own is None or line[0] in own]
    checks = Counter(attention.line_state(formula, amount, reason) for _, _, _, amount, formula, reason in lines)
    stored = [row for row in rows.stored if (row.project_id is None if own is None else row.project_id in own)]
    facts = [
        _projects(rows, own),
        *_money(rows, own, lines),
        *_to_check(rows, own, checks),
        *_mismatches(rows.plan, findings),
        _indicators(rows.plan, own, stored),
    ]
    drawn = [_money_picture(rows, own, lines), _check_picture(checks), _indicator_picture(rows.plan, own, stored)]
    return Part(title, facts, [picture for picture in drawn if picture and picture.total] if pictures else [])


def _projects(rows, own):
    count = len(rows.projects if own is None else rows.projects & own)
    query = {"plan__id__exact": rows.plan.pk} | ({} if own is None else {"own": "1"})
    return Fact("사업", f"{count:,}개", f"{admin_url(Project)}?{urlencode(query)}")


def _lines_url(rows, own, **query):
    query |= {"version__id__exact": rows.version.pk} | ({} if own is None else {"own": "1"})
    return f"{admin_url(BudgetLine)}?{urlencode(query)}"


def _money(rows, own, lines):
    if rows.version is None:
        return [Fact("계획 금액", "없음", admin_url(BudgetVersion), "지금 쓰는 예산 판이 없습니다.", "warn")]
    note = f"{len(lines):,}줄 · {rows.version.title}"
    return [
        Fact("계획 금액", won(sum(line[3] for line in lines)), _lines_url(rows, own), note),
        _used(rows, own),
    ]


def _used(rows, own):
    """What allowances, activities and expenses took of the lines they draw on, beside what these lines hold."""
    found = [use for use in rows.uses if own is None or use.line.project_id in own]
    url = f"{admin_url(RateLine, 'uses')}?year={rows.plan.year}" if found else ""
    if not any(use.used_krw for use in found):
        return Fact("쓴 돈", "자료 없음", url, "수당, 활동비, 실비로 쓴 기록이 없습니다.")
    over = sum(use.over_krw > 0 for use in found)
    note = f"수당, 활동비, 실비 · 쓰는 줄의 계획 {won(sum(use.planned_krw for use in found))}"
    note += f" · 계획을 넘은 줄 {over:,}개" if over else ""
    return Fact("쓴 돈", won(sum(use.used_krw for use in found)), url, note, "warn" if over else "")


def _to_check(rows, own, checks):
    """The lines somebody has to look at; those with a reason only where there are some."""
    if rows.version is None:
        return []
    wrong = checks["differs"] + checks["invalid"]
    worst = "differs" if checks["differs"] or not wrong else "invalid"
    found = [
        Fact("금액이 산출식과 다른 줄", f"{wrong:,}줄", _lines_url(rows, own, check=worst), "", "warn" if wrong else "")
    ]
    if checks["override"]:
        found.append(
            Fact("까닭을 적고 다르게 둔 줄", f"{checks['override']:,}줄", _lines_url(rows, own, check="override"))
        )
    return found


def _mismatches(plan, findings):
    if not findings:
        return []
    wrong = sum(finding.matches is False for finding in findings)
    page = reverse("budgets:reconciliation", args=[plan.year])
    note = f"{len(findings):,}건을 다시 계산해 견주었습니다."
    return [Fact("적힌 수와 다른 곳", f"{wrong:,}건", page, note, "warn" if wrong else "")]


def _indicators(plan, own, stored):
    """How many indicators there are, and in the note how they stand by the stored results."""
    count = sum(row.indicators for row in stored)
    query = {"project__plan__id__exact": plan.pk} | ({} if own is None else {"own": "1"})
    states = _states(stored)
    words = [f"모두 {state.label}" if n == count else f"{state.label} {n:,}" for state, n in states if n]
    times = [row.computed_at for row in stored]
    words.append(f"{timezone.localtime(min(times)):%Y-%m-%d %H:%M} 집계" if times else "저장된 집계 없음")
    late = any(n for state, n in states if state in (ResultState.BEHIND, ResultState.MISSED))
    url = f"{admin_url(Indicator)}?{urlencode(query)}"
    return Fact("성과지표", f"{count:,}개", url, " · ".join(words), "warn" if late else "")


def _states(stored):
    """[(ResultState, indicators in it)] in the order of the results page."""
    return [(state, sum(row.states.get(state, 0) for row in stored)) for state in SHOWN_STATES]


# --- pictures -----------------------------------------------------------------------------------------------------
def _money_picture(rows, own, lines):
    if not lines:
        return None
    sums = {(funding, nature): 0 for funding in Funding.values for nature in Nature.values}
    for _, funding, nature, amount, _, _ in lines:
        sums[funding, nature] += amount
    bars = [
        charts.StackRow(
            Funding(funding).label,
            [sums[funding, nature] for nature in Nature.values],
            url=_lines_url(rows, own, funding__exact=funding),
        )
        for funding in Funding.values
    ]
    return charts.StackedBars(title="재원과 성격별 계획 금액", parts=list(Nature.labels), rows=bars, head="재원")


def _check_picture(checks):
    values = [sum(checks[key] for key in keys) for keys, _ in CHECKS]
    return charts.StackedBars(
        title="산출식과 금액", parts=[words for _, words in CHECKS], rows=[charts.StackRow("예산 줄", values)],
        head="줄", unit=LINES, same_length=True,
    )  # fmt: skip


def _indicator_picture(plan, own, stored):
    page = reverse("projects:results", args=[plan.year])
    items = [
        charts.Item(state.label, n, url=f"{page}?state={state}#indicators" if own is None else "")
        for state, n in _states(stored)
        if n
    ]
    return charts.BarChart(title="성과지표의 상태", items=items, head="상태", value_head="지표", unit=ROWS)


# --- edits --------------------------------------------------------------------------------------------------------
def _edits(own):
    """The newest changes people made (a loaded plan is not one of them); of the own projects where `own` is given."""
    rows = {
        BudgetLine: "project_id",
        Indicator: "project_id",
        Stage: "project_id",
        Partner: "project_id",
        Project: "id",
    }
    if own is None:
        rows |= dict.fromkeys((Plan, Meeting, Notice, Body))
    records = []
    for model, key in rows.items():
        found = model.history.filter(history_user__isnull=False)
        found = found.filter(**{f"{key}__in": own}) if own is not None else found
        newest = found.select_related("history_user").order_by("-history_date", "-history_id")[: 2 * EDITS]
        records += [(model, record) for record in newest]
    records.sort(key=lambda pair: pair[1].history_date, reverse=True)
    return [_edit(model, record) for model, record in records if not _carried(model, record, records)][:EDITS]


def _carried(model, record, records):
    """Whether a project was saved only because one of its rows was: the row tells it better."""
    return model is Project and any(
        getattr(other, "project_id", None) == record.id
        and other.history_user_id == record.history_user_id
        and abs(other.history_date - record.history_date) <= TOGETHER
        for kind, other in records
        if kind is not Project
    )


def _edit(model, record):
    name = next((text for key in ("name", "title", "description") if (text := getattr(record, key, ""))), "")
    if model is Meeting:
        name = f"{record.year}-{record.no}"
    url = "" if record.history_type == "-" else admin_url(model, "history", record.id)
    kind, words = KINDS[record.history_type], str(model._meta.verbose_name)
    return Edit(record.history_date, str(record.history_user), kind, words, name, url)


# --- ways ---------------------------------------------------------------------------------------------------------
def _ways(user, exports):
    """Pages people open every week, as far as the user may: (label, address)."""
    new = (("회의 적기", Meeting, "councils.add_meeting"), ("공지 쓰기", Notice, "councils.add_notice"))
    ways = [(label, admin_url(model, "add")) for label, model, permission in new if user.has_perm(permission)]
    if user.has_perm("budgets.view_budgetline"):
        ways.append(("예산 줄 보기", admin_url(BudgetLine)))
    sheets = [export for export in exports if "sheet" in export.url][:1]
    return ways + [(f"{export.label} 내려받기", export.url) for export in sheets]
