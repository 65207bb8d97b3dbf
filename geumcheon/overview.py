"""What the home page shows: where the year stands, what is open now, and the newest plan from stored rollups with their time."""

from django.db.models import Count, F, Sum
from django.urls import NoReverseMatch, reverse

from budgets import display
from budgets.models import BudgetRollup, Dimension
from councils.models import Body, BodyKind, Meeting, Notice, NoticeKind
from geumcheon.lib import charts
from projects.models import IndicatorRollup, Plan, Stage
from voting import display as votes

NEWEST_MEETINGS = 5
NEWEST_NOTICES = 3
OPEN_NOTICES = 3
SOON = 3  # days left at which a deadline is shown as near
# How residents take part, in the order of a year; each is open while a notice of its kind runs.
WAYS = ((NoticeKind.CALL, "제안"), (NoticeKind.VOTE, "투표"), (NoticeKind.RECRUITMENT, "모집"))


def address(name, *args):
    """The address of a named page, or "" where the portal has no such page."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


# --- now ------------------------------------------------------------------------------------------------------------


def cycle_line(plan, today):
    """The plan's steps as a CycleLine, or None without steps.

    A closed plan shows its own making, closed. Before that the plan prints the steps of several years (its own and next year's): the
    first year with a step that runs or is to come is shown, else the last.
    """
    years = {}
    for step in plan.steps.all():
        years.setdefault(step.year, []).append(
            charts.Step(
                step.title, step.when, step.starts_on, step.ends_on, url=reverse("projects:plan", args=[plan.year])
            )
        )
    if plan.is_closed:
        steps = years.get(plan.year, [])
        status = f"{plan.year} 계획 · {plan.get_status_display()}"
        label = f"{plan.year}년 계획의 수립 과정"
        return charts.CycleLine.on(today, label=label, steps=steps, status=status, closed=True) if steps else None
    line = None
    for year, steps in sorted(years.items()):
        line = charts.CycleLine.on(today, label=f"{year}년 계획의 수립 과정", steps=steps, status=f"{year} 계획 수립")
        if line.current or line.upcoming:
            break
    return line


def open_notices(today):
    """Every notice open on the day, the one that ends first on top: each with `address`, `deadline` (`오늘까지`, `D-3`,
    "") and `soon`."""
    notices = list(Notice.objects.running(today).order_by(F("ends_before").asc(nulls_last=True), "pk"))
    for notice in notices:
        left = (notice.last_day - today).days if notice.last_day else None
        notice.deadline = "" if left is None else f"D-{left}" if left else "오늘까지"
        notice.soon = left is not None and left <= SOON
        notice.address = address("councils:notice", notice.pk)
    return notices


def running_votes():
    """The votes open at this moment, dressed."""
    return votes.running()


def newest_notices(today, shown):
    """The newest notices that are not among those already shown, each with `address`."""
    notices = list(Notice.objects.visible(today).exclude(pk__in=[notice.pk for notice in shown])[:NEWEST_NOTICES])
    for notice in notices:
        notice.address = address("councils:notice", notice.pk)
    return notices


def ways(running, rounds=(), calls=()):
    """[{"label", "state", "url"}] of the ways to take part; url is "" where none of the kind is open.

    A vote that runs on the portal (`rounds`, dressed) leads straight to it. calls: calls for proposals that are open, as
    forums.proposals_list.open_calls gives them; they go before notices of one.
    """
    found = []
    for kind, label in WAYS:
        notices = [notice for notice in running if notice.kind == kind]
        state = "지금 없음"
        if kind == NoticeKind.VOTE and rounds:
            first = rounds[0]
            found.append({"label": label, "state": first.left, "url": first.get_absolute_url(), "open": True})
            continue
        if notices:
            state = notices[0].deadline or "진행 중"
        url = notices[0].address if notices else ""
        if kind == NoticeKind.CALL and calls:
            state, url = calls[0].left or "받는 중", reverse("proposals")
        found.append({"label": label, "state": state, "url": url, "open": bool(url or notices)})
    return found


# --- the plan -------------------------------------------------------------------------------------------------------


def newest_plan():
    """The newest plan everybody may see, or None."""
    return Plan.objects.published().order_by("-year").first()


def plan_figures(plan):
    """{"projects", "stages", "indicators", "budget", "picture", "computed_at"} of a plan.

    budget is the stored BudgetRollup of the whole plan or None; picture is the treemap of the stored sums or None. computed_at is the
    oldest of the stored times, so that the page never claims to be newer than a figure on it.
    """
    shown = (Dimension.PLAN, Dimension.PROJECT, Dimension.BODY)
    rows = BudgetRollup.objects.filter(version__plan=plan, version__is_current=True, dimension__in=shown)
    stored = {dimension: [] for dimension in shown}
    for row in rows.order_by("order", "key"):
        stored[row.dimension].append(row)
    indicators = IndicatorRollup.objects.filter(plan=plan, project=None).first()
    projects = list(plan.projects.prefetch_related("project_bodies__body").order_by("number"))
    times = [row.computed_at for rows in stored.values() for row in rows]
    return {
        "projects": len(projects),
        "stages": Stage.objects.filter(project__plan=plan).count(),
        "indicators": indicators,
        "budget": next(iter(stored[Dimension.PLAN]), None),
        "picture": treemap(plan, projects, stored[Dimension.PROJECT], stored[Dimension.BODY]),
        "computed_at": min(times + ([indicators.computed_at] if indicators else []), default=None),
    }


def treemap(plan, projects, amounts, bodies):
    """The plan's projects sized by their stored amounts (won) and grouped by 추진분과 in the order of the stored rows of bodies; None
    where nothing is stored."""
    by_number = {row.key: row.total_krw for row in amounts}
    groups = {row.key: [] for row in bodies}
    for project in projects:
        if (amount := by_number.get(str(project.number))) is None:
            continue
        item = charts.Item(
            project.name,
            amount,
            url=reverse("projects:detail", args=[plan.year, project.number]),
            code=str(project.number),
        )
        groups.setdefault(project.bodies_label or "추진분과 없음", []).append(item)
    drawn = [
        charts.Group(name, items, url=display.lines_url(plan, **{Dimension.BODY.value: name}))
        for name, items in groups.items()
        if items
    ]
    if not drawn:
        return None
    return charts.Treemap(
        title=f"사업 {sum(len(group.items) for group in drawn)}개의 예산",
        lead="네모의 넓이가 사업비입니다. 누르면 그 사업으로 갑니다.",
        groups=drawn,
        noun="사업",
        head="추진분과와 사업",
    )


# --- the council ----------------------------------------------------------------------------------------------------


def meeting_numbers():
    """{"count", "people"} of the whole log."""
    return Meeting.objects.published().aggregate(count=Count("pk"), people=Sum("attendees"))


def newest_meetings():
    """The newest meetings of the log."""
    return Meeting.objects.published().select_related("kind").prefetch_related("bodies")[:NEWEST_MEETINGS]


def subcommittees():
    """The subcommittees with their visions, in order."""
    return Body.objects.real().filter(kind=BodyKind.SUBCOMMITTEE)
