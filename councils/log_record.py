"""What the page of a meeting shows to whom: published records to everybody, drafts to the members of its bodies."""

from django.http import Http404
from django.urls import reverse

from councils import quorum
from councils.minutes import decision_words
from councils.models import FileKind, MeetingState

DRAFT = (MeetingState.LOGGED, MeetingState.SUBMITTED)


def face(meeting, user):
    """The meeting as `user` may see it. Raises Http404 for a draft that others were never told of.

    A meeting that was called stays known by its day and place while its record is written; the record's text does not show.
    """
    if meeting.state in (MeetingState.CALLED, MeetingState.PUBLISHED):
        return meeting
    if user.is_authenticated and user.has_perm("councils.read_draft", meeting):
        return meeting
    if meeting.called_at is None:
        raise Http404
    meeting.agenda = meeting.minutes = ""
    meeting.attendees = None
    return meeting


def decision_line(decision):
    """A decision with its frozen quorum in words: `재적 12명, 출석 8명, 찬성 7 · 반대 1 → 가결`."""
    votes = [
        f"{label} {number}"
        for label, number in (
            ("찬성", decision.votes_for),
            ("반대", decision.votes_against),
            ("기권", decision.abstaining),
        )
        if number is not None
    ]
    how = "만장일치" if decision.unanimous else " · ".join(votes)
    rows = list(decision.quorums.all())
    seats = [f"{f'{row.body} ' if len(rows) > 1 else ''}재적 {row.seated}명, 출석 {row.present}명" for row in rows]
    return f"{', '.join([*seats, *([how] if how else [])])} → {decision.get_outcome_display()}".removeprefix(" → ")


class Record:
    """What the record's part of the page shows one user; read lazily by the template."""

    def __init__(self, meeting, user):
        self.meeting, self.user = meeting, user
        signed_in = user.is_authenticated
        self.is_member = signed_in and user.has_perm("councils.read_draft", meeting)
        self.published = meeting.state == MeetingState.PUBLISHED
        self.called = meeting.state == MeetingState.CALLED
        self.shows_text = self.published or self.is_member
        self.shows_items = self.shows_text or self.called
        self.may_log = signed_in and user.has_perm("councils.log_meeting", meeting)
        self.may_publish = signed_in and user.has_perm("councils.publish_meeting", meeting)

    def items(self):
        if not self.shows_items:
            return []
        items = self.meeting.items.select_related("decision").prefetch_related("decision__quorums__body")
        found = list(items)
        for item in found:
            decision = getattr(item, "decision", None) if self.shows_text else None
            item.line = (
                (decision_line(decision) if decision.frozen_at else decision_words(decision)) if decision else ""
            )
            item.decided = decision
        return found

    def guests(self):
        return list(self.meeting.guests.all()) if self.shows_text else []

    def members_present(self):
        """(present, seated) members in numbers, or None where nobody was written down."""
        if not self.shows_text or not self.meeting.attendances.exists():
            return None
        counted = quorum.count(self.meeting)
        return counted.present, counted.seated

    def _files(self):
        if not hasattr(self, "_kept"):
            files = list(self.meeting.files.all()) if self.shows_text or self.called else []
            self._kept = [f for f in files if self.is_member or (self.published and f.public)]
            self._kept = [f for f in self._kept if self.is_member or f.kind != FileKind.SIGNED]
            for file in self._kept:
                file.url = reverse("councils:meeting_file", args=[self.meeting.year, self.meeting.no, file.pk])
        return self._kept

    def photos(self):
        return [file for file in self._files() if file.kind == FileKind.PHOTO]

    def papers(self):
        return [file for file in self._files() if file.kind != FileKind.PHOTO]

    def corrections(self):
        return list(self.meeting.corrections.all()) if self.published else []

    def request_sentence(self):
        return quorum.request_suffices(self.meeting)[1] if self.meeting.requested_by and self.shows_items else ""

    def buttons(self):
        """[(label, address, whether it is the main one)] for who may."""
        state, at, found = self.meeting.state, [self.meeting.year, self.meeting.no], []
        if self.may_log and state in (MeetingState.CALLED, MeetingState.LOGGED):
            label = "회의 적기" if state == MeetingState.CALLED else "이어 적기"
            found.append((label, reverse("councils:log", args=at), True))
            if state == MeetingState.CALLED:
                found.append(("알림 고치기", reverse("councils:call", args=at), False))
            found.append(("회의 취소", reverse("councils:log_cancel", args=at), False))
        if self.may_publish and state == MeetingState.SUBMITTED:
            found.append(("확인하고 게시", reverse("councils:log_publish", args=at), True))
        if self.may_publish and self.published:
            found.append(("정정하기", reverse("councils:log_correct", args=at), False))
        if self.may_log and state != MeetingState.CANCELLED and not self.published:
            found.append(("참석부", reverse("councils:sign_sheet", args=at), False))
        if self.published:
            found.append(("회의록 인쇄(A4)", reverse("councils:minutes_print", args=at), False))
        if self.called:
            found.append(("달력에 넣기", reverse("councils:meeting_ics", args=at), False))
        return found
