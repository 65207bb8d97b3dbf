"""Pages of paper votes for the secretariat: handing out, batches, the two entries, the third look, the count.

They show sheets one by one to who reads them and never a sum over options; a closed batch shows no sheet any more.
"""

import functools

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from voting import display, paper, paper_batches, paper_count, rules
from voting.forms import CounterForm
from voting.forms_paper import BatchForm, ClearForm, CountForm, RecountForm, SheetForm, ThirdLookForm
from voting.models import Entry, PaperBatch
from voting.views_booth import no_store


def staff_page(view):
    """A page of a round with papers, for the secretariat; kept nowhere."""

    @functools.wraps(view)
    def page(request, slug, **kwargs):
        if not rules.may_prepare(request.user):
            raise PermissionDenied
        round = display.dress(display.round_or_404(request.user, slug))
        if not round.has_paper:
            raise Http404("종이 투표가 없는 투표입니다.")
        return view(request, round, **kwargs)

    return no_store(login_required(require_http_methods(["GET", "HEAD", "POST"])(page)))


def _done(form, call):
    """Whether the action went through; what it refuses stands at the form's fields."""
    if not form.is_valid():
        return False
    try:
        call(form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    return True


def _contest(round, order):
    contest = next((c for c in round.contests.all() if c.order == order), None)
    if contest is None:
        raise Http404("없는 투표용지입니다.")
    contest.round = round
    return contest


def _batch(round, order, number):
    batches = PaperBatch.objects.select_related("first_by", "second_by")
    batch = get_object_or_404(batches, contest=_contest(round, order), number=number)
    batch.contest = _contest(round, order)
    return batch


# --- handing out and the list of batches --------------------------------------------------------------------------------


@staff_page
def desk(request, round):
    """What is done and what is open: people struck, batches, the count, the last step."""
    if request.method == "POST":
        try:
            paper_count.finish(round=round, by=request.user)
        except ValidationError as error:
            for text in error.messages:
                messages.error(request, text)
        else:
            messages.success(request, "종이 표를 투표함에 넣고 마지막 확인점을 만들었습니다. 이제 개표할 수 있습니다.")
        return redirect("voting:paper", slug=round.slug)
    told = paper_batches.batches_of(round)
    waiting = paper_count.is_waiting(round)
    context = {
        "round": round,
        "told": told,
        "struck": paper.struck(round),
        "waiting": waiting,
        "points": paper_count.open_points(round, told) if waiting else [],
        "is_in": round.checkpoints.filter(is_final=True).exists(),
    }
    return render(request, "voting/paper.html", context)


@staff_page
def hand(request, round):
    """Strike a person from the roll before the paper is given."""
    form = CounterForm(request.POST or None, round=round)
    cannot = paper.cannot_meet(round)
    if request.method == "POST" and round.is_open and not cannot:
        give = functools.partial(paper.hand_out_to, round=round)
        if _done(form, lambda data: give(identity=data["identity"], facts=form.facts)):
            return redirect(f"{request.path}?handed=1")
    context = {"round": round, "form": form, "cannot": cannot, "handed": "handed" in request.GET and not form.is_bound}
    return render(request, "voting/paper_hand.html", context)


@staff_page
def new_batch(request, round, order):
    """A new batch of a paper."""
    contest, form = _contest(round, order), BatchForm(request.POST or None)
    made = functools.partial(paper_batches.add_batch, contest=contest, by=request.user)
    if request.method == "POST" and _done(form, lambda data: made(papers=data["papers"])):
        return redirect("voting:paper", slug=round.slug)
    context = {"round": round, "contest": contest, "form": form, "button": "묶음 만들기"}
    return render(request, "voting/paper_form.html", context | {"title": f"{contest.title} 새 묶음"})


@staff_page
def count(request, round, order):
    """What was handed out of a paper and what did not come into the box."""
    contest = _contest(round, order)
    row = getattr(contest, "paper_count", None)
    parts = [*paper_count.PARTS, "note"]
    form = CountForm(request.POST or None, initial={part: getattr(row, part) for part in parts} if row else None)
    record = functools.partial(paper_count.record, contest=contest, by=request.user)
    if request.method == "POST" and _done(form, lambda data: record(**data)):
        return redirect("voting:paper", slug=round.slug)
    context = {"round": round, "contest": contest, "form": form, "button": "정산 적기"}
    return render(request, "voting/paper_form.html", context | {"title": f"{contest.title} 종이 정산"})


# --- a batch ------------------------------------------------------------------------------------------------------------

BATCH_FORMS = {"recount": RecountForm, "clear": ClearForm}


@staff_page
def batch(request, round, order, number):
    """A batch: who enters it, what was read differently, closing. The readings show only once both entries are whole."""
    batch = _batch(round, order, number)
    forms = {name: form(auto_id=f"{name}_%s") for name, form in BATCH_FORMS.items()}
    if request.method == "POST":
        do = request.POST.get("do")
        if do in ("close", "remove"):
            return _close_or_remove(request, batch, do)
        if do not in forms:
            raise Http404("없는 단추입니다.")
        forms[do] = BATCH_FORMS[do](request.POST, auto_id=f"{do}_%s")
        action = {"recount": paper_batches.recount, "clear": paper_batches.clear_entry}[do]
        if _done(forms[do], lambda data: action(batch=batch, by=request.user, **data)):
            return redirect(_address(batch))
    counts = paper_batches.entered(batch)
    context = {
        "round": round,
        "batch": batch,
        "forms": forms,
        "entries": [
            (entry, counts[entry], by) for entry, by in ((Entry.FIRST, batch.first_by), (Entry.SECOND, batch.second_by))
        ],
        "empty": not sum(counts.values()),
        "differences": [] if batch.is_done else paper_batches.differences(batch),
        "points": [] if batch.is_done else paper_batches.open_points(batch),
        "may_enter": not batch.is_done and paper_batches.next_sheet(batch, request.user),
        "may_settle": request.user.pk not in (batch.first_by_id, batch.second_by_id),
        "waiting": paper_count.is_waiting(round),
    }
    return render(request, "voting/paper_batch.html", context)


def _address(batch, name="paper_batch", **more):
    values = {"slug": batch.contest.round.slug, "order": batch.contest.order, "number": batch.number}
    return reverse(f"voting:{name}", kwargs=values | more)


def _close_or_remove(request, batch, do):
    action = paper_batches.close_batch if do == "close" else paper_batches.remove_batch
    try:
        action(batch=batch, by=request.user)
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, text)
        return redirect(_address(batch))
    return redirect("voting:paper", slug=batch.contest.round.slug)


@staff_page
def enter(request, round, order, number):
    """The quick entry of a batch: one sheet after the other. Everybody sees the own sheets only."""
    batch = _batch(round, order, number)
    entry = paper_batches.entry_of(batch, request.user)
    mine = batch.ballots.filter(entry=entry, by=request.user).order_by("-sheet")
    form = SheetForm(request.POST or None, contest=batch.contest, initial=_first_values(request, batch, mine))
    make = functools.partial(paper_batches.enter, batch=batch, by=request.user)
    if request.method == "POST" and _done(
        form, lambda data: make(sheet=data["sheet"], again=data["again"], **form.reading)
    ):
        return redirect(f"{request.path}?written={form.cleaned_data['sheet']}")
    context = {
        "round": round,
        "batch": batch,
        "form": form,
        "entry": entry,
        "mine": [] if batch.is_done else mine,
        "left": batch.papers - len(mine),
        "compared": paper_batches.is_entered(batch),
        "written": request.GET.get("written", "") if not form.is_bound else "",
        "waiting": paper_count.is_waiting(round),
    }
    return render(request, "voting/paper_enter.html", context)


def _first_values(request, batch, mine):
    """The next free sheet; with ?sheet= one's own sheet as it was entered, to correct it."""
    wanted = next((row for row in mine if str(row.sheet) == request.GET.get("sheet")), None)
    if wanted is None:
        return {"sheet": paper_batches.next_sheet(batch, request.user)}
    return {"sheet": wanted.sheet, "picks": " ".join(map(str, wanted.numbers)), "void": wanted.void, "again": True}


@staff_page
def settle(request, round, order, number, sheet):
    """The third look at a sheet that two people read differently."""
    batch = _batch(round, order, number)
    found = [] if batch.is_done else paper_batches.differences(batch)
    difference = next((difference for difference in found if difference.sheet == sheet), None)
    if difference is None:
        raise Http404("두 입력이 다른 장이 아닙니다.")
    form = ThirdLookForm(request.POST or None, contest=batch.contest)
    decide = functools.partial(paper_batches.settle, batch=batch, sheet=sheet, by=request.user)
    if request.method == "POST" and _done(form, lambda data: decide(reason=data["reason"], **form.reading)):
        return redirect(_address(batch))
    return render(
        request,
        "voting/paper_settle.html",
        {"round": round, "batch": batch, "difference": difference, "form": form},
    )
