"""Confirming and publishing a record, giving it back, and cancelling a meeting."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from councils import meeting_actions, quorum
from councils.log_record import Record
from councils.log_views import CLEAR, form_view, meeting_for, sent_home, sign_in_first
from councils.models import MEETING_MOVES, MeetingState


def _verdicts(meeting):
    """(Count, [(item, Verdict)]) as publishing would freeze them."""
    counted = quorum.count(meeting)
    items = [i for i in meeting.items.select_related("decision") if hasattr(i, "decision")]
    return counted, [(item, quorum.judge(item.decision, counted)) for item in items]


@never_cache
@form_view
def publish(request, year, no):
    """The record as it will be read, what quorum and majorities say, and the two buttons: 게시, 돌려보내기."""
    if (away := sign_in_first(request)) is not None:
        return away
    meeting = meeting_for(request, year, no, "councils.publish_meeting")
    problems, reason, reason_error = [], request.POST.get("reason", ""), ""
    if request.method == "POST":
        try:
            if request.POST.get("do") == "return":
                meeting_actions.send_back(meeting=meeting, by=request.user, reason=reason)
                messages.success(request, "작성한 사람에게 돌려보냈습니다.")
            else:
                meeting_actions.publish(meeting=meeting, by=request.user)
                messages.success(request, "게시했습니다. 이제 누구나 볼 수 있습니다.")
            return redirect(meeting)
        except ValidationError as error:
            if hasattr(error, "error_dict"):
                reason_error = " ".join(error.messages)
            else:
                problems = error.messages
            meeting.refresh_from_db()
    if meeting.state != MeetingState.SUBMITTED:
        return sent_home(request, meeting, problems[0] if problems else "게시를 기다리는 기록이 아닙니다.")
    counted, verdicts = _verdicts(meeting)
    suffices = quorum.request_suffices(meeting)
    context = {
        "meeting": meeting,
        "record": Record(meeting, request.user),
        "counted": counted,
        "verdicts": verdicts,
        "suffices": suffices,
        "problems": problems or [f"{i.order}. {i.title}: {p}" for i, v in verdicts for p in v.problems],
        "refused": bool(problems),
        "reason": reason,
        "reason_error": reason_error,
        "clear": request.session.pop(CLEAR, []),
    }
    return render(request, "councils/log/publish.html", context)


@never_cache
@form_view
def cancel(request, year, no):
    """Cancel a meeting that was not handed in, with the reason; who was called is told."""
    if (away := sign_in_first(request)) is not None:
        return away
    meeting = meeting_for(request, year, no, "councils.log_meeting")
    if MeetingState.CANCELLED not in MEETING_MOVES[meeting.state]:
        return sent_home(request, meeting, f"‘{meeting.get_state_display()}’ 상태라 취소할 수 없습니다.")
    reason, error = request.POST.get("reason", ""), ""
    if request.method == "POST":
        try:
            meeting_actions.cancel(meeting=meeting, by=request.user, reason=reason)
        except ValidationError as refused:
            error = " ".join(refused.messages)
        else:
            messages.success(request, "취소했습니다.")
            return redirect(meeting)
    return render(request, "councils/log/cancel.html", {"meeting": meeting, "reason": reason, "error": error})
