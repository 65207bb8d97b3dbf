"""The council's pages: bodies, library, and the log of meetings."""

from django.core.paginator import Paginator
from django.db.models import Count, Q, Sum
from django.shortcuts import get_object_or_404, render

from councils import board, pictures, plain, slots
from councils.forms import LibraryFilter, MeetingFilter
from councils.log_record import face
from councils.meeting_rules import may_log_for
from councils.models import Body, BodyKind, Document, DocumentKind, Meeting
from geumcheon.lib import clock, periods

MEETINGS_PER_PAGE = 20
BODY_FACTS = ("seats", "rules", "offices", "terms", "aliases")


def index(request):
    """The bodies as a chart that is a list, how the council meets and decides in plain words, and how one joins it."""
    today = clock.today()
    bodies = list(Body.objects.real().prefetch_related(*BODY_FACTS))
    by_parent = {}
    for body in bodies:
        by_parent.setdefault(body.parent_id, []).append(body)
    for body in bodies:
        body.branches = by_parent.get(body.pk, [])
        body.seat_total = _seat_total(body)
        body.sizes = _sizes(body)
    councils = [b for b in bodies if b.kind == BodyKind.COUNCIL]
    for body in councils:
        found = plain.readings(body)
        body.meeting_rules = plain.chosen(found, plain.MEETING_KEYS, today)
        body.member_rules = plain.chosen(found, plain.MEMBER_KEYS, today)
    context = {"tree": by_parent.get(None, []), "councils": councils, "duties": _duties(bodies)}
    return render(request, "councils/index.html", context)


def body(request, pk):
    """One body: its facts, what the apps on the right hang on it, and its newest meetings."""
    body = get_object_or_404(Body.objects.select_related("parent").prefetch_related(*BODY_FACTS, "children"), pk=pk)
    body.seat_total = _seat_total(body)
    meetings = Meeting.objects.announced().filter(bodies=body)
    context = {
        "body": body,
        "seats_now": board.public_seats(body, clock.today()),
        "readings": plain.readings(body),
        "picture": pictures.of_body(body, meetings),
        "actions": slots.body_actions.collect(body),
        "fragments": slots.body_page.collect(body),
        "meetings": meetings.select_related("kind").prefetch_related("bodies")[:5],
        "sums": meetings.aggregate(count=Count("pk"), people=Sum("attendees")),
    }
    return render(request, "councils/body.html", context)


def library(request):
    """Ordinances and documents by kind, with their cited articles and the meeting that decided them."""
    form = LibraryFilter(request.GET)
    found = form.apply(Document.objects.all())
    by_kind = {}
    for document in found.select_related("meeting__kind").prefetch_related("articles").order_by("pk"):
        by_kind.setdefault(document.kind, []).append(document)
    groups = [(kind, by_kind[kind.value]) for kind in DocumentKind if kind.value in by_kind]
    return render(request, "councils/library.html", {"form": form, "groups": groups})


def meetings(request):
    """The log of meetings with filters; sums and picture are of the whole filtered log, not of the page."""
    form = MeetingFilter(request.GET)
    found = form.apply(Meeting.objects.announced())
    today = clock.today()
    coming = Q(starts_on__gte=today) | Q(ends_on__gte=today)
    rows = found.select_related("kind").prefetch_related("bodies")
    paginator = Paginator(rows.exclude(pk__in=found.order_by().filter(coming).values("pk")), MEETINGS_PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "pages": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "upcoming": rows.filter(coming).order_by("starts_on", "no") if page.number == 1 else [],
        "sums": found.order_by().aggregate(count=Count("pk"), people=Sum("attendees")),
        "picture": pictures.of_log(found, form.asked),
        "fragments": slots.log_sums.collect(),
        "may_log": request.user.is_authenticated and may_log_for(request.user) != set(),
    }
    return render(request, "councils/meetings.html", context)


def meeting(request, year, no):
    """One meeting of the log."""
    meeting = get_object_or_404(
        Meeting.objects.select_related("kind").prefetch_related("bodies", "documents"), year=year, no=no
    )
    meeting = face(meeting, request.user)
    log = Meeting.objects.announced().filter(year=year)
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


def _sizes(body):
    """The sizes printed for a body, e.g. `30명`, or `5명 이내` and `5~10명` where two places print two."""
    if body.seat_total:
        return [f"{body.seat_total}명"]
    seats = list(body.seats.all())
    if any(not seat.size for seat in seats) or (len(seats) > 1 and any(seat.count is not None for seat in seats)):
        return []
    return [seat.size for seat in seats]


def _duties(bodies):
    """The bodies beside the council that have a purpose, as lists of those with one kind and one text."""
    told = {}
    for body in bodies:
        if body.purpose and body.kind != BodyKind.COUNCIL:
            told.setdefault((body.kind, body.purpose), []).append(body)
    return list(told.values())
