"""Public pages of proposals: the list, a call, a proposal, its photos; and the buttons of endorsing and following."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from forums import comment_pages, proposal_actions, proposals_list, proposing_views, rules, trail
from forums import similar as likeness
from forums.models import Call, Endorsement, Proposal, ProposalPhoto, ProposalState
from geumcheon.accounts.verification import person_key
from geumcheon.lib import clock, uploads


@require_safe
def proposals(request):
    """Open calls on top, then every public proposal, filtered and in order."""
    day = clock.today()
    form = proposals_list.ProposalFilter(request.GET)
    rows = form.apply(proposals_list.listed())
    paginator = Paginator(rows, proposals_list.PER_PAGE)
    page = paginator.get_page(request.GET.get("page"))
    page.object_list = [proposals_list.dress(row, day) for row in page.object_list]
    context = {
        "form": form,
        "page": page,
        "pages": paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1),
        "calls": proposals_list.open_calls(day),
    }
    return render(request, "forums/list.html", context)


@require_safe
def call(request, pk):
    """A call: its period, who may propose, its limits, the ladder its proposals climb, and what came in."""
    day = clock.today()
    found = get_object_or_404(Call.objects.published().select_related("channel"), pk=pk)
    rows = proposals_list.with_support(proposals_list.listed().filter(call=found))
    newest = [proposals_list.dress(row, day) for row in rows.order_by("-submitted_at", "number")[:10]]
    context = {
        "call": proposals_list.dress_call(found, day),
        "stages": list(found.channel.stages.order_by("order")),
        "questions": list(found.questions.all()),
        "refusal": rules.propose_refusal(request.user, found) if found.is_open_now else None,
        "newest": newest,
        "count": proposals_list.listed().filter(call=found).count(),
    }
    return render(request, "forums/call.html", context)


def _proposal(request, pk):
    """A proposal this person may read. Drafts have a page of their own."""
    rows = Proposal.objects.visible_to(request.user).select_related(
        "call__channel", "stage__channel", "dong", "department", "project__plan", "author"
    )
    return get_object_or_404(rows, pk=pk)


def _hidden(request, pk):
    """The page of a proposal this person may not read because it was hidden: no word of it but the public reason. None for others."""
    if Proposal.objects.visible_to(request.user).filter(pk=pk).exists():
        return None
    found = Proposal.objects.filter(pk=pk, state=ProposalState.HIDDEN).only("hidden_reason", "hidden_on").first()
    return found and render(request, "forums/hidden.html", {"hidden": found}, status=404)


@require_safe
def proposal(request, pk):
    """A proposal: where it stands, its way, its words and photos, endorsements, comments."""
    if gone := _hidden(request, pk):
        return gone
    found = _proposal(request, pk)
    if found.state == ProposalState.DRAFT:
        return redirect("proposal_preview", pk=pk)
    day = clock.today()
    proposals_list.dress(found, day, proposal_actions.supporters(found))
    context = {
        "proposal": found,
        "trail": trail.of(found),
        "voices": comment_pages.section(request, found),
        "photos": list(found.photos.all()),
        "answers": list(found.answers.select_related("question")),
        "aliases": list(found.aliases.all()),
        "clear": request.session.pop(proposing_views.CLEAR, []),
        **_buttons(request.user, found),
    }
    return render(request, "forums/proposal.html", context)


def _buttons(user, found):
    """What this person may do with a proposal."""
    endorsed = False
    if user.is_authenticated and found.collects:
        key = person_key(user)
        rows = Endorsement.objects.filter(proposal=found)
        endorsed = rows.filter(user=user).exists() or (key is not None and rows.filter(person_key=key).exists())
    is_author = rules.is_author(user, found)
    return {
        "endorsed": endorsed,
        "endorse_refusal": rules.endorse_refusal(user, found) if found.collects and not endorsed else None,
        "is_author": is_author,
        "told": found.is_open and proposal_actions.is_told(user, found),
        "may_follow": found.is_open and user.has_perm("forums.follow_proposal"),
        "may_edit": is_author and rules.may_edit(user, found),
        "may_withdraw": is_author and rules.may_withdraw(user, found),
    }


@require_safe
def photo(request, pk, photo):
    """A photo of a proposal this person may read."""
    found = get_object_or_404(
        ProposalPhoto, pk=photo, proposal=pk, proposal__in=Proposal.objects.visible_to(request.user)
    )
    if not found.file.storage.exists(found.file.name):
        raise Http404("No such file.")
    return uploads.serve(found.file, name=f"제안 사진 {photo}.jpg", content_type="image/jpeg", inline=True)


@require_safe
def similar(request):
    """A fragment: proposals with a title like the one being typed."""
    title = request.GET.get("title", "")[:200]
    without = request.GET.get("without", "")
    without = int(without) if without.isdecimal() and len(without) < 10 else None
    rows = likeness.similar(title, without=without) if len(title.strip()) >= likeness.LEAST else []
    return render(request, "forums/_similar.html", {"similar": rows})


def _act(request, action, found, done):
    """Run an action of a button and say what it refuses."""
    try:
        action(proposal=found, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, done)
    return redirect(found)


@require_POST
def endorse(request, pk):
    """Support a proposal, or with `off` take it back. Who may not yet is sent to what is missing and comes back."""
    found = _proposal(request, pk)
    if request.POST.get("off"):
        if not request.user.is_authenticated:
            return redirect(rules.endorse_refusal(request.user, found).url)
        return _act(request, proposal_actions.withdraw_endorsement, found, "공감을 거두었습니다.")
    if missing := rules.endorse_refusal(request.user, found):
        if not missing.url:
            raise PermissionDenied(missing.why)
        messages.info(request, missing.why)
        return redirect(missing.url)
    return _act(request, proposal_actions.endorse, found, "공감했습니다. 공감 기간에는 거둘 수 있습니다.")


@require_POST
@login_required
def follow(request, pk):
    """Be told about a proposal, or with `off` no more."""
    found = _proposal(request, pk)
    if found.state == ProposalState.DRAFT:
        raise Http404
    if request.POST.get("off"):
        return _act(request, proposal_actions.unfollow, found, "이제 소식을 보내지 않습니다.")
    return _act(request, proposal_actions.follow, found, "새 소식이 있으면 전자우편으로 알립니다.")
