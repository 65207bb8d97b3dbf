"""The office's pages at the door: who registered, checking in by tapping or by the scanned code, walk-ins, the printed list."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forums import event_seats
from forums.event_desk_views import event_at_desk, gate
from forums.event_forms import SeatForm
from forums.models import Registration, SeatState

PER_PAGE = 100
SENTENCES = {
    "in": "{}번을 온 것으로 확인했습니다.",
    "out": "{}번의 확인을 되돌렸습니다.",
    "cancel": "{}번의 신청을 취소했습니다.",
}
form_view = require_http_methods(["GET", "HEAD", "POST"])


def _context(request, found, form):
    """The registrations of an event in line order, searched by name, contact or number."""
    rows = found.registrations.order_by("line")
    word = request.GET.get("q", "").strip()[:60]
    if word:
        number = Q(line=int(word)) if word.isascii() and word.isdecimal() and len(word) < 7 else Q(pk__in=[])
        digits = word.replace("-", "")
        rows = rows.filter(Q(name__icontains=word) | Q(contact__icontains=digits) | number)
    paginator = Paginator(rows, PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    return {
        "event": found,
        "form": form,
        "word": word,
        "page": page,
        "pages": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "waiting": found.registrations.filter(state=SeatState.WAITING).count(),
        "running": found.state == "announced",
    }


@never_cache
@login_required
@require_safe
def people(request, pk):
    """An event at the desk: its numbers, its buttons, and everybody who registered."""
    found = event_at_desk(request, pk)
    return render(request, "forums/event_people.html", _context(request, found, SeatForm()))


@never_cache
@login_required
@require_POST
def add(request, pk):
    """Register somebody who has no phone, or who stands at the door."""
    found, form = event_at_desk(request, pk), SeatForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            made = event_seats.register(
                event=found, name=data["name"], contact=data["contact"], by_staff=request.user, arrived=data["arrived"]
            )
        except ValidationError as error:
            form.refuse(error)
        else:
            how = "현장 접수했습니다" if data["arrived"] else f"적었습니다({made.get_state_display()})"
            messages.success(request, f"{made.line}번으로 {how}.")
            return redirect("event_people", pk)
    return render(request, "forums/event_people.html", _context(request, found, form))


def _act(registration, by, what):
    """One of the buttons beside a person. Raises Http404 for another button."""
    if what == "in":
        return event_seats.check_in(registration=registration, by=by)
    if what == "out":
        return event_seats.undo_check_in(registration=registration, by=by)
    if what == "cancel":
        return event_seats.cancel_registration(registration=registration, by_staff=by)
    raise Http404


@login_required
@require_POST
def seat(request, pk, registration):
    """Check somebody in, take it back, or cancel for them; back to the list where it was."""
    found = event_at_desk(request, pk)
    row = get_object_or_404(Registration, pk=registration, event=found)
    what = request.POST.get("do", "")
    try:
        _act(row, request.user, what)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, SENTENCES[what].format(row.line))
    return redirect(f"{reverse('event_people', args=[pk])}#r{row.line}")


@never_cache
@login_required
@form_view
def scan(request, token):
    """The address in the QR code: GET shows the person, POST checks in. Reading a code alone changes nothing."""
    gate(request)
    found = event_seats.by_token(token)
    if found is None:
        raise Http404
    if not request.user.has_perm("forums.run_event", found.event):
        raise PermissionDenied
    if request.method == "POST":
        try:
            found = event_seats.check_in(registration=found, by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, SENTENCES["in"].format(found.line))
        return redirect("event_scan", token)
    return render(request, "forums/event_scan.html", {"registration": found, "event": found.event})


@never_cache
@login_required
@require_safe
def print_list(request, pk):
    """The list to print: number, name, and a place to sign. No contacts on paper."""
    found = event_at_desk(request, pk)
    rows = found.registrations.exclude(state=SeatState.CANCELLED).order_by("line")
    context = {"event": found, "rows": rows, "back_url": reverse("event_people", args=[pk])}
    return render(request, "forums/event_print.html", context)
