"""Numbers of the published meetings by month, year and body: meetings, attendees, the share present of the seated, decisions."""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from itertools import groupby

from django.http import StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode

from councils.models import Attendance, Body, Decision, Meeting, Membership
from geumcheon.lib import periods
from geumcheon.lib.charts import PEOPLE, Columns, Item, Panel
from geumcheon.lib.exports import stream_csv
from geumcheon.lib.filters import FilterForm, pick_number, pick_row

MOST_COLUMNS = 36
NO_BODY = "기구 없이 연 회의"
HEADINGS = (
    "연도", "월", "기구", "회의(회)", "참석 인원(명)", "참석 인원이 적히지 않은 회의(회)", "출석을 적은 회의(회)", "재적 위원(연인원)", "출석 위원(연인원)", "출석률(%)", "의결(건)",
)  # fmt: skip


class StatisticsFilter(FilterForm):
    """GET filters: one year, one body."""

    year = pick_number("연도")
    body = pick_row("기구", Body.objects.real())

    def __init__(self, data, **kwargs):
        super().__init__(data, **kwargs)
        years = Meeting.objects.published().order_by("-year").values_list("year", flat=True).distinct()
        self.fields["year"].choices = [("", "전체"), *((year, f"{year}년") for year in years)]


@dataclass
class Sums:
    """Sums over meetings. `attendees` are people, guests too, as each record states them; `unstated` meetings state none.

    `seated` and `present` add the members of the `logged` meetings, those where attendance was written down.
    """

    meetings: int = 0
    attendees: int = 0
    unstated: int = 0
    logged: int = 0
    seated: int = 0
    present: int = 0
    decisions: int = 0

    def add(self, counted, body_id=None):
        self.meetings += 1
        self.attendees += counted.attendees or 0
        self.unstated += counted.attendees is None
        self.decisions += counted.decisions
        if counted.present is not None:
            seated = counted.seated(body_id)
            self.logged += 1
            self.seated += len(seated)
            self.present += len(seated & counted.present)

    @property
    def share(self):
        """Percent present of the seated with one decimal, or None where no attendance was written down."""
        return round(100 * self.present / self.seated + 1e-9, 1) if self.seated else None

    def cells(self):
        """The numbers in the order of HEADINGS, for CSV."""
        return [self.meetings, self.attendees, self.unstated, self.logged, self.seated, self.present, self.share, self.decisions]  # fmt: skip


@dataclass
class Counted:
    """One published meeting in numbers; `present` person ids, or None where no attendance was written down."""

    year: int
    month: int
    attendees: int | None
    bodies: list
    decisions: int
    present: set | None
    people: dict = field(default_factory=dict)  # body id -> ids of the seated

    def seated(self, body_id=None):
        """Ids of people seated in one body, or in any: a person in two bodies of a joint meeting counts once in the total."""
        if body_id is not None:
            return self.people.get(body_id, set())
        return set().union(*self.people.values()) if self.people else set()


def count(year=None, body=None):
    """[Counted] of the published meetings in the order of time; five queries for any number of them."""
    meetings = Meeting.objects.published()
    if year:
        meetings = meetings.filter(starts_on__year=year)
    if body:
        meetings = meetings.filter(bodies=body)
    keys = meetings.values("pk")
    decisions = Counter(Decision.objects.filter(item__meeting__in=keys).values_list("item__meeting_id", flat=True))
    present = defaultdict(set)
    for pk, person, was_present in Attendance.objects.filter(meeting__in=keys).values_list("meeting_id", "person_id", "present"):  # fmt: skip
        present[pk] |= {person} if was_present else set()
    linked = defaultdict(list)
    for row in Meeting.bodies.through.objects.filter(meeting__in=keys).values_list("meeting_id", "body_id"):
        linked[row[0]].append(row[1])
    seats = list(Membership.objects.filter(body__in={body_id for pk in present for body_id in linked[pk]}))
    return [
        Counted(day.year, day.month, attendees, linked[pk], decisions[pk], present.get(pk), _seated(seats, linked[pk], day))
        for pk, day, attendees in meetings.order_by("starts_on", "pk").values_list("pk", "starts_on", "attendees")
    ]  # fmt: skip


def _seated(seats, body_ids, day):
    """{body id: ids of people} of the memberships that hold on a day."""
    people = defaultdict(set)
    for seat in seats:
        if seat.body_id in body_ids and periods.covers(seat.starts_on, seat.until, day):
            people[seat.body_id].add(seat.person_id)
    return people


def by_time(counted, body, key):
    """{key(meeting): Sums} of all bodies together, a joint meeting once; with a body, of its members only."""
    sums = defaultdict(Sums)
    for meeting in counted:
        sums[key(meeting)].add(meeting, body.pk if body else None)
    return sums


def month_of(meeting):
    return meeting.year, meeting.month


def year_of(meeting):
    return meeting.year


def by_body(counted, bodies, only=None):
    """[(name, Sums)] in the bodies' order; a joint meeting counts in each of its bodies, hence rows may add up to more than the total."""
    sums = defaultdict(Sums)
    for meeting in counted:
        for body_id in meeting.bodies or [None]:
            sums[body_id].add(meeting, body_id)
    rows = [(body.name, sums[body.pk]) for body in bodies if body.pk in sums and only in (None, body)]
    return rows + ([(NO_BODY, sums[None])] if None in sums and only is None else [])


def picture(counted, filters):
    """Columns of meetings and attendees by month, or by year where the months are too many to read."""
    months = by_time(counted, None, month_of)
    if not months:
        return None
    first, last = min(months), max(months)
    spans = [divmod(n, 12) for n in range(first[0] * 12 + first[1] - 1, last[0] * 12 + last[1])]
    if len(spans) > MOST_COLUMNS:
        # A year without any record says nothing about its meetings: it is left out rather than drawn as none.
        years = by_time(counted, None, year_of)
        title = "해마다 연 회의와 참석 인원"
        items = [Item(f"{year}년", 0, url=_log(filters, year=year)) for year in sorted(years)]
        found = [years[year] for year in sorted(years)]
    else:
        title = "달마다 연 회의와 참석 인원"
        spans = [(year, month + 1) for year, month in spans]
        items = [
            Item(f"{month}월", 0, code=f"{year}년", url=_log(filters, year=year, month=month)) for year, month in spans
        ]
        found = [months.get(span, Sums()) for span in spans]
    panels = [Panel("회의", [s.meetings for s in found]), Panel("참석 인원", [s.attendees for s in found], PEOPLE)]
    return Columns(title=title, items=items, panels=panels)


def _log(filters, **where):
    body = filters.get("body")
    return reverse("councils:meetings") + "?" + urlencode(where | ({"body": body.name} if body else {}))


def _asked(request):
    form = StatisticsFilter(request.GET)
    form.is_valid()
    return form, form.cleaned_data


def page(request):
    """The statistics of published meetings, filtered by year and body."""
    form, filters = _asked(request)
    body = filters.get("body")
    counted = count(filters.get("year"), body)
    total = by_time(counted, body, lambda meeting: None)[None]
    context = {
        "form": form,
        "total": total,
        "picture": picture(counted, filters),
        "years": sorted(by_time(counted, body, year_of).items()),
        "months": sorted(by_time(counted, body, month_of).items()),
        "bodies": by_body(counted, Body.objects.real(), body),
        "no_body": NO_BODY,
    }
    return render(request, "councils/statistics.html", context)


def download(request):
    """CSV: one line per month and body, and one for the month's whole."""
    _, filters = _asked(request)
    body = filters.get("body")
    bodies = list(Body.objects.real())
    counted = count(filters.get("year"), body)

    def rows():
        for (year, month), group in groupby(counted, month_of):
            meetings = list(group)
            for name, sums in by_body(meetings, bodies, body):
                yield [year, month, name, *sums.cells()]
            if body is None:
                yield [year, month, "모두(한 번씩)", *by_time(meetings, None, month_of)[year, month].cells()]

    response = StreamingHttpResponse(stream_csv(HEADINGS, rows()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="geumcheon-meeting-statistics.csv"'
    return response
