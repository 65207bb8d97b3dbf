"""What else is done with proposals at the desk: merged and split, visited, made a project, taken away as a sheet."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from forums import candidates, desk, field_actions, kinship_actions, review_sheet
from forums.desk_forms import DeskFilter, FieldCheckForm, MergeForm, ProjectForm, ReasonForm, SplitForm
from forums.desk_views import ask, data_of, form_view, proposal_at_desk
from forums.models import FieldCheck, Kinship
from geumcheon.lib import clock

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@never_cache
@login_required
@form_view
def merge(request, pk):
    """Put other proposals into this one."""
    proposal = proposal_at_desk(request, pk, "forums.run_desk")

    def act(form):
        found = list(form.cleaned_data["sources"])
        kinship_actions.merge(
            sources=found, target=proposal, by=request.user, reason=form.cleaned_data["reason"],
            versions={proposal.pk: form.seen["version"]},
        )  # fmt: skip
        return f"제안 {len(found)}개를 합쳤습니다. 공감은 사람마다 한 번씩 함께 셉니다."

    lead = "고른 제안은 ‘합쳐짐’으로 끝나고 이 제안이 이어집니다. 두 쪽 모두에 까닭이 보이며 되돌릴 수 있습니다."
    return ask(
        request,
        MergeForm(data_of(request), proposal),
        act,
        title="다른 제안을 합치기",
        proposal=proposal,
        lead=lead,
        button="합치기",
    )


@never_cache
@login_required
@form_view
def split(request, pk):
    """Take this proposal apart."""
    proposal = proposal_at_desk(request, pk, "forums.run_desk")

    def act(form):
        made = kinship_actions.split(
            proposal=proposal,
            parts=form.parts,
            by=request.user,
            reason=form.cleaned_data["reason"],
            version=form.seen["version"],
        )
        return f"제안 {len(made)}개로 나누었습니다: {', '.join(part.title for part in made)}"

    lead = "이 제안은 ‘나뉨’으로 끝나고 나뉜 제안이 같은 단계에서 이어집니다. 공감은 처음 제안에 남습니다."
    return ask(
        request,
        SplitForm(data_of(request), proposal),
        act,
        title="제안을 나누기",
        proposal=proposal,
        lead=lead,
        button="나누기",
    )


@never_cache
@login_required
@form_view
def undo(request, pk, kinship):
    """Take a merge or a split back."""
    proposal = proposal_at_desk(request, pk, "forums.run_desk")
    rows = Kinship.objects.select_related("source_proposal", "target")
    link = get_object_or_404(rows, pk=kinship, source_proposal=proposal)

    def act(form):
        kinship_actions.undo_kinship(kinship=link, by=request.user, reason=form.cleaned_data["reason"])
        return "되돌렸습니다. 되돌린 까닭도 함께 보입니다."

    title = f"{link.get_kind_display()} 되돌리기"
    lead = f"‘{link.source_proposal}’이(가) 다시 따로 진행됩니다."
    return ask(
        request,
        ReasonForm(data_of(request), proposal),
        act,
        title=title,
        proposal=proposal,
        lead=lead,
        button="되돌리기",
        danger=True,
    )


@never_cache
@login_required
@form_view
def field_check(request, pk, check=None):
    """Write the record of a visit, or correct one."""
    proposal = proposal_at_desk(request, pk, "forums.write_fieldcheck")
    found = get_object_or_404(FieldCheck, pk=check, proposal=proposal) if check else None
    form = FieldCheckForm(data_of(request), request.FILES or None, check=found)

    def act(form):
        field_actions.field_check(proposal=proposal, by=request.user, **form.values())
        return "현장 확인을 적었습니다. 제안 쪽에 보입니다."

    lead = "사진은 올리면 줄이고 위치와 기종 정보를 지웁니다. 얼굴이 알아보이는 사진은 동의를 받은 것만 올립니다."
    return ask(request, form, act, title="현장 확인 적기", proposal=proposal, lead=lead, files=True)


@never_cache
@login_required
@form_view
def project(request, pk):
    """A confirmed proposal becomes a project."""
    proposal = proposal_at_desk(request, pk, "forums.run_desk")

    def act(form):
        data = form.cleaned_data
        made = candidates.become_project(
            proposal=proposal, by=request.user, project=data["project"], plan=data["group"] and data["group"].plan,
            group=data["group"], name=data["name"], version=form.seen["version"],
        )  # fmt: skip
        return f"{made.plan.year}년 계획의 사업이 되었습니다: {made}"

    lead = "이미 있는 사업에 잇거나, 준비 중인 계획에 새 사업을 만듭니다. 한 번만 할 수 있습니다."
    return ask(
        request,
        ProjectForm(data_of(request), proposal),
        act,
        title="사업으로 담기",
        proposal=proposal,
        lead=lead,
        button="사업으로 담기",
    )


@never_cache
@login_required
@require_safe
def sheet(request):
    """검토 목록: the queue as it is filtered, as a sheet to print and to fill in."""
    if not request.user.has_perm("forums.use_desk"):
        raise PermissionDenied
    form = DeskFilter(request.GET, request.user)
    proposals = [line.proposal for line in form.apply(desk.for_user(request.user))]
    response = HttpResponse(content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"검토 목록 {clock.today():%Y-%m-%d}.xlsx")
    review_sheet.write(response, proposals)
    return response
