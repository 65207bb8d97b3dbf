"""Public pages of events: the list, an event with its registration, and a person's own registration by the secret address."""

import segno
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forums import event_mails, event_pages, event_seats, hall_pages, story_pages, survey_views
from forums.event_actions import KEEP_CONTACTS
from forums.event_forms import RegisterForm
from forums.models import PUBLIC_STATES, Event, SeatState
from geumcheon.accounts.request_parts import client_ip, is_trapped
from geumcheon.accounts.verification import limits
from geumcheon.lib import clock

REGISTRATIONS_PER_HOUR = 30  # from one network address: a library shares one


@require_safe
def events(request):
    """Coming events first, then those planned, then the past ones by page."""
    form = event_pages.EventFilter(request.GET)
    rows = form.apply(event_pages.dressed(event_pages.listed()))
    coming, planned, past = event_pages.parts(rows)
    paginator = Paginator(past, event_pages.PER_PAGE)
    page, now = paginator.get_page(request.GET.get("page")), clock.now()
    page.object_list = [event_pages.dress(row, now) for row in page.object_list]
    context = {
        "form": form,
        "page": page,
        "pages": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "coming": [event_pages.dress(row, now) for row in coming],
        "planned": [event_pages.dress(row, now) for row in planned],
        "at_desk": request.user.has_perm("forums.use_event_desk"),
    }
    return render(request, "forums/events.html", context)


def _event(pk):
    found = get_object_or_404(
        event_pages.dressed(event_pages.listed()).select_related("proposal", "meeting__kind"), pk=pk
    )
    return event_pages.dress(found, clock.now())


def _page(request, found, form, status=200):
    waiting = found.registrations.filter(state=SeatState.WAITING).count() if found.left == 0 else 0
    context = {
        "event": found,
        "form": form,
        "waiting": waiting,
        "runs": request.user.has_perm("forums.run_event", found),
        "show_proposal": found.proposal is not None and found.proposal.state in PUBLIC_STATES,
        "keep_days": KEEP_CONTACTS.days,
        **hall_pages.of_page(found),
        "survey": survey_views.shown(found),
        "stories": story_pages.event_section(found),
    }
    return render(request, "forums/event.html", context, status=status)


@require_safe
def event(request, pk):
    """An event: what, when, where, how many seats, and the form while registration runs."""
    found = _event(pk)
    return _page(request, found, None if found.closed else RegisterForm())


@never_cache
@require_POST
def register(request, pk):
    """Register; the person comes to the own page. A refusal stands at its field, nothing typed is lost."""
    found = _event(pk)
    if is_trapped(request):
        return redirect(found)
    form = RegisterForm(request.POST)
    if form.is_valid():
        try:
            limits.check_address("event-register", client_ip(request), REGISTRATIONS_PER_HOUR)
            data = form.cleaned_data
            made = event_seats.register(event=found, name=data["name"], contact=data["contact"])
        except ValidationError as error:
            if getattr(error, "code", "") == "closed":  # called off or filled in too late: there is no form any more
                messages.error(request, " ".join(error.messages))
                return redirect(found)
            form.refuse(error)
        else:
            return redirect("event_own", event_mails.token_of(made))
    return _page(request, _event(pk), form)


def qr_of(registration):
    """The QR code of the address at which the office checks a person in, as inline SVG."""
    address = settings.SITE_URL + reverse("event_scan", args=[event_mails.token_of(registration)])
    code = segno.make(address, error="m", micro=False)
    return mark_safe(code.svg_inline(omitsize=True, border=4, svgclass="event-qr", lineclass=None))  # noqa: S308 - our own drawing


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own(request, token):
    """A person's own registration: state, place in the waiting line, QR code, calendar; POST gives the seat back."""
    found = event_seats.by_token(token)
    if found is None:
        raise Http404
    if request.method == "POST":
        return _cancel(request, found, token)
    # Not `listed`: a plan that goes back to draft hides its events, not from who was told of one.
    shown = event_pages.dress(event_pages.dressed(Event.objects.all()).get(pk=found.event_id), clock.now())
    stands = found.state != SeatState.CANCELLED and shown.state == "announced"
    context = {
        "registration": found,
        "event": shown,
        "place": event_seats.place_in_line(found) if found.state == SeatState.WAITING else None,
        "qr": qr_of(found) if stands and found.state == SeatState.SEATED else "",
        "survey_code": survey_views.own_code(found, shown),
        "may_cancel": stands and found.checked_in_at is None,
        "link": shown.online_link if stands and found.state == SeatState.SEATED and shown.way != "place" else "",
    }
    response = render(request, "forums/event_own.html", context)
    response["X-Robots-Tag"] = "noindex"
    # Not "no-referrer": under it browsers send "Origin: null" with the buttons' POST, which the CSRF check refuses.
    response["Referrer-Policy"] = "strict-origin"
    return response


def _cancel(request, found, token):
    try:
        event_seats.cancel_registration(registration=found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, "신청을 취소했습니다. 이름과 연락처를 지웠습니다.")
    return redirect("event_own", token)
