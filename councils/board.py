"""Who sits, who leaves soon and which seats are free: the renewal board of the secretariat, and the seats everybody sees."""

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from datetime import timedelta

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.template.response import TemplateResponse
from django.utils.http import urlencode

from councils.models import (
    BodySeat,
    Candidate,
    Membership,
    OfficeHolding,
    Recruitment,
    RecruitmentState,
)
from geumcheon.lib import clock, periods
from geumcheon.lib.admin_parts import admin_url, per_row

SOON = 90  # days
RUNNING = (RecruitmentState.DRAFT, RecruitmentState.OPEN, RecruitmentState.SCREENING)


def ending_soon(day, days=SOON):
    """Memberships seated on `day` that end within `days` days, soonest first; one that was followed already counts too."""
    last = day + timedelta(days=days)
    ends = Q(left_on__isnull=False, left_on__lte=last) | Q(left_on__isnull=True, ends_before__lte=last)
    return Membership.objects.seated(day).filter(ends)


@dataclass(frozen=True)
class SeatState:
    """A kind of seat on a day, in people: `limit` and `free` are None where no number is set."""

    seat: BodySeat
    seated: int
    ending: int
    url: str

    @property
    def limit(self):
        return self.seat.limit

    @property
    def free(self):
        return None if self.limit is None else max(self.limit - self.seated, 0)

    @property
    def over(self):
        return self.limit is not None and self.seated > self.limit


def seat_states(day):
    """[SeatState] of every seat of every body, in their order."""
    counts = defaultdict(int)
    for seat_id in Membership.objects.seated(day).values_list("seat_id", flat=True):
        counts[seat_id] += 1
    ending = defaultdict(int)
    for seat_id in ending_soon(day).values_list("seat_id", flat=True):
        ending[seat_id] += 1
    seats = BodySeat.objects.select_related("body").order_by("body__order", "body_id", "order")
    return [SeatState(seat, counts[seat.pk], ending[seat.pk], _list_url(seat=seat.pk)) for seat in seats]


def _list_url(state="seated", **where):
    query = {f"{name}__id__exact": pk for name, pk in where.items()}
    return f"{admin_url(Membership)}?{urlencode({'state': state, **query})}"


def membership_board(request):
    """Who ends within 90 days, free seats by body and kind, running recruitments. Every number leads to its rows."""
    if not request.user.has_perm("councils.view_membership"):
        raise PermissionDenied
    today = clock.today()
    states = seat_states(today)
    ending = list(ending_soon(today).select_related("person", "body", "seat"))
    for membership in ending:
        membership.days_left = (membership.until - today).days
    running = Recruitment.objects.filter(state__in=RUNNING).select_related("seat__body")
    running = running.annotate(candidate_rows=per_row(Candidate, "recruitment"))
    context = {
        **admin.site.each_context(request),
        "title": "위원 현황과 연임·위촉",
        "opts": Membership._meta,
        "today": today,
        "soon": SOON,
        "states": states,
        "ending": sorted(ending, key=lambda membership: (membership.until, membership.body.order, membership.pk)),
        "running": running.order_by("closes_before", "pk"),
        "seated": sum(state.seated for state in states),
        "urls": {"seated": _list_url(), "ending": f"{admin_url(Membership)}?soon=90"},
    }
    return TemplateResponse(request, "councils/members/board.html", context)


# --- for everybody ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PublicMember:
    """What everybody may know of a member: offices held, the name only with consent, and the term.

    Those without office and name whose terms are alike are one entry: `count` people.
    """

    offices: tuple
    name: str
    starts_on: object
    last_day: object
    term_no: int
    count: int = 1


@dataclass(frozen=True)
class PublicSeats:
    """A kind of seat for everybody: its printed size, how many sit and are free (None without a number), and who."""

    seat: BodySeat
    seated: int
    free: int | None
    members: tuple


def public_seats(body, day):
    """[PublicSeats] of a body on `day`; [] where no member was ever entered. Three queries."""
    rows = list(Membership.objects.filter(body=body).seated(day).select_related("person").order_by("starts_on", "pk"))
    if not rows and not Membership.objects.filter(body=body).exists():
        return []
    offices = defaultdict(list)
    holdings = OfficeHolding.objects.filter(periods.covering(day), membership__in=[row.pk for row in rows])
    for holding in holdings.select_related("office").order_by("office__order"):
        offices[holding.membership_id].append(holding.office)
    by_seat = defaultdict(list)
    for row in rows:
        by_seat[row.seat_id].append(row)
    found = []
    for seat in body.seats.all():
        people = by_seat[seat.pk]
        # Those who hold an office first, then by the day of their term: the order of names would give names away.
        people.sort(key=lambda row: (min((o.order for o in offices[row.pk]), default=99), row.starts_on, row.pk))
        free = None if seat.limit is None else max(seat.limit - len(people), 0)
        members = [
            PublicMember(
                tuple(office.name for office in offices[row.pk]),
                row.person.name if row.person.name_is_public(day) else "",
                row.starts_on,
                row.last_day,
                row.term_no,
            )
            for row in people
        ]
        found.append(PublicSeats(seat, len(people), free, _alike_together(members)))
    return found


def _alike_together(members):
    """The members in order, those nobody could tell apart as one entry with their number."""
    counts = Counter(members)
    return tuple(
        entry
        for member in counts
        for entry in (
            [member] * counts[member] if member.name or member.offices else [replace(member, count=counts[member])]
        )
    )
