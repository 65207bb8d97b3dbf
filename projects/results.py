"""What an indicator has achieved, from its rows of evidence alone (DESIGN.md rules 6, 7 and 11).

Values combine as the indicator says: sum, latest, mean, share (weighted by the answers behind each), every (each dong, quarter
or month on its own). `일일10명` is a mean over the days that were counted; `연 5회 미만` a sum over the year. A bare number
is reached at or above it. Nothing is overdue in a closed plan; without evidence it says so.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from geumcheon.accounts.models import Dong
from geumcheon.lib import clock
from geumcheon.lib.money import quantity
from projects import targets
from projects.evidence import register
from projects.models import Combine, Comparator, Indicator, IndicatorResult, IndicatorSource, PlanStatus, ResultState
from projects.rules import own_projects

BEHIND_POINTS = 25  # percent points below the share due by the day
DUE_DAYS = 30  # how long before its period ends an indicator that is not reached is called due
BELOW = (Comparator.LESS, Comparator.AT_MOST)
TENTH = Decimal("0.1")
HUNDREDTH = Decimal("0.01")
LARGEST_SHARE = Decimal("999999.9")
QUARTERS = [f"{n}분기" for n in range(1, 5)]
MONTHS = [f"{n}월" for n in range(1, 13)]


@dataclass(frozen=True)
class Achievement:
    """One indicator on one day. `value` in its unit (parts reached for an "every" indicator with parts), shares in percent."""

    state: ResultState
    value: Decimal | None = None
    share: Decimal | None = None
    due_share: Decimal | None = None
    count: int = 0
    missing: list = field(default_factory=list)


def _percent(part, whole):
    return min((Decimal(part) * 100 / Decimal(whole)).quantize(TENTH, ROUND_HALF_UP), LARGEST_SHARE)


def period(project, plan):
    """[start, end) in which a project's indicators are to be reached: its own period, else the plan's year."""
    start = project.starts_on or date(plan.year, 1, 1)
    end = project.ends_before or date(plan.year + 1, 1, 1)
    return start, max(end, start)


def due_share(start, end, day):
    """Percent of [start, end) that has passed when `day` begins: 0 before it, 100 from its end."""
    total = (end - start).days
    passed = min(max((day - start).days, 0), total)
    return _percent(passed, total) if total else Decimal("100.0")


def _parts(indicator, dongs):
    """The parts an "every" indicator needs, [] where it is counted as one (연, 일)."""
    if indicator.combine != Combine.EVERY:
        return []
    return {"동": dongs, "분기": QUARTERS, "월": MONTHS}.get(indicator.per, [])


# How a number of parts reads: (what they are, counter word).
PART_WORDS = {"동": ("동", "곳"), "분기": ("분기", "개"), "월": ("달", "개")}


def value_text(indicator, result):
    """A stored value in words: `17회`, `예`, `동 10곳 가운데 3곳`; "" for none."""
    if result is None or result.value is None:
        return ""
    if indicator.comparator == Comparator.TEXT:
        return "예" if result.value == 1 else "아니요"
    if indicator.combine == Combine.EVERY and indicator.per in PART_WORDS:
        what, counter = PART_WORDS[indicator.per]
        total = quantity(result.value + len(result.missing))
        return f"{what} {total}{counter} 가운데 {quantity(result.value)}{counter}"
    return f"{quantity(result.value)}{indicator.unit}"


def _part(row, per):
    if per == "분기" and row.part not in QUARTERS:
        return QUARTERS[(row.date.month - 1) // 3]
    if per == "월" and row.part not in MONTHS:
        return MONTHS[row.date.month - 1]
    return row.part


def combined(indicator, rows):
    """The one value of rows (not empty), in the indicator's unit, to two places."""
    if indicator.combine == Combine.LATEST:
        value = max(enumerate(rows), key=lambda pair: (pair[1].date, pair[0]))[1].value
    elif indicator.combine == Combine.SHARE:
        weight = sum(row.weight for row in rows)
        value = sum(row.value * row.weight for row in rows) / weight
    elif indicator.per == "일" and indicator.combine in (Combine.EVERY, Combine.MEAN):
        days = defaultdict(Decimal)
        for row in rows:
            days[row.date] += row.value
        value = sum(days.values()) / len(days)
    elif indicator.combine == Combine.MEAN:
        value = sum(row.value for row in rows) / len(rows)
    else:
        value = sum(row.value for row in rows)
    return Decimal(value).quantize(HUNDREDTH, ROUND_HALF_UP)


def achieve(indicator, rows, plan, day, dongs=()):
    """The Achievement of `indicator` (with its project) on `day` from its evidence Rows."""
    start, end = period(indicator.project, plan)
    over = plan.is_closed or day >= end
    due = None if plan.is_closed else due_share(start, end, day)
    if not rows:
        return Achievement(ResultState.NO_DATA if plan.is_closed else ResultState.NOT_MEASURED, due_share=due)
    parts = _parts(indicator, list(dongs))
    if parts:
        value, share, missing = _every(indicator, rows, parts)
        reached = not missing
    else:
        value, share, missing = combined(indicator, rows), None, []
        if indicator.comparator == Comparator.TEXT:
            reached = value == 1
        else:
            reached = targets.is_reached(indicator.comparator, indicator.target_value, value)
            if indicator.comparator not in BELOW and indicator.target_value:
                share = _percent(value, indicator.target_value)
    return Achievement(_state(indicator, reached, over, share, due), value, share, due, len(rows), missing)


def _every(indicator, rows, parts):
    """(parts reached, percent of the parts, parts that lack) of an indicator that each part has to reach."""
    sums = defaultdict(Decimal)
    for row in rows:
        sums[_part(row, indicator.per)] += row.value
    missing = [
        p
        for p in parts
        if not (p in sums and targets.is_reached(indicator.comparator, indicator.target_value, sums[p]))
    ]
    done = len(parts) - len(missing)
    return Decimal(done), _percent(done, len(parts)), missing


def _state(indicator, reached, over, share, due):
    if indicator.comparator == Comparator.TEXT:
        return ResultState.REACHED if reached else ResultState.MISSED
    if indicator.comparator in BELOW:  # only the end can tell that it stayed below; passing the mark ends it at once
        if not reached:
            return ResultState.MISSED
        return ResultState.REACHED if over else ResultState.ON_THE_WAY
    if reached:
        return ResultState.REACHED
    if over:
        return ResultState.MISSED
    return ResultState.BEHIND if share is not None and share < due - BEHIND_POINTS else ResultState.ON_THE_WAY


@dataclass
class _Typed:
    """What an indicator without a source of its own counts, in the shape of an IndicatorSource: typed values alone."""

    pk: int
    indicator_id: int
    kind_ids: set
    body_ids: set
    provider: str = "measurement"
    own_project: bool = True
    minimum_people: int | None = None
    words: str = ""


def _sources(indicators):
    """Each indicator's source with the filters its provider reads; typed values alone where none is set."""
    set_up = IndicatorSource.objects.filter(indicator__in=indicators).prefetch_related("meeting_kinds", "bodies")
    sources, by_indicator = [], {source.indicator_id: source for source in set_up}
    for indicator in indicators:
        source = by_indicator.get(indicator.pk)
        if source is None:
            source = _Typed(pk=-indicator.pk, indicator_id=indicator.pk, kind_ids=set(), body_ids=set())
        else:
            source.kind_ids = {kind.pk for kind in source.meeting_kinds.all()}
            source.body_ids = {body.pk for body in source.bodies.all()}
        source.indicator = indicator
        source.word_list = ["".join(word.split()) for word in source.words.split(",") if word.strip()]
        sources.append(source)
    return sources


def evidence(plan, indicators):
    """{indicator pk: [Row, oldest first]} of indicators of one plan, in a constant number of queries."""
    sources = _sources(list(indicators))
    rows = register.rows(sources, plan)
    return {source.indicator_id: rows[source.pk] for source in sources}


def of_plan(plan):
    """The plan's indicators with their project (each read once), in order."""
    rows = Indicator.objects.filter(project__plan=plan).order_by("project__number", "order")
    return list(rows.prefetch_related("project"))


def compute(plan, day=None):
    """{indicator: Achievement} of a plan on `day` (today), in order."""
    day, indicators = day or clock.today(), of_plan(plan)
    rows, dongs = evidence(plan, indicators), list(Dong.objects.values_list("name", flat=True))
    return {i: achieve(i, rows[i.pk], plan, day, dongs) for i in indicators}


@dataclass(frozen=True)
class Due:
    """An indicator somebody should look at: its stored result and the first day after its period."""

    indicator: Indicator
    result: IndicatorResult
    ends_before: date

    @property
    def days_left(self):
        """Days from today until the period is over, 0 once it is."""
        return max((self.ends_before - clock.today()).days, 0)


def due_soon(user, day):
    """[Due] of open plans that the user answers for (an officer: led by the own departments; else all), the most urgent first.

    Behind or missed, or not reached with the period over within DUE_DAYS. Three queries; reads stored results only.
    """
    rows = IndicatorResult.objects.filter(
        indicator__project__in=own_projects(user), indicator__project__plan__status=PlanStatus.PUBLISHED
    ).exclude(state__in=[ResultState.REACHED, ResultState.NO_DATA])
    found = []
    for result in rows.select_related("indicator__project__plan"):
        indicator = result.indicator
        end = period(indicator.project, indicator.project.plan)[1]
        if result.state in (ResultState.BEHIND, ResultState.MISSED) or end <= day + timedelta(days=DUE_DAYS):
            found.append(Due(indicator, result, end))
    return sorted(found, key=lambda d: (d.ends_before, d.indicator.project.number, d.indicator.order))
