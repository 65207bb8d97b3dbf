"""A member's own page with its replies and calendar address, and the list of late minutes."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from councils import own, reply_actions
from councils.late import late_minutes, sees_late
from councils.meeting_rules import person_of
from councils.models import Meeting, Reply


@never_cache
@login_required
def me(request):
    """The signed-in person's own meetings, files, minutes, attendance, terms and calendar address."""
    person = person_of(request.user)
    context = {"sees_late": sees_late(request.user)}
    if person is None:
        return render(request, "councils/me/stranger.html", context)
    context |= own.page(request.user, person)
    if context["calendar_token"]:
        path = reverse("councils:own_calendar", args=[context["calendar_token"]])
        context["calendar_url"] = settings.SITE_URL + path
    return render(request, "councils/me/page.html", context)


@login_required
@require_POST
def reply(request, year, no):
    """Take one answer to a call, in one tap, and go back to where it was given."""
    meeting = get_object_or_404(Meeting, year=year, no=no)
    answer, note = request.POST.get("answer", ""), request.POST.get("note", "").replace("\x00", "")
    try:
        row = reply_actions.reply(meeting=meeting, by=request.user, answer=answer, note=note)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(
            request,
            f"{meeting.starts_on:%-m월 %-d일} {meeting.kind}: ‘{Reply.Answer(row.answer).label}’으로 회신했습니다.",
        )
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = reverse("councils:me") + f"#m{meeting.pk}"
    return redirect(back)


@never_cache
@login_required
def replies(request, year, no):
    """Who answered what, with the notes, for those who publish the meeting's minutes (간사·위원장, stand-in, secretariat)."""
    meeting = get_object_or_404(Meeting.objects.select_related("kind").prefetch_related("bodies"), year=year, no=no)
    if not request.user.has_perm("councils.publish_meeting", meeting):
        raise PermissionDenied
    return render(request, "councils/me/replies.html", {"meeting": meeting, "answers": own.answers(meeting)})


@login_required
@require_POST
def calendar_address(request):
    """Make the own calendar address, make it anew, or end it."""
    person = person_of(request.user)
    if person is None:
        return redirect("councils:me")
    if request.POST.get("do") == "end":
        reply_actions.end_calendar_address(person=person)
        messages.success(request, "달력 주소를 없앴습니다. 이 주소를 쓰던 달력은 더 바뀌지 않습니다.")
    else:
        reply_actions.renew_calendar_address(person=person)
        messages.success(request, "달력 주소를 만들었습니다. 전에 만든 주소는 더 쓸 수 없습니다.")
    return redirect(reverse("councils:me") + "#calendar")


@never_cache
@login_required
@permission_required("councils.view_late_minutes", raise_exception=True)
def late(request):
    """Meetings whose record was not published in time, by what it waits for."""
    groups = late_minutes(request.user)
    context = {"groups": groups, "days": settings.MINUTES_DUE_DAYS, "total": sum(len(g.meetings) for g in groups)}
    return render(request, "councils/me/late.html", context)
