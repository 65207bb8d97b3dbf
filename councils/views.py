"""The council's pages: bodies, library, and the log of meetings."""

from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.shortcuts import get_object_or_404, render

from councils import slots
from councils.forms import MeetingFilter
from councils.models import Body, BodyKind, Document, Meeting
from geumcheon.lib import periods

MEETINGS_PER_PAGE = 20
BODY_FACTS = ("seats", "rules", "offices", "terms", "aliases")


def index(request):
    """The bodies as a tree, the council's own facts, the subcommittees' visions and the task forces."""
    bodies = list(Body.objects.prefetch_related(*BODY_FACTS))
    by_parent = {}
    for body in bodies:
        by_parent.setdefault(body.parent_id, []).append(body)
    for body in bodies:
        body.branches = by_parent.get(body.pk, [])
        body.seat_total = _seat_total(body)
    context = {
        "tree": by_parent.get(None, []),
        "councils": [b for b in bodies if b.kind == BodyKind.COUNCIL],
        "subcommittees": [b for b in bodies if b.kind == BodyKind.SUBCOMMITTEE],
        "task_forces": [b for b in bodies if b.kind == BodyKind.TASK_FORCE],
    }
    return render(request, "councils/index.html", context)


def body(request, pk):
    """One body: its facts, what the apps on the right hang on it, and its newest meetings."""
    body = get_object_or_404(Body.objects.select_related("parent").prefetch_related(*BODY_FACTS, "children"), pk=pk)
    body.seat_total = _seat_total(body)
    meetings = Meeting.objects.filter(bodies=body)
    context = {
        "body": body,
        "fragments": slots.body_page.collect(body),
        "meetings": meetings.select_related("kind").prefetch_related("bodies")[:5],
        "sums": meetings.aggregate(count=Count("pk"), people=Sum("attendees")),
    }
    return render(request, "councils/body.html", context)


def library(request):
    """Ordinances and documents with their cited articles and the meeting that decided them."""
    documents = Document.objects.select_related("meeting__kind").prefetch_related("articles").order_by("pk")
    return render(request, "councils/library.html", {"documents": documents})


def meetings(request):
    """The log of meetings with filters; count and attendance are of the whole filtered log, not of the page."""
    form = MeetingFilter(request.GET)
    found = form.apply(Meeting.objects.all())
    paginator = Paginator(found.select_related("kind").prefetch_related("bodies"), MEETINGS_PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "pages": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "sums": found.order_by().aggregate(count=Count("pk"), people=Sum("attendees")),
        "fragments": slots.log_sums.collect(),
    }
    return render(request, "councils/meetings.html", context)


def meeting(request, year, no):
    """One meeting of the log."""
    meeting = get_object_or_404(
        Meeting.objects.select_related("kind").prefetch_related("bodies", "documents"), year=year, no=no
    )
    log = Meeting.objects.filter(year=year)
    context = {
        "meeting": meeting,
        "weekday_wrong": _weekday_differs(meeting),
        "fragments": slots.meeting_page.collect(meeting),
        "previous": log.filter(no__lt=no).order_by("-no").first(),
        "next": log.filter(no__gt=no).order_by("no").first(),
    }
    return render(request, "councils/meeting.html", context)


def _weekday_differs(meeting):
    """Whether a weekday the source prints is not the calendar's."""
    printed = ((meeting.printed_weekday, meeting.starts_on), (meeting.printed_end_weekday, meeting.ends_on))
    return any(letter and day and letter != periods.weekday(day) for letter, day in printed)


def _seat_total(body):
    """The number of seats where every kind has a fixed count and there is more than one kind; else None."""
    counts = [seat.count for seat in body.seats.all()]
    return sum(counts) if len(counts) > 1 and None not in counts else None
