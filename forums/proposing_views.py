"""Pages of who proposes: write, look at it, submit, correct, discard, withdraw. Other people's drafts are not there (404)."""

import re

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from councils import form_drafts
from forums import proposal_actions, proposals_list, rules
from forums import similar as likeness
from forums.comment_forms import TRAPPED
from forums.models import Call, Proposal, ProposalState
from forums.proposal_forms import ProposalForm
from forums.standing import StaleProposal
from geumcheon.accounts.request_parts import is_trapped
from geumcheon.lib import clock

CLEAR = "proposal_forms_saved"  # in the session: forms whose copy on the device the next page drops
KEY = re.compile(r"proposal-(new-)?([1-9][0-9]{0,8})")


def check_key(user, key):
    """404 for an autosave that belongs to no call, or to a proposal that is not the person's own."""
    found = KEY.fullmatch(key)
    if not found:
        raise Http404
    if found[1]:
        get_object_or_404(Call.objects.published(), pk=found[2])
    else:
        get_object_or_404(Proposal, pk=found[2], author=user)


def _own(request, pk):
    rows = Proposal.objects.select_related("call__channel", "stage__channel", "dong", "author")
    return get_object_or_404(rows, pk=pk, author=request.user)


def _saved(request, key):
    """The form is a row now: drop its autosave here, and let the next page drop the copy on the device."""
    form_drafts.drop(request.user, key)
    request.session[CLEAR] = [*request.session.get(CLEAR, []), key][-10:]


def _sign_in(request, key):
    """The way to the sign-in for visitors; a form they sent waits for them in the session. None for others."""
    if request.user.is_authenticated:
        return None
    if request.method == "POST":
        form_drafts.keep_signed_out(request, key)
        messages.warning(request, "로그인이 끝나 저장하지 못했습니다. 적은 글은 남아 있으니 로그인하면 이어집니다.")
    return redirect_to_login(request.path)


def _form_page(request, key, make, write, context):
    """One form of a proposal: fresh, from what was autosaved (`?draft=1`), or sent. write(form) returns the proposal."""
    if request.method == "POST" and request.POST.get("do") == "forget":
        form_drafts.drop(request.user, key)
        return redirect(request.path)
    context |= {"key": key, "typed": request.method == "POST"}
    if request.method == "POST":
        form = make(request.POST, request.FILES)
        if form.is_valid() and is_trapped(request):
            form.add_error(None, TRAPPED)
        if form.is_valid():
            try:
                found = write(form)
            except StaleProposal as error:
                context["stale"] = True
                form.add_error(None, error.messages)
            except ValidationError as error:
                form.add_error(None, error.messages)
            else:
                _saved(request, key)
                return redirect("proposal_preview" if found.state == ProposalState.DRAFT else "proposal", pk=found.pk)
    elif form_drafts.claim_signed_out(request, key):
        return redirect(f"{request.path}?draft=1")
    else:
        kept = form_drafts.find(request.user, key)
        go_on = kept is not None and bool(request.GET.get("draft"))
        form = make(initial=_texts(kept)) if go_on else make()
        context |= {"kept": kept, "continued": go_on}
    return render(request, "forums/form.html", context | {"form": form})


def _texts(kept):
    """What was autosaved, as initial values of the form."""
    return {name: texts[-1] for name, texts in kept.data.items() if texts}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request, pk):
    """Propose to a call. Who may not yet is told what is missing, with the way there and back."""
    call = get_object_or_404(Call.objects.published().select_related("channel"), pk=pk)
    proposals_list.dress_call(call, clock.today())
    key = f"proposal-new-{call.pk}"
    if call.is_open_now and (away := _sign_in(request, key)):
        return away
    missing = rules.propose_refusal(request.user, call) if call.is_open_now else None
    if missing or not call.is_open_now:
        if request.method == "POST":
            raise PermissionDenied(missing.why if missing else "지금은 제안을 받지 않는 공모입니다.")
        return render(request, "forums/may_not.html", {"call": call, "refusal": missing})
    return _form_page(
        request,
        key,
        lambda *data, **kwargs: ProposalForm(*data, call=call, **kwargs),
        lambda form: proposal_actions.draft(call=call, by=request.user, values=form.values),
        {"call": call},
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request, pk):
    """Correct the own draft, or the own proposal while nobody has endorsed or decided."""
    found = _own(request, pk)
    if not rules.may_edit(request.user, found):
        messages.error(request, "공감이나 검토가 시작된 뒤에는 고칠 수 없습니다.")
        return redirect(found)
    sent = request.POST.get("version", "")
    version = int(sent) if sent.isdecimal() and len(sent) < 9 else -1
    return _form_page(
        request,
        f"proposal-{found.pk}",
        lambda *data, **kwargs: ProposalForm(*data, call=found.call, proposal=found, **kwargs),
        lambda form: proposal_actions.edit(proposal=found, by=request.user, values=form.values, version=version),
        {"call": found.call, "proposal": found},
    )


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request, pk):
    """The own draft as everybody will see it, with similar proposals; sent here, it is submitted."""
    found = _own(request, pk)
    if found.state != ProposalState.DRAFT:
        return redirect(found)
    if request.method == "POST":
        sent = request.POST.get("version", "")
        try:
            made = proposal_actions.submit(
                proposal=found, by=request.user, version=int(sent) if sent.isdecimal() and len(sent) < 9 else -1
            )
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect("proposal_preview", pk=pk)
        waits = made.state == ProposalState.HIDDEN
        messages.success(request, f"제안을 올렸습니다.{f' {made.hidden_reason}' if waits else ''}")
        return redirect(made)
    context = {
        "proposal": found,
        "call": proposals_list.dress_call(found.call, clock.today()),
        "photos": list(found.photos.all()),
        "answers": list(found.answers.select_related("question")),
        "similar": likeness.similar(found.title, without=found.pk),
        "clear": request.session.pop(CLEAR, []),
    }
    return render(request, "forums/preview.html", context)


@require_POST
@login_required
def discard(request, pk):
    """Destroy the own draft."""
    found = _own(request, pk)
    try:
        proposal_actions.discard(proposal=found, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(found)
    messages.success(request, "쓰던 제안을 지웠습니다.")
    return redirect("call", pk=found.call_id)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request, pk):
    """Ask, then take the own proposal back."""
    found = _own(request, pk)
    if request.method == "POST":
        try:
            proposal_actions.withdraw(proposal=found, by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, "제안을 거두었습니다.")
        return redirect(found)
    if not rules.may_withdraw(request.user, found):
        return redirect(found)
    return render(request, "forums/withdraw.html", {"proposal": found})
