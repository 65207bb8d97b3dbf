"""The newest plan in numbers for the home page: stored rollups with their time, and plain counts of rows."""

from django.db.models import Count, Sum

from budgets import rollups
from budgets.models import Dimension
from councils.models import Body, BodyKind, Meeting
from projects.models import IndicatorRollup, Plan, Stage

NEWEST_MEETINGS = 5


def newest_plan():
    """The newest plan everybody may see, or None."""
    return Plan.objects.published().order_by("-year").first()


def plan_numbers(plan):
    """{"projects", "stages", "indicators", "budget", "computed_at"}; budget is the stored BudgetRollup of the whole plan or None.

    computed_at is the older of the stored times, so that the page never claims to be newer than a figure on it.
    """
    budget = next(iter(rollups.current(plan, Dimension.PLAN)), None)
    indicators = IndicatorRollup.objects.filter(plan=plan, project=None).first()
    return {
        "projects": plan.projects.count(),
        "stages": Stage.objects.filter(project__plan=plan).count(),
        "indicators": indicators,
        "budget": budget,
        "computed_at": min((row.computed_at for row in (budget, indicators) if row), default=None),
    }


def meeting_numbers():
    """{"count", "people"} of the whole log."""
    return Meeting.objects.aggregate(count=Count("pk"), people=Sum("attendees"))


def newest_meetings():
    """The newest meetings of the log."""
    return Meeting.objects.select_related("kind").prefetch_related("bodies")[:NEWEST_MEETINGS]


def subcommittees():
    """The subcommittees with their visions, in order."""
    return Body.objects.filter(kind=BodyKind.SUBCOMMITTEE)
