"""The review desk: the queue, a proposal beside its review form, and the other writes on a proposal."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from forums import candidates as ballots
from forums import desk, kinship_actions, review_actions, trail
from forums.desk_forms import DeskFilter, ReasonForm, ReviewForm, TransferForm
from forums.models import Call, FieldCheckPhoto, Proposal, ProposalState, Review, ReviewState, Stage
from forums.standing import StaleProposal, what_happened
from geumcheon.lib import uploads

PER_PAGE = 30
form_view = require_http_methods(["GET", "HEAD", "POST"])


def _gate(request):
    """The desk is for officers and the secretariat."""
    if not request.user.has_perm("forums.use_desk"):
        raise PermissionDenied


def proposal_at_desk(request, pk, permission="forums.open_at_desk"):
    """A submitted proposal this person may open at the desk; 404 for another department's, 403 for who may only read it."""
    _gate(request)
    rows = Proposal.objects.exclude(state=ProposalState.DRAFT)
    found = get_object_or_404(
        rows.select_related("call__channel", "stage__channel", "department", "dong", "project__plan"), pk=pk
    )
    if not request.user.has_perm("forums.open_at_desk", found):
        raise Http404
    if not request.user.has_perm(permission, found):
        raise PermissionDenied
    return found


@never_cache
@login_required
@require_safe
def queue(request):
    """What waits to be decided, the overdue first; for an officer what waits for the own department."""
    _gate(request)
    form = DeskFilter(request.GET, request.user)
    lines = form.apply(desk.for_user(request.user))
    page = Paginator(lines, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "pages": page.paginator.get_elided_page_range(page.number),
        "late": sum(line.is_late for line in lines),
        "runs": request.user.has_perm("forums.run_desk"),
        "years": Call.objects.order_by("-year").values_list("year", flat=True).distinct()[:3],
    }
    return render(request, "forums/desk/queue.html", context)


def open_for_review(proposal):
    """Whether the proposal's stage still waits for a decision."""
    decided = Review.objects.filter(proposal=proposal, stage=proposal.stage_id, state=ReviewState.PUBLISHED)
    return proposal.state == ProposalState.OPEN and not decided.exists()


def _page(request, proposal, form=None, stale="", typed=(), status=200):
    """The proposal beside its form. `form` None: nothing to decide for this person."""
    user = request.user
    newest = proposal.reviews.filter(state=ReviewState.PUBLISHED).order_by("created_at", "pk").last()
    context = {
        "proposal": proposal,
        "form": form,
        "stale": stale,
        "typed": typed,
        "trail": trail.of(proposal),
        "answers": proposal.answers.select_related("question"),
        "runs": user.has_perm("forums.run_desk"),
        "may_transfer": proposal.state == ProposalState.OPEN and user.has_perm("forums.transfer_proposal", proposal),
        "may_check": proposal.state != ProposalState.WITHDRAWN and user.has_perm("forums.write_fieldcheck", proposal),
        "newest": newest if newest and review_actions.may_withdraw(user, proposal, newest) else None,
        "confirmed": ballots.is_confirmed(proposal),
        "support": kinship_actions.together(proposal),
    }
    return render(request, "forums/desk/review.html", context, status=status)


def _typed(form):
    """[(label, text)] of what was typed into a form for a stage that is over, to copy from."""
    found = []
    for name, field in form.fields.items():
        value = form.data.get(name, "")
        if value and not name.startswith("seen_"):
            choices = dict(getattr(field, "choices", [])) if name.startswith(("answer", "outcome")) else {}
            found.append((field.label, choices.get(value, value)))
    return found


@never_cache
@login_required
@form_view
def review(request, pk):
    """The proposal with its way beside the form of its stage; POST decides. Of two reviewers the second is told, nothing typed is lost."""
    proposal = proposal_at_desk(request, pk)
    may = request.user.has_perm("forums.review_proposal", proposal) and open_for_review(proposal)
    if request.method != "POST":
        return _page(request, proposal, ReviewForm(None, proposal, request.user) if may else None)
    return _decide(request, proposal, may)


def _decide(request, proposal, may):
    sent_stage = request.POST.get("seen_stage", "")
    if sent_stage != str(proposal.stage_id) or not may:
        return _told(request, proposal, may)
    form = ReviewForm(request.POST, proposal, request.user)
    if form.is_valid():
        try:
            made = review_actions.review(proposal=proposal, by=request.user, **form.decision())
        except StaleProposal as stale:
            proposal = proposal_at_desk(request, proposal.pk)
            if str(proposal.stage_id) != sent_stage or not open_for_review(proposal):
                return _told(request, proposal, may)
            form.proposal = proposal
            form.renew()
            return _page(request, proposal, form, stale=" ".join(stale.messages), status=409)
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, f"‘{made.stage.name}’: ‘{made.get_outcome_display()}’(으)로 처리했습니다.")
            return redirect("desk_proposal", proposal.pk)
    return _page(request, proposal, form)


def _told(request, proposal, may):
    """The stage was decided meanwhile: who did what, what was typed to copy from, and the form of the stage that waits now."""
    form = ReviewForm(None, proposal, request.user) if may else None
    seen = Stage.objects.filter(pk=whole(request.POST.get("seen_stage"))).first()
    typed = ReviewForm(request.POST, proposal, request.user, stage=seen) if seen else None
    return _page(
        request,
        proposal,
        form,
        stale=what_happened(proposal, request.user),
        typed=_typed(typed) if typed else [],
        status=409,
    )


def whole(text):
    """A key out of a form, 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0


# --- small forms: one question, one action ------------------------------------------------------------------------
def ask(request, form, act, *, title, proposal, template="ask", lead="", button="저장", danger=False, **context):
    """Show a form; on POST run `act(form)`, which returns the sentence of success. Refusals stand at the fields."""
    if request.method == "POST" and form.is_valid():
        try:
            sentence = act(form)
        except StaleProposal as stale:
            form.proposal = proposal_at_desk(request, proposal.pk)
            form.add_error(None, stale)
            form.renew()
        except ValidationError as error:
            form.refuse(error)
        else:
            messages.success(request, sentence)
            return redirect("desk_proposal", proposal.pk)
    context |= {"form": form, "title": title, "proposal": proposal, "lead": lead, "button": button, "danger": danger}
    return render(request, f"forums/desk/{template}.html", context)


def data_of(request):
    return request.POST if request.method == "POST" else None


@never_cache
@login_required
@form_view
def transfer(request, pk):
    """이관 to another department."""
    proposal = proposal_at_desk(request, pk, "forums.transfer_proposal")
    form = TransferForm(data_of(request), proposal)

    def act(form):
        data = form.cleaned_data
        made = review_actions.transfer(
            proposal=proposal, by=request.user, department=data["department"], reason=data["reason"], **form.seen
        )
        return f"{made.to_department}(으)로 이관했습니다."

    return ask(request, form, act, title="다른 부서로 이관", proposal=proposal, button="이관하기")


@never_cache
@login_required
@form_view
def withdraw(request, pk, review):
    """Take the newest review back, with the reason; it stays readable as withdrawn."""
    proposal = proposal_at_desk(request, pk)
    made = get_object_or_404(Review.objects.select_related("stage"), pk=review, proposal=proposal)
    if not review_actions.may_withdraw(request.user, proposal, made):
        raise PermissionDenied

    def act(form):
        review_actions.withdraw_review(
            review=made, by=request.user, reason=form.cleaned_data["reason"], version=form.seen["version"]
        )
        return f"‘{made.stage.name}’ 검토를 거두었습니다. 다시 검토할 수 있습니다."

    lead = f"‘{made.stage.name}: {made.get_outcome_display()}’을(를) 거두고 그 단계로 돌아갑니다. 거둔 검토와 까닭은 공개된 채 남습니다."
    form = ReasonForm(data_of(request), proposal)
    return ask(request, form, act, title="검토 거두기", proposal=proposal, lead=lead, button="거두기", danger=True)


# --- ballot candidates and photos ---------------------------------------------------------------------------------
@never_cache
@login_required
@require_safe
def candidates(request):
    """The proposals of a year that may stand on a ballot."""
    if not request.user.has_perm("forums.run_desk"):
        raise PermissionDenied
    years = list(Call.objects.order_by("-year").values_list("year", flat=True).distinct())
    year = whole(request.GET.get("year")) or (years[0] if years else 0)
    found = [
        (proposal, ballots.final_amount(proposal))
        for proposal in ballots.candidates(year).prefetch_related(*ballots.SETTLED)
    ]
    total = ballots.total(proposal for proposal, _ in found)
    return render(
        request, "forums/desk/candidates.html", {"year": year, "years": years, "found": found, "total": total}
    )


@require_safe
def photo(request, pk, photo):
    """A photo of a visit, shown in the page; only of proposals this visitor may read."""
    found = get_object_or_404(
        FieldCheckPhoto,
        pk=photo,
        check_record__proposal=pk,
        check_record__proposal__in=Proposal.objects.visible_to(request.user),
    )
    if not found.file.storage.exists(found.file.name):
        raise Http404("No such file.")
    return uploads.serve(found.file, name=f"현장 확인 {photo}.jpg", content_type="image/jpeg", inline=True)
