"""The office's pages of events: the list, the form, announcing, calling off, closing with the record."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from forums import event_actions as actions
from forums import event_pages
from forums.event_forms import CancelForm, CloseForm, EventForm, HeadcountForm
from forums.models import Event, EventState
from geumcheon.accounts.rules import is_secretariat
from geumcheon.lib import clock
from projects.rules import own_projects

PER_PAGE = 30
form_view = require_http_methods(["GET", "HEAD", "POST"])


def gate(request):
    """The desk is for officers and the secretariat."""
    if not request.user.has_perm("forums.use_event_desk"):
        raise PermissionDenied


def event_at_desk(request, pk):
    """An event this person runs; 403 for another department's."""
    gate(request)
    rows = event_pages.dressed(Event.objects.all()).select_related("kind__meeting_kind", "meeting__kind")
    found = get_object_or_404(rows, pk=pk)
    if not request.user.has_perm("forums.run_event", found):
        raise PermissionDenied
    return event_pages.dress(found, clock.now())


@never_cache
@login_required
@require_safe
def queue(request):
    """The events this person runs: those that are not over first."""
    gate(request)
    rows = event_pages.dressed(Event.objects.all())
    if not is_secretariat(request.user):
        rows = rows.filter(project__in=own_projects(request.user))
    form = event_pages.EventFilter(request.GET)
    coming, planned, past = event_pages.parts(form.apply(rows))
    now = clock.now()
    open_rows = [event_pages.dress(row, now) for part in (coming, planned) for row in part]
    paginator = Paginator(past, PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    page.object_list = [event_pages.dress(row, now) for row in page.object_list]
    pages = paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    return render(request, "forums/event_desk.html", {"form": form, "open": open_rows, "page": page, "pages": pages})


def _data(request):
    return request.POST if request.method == "POST" else None


def _run(request, form, act, event, title, *, button="저장", lead="", danger=False):
    """Show a form; on POST run `act(form)`, which returns (the event, the sentence of success)."""
    if request.method == "POST" and form.is_valid():
        try:
            row, sentence = act(form)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, sentence)
            return redirect("event_people", row.pk)
    context = {"form": form, "event": event, "title": title, "button": button, "lead": lead, "danger": danger}
    return render(request, "forums/event_form.html", context)


@never_cache
@login_required
@form_view
def new(request):
    """A new event, planned until it is announced."""
    gate(request)
    form = EventForm(_data(request), by=request.user, initial={"year": clock.today().year})

    def act(form):
        return actions.create(by=request.user, values=form.values()), "행사를 만들었습니다. 안내하면 신청을 받습니다."

    return _run(request, form, act, None, "새 행사", button="만들기")


@never_cache
@login_required
@form_view
def edit(request, pk):
    """Change an event; who registered is told once of another time or place."""
    found = event_at_desk(request, pk)
    if found.state not in (EventState.PLANNED, EventState.ANNOUNCED):
        messages.error(request, f"‘{found.get_state_display()}’ 상태의 행사는 고칠 수 없습니다.")
        return redirect("event_people", pk)
    form = EventForm(_data(request), by=request.user, instance=Event.objects.get(pk=pk))

    def act(form):
        version = form.cleaned_data["version"]
        row = actions.edit(event=found, by=request.user, values=form.values(), version=version)
        return row, "고쳤습니다."

    lead = "때, 곳, 방식, 온라인 주소를 바꾸면 신청한 사람에게 한 번 알립니다." if found.state == "announced" else ""
    return _run(request, form, act, found, "행사 고치기", lead=lead)


@login_required
@require_POST
def announce(request, pk):
    """Open an event to registration."""
    found = event_at_desk(request, pk)
    try:
        actions.announce(event=found, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, "안내했습니다. 이제 신청을 받습니다.")
    return redirect("event_people", pk)


@never_cache
@login_required
@form_view
def cancel(request, pk):
    """Call an event off, with the reason."""
    found = event_at_desk(request, pk)

    def act(form):
        row = actions.cancel(event=found, by=request.user, reason=form.cleaned_data["reason"])
        return row, "행사를 취소하고 신청한 사람에게 알렸습니다."

    lead = "취소하면 다시 열 수 없습니다. 자리가 있거나 기다리는 모두에게 한 번 알립니다."
    return _run(request, CancelForm(_data(request)), act, found, "행사 취소", button="취소하기", lead=lead, danger=True)


@never_cache
@login_required
@form_view
def close(request, pk):
    """End an event, with its record of the log in the same step."""
    found = event_at_desk(request, pk)
    if found.state != EventState.ANNOUNCED:
        messages.error(request, f"‘{found.get_state_display()}’ 상태의 행사는 마칠 수 없습니다.")
        return redirect("event_people", pk)
    day = timezone.localtime(found.starts_at).date()
    form = CloseForm(_data(request), event=found, by=request.user, day=day)

    def act(form):
        data = form.cleaned_data
        row = actions.close(
            event=found, by=request.user, headcount=data["headcount"], meeting=data.get("meeting"),
            bodies=data.get("bodies") or (),
        )  # fmt: skip
        return row, "행사를 마쳤습니다. 지표를 다시 셉니다."

    lead = f"확인한 사람 {found.checked}명"
    lead += f" · 회의 기록: {found.meeting}" if found.meeting_id else ""
    return _run(request, form, act, found, "행사 마치기", button="마치기", lead=lead)


@never_cache
@login_required
@form_view
def headcount(request, pk):
    """Correct the number of people who came to a closed event."""
    found = event_at_desk(request, pk)
    form = HeadcountForm(_data(request), initial={"headcount": found.headcount})

    def act(form):
        row = actions.set_headcount(event=found, by=request.user, headcount=form.cleaned_data["headcount"])
        return row, "온 사람 수를 고쳤습니다."

    return _run(request, form, act, found, "온 사람 수")
