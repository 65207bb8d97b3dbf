"""Reviews move proposals along their ladder: who decided, when, in which meeting, with which amount and why.

Every function locks the proposal first and compares it with what the form saw, so that of two reviewers one wins and the
other is told.
"""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from councils.models import MeetingState
from forums import mails, standing
from forums.models import (
    REFUSALS,
    Answered,
    Decider,
    Move,
    Outcome,
    ProposalState,
    Review,
    ReviewAnswer,
    ReviewState,
    Transfer,
)
from geumcheon.lib import clock

# A refusal always says why; so does a condition.
NEED_REASON = (*REFUSALS, Outcome.CONDITIONAL)


def outcomes(stage):
    """[Move] of a stage that can be chosen, in the order of the ladder's rows."""
    return list(Move.objects.filter(stage=stage).select_related("to").order_by("pk"))


@transaction.atomic
def review(
    *, proposal, by, outcome, stage=None, version=None, amount_krw=None, share=None, answers=None,
    department=None, body=None, meeting=None, on=None, reason="",
):  # fmt: skip
    """Decide a proposal's stage and move it on. Returns the Review.

    by: a User, or None for the portal itself (enough endorsements). stage (key) and version: what the form saw. amount_krw: won, or
    `share`, an AmountShare of several proposals. answers: {criterion key: (Answered, note)}. department: who decided, or at an earlier
    stage the department it goes to. on: the day, today or the meeting's by default.
    Raises StaleProposal, ValidationError at the fields, PermissionDenied.
    """
    row = standing.lock(proposal, stage=stage, version=version, reader=by)
    if by is not None and not by.has_perm("forums.review_proposal", row):
        raise PermissionDenied
    way = _way(row, outcome)
    answers = answers or {}
    made = _made(
        row, way, answers, by, outcome=outcome, amount_krw=amount_krw, share=share, department=department, body=body,
        meeting=meeting, on=on, reason=reason,
    )  # fmt: skip
    made.full_clean()
    made._history_user = by
    made.save()
    for criterion, (answer, note) in answers.items():
        said = ReviewAnswer(review=made, criterion_id=criterion, answer=answer, note=note.strip())
        said.full_clean()
        said.save()
    _hand_over(row, way, made)
    move(row, made, way=way, by=by)
    _tell(row, made)
    return made


def foresee(row, *, by, outcome, **fields):
    """Move a proposal in memory as `review` would, for a preview. Raises what `review` raises."""
    way = _way(row, outcome)
    made = _made(row, way, {}, by, outcome=outcome, **fields)
    made.full_clean()
    _lead(row, made, way)


def _made(row, way, answers, by, *, outcome, amount_krw=None, share=None, on=None, meeting=None, reason="", **fields):
    """The checked Review of a decision, not saved yet. Raises ValidationError at the fields."""
    if by is None and row.stage.amount_label and amount_krw is None and outcome not in REFUSALS:
        amount_krw = row.requested_krw
    made = Review(
        proposal=row, stage=row.stage, outcome=outcome, amount_krw=amount_krw, share=share, meeting=meeting,
        on=on or (meeting.starts_on if meeting else clock.today()), reason=reason.strip(), by=by, **fields,
    )  # fmt: skip
    _check(row, way, made, answers, by)
    return made


def _way(row, outcome):
    """The Move of an outcome at the stage where the proposal is. Raises ValidationError where there is none."""
    if row.state != ProposalState.OPEN:
        raise ValidationError(f"‘{row.get_state_display()}’ 상태라 검토할 수 없습니다.", code="state")
    way = Move.objects.filter(stage=row.stage, outcome=outcome).select_related("to").first()
    if way is None:
        raise ValidationError({"outcome": f"‘{row.stage.name}’ 단계에서 고를 수 있는 결과가 아닙니다."})
    return way


def _check(row, way, made, answers, by):
    """Refuse what is missing or does not fit the stage, each at its field."""
    errors = {}
    if made.outcome in NEED_REASON and not made.reason:
        errors["reason"] = "공개하는 이유를 적어 주세요. 받아들이지 않거나 조건을 달 때는 꼭 적습니다."
    if (wrong := _amount_wrong(row.stage, made, by)) is not None:
        errors["amount_krw"] = wrong
    errors |= _decider_wrong(row, way, made)
    if made.on > clock.today():
        errors["on"] = "아직 오지 않은 날입니다."
    elif row.entered_on and made.on < row.entered_on:
        errors["on"] = f"이 단계에 들어온 날({row.entered_on:%Y-%m-%d})보다 앞설 수 없습니다."
    if by is not None:
        errors |= _answers_wrong(row.stage, answers)
    if errors:
        raise ValidationError(errors)


def _amount_wrong(stage, made, by):
    given = made.amount_krw is not None or made.share_id is not None
    if given and not stage.amount_label:
        return "이 단계에서는 금액을 정하지 않습니다."
    if stage.amount_label and not given and made.outcome not in REFUSALS and by is not None:
        return f"‘{stage.amount_label}’ 금액을 적어 주세요."
    return None


def _decider_wrong(row, way, made):
    """{field: message} by who decides the stage: a department's own officers, a body in a meeting of its own."""
    errors, stage = {}, row.stage
    if stage.decider == Decider.DEPARTMENT:
        if row.department_id is None:
            errors["department"] = "맡은 부서가 없습니다. 먼저 부서에 이관해 주세요."
        elif made.department_id not in (None, row.department_id):
            errors["department"] = f"이 제안은 {row.department}가 맡고 있습니다."
        made.department = row.department
    elif (
        made.by_id and way.to and way.to.decider == Decider.DEPARTMENT and not (made.department_id or row.department_id)
    ):
        # The portal itself, when endorsements suffice, knows no department: the secretariat hands the proposal over then.
        errors["department"] = f"‘{way.to.name}’을(를) 맡을 부서를 골라 주세요."
    if stage.decider == Decider.BODY:
        errors |= _meeting_wrong(made)
    elif made.meeting_id and made.meeting.state != MeetingState.PUBLISHED:
        errors["meeting"] = "게시한 회의만 적을 수 있습니다."
    return errors


def _meeting_wrong(made):
    if made.body_id is None:
        return {"body": "어느 기구가 정했는지 골라 주세요."}
    if made.meeting_id is None:
        return {"meeting": "어느 회의에서 정했는지 골라 주세요."}
    if made.meeting.state != MeetingState.PUBLISHED:
        return {"meeting": "게시한 회의만 적을 수 있습니다. 회의록을 먼저 게시해 주세요."}
    if not made.meeting.bodies.filter(pk=made.body_id).exists():
        return {"meeting": f"{made.body}의 회의가 아닙니다."}
    if made.on < made.meeting.starts_on:
        return {"on": "회의가 열린 날보다 앞설 수 없습니다."}
    return {}


def _answers_wrong(stage, answers):
    criteria = dict(stage.criteria.values_list("pk", "name"))
    missing = [name for key, name in criteria.items() if (answers.get(key) or ("",))[0] not in Answered.values]
    if set(answers) - set(criteria):
        return {"answers": "이 단계의 검토 기준이 아닙니다."}
    return {"answers": f"검토 기준에 모두 답해 주세요: {', '.join(missing)}"} if missing else {}


def _hand_over(row, way, made):
    """The department that was named before a department's stage has the proposal from now on."""
    if row.stage.decider != Decider.DEPARTMENT and made.department_id:
        row.department = made.department
    if row.stage.decider == Decider.BODY and made.body_id:
        row.bodies.add(made.body)


def move(proposal, review, *, way=None, by=None):
    """Take a locked proposal where a review leads: the next stage, or its end. One function moves the stage."""
    _lead(proposal, review, way or _way(proposal, review.outcome))
    standing.save(proposal, by=by, why=f"{review}", fields=["department"])


def _lead(proposal, review, way):
    if way.to_id and way.to_id != proposal.stage_id:
        proposal.stage, proposal.entered_on = way.to, review.on
    elif way.to_id is None and review.outcome in REFUSALS:
        standing.set_state(proposal, ProposalState.ENDED)


def _tell(row, made):
    lines = [f"‘{row.title}’ 제안의 ‘{made.stage.name}’ 결과는 ‘{made.get_outcome_display()}’입니다."]
    if made.reason:
        lines.append(f"이유: {made.reason}")
    if row.stage_id != made.stage_id:
        lines.append(f"다음 단계는 ‘{row.stage.name}’입니다.")
    mails.told(
        f"review:{made.pk}",
        row,
        f"{made.stage.name} · {made.get_outcome_display()}: {row.title}",
        "\n".join(lines),
        by=made.by,
    )


# --- taken back, in the open --------------------------------------------------------------------------------------
@transaction.atomic
def withdraw_review(*, review, by, reason, version=None):
    """Take the newest review of a proposal back: it stays readable as withdrawn, and the proposal returns to its stage.

    Raises StaleProposal, ValidationError, PermissionDenied.
    """
    row = standing.lock(review.proposal, version=version, reader=by)
    made = Review.objects.select_for_update(of=("self",)).select_related("stage").get(pk=review.pk)
    if not may_withdraw(by, row, made):
        raise PermissionDenied
    if made.state != ReviewState.PUBLISHED:
        raise ValidationError("이미 거둔 검토입니다.")
    newest = row.reviews.filter(state=ReviewState.PUBLISHED).order_by("created_at", "pk").last()
    if newest.pk != made.pk or row.state not in (ProposalState.OPEN, ProposalState.ENDED):
        raise ValidationError("뒤의 단계가 이미 진행되어 거둘 수 없습니다. 뒤의 검토부터 거두어 주세요.")
    if not reason.strip():
        raise ValidationError({"reason": "거두는 까닭을 적어 주세요."})
    made.state, made.withdrawn_reason, made.withdrawn_on = ReviewState.WITHDRAWN, reason.strip(), clock.today()
    made.full_clean()
    made._history_user = by
    made.save(update_fields=["state", "withdrawn_reason", "withdrawn_on"])
    standing.set_state(row, ProposalState.OPEN)
    before = row.reviews.filter(state=ReviewState.PUBLISHED, on__isnull=False).order_by("created_at", "pk").last()
    # The day the stage was entered, not today: a decision of the same meeting may be written down again.
    row.stage, row.entered_on = made.stage, before.on if before else _submitted_on(row)
    standing.save(row, by=by, why="검토 거둠", fields=["department"])
    text = f"‘{row.title}’ 제안의 ‘{made.stage.name}’ 결과를 거두고 다시 검토합니다.\n까닭: {made.withdrawn_reason}"
    mails.told(f"review:{made.pk}:withdrawn", row, f"{made.stage.name} 결과를 거둠: {row.title}", text, by=by)
    return made


def _submitted_on(row):
    return timezone.localdate(row.submitted_at) if row.submitted_at else None


def may_withdraw(by, row, made):
    """Whether a person may take a review back: the secretariat, or an officer of the department that decided."""
    if by.has_perm("forums.run_desk"):
        return True
    own_stage = made.stage.decider == Decider.DEPARTMENT and made.department_id in by.department_ids()
    return by.has_perm("forums.open_at_desk", row) and own_stage


# --- to another department ----------------------------------------------------------------------------------------
@transaction.atomic
def transfer(*, proposal, by, department, reason, stage=None, version=None):
    """이관: give a proposal to another department, with the reason. Returns the Transfer.

    Raises StaleProposal, ValidationError at the fields, PermissionDenied.
    """
    row = standing.lock(proposal, stage=stage, version=version, reader=by)
    if not by.has_perm("forums.transfer_proposal", row):
        raise PermissionDenied
    if row.state != ProposalState.OPEN:
        raise ValidationError(f"‘{row.get_state_display()}’ 상태라 이관할 수 없습니다.")
    errors = {}
    if department is None:
        errors["department"] = "어느 부서로 보내는지 골라 주세요."
    elif department.pk == row.department_id:
        errors["department"] = "이미 그 부서가 맡고 있습니다."
    if not reason.strip():
        errors["reason"] = "이관하는 까닭을 적어 주세요."
    if errors:
        raise ValidationError(errors)
    made = Transfer(
        proposal=row, stage=row.stage, from_department=row.department, to_department=department, reason=reason.strip(),
        by=by, on=clock.today(),
    )  # fmt: skip
    made.full_clean()
    made.save()
    row.department, row.entered_on = department, clock.today()
    standing.save(row, by=by, why=f"이관: {made}", fields=["department"])
    mails.told(
        f"transfer:{made.pk}", row, f"{department}(으)로 이관: {row.title}", f"{made}\n까닭: {made.reason}", by=by
    )
    return made
