"""Handing out paper: a person is struck from the same roll as on the web before the paper leaves the counter.

The mark and its primary key are the very ones of casting (voting.cast): whoever comes second, on whichever way, is refused.
"""

from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, transaction

from voting import locks, roll
from voting.models import Channel, Level, Participation, Round, RoundState

NOT_OPEN = "지금은 투표할 수 있는 때가 아닙니다. 종이를 드리지 마세요."
NOT_ON_ROLL = "이 투표의 명부에 없습니다."
TRY_AGAIN = "표시하지 못했습니다. 잠시 뒤에 다시 눌러 주세요. 표시되기 전에는 종이를 드리지 마세요."
TWICE = {
    Channel.ONLINE: "이미 온라인으로 투표한 사람입니다. 종이를 드리지 않습니다.",
    Channel.ASSISTED: "이미 현장에서 도움을 받아 투표한 사람입니다. 종이를 드리지 않습니다.",
    Channel.PAPER: "이미 종이 투표용지를 받은 것으로 표시된 사람입니다. 방금 누르고 답을 못 받은 것이라면 종이를 드렸는지 확인하고, 드렸다면 다시 드리지 않습니다.",
}


class NotHandedOut(ValidationError):
    """The person was not struck from the roll; no paper may be given. The message says why."""


def cannot_meet(round_):
    """Why paper voters cannot be kept apart from web voters though the round promises it; "" where they can."""
    if round_.level == Level.IDENTITY and round_.channels_meet:
        return "본인확인 투표는 종이 창구에서 온라인과 같은 열쇠를 만들 수 없습니다. ‘종이 투표 있음’이나 ‘온라인과 종이가 같은 명부를 씀’을 꺼 주세요."
    return ""


def hand_out(*, round, voter_key):
    """Strike a person who stands on the roll, before the paper is given. voter_key: hex key (voting.roll).

    Call it outside any transaction. Raises NotHandedOut.
    """
    try:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            locks.share(cursor, round.pk)
            _strike(cursor, round.pk, voter_key)
    except OperationalError as error:
        raise NotHandedOut(TRY_AGAIN) from error


def _strike(cursor, round_id, voter_key):
    """Inside the transaction, after the lock: the state and the database's clock decide, then the key."""
    state, opens_at, closes_at, has_paper = Round.objects.values_list(
        "state", "opens_at", "closes_at", "has_paper"
    ).get(pk=round_id)
    if not has_paper:
        raise NotHandedOut("종이 투표가 없는 투표입니다.")
    if state != RoundState.OPEN or not opens_at <= locks.database_now(cursor) < closes_at:
        raise NotHandedOut(NOT_OPEN)
    cursor.execute("SELECT 1 FROM voting_rollentry WHERE round_id = %s AND voter_key = %s", [round_id, voter_key])
    if cursor.fetchone() is None:
        raise NotHandedOut(NOT_ON_ROLL)
    cursor.execute(
        "INSERT INTO voting_participation (round_id, voter_key, channel) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        [round_id, voter_key, Channel.PAPER],
    )
    if cursor.rowcount != 1:
        raise NotHandedOut(TWICE[channel_of(round_id, voter_key)])


def channel_of(round_id, voter_key):
    """How this person took part, or None."""
    return Participation.objects.filter(pk=(round_id, voter_key)).values_list("channel", flat=True).first()


def took_paper(round_, voter_key):
    """Whether this person was given a paper, and so cannot vote on the web."""
    return round_.has_paper and channel_of(round_.pk, voter_key) == Channel.PAPER


def struck(round_):
    """How many people were struck from the roll for paper."""
    return round_.participations.filter(channel=Channel.PAPER).count()


def hand_out_to(*, round, identity, facts):
    """Strike who was seen with an identity card: on the roll by the same key as on the web, then handed out.

    identity: a normalised number or the roll's own id; facts: {"basis", "dong", "birth_year"}. Raises ValidationError.
    """
    key = roll.voter_key(round, f"{roll.MADE_UP}{identity}" if round.is_rehearsal else identity)
    if round.level != Level.ROLL:
        roll.enter(round=round, voter_key=key, **facts)
    hand_out(round=round, voter_key=key)
