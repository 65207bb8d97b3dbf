"""Destruction of a round's roll and pepper, after the objection period (VOTING.md, Results)."""

from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction

from geumcheon.lib import clock
from voting import actions, keys, mix, turnout
from voting.models import Objection, RollEntry, RoundState

FINISHED = (RoundState.PUBLISHED, RoundState.VOID)


def refusal(round_):
    """Why the roll may not be destroyed now; "" when it may."""
    if round_.destroyed_at:
        return "이미 파기했습니다."
    if round_.from_totals:
        return "합계만 남은 투표라 파기할 명부가 없습니다."
    if round_.state not in FINISHED:
        return "결과를 게시하거나 무효로 한 뒤에 파기합니다."
    if round_.state == RoundState.PUBLISHED:
        if round_.objection_until and clock.today() <= round_.objection_until:
            return "이의 신청 기간이 끝난 뒤에 파기합니다."
        if round_.objections.filter(state=Objection.State.RECEIVED).exists():
            return "답하지 않은 이의 신청이 있습니다."
    return ""


def destroy(*, round, by=None):
    """Delete the roll, the contacts of objections, the voter's keys left in sessions and the pepper; turnout is stored before.

    Raises ValidationError. The rows go first: should the pepper's file fail to go, the same call can be made again by hand (keys.destroy_pepper).
    """
    with transaction.atomic():
        round = actions.lock_round(round)
        reason = refusal(round)
        if reason:
            raise ValidationError(reason)
        if round.state == RoundState.PUBLISHED and not round.turnout.exists():
            turnout.freeze(round)
        gone = RollEntry.objects.filter(round=round).delete()[0]
        round.objections.update(contact="")
        _forget_sessions(round)
        round.destroyed_at = clock.now()
        round.save(update_fields=["destroyed_at"])
        actions.log(round, "명부 파기", by=by, note=f"명부 {gone:,}건, 비밀값, 이의 신청 연락처")
        keys.destroy_pepper(round)
    mix.vacuum("voting_rollentry")
    return round


def _forget_sessions(round):
    """Take what sessions and tickets still hold of the round: over for voting long ago, but rows stay until they expire."""
    for row in list(Session.objects.all()):
        kept = row.get_decoded()
        left = {name: value for name, value in kept.items() if not _is_of(value, round)}
        if left == kept:
            continue
        if not left:
            row.delete()
            continue
        row.session_data = Session.objects.encode(left)
        row.save(update_fields=["session_data"])


def _is_of(value, round):
    """Whether a value of a session is about the round: all of voting.session's name it."""
    return isinstance(value, dict) and value.get("round") == round.slug
