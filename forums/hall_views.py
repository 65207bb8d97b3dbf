"""The office's pages of the hall: tables with notes, votes with their ranks. They fit a phone: both are written on the day."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from forums import hall_actions as actions
from forums import hall_pages
from forums.event_desk_views import event_at_desk, form_view
from forums.hall_forms import PriorityForm, TableForm, item_forms, next_number
from forums.models import HallTable, Priority


@never_cache
@login_required
@require_safe
def board(request, pk):
    """Everything that was written down in the hall."""
    found = event_at_desk(request, pk)
    context = {
        "event": found,
        "tables": found.tables.all(),
        "priorities": hall_pages.shown(found, published=False),
        "open": found.state in actions.HALL_STATES,
    }
    return render(request, "forums/hall.html", context)


def _closed(request, found):
    """Back to the board with the reason, where nothing may be written."""
    if found.state in actions.HALL_STATES:
        return None
    messages.error(request, f"‘{found.get_state_display()}’ 상태의 행사에는 적지 않습니다.")
    return redirect("event_hall", found.pk)


def _known(request, model, event, pk):
    """The row a page is about: None for a new one. One that was taken away while somebody wrote is known by its key alone."""
    if not pk:
        return None
    row = model.objects.filter(pk=pk, event=event).first()
    if row is None and request.method != "POST":
        raise Http404
    return row or model(pk=pk, event=event)


def _told(form, error, row):
    """What the page shows of a refusal beside the form: the newer row, or that the row is gone. What was typed can be sent again."""
    form.refuse(error)
    code = getattr(error, "code", "")
    if code == "stale":
        row.refresh_from_db()
        form.carry(row.version)
    return {"theirs": row if code == "stale" else None, "gone": code == "gone"}


def _page(request, event, name, row, told, **more):
    """The page of a row, whose template calls it `name`; a row that is gone is shown as a new one."""
    gone = told.get("gone") or (row is not None and row._state.adding)
    context = {"event": event, **more, **told, "gone": gone, name: None if gone else row}
    return render(request, f"forums/hall_{name}.html", context)


@never_cache
@login_required
@form_view
def table(request, pk, table=None):
    """Write down one table."""
    found = event_at_desk(request, pk)
    row = _known(request, HallTable, found, table)
    if closed := _closed(request, found):
        return closed
    start = TableForm.start(row) if row else {"number": next_number(found)}
    form, told = TableForm(request.POST if request.method == "POST" else None, initial=start), {}
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        version = values["version"] or 0
        try:
            saved = actions.save_table(event=found, by=request.user, values=values, table=row, version=version)
        except ValidationError as error:
            told = _told(form, error, row)
        else:
            messages.success(request, f"{saved.number}번 테이블을 적었습니다.")
            return redirect("event_hall", pk)
    return _page(request, found, "table", row, told, form=form)


@never_cache
@login_required
@form_view
def priority(request, pk, priority=None):
    """Write down one vote: what was voted on, and the votes of each. Ranks are computed."""
    found = event_at_desk(request, pk)
    row = _known(request, Priority, found, priority)
    if closed := _closed(request, found):
        return closed
    data = request.POST if request.method == "POST" else None
    form, told = PriorityForm(data, initial=PriorityForm.start(row) if row else {}), {}
    items = item_forms(data, row)
    if data is not None and form.is_valid() & items.is_valid():
        values = form.cleaned_data
        lines = [line for line in items.cleaned_data if line]
        version = values["version"] or 0
        try:
            actions.save_priority(
                event=found, by=request.user, values=values, items=lines, priority=row, version=version
            )
        except ValidationError as error:
            told = _told(form, error, row)
        else:
            messages.success(request, "우선순위를 적었습니다. 순위는 득표로 매깁니다.")
            return redirect("event_hall", pk)
    return _page(request, found, "priority", row, told, form=form, items=items)


@login_required
@require_POST
def remove(request, pk, kind, row):
    """Take a table or a vote away."""
    found = event_at_desk(request, pk)
    model, act, name = (
        (HallTable, actions.delete_table, "table")
        if kind == "table"
        else (Priority, actions.delete_priority, "priority")
    )
    known = get_object_or_404(model, pk=row, event=found)
    try:
        act(event=found, by=request.user, **{name: known})
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, f"‘{known}’을(를) 지웠습니다.")
    return redirect("event_hall", pk)
