"""Stated against computed (DESIGN.md rule 5): every number the plan prints beside the one its rows give.

Nothing here knows which figures are wrong: each is recomputed from rows, rounded half up at the stated figure's decimals, and compared.
Kinds of findings: figure (a printed total, subtotal, share or count), line (a line's calculation against its amount), printing (a line's
second printing in its project's section), weekday (a printed weekday against the calendar), session (a session label against the log).
"""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import product

from budgets import formula as formulas
from budgets.models import LinePrinting, Measure
from budgets.rollups import version_of
from councils.models import BodySeat, Meeting
from councils.slots import Slot
from geumcheon.lib.money import round_half_up, won
from geumcheon.lib.periods import WEEKDAYS, weekday
from geumcheon.lib.text import squeeze

# Filled by apps on the right: filler(plan) -> [Finding] about the rows they keep (voting: what a vote's tables print).
more_findings = Slot()

KINDS = {"figure": "적힌 수", "line": "산출식", "printing": "두 번째 인쇄", "weekday": "요일", "session": "회차"}


@dataclass(frozen=True)
class Finding:
    """One comparison. stated and computed are numbers in `unit` (strings for weekdays and sessions), difference = stated − computed.

    matches is None where no rows exist to compute from. `url_args` names the rows behind it for links.
    """

    kind: str
    key: str
    label: str
    where: str
    unit: str
    stated: Decimal | str | None
    computed: Decimal | str | None
    matches: bool | None
    note: str = ""
    source: str = ""
    url_args: tuple = ()

    @property
    def difference(self):
        numbers = isinstance(self.stated, Decimal) and isinstance(self.computed, Decimal)
        return self.stated - self.computed if numbers else None

    @property
    def kind_label(self):
        return KINDS[self.kind]


class Rows:
    """The rows of a plan that figures are computed from, read once (a constant number of queries)."""

    def __init__(self, plan):
        version = version_of(plan)
        related = ("item__group", "project__group", "printing")
        self.lines = (
            list(version.lines.select_related(*related).order_by("project__number", "order")) if version else []
        )
        self.meetings = list(
            Meeting.objects.published().select_related("kind").prefetch_related("bodies").order_by("starts_on", "no")
        )
        self.totals = defaultdict(list)
        for v in plan.versions.prefetch_related("totals"):
            self.totals[v.key] = list(v.totals.all())
        self.projects = list(plan.projects.select_related("group"))
        self.seats = list(BodySeat.objects.select_related("body"))
        self.figures = {f.key: f for f in plan.stated_figures.all()}
        self._line_sums = {}

    def line_sum(self, filters):
        """Won of the lines that all filters choose; names that are no filter of lines do not count.

        The lines are summed once for each set of filters that figures use (about a dozen), not once for each figure.
        """
        names = tuple(name for name in _LINE_VALUES if name in filters)
        if names not in self._line_sums:
            sums = self._line_sums[names] = defaultdict(int)
            for line in self.lines:
                for key in product(*(_LINE_VALUES[name](line) for name in names)):
                    sums[key] += line.amount_krw
        return self._line_sums[names].get(tuple(filters[name] for name in names), 0)


def reconcile(plan):
    """All findings of a plan, in the order of the document's figures, then lines, printings, weekdays, sessions."""
    rows = Rows(plan)
    findings = [_figure(rows, figure) for figure in rows.figures.values()]
    findings += [_line(line) for line in rows.lines if line.formula]
    findings += [_printing(line) for line in rows.lines if _has_printing(line)]
    findings += [finding for meeting in rows.meetings for finding in _weekdays(meeting)]
    findings += _sessions(rows.meetings)
    return findings + [found for more in more_findings.collect(plan) for found in more]


def _figure(rows, figure):
    computed = MEASURES[figure.measure](rows, figure)
    stated = round_half_up(figure.stated, figure.decimals)
    if computed is not None:
        computed = Decimal(round_half_up(computed, figure.decimals))
    return Finding(
        kind="figure",
        key=figure.key,
        label=figure.label,
        where=figure.where,
        unit=figure.unit,
        stated=Decimal(stated),
        computed=computed,
        matches=None if computed is None else computed == stated,
        note=figure.note,
        source=figure.source,
    )


# --- how each measure is computed: (rows, figure) -> number in the figure's unit, or None ---------------------------

# What each filter of a figure is compared with: the values a line answers to.
_LINE_VALUES = {
    "project": lambda line: {line.project.number},
    "item": lambda line: {line.item.name, line.item.summary_name},
    "group": lambda line: {line.project.group.name},
    "budget_group": lambda line: {line.item.group.name},
    "heading": lambda line: {line.heading},
    "nature": lambda line: {line.item.nature},
    "funding": lambda line: {line.funding},
}


def _in_unit(amount, unit):
    return Fraction(amount, 1000) if unit == "천원" else Fraction(amount)


def _lines_sum(rows, figure):
    return _in_unit(rows.line_sum(figure.filters), figure.unit) if rows.lines else None


def _lines_share(rows, figure):
    """Share of the chosen lines in all lines, both of one funding where the figure says `of`."""
    funding = {"city": "시비", "district": "구비"}.get(figure.filters.get("of"))
    of = {} if funding is None else {"funding": funding}
    whole = rows.line_sum(of)
    asked = figure.filters.get("funding", funding)
    part = rows.line_sum(figure.filters | of) if asked == funding or not of else 0
    return Fraction(part * 100, whole) if whole else None


def _version_total(rows, figure):
    totals = rows.totals.get(figure.filters["version"])
    return _in_unit(sum(t.amount_krw for t in totals), figure.unit) if totals else None


def _version_project(rows, figure):
    totals = rows.totals.get(figure.filters["version"]) or []
    return next((_in_unit(t.amount_krw, figure.unit) for t in totals if t.number == figure.filters["project"]), None)


def _version_count(rows, figure):
    totals = rows.totals.get(figure.filters["version"])
    return len(totals) if totals else None


def _project_count(rows, figure):
    group = figure.filters.get("group")
    return sum(1 for p in rows.projects if group in (None, p.group.name))


def _meetings(rows, filters):
    year, no, kind, body = (filters.get(name) for name in ("year", "no", "kind", "body"))
    return [
        m
        for m in rows.meetings
        if year in (None, m.year)
        and no in (None, m.no)
        and kind in (None, m.kind.name)
        and (body is None or any(b.name == body for b in m.bodies.all()))
    ]


def _meeting_count(rows, figure):
    return len(_meetings(rows, figure.filters))


def _meeting_attendance(rows, figure):
    attendees = [m.attendees for m in _meetings(rows, figure.filters) if m.attendees is not None]
    return sum(attendees) if attendees else None


def _seats(rows, figure):
    body, kind = figure.filters["body"], figure.filters.get("kind", "")
    # `위촉직` stands for both kinds of appointed seats.
    seats = [s for s in rows.seats if s.body.name == body and s.kind.startswith(kind)]
    return sum(s.count or 0 for s in seats) if seats else None


def _sum_of(rows, figure):
    parts = [rows.figures.get(key) for key in figure.filters["of"].split(";")]
    return None if None in parts else sum(part.stated for part in parts)


MEASURES = {
    Measure.LINES_SUM: _lines_sum,
    Measure.LINES_SHARE: _lines_share,
    Measure.VERSION_TOTAL: _version_total,
    Measure.VERSION_PROJECT: _version_project,
    Measure.VERSION_COUNT: _version_count,
    Measure.PROJECT_COUNT: _project_count,
    Measure.MEETING_COUNT: _meeting_count,
    Measure.MEETING_ATTENDANCE: _meeting_attendance,
    Measure.SEATS: _seats,
    Measure.SUM_OF: _sum_of,
    Measure.NONE: lambda rows, figure: None,
}


# --- lines and their second printing ------------------------------------------------------------------------------


def _line(line):
    check = line.formula_check
    notes = [check.message, line.override_reason and f"금액이 다른 까닭: {line.override_reason}"]
    return Finding(
        kind="line",
        key=f"line-{line.project.number}-{line.order}",
        label=f"{line.project.name} · {line.description}",
        where="산출내역",
        unit="원",
        stated=Decimal(line.amount_krw),
        computed=None if check.product is None else Decimal(check.product),
        matches=check.state == "ok",
        note=" ".join(filter(None, notes)),
        source=line.source,
        url_args=(line.project.number, line.order),
    )


def _has_printing(line):
    try:
        return line.printing is not None
    except LinePrinting.DoesNotExist:
        return False


def _printing(line):
    """The second printing: its own calculation first, then its amount against the line's."""
    printing = line.printing
    check = formulas.check(printing.formula, printing.amount_krw)
    computed = {"invalid": None, "none": line.amount_krw}.get(check.state, check.product)
    notes = [check.message]
    if printing.amount_krw != line.amount_krw:
        notes.append(f"예산표에는 {won(line.amount_krw)}으로 적혀 있습니다.")
        if check.state in ("ok", "none"):
            computed = line.amount_krw
    if _calculation(printing.formula) != _calculation(line.formula):
        notes.append(f"예산표의 산출식은 ‘{line.formula or won(line.amount_krw)}’입니다.")
    if squeeze(printing.description) != squeeze(line.description):
        notes.append(f"예산표의 내역은 ‘{line.description}’입니다.")
    return Finding(
        kind="printing",
        key=f"printing-{line.project.number}-{line.order}",
        label=f"{line.project.name} · {printing.description} ({printing.printed})",
        where="사업별 소요예산",
        unit="원",
        stated=Decimal(printing.amount_krw),
        computed=None if computed is None else Decimal(computed),
        matches=check.state in ("ok", "none") and printing.amount_krw == line.amount_krw,
        note=" ".join(filter(None, notes)),
        source=printing.source,
        url_args=(line.project.number, line.order),
    )


def _calculation(text):
    """A calculation in one spelling, for comparing two printings: `10,000원X120명` and `10,000원×120명` are the same."""
    return squeeze(text).replace("x", "×").replace("*", "×")


# --- the meeting log ----------------------------------------------------------------------------------------------


def _meeting_finding(meeting, kind, suffix, label, stated, computed):
    return Finding(
        kind=kind,
        key=f"{kind}-{meeting.year}-{meeting.no}{suffix}",
        label=f"{meeting.year}년 회의 {meeting.no} · {label}",
        where="숙의 공론장 운영 주요 내용",
        unit="",
        stated=stated,
        computed=computed,
        matches=stated == computed,
        source=meeting.source,
        url_args=(meeting.year, meeting.no),
    )


def _weekdays(meeting):
    """The printed weekday of a meeting's first (and last) day against the calendar."""
    days = ((meeting.starts_on, meeting.printed_weekday, ""), (meeting.ends_on, meeting.printed_end_weekday, "-end"))
    return [
        _meeting_finding(meeting, "weekday", suffix, f"{day:%Y-%m-%d}의 요일", printed, weekday(day))
        for day, printed, suffix in days
        if day and printed and printed in WEEKDAYS
    ]


def _sessions(meetings):
    """Session labels (`2019-3차`) against the body's n-th labelled session of that year."""
    counted = defaultdict(int)
    findings = []
    for meeting in meetings:
        if not meeting.session_label:
            continue
        bodies = tuple(sorted(body.name for body in meeting.bodies.all()))
        counted[meeting.year, bodies] += 1
        computed = f"{meeting.year}-{counted[meeting.year, bodies]}차"
        label = f"{'·'.join(bodies)} 회차"
        findings.append(_meeting_finding(meeting, "session", "", label, meeting.session_label, computed))
    return findings
