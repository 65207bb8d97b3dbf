"""The moderators' queue: what waits, what was reported, what is hidden. Tick rows, choose, look at the preview, apply."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse

from forums import comment_pages, hiding, moderation_actions
from forums.comment_forms import DecisionForm
from forums.models import WAITS, Comment, Proposal, ProposalState, Report
from forums.moderation_actions import HIDE, fetch, problem, seen

PER_PAGE = 50


def _dress(thing):
    """What the queue shows of a comment or proposal, words included: moderators see what they decide about."""
    thing.seen, thing.is_comment = seen(thing), isinstance(thing, Comment)
    thing.words = thing.text if thing.is_comment else thing.body
    thing.by = str(thing.author.name or "주민") if thing.author_id else comment_pages.LEFT
    thing.open_reports = [r for r in thing.reports.all() if r.decision == Report.Decision.OPEN]
    thing.of = thing.proposal if thing.is_comment else thing
    return thing


def reported_proposals(name):
    """Proposals of the queue: those that wait for a look, reported ones, and hidden ones among what is hidden."""
    rows = Proposal.objects.select_related("author").prefetch_related("reports").order_by("pk")
    if name == comment_pages.HIDDEN:
        return rows.filter(state=ProposalState.HIDDEN).exclude(hidden_reason=WAITS)
    if name == comment_pages.REPORTED:
        return rows.filter(reports__decision=Report.Decision.OPEN).distinct()
    return rows.filter(pk__in=hiding.held())


@login_required
@permission_required("forums.moderate", raise_exception=True)
def queue(request):
    """One queue; a POST previews the decision on the ticked rows, or with `step=apply` takes it."""
    name = request.GET.get("queue", comment_pages.WAITING)
    name = name if name in comment_pages.QUEUES else comment_pages.WAITING
    form = DecisionForm(request.POST) if request.method == "POST" else DecisionForm()
    marks = request.POST.getlist("seen")[: PER_PAGE * 4]
    if request.method == "POST" and not marks:
        form.add_error(None, "글을 하나 이상 골라 주세요.")
    if request.method == "POST" and form.is_valid():
        if request.POST.get("step") != "apply":
            return _preview(request, name, form, marks)
        try:
            done = moderation_actions.decide(marks=marks, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error.messages)
            return _preview(request, name, form, marks)
        messages.success(request, f"{len(done)}건을 처리했습니다.")
        return redirect(f"{reverse('comment_desk')}?queue={name}")
    return _list(request, name, form, set(marks))


def _list(request, name, form, marks):
    paginator = Paginator(comment_pages.queue(name), PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    proposals = [_dress(thing) for thing in reported_proposals(name)[:PER_PAGE]] if page.number == 1 else []
    rows = [*proposals, *(_dress(thing) for thing in page.object_list)]
    for row in rows:
        row.ticked = row.seen in marks
    counts = [
        (key, label, number + (reported_proposals(key).count()), key == name)
        for key, label, number in comment_pages.queue_counts()
    ]
    pages = paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    context = {"queue": name, "counts": counts, "rows": rows, "page": page, "pages": pages, "form": form}
    return render(request, "forums/moderation.html", context)


def _preview(request, name, form, marks):
    """What the decision would do to each row; what changed since the queue was opened is named and shown anew."""
    decision = form.cleaned_data["decision"]
    rows = [_dress(thing) for thing in fetch([mark.split(".")[0] for mark in marks])]
    for row in rows:
        row.problem, row.is_stale = problem(row, decision), row.seen not in marks
    context = {
        "queue": name, "form": form, "rows": rows, "hides": decision == HIDE, "gone": len(marks) - len(rows),
        "decision": moderation_actions.DECISIONS[decision], "ready": [row for row in rows if not row.problem],
    }  # fmt: skip
    return render(request, "forums/moderation_preview.html", context)
