"""Pages of comments: writing, answering, correcting, deleting, supporting, reporting; and the end of mails about a proposal."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from forums import comment_actions, comment_pages, comment_rules, mails
from forums.comment_forms import AnswerForm, CommentForm, EditForm, ReportForm
from forums.models import Comment, CommentState, Proposal
from geumcheon.accounts.models import User

WAITS = "링크가 있어 협치추진단이 먼저 살펴봅니다. 검토 뒤 보입니다."


def _proposal(request, pk):
    return get_object_or_404(Proposal.objects.visible_to(request.user).select_related("call"), pk=pk)


def _comment(request, pk):
    """A comment that somebody can read, of a proposal they can read; 404 otherwise."""
    rows = Comment.objects.select_related("proposal__call", "author", "office").filter(
        proposal__in=Proposal.objects.visible_to(request.user)
    )
    found = get_object_or_404(rows, pk=pk)
    own = request.user.is_authenticated and found.author_id == request.user.pk
    if found.state == CommentState.VISIBLE or (found.state == CommentState.WAITING and own):
        return found
    raise Http404


def _try(form, action, **kwargs):
    """Run an action and put what it refuses at the form's fields. Returns its result, or None where it refused."""
    try:
        return action(**kwargs)
    except ValidationError as error:
        fields = getattr(error, "error_dict", None)
        if fields is None or not set(fields) - {"__all__"} <= set(form.fields):
            form.add_error(None, error.messages)
        else:
            form.add_error(None, error)
    return None


def _sent(request, made):
    if made.state == CommentState.WAITING:
        messages.info(request, WAITS)
    else:
        messages.success(request, "올렸습니다.")
    return redirect(comment_pages.place(made, request.user))


def _need_voice(request, back):
    """None where somebody may write; else where they are sent: to sign in."""
    if not request.user.is_authenticated:
        return redirect(comment_rules.refusal(request.user, back)[2])
    if not request.user.has_perm("forums.write_comment"):
        raise PermissionDenied(comment_rules.refusal(request.user)[0])
    return None


def comments(request, pk):
    """All comments of a proposal, page by page; sent here, a new one."""
    proposal = _proposal(request, pk)
    form = None
    if request.method == "POST":
        if away := _need_voice(request, proposal.get_absolute_url()):
            return away
        form = CommentForm(request.POST, user=request.user)
        if form.is_valid():
            data = form.cleaned_data
            words = {"text": data["text"], "stance": data.get("stance", ""), "office": data.get("office")}
            made = _try(form, comment_actions.write, proposal=proposal, by=request.user, **words)
            if made is not None:
                return _sent(request, made)
    context = {"proposal": proposal, "voices": comment_pages.section(request, proposal, form), "alone": True}
    return render(request, "forums/comment_page.html", context)


def comment(request, pk):
    """One comment with its answers; sent here, an answer."""
    found = _comment(request, pk)
    if found.parent_id:
        return redirect(comment_pages.place(found, request.user))
    form = None
    if request.method == "POST":
        if away := _need_voice(request, reverse("comment", args=[pk])):
            return away
        form = AnswerForm(request.POST, user=request.user)
        if form.is_valid():
            words = {"text": form.cleaned_data["text"], "office": form.cleaned_data.get("office")}
            made = _try(form, comment_actions.answer, parent=found, by=request.user, **words)
            if made is not None:
                return _sent(request, made)
    context = {"proposal": found.proposal, **comment_pages.thread(request, found, form)}
    return render(request, "forums/comment_thread.html", context)


@login_required
def edit(request, pk):
    """Correct the own comment within 15 minutes."""
    found = _comment(request, pk)
    if found.author_id != request.user.pk:
        raise Http404
    form = EditForm(request.POST if request.method == "POST" else None, initial={"text": found.text})
    if request.method == "POST" and form.is_valid():
        made = _try(form, comment_actions.edit, comment=found, by=request.user, text=form.cleaned_data["text"])
        if made is not None:
            return _sent(request, made)
    return render(request, "forums/comment_edit.html", {"comment": found, "proposal": found.proposal, "form": form})


@login_required
def delete(request, pk):
    """Ask, then take the own comment back."""
    found = _comment(request, pk)
    if found.author_id != request.user.pk:
        raise Http404
    if request.method == "POST":
        try:
            comment_actions.delete(comment=found, by=request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, "댓글을 지웠습니다.")
        return redirect(f"{found.proposal.get_absolute_url()}#comments")
    return render(request, "forums/comment_delete.html", {"comment": found, "proposal": found.proposal})


@require_POST
@login_required
def endorse(request, pk):
    """Support a comment, or with `off` take it back."""
    found = _comment(request, pk)
    action = comment_actions.withdraw_endorsement if request.POST.get("off") else comment_actions.endorse
    try:
        action(comment=found, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect(comment_pages.place(found, request.user))


def _report(request, **subject):
    proposal = subject.get("proposal") or subject["comment"].proposal
    if away := _need_voice(request, request.path):
        return away
    form = ReportForm(request.POST if request.method == "POST" else None, user=request.user)
    if request.method == "POST" and form.is_valid():
        made = _try(form, comment_actions.report, by=request.user, reason=form.cleaned_data["reason"], **subject)
        if made is not None:
            messages.success(request, "알려 주셔서 고맙습니다. 협치추진단이 살펴봅니다.")
            return redirect(proposal.get_absolute_url())
    return render(request, "forums/report.html", {"form": form, **subject, "proposal": proposal})


def report(request, pk):
    """Tell the moderators about a comment."""
    found = _comment(request, pk)
    comment_pages.dress(found, request.user)
    return _report(request, comment=found)


def report_proposal(request, pk):
    """Tell the moderators about a proposal."""
    return _report(request, proposal=_proposal(request, pk))


def stop(request, token):
    """The page behind the last line of a mail: end the mails about one proposal. A mail program that opens it changes nothing."""
    try:
        proposal_id, user_id = mails.read_stop(token)
    except signing.BadSignature as error:
        raise Http404 from error
    proposal = get_object_or_404(Proposal, pk=proposal_id)
    user = get_object_or_404(User, pk=user_id)
    if request.method == "POST":
        mails.stop(proposal, user)
    ended = not mails.readers(proposal).filter(pk=user.pk).exists()
    return render(request, "forums/comment_stop.html", {"proposal": proposal, "ended": ended})
