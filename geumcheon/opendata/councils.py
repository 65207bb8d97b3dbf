"""Lists about the council: its bodies and the log of meetings."""

from datetime import date

from django.db.models import Prefetch

from councils.models import Body, BodySeat, BodyTerm, Meeting, MeetingKind, SeatKind
from geumcheon.lib.periods import last_day
from geumcheon.opendata.dataset import CHUNK, Dataset, columns
from projects.models import Plan, Project, ProjectMeeting


def _bodies():
    return Body.objects.real().order_by("order", "pk")


def bodies():
    queryset = _bodies().select_related("parent").prefetch_related("seats", "terms")
    for body in queryset.iterator(CHUNK):
        term = _newest_term(body)
        yield (
            body.name,
            body.get_kind_display(),
            body.parent.name if body.parent else None,
            body.vision or None,
            _seats(body),
            term and term.starts_on,
            term and last_day(term.ends_before),
            body.source or None,
        )


def _seats(body):
    """The number of seats in people; None where a kind of seat has no fixed number (a range, or a whole other body)."""
    counts = [seat.count for seat in body.seats.all()]
    return sum(counts) if counts and None not in counts else None


def _newest_term(body):
    """The term that starts last; district councillors keep their own dates and do not make the body's term."""
    terms = [term for term in body.terms.all() if term.seat_kind != SeatKind.COUNCILLOR]
    return max(terms, key=lambda term: (term.starts_on or date.min, term.pk), default=None)


BODIES = Dataset(
    name="bodies",
    title="기구",
    description="협치회의와 그 아래 분과, 확대회의, 운영위원회, 협치추진단 등 기구와 정원, 임기입니다.",
    columns=columns(
        ("name", "이름", "기구의 이름"),
        ("kind", "종류", "협치회의, 운영위원회, 분과, 확대회의, 협치추진단, 주민참여예산위원회, TFT"),
        ("parent", "상위 기구", "상위 기구의 이름"),
        ("vision", "비전", "문서에 적힌 비전"),
        ("seats", "정원", "정해진 자리의 수, 명. 범위로만 적히거나 수가 없는 자리가 있으면 빔"),
        ("term_start", "임기 시작일", "가장 나중 임기의 첫날(구의원 자리의 임기는 빼고 봄)"),
        ("term_end", "임기 마지막 날", "그 임기의 마지막 날(그날 포함)"),
    ),
    rows=bodies,
    tables=(Body, BodySeat, BodyTerm),
    listed=_bodies,
)


def _meetings():
    return Meeting.objects.published().order_by("year", "no")


def meetings():
    """project_numbers are those of the meeting's projects in published plans, each once."""
    published = Prefetch("projects", Project.objects.published())
    queryset = _meetings().select_related("kind").prefetch_related("bodies", published)
    for meeting in queryset.iterator(CHUNK):
        yield (
            meeting.year,
            meeting.no,
            meeting.kind.name,
            [body.name for body in meeting.bodies.all()],
            meeting.session_label or None,
            meeting.starts_on,
            meeting.ends_on,
            meeting.place or None,
            meeting.attendees,
            meeting.agenda or None,
            sorted({project.number for project in meeting.projects.all()}),
            meeting.counterpart or None,
            meeting.source or None,
        )


MEETINGS = Dataset(
    name="meetings",
    title="회의",
    description="정례회, 분과회의, 공론장, 교육 등 모든 회의를 한 목록에 적습니다. 개인의 이름은 싣지 않습니다.",
    columns=columns(
        ("year", "연도", "회의 목록의 연도"),
        ("no", "번호", "그해 회의 목록의 번호"),
        ("kind", "종류", "회의의 종류"),
        ("bodies", "기구", "함께 연 기구(목록)"),
        ("session_label", "회차", "문서에 적힌 회차. 예: 2019-1차"),
        ("start_date", "날짜", "연 날, 여러 날이면 첫날"),
        ("end_date", "마지막 날", "여러 날 열린 때의 마지막 날(그날 포함)"),
        ("place", "장소", "연 곳"),
        ("attendees", "참석 인원", "참석한 사람의 수, 명"),
        ("agenda", "주요 내용", "다룬 내용"),
        ("project_numbers", "사업 번호", "다룬 사업의 번호(목록)"),
        ("counterpart", "협치 협업 대상", "문서에 적힌 협업 대상"),
    ),
    rows=meetings,
    tables=(Meeting, MeetingKind, Meeting.bodies.through, Body, ProjectMeeting, Project, Plan),
    listed=_meetings,
)
