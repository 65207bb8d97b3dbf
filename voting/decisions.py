"""The joint meeting's decision about every option of a published round (VOTING.md, Results): the vote is a preference, this decides.

What was selected becomes projects of the next plan in voting.next_plan.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate

from councils.models import Meeting
from geumcheon.lib import clock
from voting import actions, result_display
from voting.models import Option, VoteDecision

SELECTED, DROPPED = VoteDecision.Outcome.SELECTED, VoteDecision.Outcome.DROPPED
MEETINGS = 60  # newest ones to choose from


@dataclass(frozen=True)
class Row:
    """What was decided about one option. `final_krw`: whole won, with SELECTED only."""

    option: Option
    outcome: str
    final_krw: int | None = None
    reason: str = ""


def refusal(round_):
    """Why nothing may be decided on this round; "" when it may. A rehearsal's made-up votes decide nothing."""
    if round_.is_rehearsal:
        return "연습 투표로는 결정을 적거나 사업을 만들지 않습니다."
    if not round_.is_published:
        return "결과를 게시한 뒤에 결정을 적습니다."
    if VoteDecision.objects.filter(option__contest__round=round_, project__isnull=False).exists():
        return "이미 사업을 만든 결정은 바꿀 수 없습니다."
    return ""


# --- the meeting ------------------------------------------------------------------------------------------------------


def ended_on(round_):
    """The day the voting ended: closed before its time or at it."""
    last = localdate(round_.closes_at - timedelta(microseconds=1))
    final = round_.checkpoints.filter(is_final=True).first()
    return min(last, localdate(final.made_at)) if final else last


def meetings(round_):
    """QuerySet of the meetings that can have decided: published records from the end of the voting to today, newest first."""
    found = Meeting.objects.published().filter(starts_on__gte=ended_on(round_), starts_on__lte=clock.today())
    return found.select_related("kind").prefetch_related("bodies").order_by("-starts_on", "-pk")[:MEETINGS]


def meeting_wrong(round_, meeting):
    """What is wrong with the meeting, in one sentence; "" when nothing is."""
    if meeting is None:
        return "결정한 합동회의를 골라 주세요."
    if not Meeting.objects.published().filter(pk=meeting.pk).exists():
        return "게시한 회의록이 있는 회의만 고를 수 있습니다."
    if not ended_on(round_) <= meeting.starts_on <= clock.today():
        return "투표가 끝난 뒤 오늘까지 열린 회의를 골라 주세요."
    return ""


# --- the rows ---------------------------------------------------------------------------------------------------------


def ranks(round_):
    """{option key: the rank a decision is held against}: the combined one where committee scores count, else the one by votes."""
    papers = result_display.papers(round_)
    return {line.option.pk: line.combined_rank or line.rank for paper in papers for line in paper.lines}


def departures(rows, ranks):
    """Keys of the options whose decision departs from the rank: dropped though one of a lower rank on the same paper is selected,
    or selected though one of a higher rank is dropped. Options of a shared rank depart from nothing among themselves."""
    selected, dropped = {}, {}
    for row in rows:
        side = selected if row.outcome == SELECTED else dropped
        side.setdefault(row.option.contest_id, []).append((ranks[row.option.pk], row.option.pk))
    found = set()
    for contest, chosen in selected.items():
        others = dropped.get(contest, [])
        lowest, highest = max(chosen)[0], min(others)[0] if others else None
        found |= {pk for rank, pk in others if rank < lowest}
        found |= {pk for rank, pk in chosen if highest is not None and rank > highest}
    return found


def wrong(rows, ranks):
    """{option key: {field: message}} of what is missing; the fields are `outcome`, `final_krw`, `reason`."""
    decided = [row for row in rows if row.outcome in VoteDecision.Outcome.values]
    departing = departures(decided, ranks)
    found = {}
    for row in rows:
        errors = found.setdefault(row.option.pk, {})
        if row.outcome not in VoteDecision.Outcome.values:
            errors["outcome"] = "선정했는지 골라 주세요."
        if row.outcome == SELECTED and not row.final_krw:
            errors["final_krw"] = "선정한 사업의 확정 금액을 적어 주세요."
        if row.option.pk in departing and not row.reason.strip():
            errors["reason"] = "투표 순위와 다르게 정했으니 사유를 적어 주세요."
    return {pk: errors for pk, errors in found.items() if errors}


def token(round_):
    """A short text that changes with any stored decision of the round: what a form saw when it was filled in."""
    rows = VoteDecision.objects.filter(option__contest__round=round_).order_by("option")
    told = list(rows.values_list("option", "meeting", "outcome", "final_krw", "reason", "project"))
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


class StaleDecision(ValidationError):
    """Somebody else decided since the form was opened; nothing was written."""

    def __init__(self):
        super().__init__(
            "그사이 다른 사람이 결정을 저장했습니다. 저장된 결정을 살펴보고 다시 저장해 주세요. 적은 내용은 그대로 있습니다.",
            code="stale",
        )


def decide(*, round, meeting, rows, seen=None, by=None):
    """Store the decision about every option of a published round, all or nothing; [VoteDecision].

    rows: [Row], one per option. seen: the token a form was filled in for; None asks for nothing. Raises StaleDecision, or
    ValidationError: a rehearsal, not published, no meeting, an option is missing, an amount or the public reason of a departure is.
    """
    with transaction.atomic():
        round = actions.lock_round(round)
        refused = refusal(round) or meeting_wrong(round, meeting)
        if refused:
            raise ValidationError(refused)
        wanted = set(Option.objects.filter(contest__round=round).values_list("pk", flat=True))
        if {row.option.pk for row in rows} != wanted or len(rows) != len(wanted):
            raise ValidationError("모든 선택지에 결정을 한 번씩 적어 주세요.")
        if seen is not None and seen != token(round):
            raise StaleDecision
        errors = wrong(rows, ranks(round))
        if errors:
            told = [f"{r.option}: {text}" for r in rows for text in errors.get(r.option.pk, {}).values()]
            raise ValidationError(told)
        stored = VoteDecision.objects.in_bulk(wanted, field_name="option_id")
        made = [_store(stored.get(row.option.pk), row, meeting, by) for row in rows]
        actions.log(round, "합동회의 결정", by=by, note=f"선정 {sum(d.outcome == SELECTED for d in made)}건")
    return made


def _store(decision, row, meeting, by):
    decision = decision or VoteDecision(option=row.option)
    decision.meeting, decision.outcome, decision.reason = meeting, row.outcome, row.reason.strip()
    decision.final_krw = row.final_krw if row.outcome == SELECTED else None
    decision._history_user = by
    try:
        decision.full_clean()
    except ValidationError as error:
        raise ValidationError(f"{row.option}: {' '.join(error.messages)}") from None
    decision.save()
    return decision
