"""Sheets of paper around a meeting: its record, and the list its members sign."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache

from councils import minutes, quorum, sign_sheet_xlsx
from councils.models import FileKind, Meeting, MeetingState, OfficeHolding
from geumcheon.lib import clock, periods

SHEET_ROWS = 25  # rows that fit on the first A4 page (static/css/record_print.css)
LEAST_OVERFLOW = 10  # rows of a second page, if there is one: a sheet of paper with a row or two is left behind


def _meeting(year, no):
    rows = Meeting.objects.select_related("kind").prefetch_related("bodies", "guests", "corrections")
    return get_object_or_404(rows, year=year, no=no)


# --- the record ---------------------------------------------------------------------------------------------------
def minutes_page(request, year, no):
    """The record for the printer: a published one for everybody, a draft, marked as one, for those who may read drafts."""
    meeting = _meeting(year, no)
    draft = meeting.state != MeetingState.PUBLISHED
    if draft and not request.user.has_perm("councils.read_draft", meeting):
        raise Http404
    counted = quorum.count(meeting) if meeting.attendances.exists() else None
    files = meeting.files.filter(public=True).exclude(kind=FileKind.SIGNED)
    context = {
        "meeting": meeting,
        "draft": draft,
        "hours": " ~ ".join(f"{hour:%H:%M}" for hour in (meeting.starts_at, meeting.ends_at) if hour),
        "counted": counted,
        "items": _items(meeting),
        "files": files,
        "corrections": meeting.corrections.all() if not draft else [],
        "extra": [line for filled in minutes.meeting_words.collect(meeting) for line in filled if line[1]],
        "back_url": meeting.get_absolute_url(),
        "today": clock.today(),
    }
    response = render(request, "councils/print/minutes.html", context)
    response["Cache-Control"] = "private, no-store" if draft else "private, no-cache"
    return response


def _items(meeting):
    """Agenda items with their decision and its quorum, as frozen, in words."""
    items = list(meeting.items.select_related("decision").prefetch_related("decision__quorums__body"))
    for item in items:
        item.decided = getattr(item, "decision", None)
        if item.decided:
            item.decision_head = minutes.decision_words(item.decided).split(" — ", 1)[0]
            item.quorum_words = quorum_words(item.decided)
    return items


def quorum_words(decision):
    """Korean sentences of a frozen decision: each body's seated and present people against its rule, and the majority."""
    if decision.frozen_at is None:
        return ["정족수는 게시할 때 확정합니다."]
    told = [
        f"{row.body}: 재적 {row.seated}명 가운데 {row.present}명 출석, 개의 정족수를 {'채움' if row.met else '채우지 못함'} ({row.rule})"
        for row in decision.quorums.all()
    ]
    if decision.rule:
        carried = "과반수 찬성" if decision.carried else "과반수에 못 미침"
        told.append(f"출석 위원 {decision.present}명, {decision.rule} 찬성 필요: {carried}")
    return told


# --- the list to sign ---------------------------------------------------------------------------------------------
@dataclass
class Row:
    """One person of the list, once, with every body of the meeting the person sits in."""

    no: int
    body: str
    seat: str
    name: str
    office: str


def sheet_rows(meeting):
    """[Row] of everybody seated on the day of the meeting, in the bodies' and seats' order."""
    seats = sorted(quorum.seated_on(meeting), key=quorum.roll_order)
    holdings = OfficeHolding.objects.filter(
        periods.covering(meeting.starts_on), membership__in=[seat.pk for seat in seats]
    )
    offices = {}
    for holding in holdings.select_related("office"):
        offices.setdefault(holding.membership_id, []).append(holding.office.name)
    people = {}
    for seat in seats:
        people.setdefault(seat.person_id, []).append(seat)
    return [
        Row(
            no,
            ", ".join(dict.fromkeys(seat.body.name for seat in own)),
            ", ".join(dict.fromkeys(seat.seat.label for seat in own)),
            own[0].person.name,
            ", ".join(dict.fromkeys(office for seat in own for office in offices.get(seat.pk, []))),
        )
        for no, own in enumerate(people.values(), 1)
    ]


def _sheet(request, year, no):
    """(meeting, rows, numbers of the empty rows for guests); the names are for those who log the meeting alone."""
    meeting = _meeting(year, no)
    if not request.user.has_perm("councils.log_meeting", meeting):
        raise PermissionDenied
    if meeting.state == MeetingState.CANCELLED:
        raise Http404
    rows = sheet_rows(meeting)
    last = len(rows) + sign_sheet_xlsx.LEAST_GUESTS
    last = SHEET_ROWS if last <= SHEET_ROWS else max(last, SHEET_ROWS + LEAST_OVERFLOW)
    return meeting, rows, range(len(rows) + 1, last + 1)


@never_cache
@login_required
def sign_sheet(request, year, no):
    """The list of members with room for signatures, for the printer."""
    meeting, rows, guests = _sheet(request, year, no)
    context = {
        "meeting": meeting,
        "rows": rows,
        "guests": guests,
        "one_body": len(meeting.bodies.all()) == 1,
        "hours": f"{meeting.starts_at:%H:%M}" if meeting.starts_at else "",
        "back_url": meeting.get_absolute_url(),
    }
    return render(request, "councils/print/sign_sheet.html", context)


@never_cache
@login_required
def sign_sheet_file(request, year, no):
    """The same list as a spreadsheet."""
    meeting, rows, guests = _sheet(request, year, no)
    response = HttpResponse(content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    response["Content-Disposition"] = f'attachment; filename="sign-sheet-{year}-{no}.xlsx"'
    sign_sheet_xlsx.write(response, meeting, rows, guests)
    return response
