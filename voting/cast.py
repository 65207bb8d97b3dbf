"""Casting a vote: VOTING.md's nine steps. Nothing here logs, keeps history, or needs Redis."""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import prefetch_related_objects

from voting import locks
from voting.counting import codes, sealing
from voting.counting.errors import CountingError
from voting.models import Channel, Round, RoundState


class CastError(ValidationError):
    """The vote was not cast; nothing was written. `message` says why."""

    text = ""

    def __init__(self, message=None):
        super().__init__(message or self.text)


class NotOpen(CastError):
    text = "지금은 투표할 수 있는 때가 아닙니다. 표는 제출되지 않았습니다."


class NotOnRoll(CastError):
    text = "이 투표의 명부에 없습니다. 먼저 확인을 받아 주세요."


class AlreadyVoted(CastError):
    text = "이미 투표하셨습니다. 한 사람이 한 번만 투표합니다."


class BadCode(CastError):
    text = "확인 코드가 올바르지 않습니다."


class CodeTaken(CastError):
    text = "이 확인 코드는 이미 쓰였습니다. 새 코드로 다시 제출해 주세요."


class TryAgain(CastError):
    text = "저장하지 못했습니다. 같은 화면에서 다시 눌러 주세요. 두 번 투표되지 않습니다."


class BadPicks(CastError):
    """Picks that a paper does not allow. contests: {order of the paper: sentence}."""

    def __init__(self, contests):
        self.contests = contests
        super().__init__(" ".join(contests.values()))


@dataclass(frozen=True)
class Cast:
    """A vote in the box. tags: {order of the paper: hex}; repeated: this very vote was already there."""

    round: object
    channel: str
    tags: dict = field(repr=False)
    repeated: bool = False


def check_picks(contest, numbers):
    """The picks of one paper, sorted. numbers: ints. Raises BadPicks."""
    wrong = _what_is_wrong(contest, list(numbers))
    if wrong:
        raise BadPicks({contest.order: wrong})
    return sorted(numbers)


def _what_is_wrong(contest, numbers):
    known = {option.number for option in contest.options.all()}
    if any(type(number) is not int for number in numbers) or not set(numbers) <= known:
        return f"‘{contest.title}’에 없는 선택지가 있습니다."
    if len(set(numbers)) != len(numbers):
        return f"‘{contest.title}’에서 같은 것을 두 번 고를 수 없습니다."
    if not contest.min_picks <= len(numbers) <= contest.max_picks:
        return f"‘{contest.title}’에서 {contest.picks_label}를 고릅니다. 지금은 {len(numbers)}개를 골랐습니다."
    return ""


def _validated(round_, picks):
    """[(contest, sorted numbers)] of every paper. Raises BadPicks: all papers, none unknown."""
    # Those read with the round do: from freezing on the papers do not change, and the state is read anew after the lock.
    prefetch_related_objects([round_], "contests__options")
    contests = sorted(round_.contests.all(), key=lambda contest: contest.order)
    for contest in contests:
        contest.round = round_
    by_order = {contest.order: contest for contest in contests} | {contest.ref: contest for contest in contests}
    given, errors = {}, {}
    for key, numbers in picks.items():
        if type(key) not in (int, str) or key not in by_order or by_order[key] in given:
            raise BadPicks({0: "이 투표의 투표용지가 아닙니다."})
        given[by_order[key]] = list(numbers)
    for contest in contests:
        wrong = _what_is_wrong(contest, given[contest]) if contest in given else f"‘{contest.title}’를 골라 주세요."
        if wrong:
            errors[contest.order] = wrong
    if errors or not contests:
        raise BadPicks(errors or {0: "투표용지가 없습니다."})
    return [(contest, sorted(given[contest])) for contest in contests]


def sealed_ballot(round_, contest, code, numbers):
    """(tag hex, leaf hex, content) of one paper: sealed, or plain in an unsealed rehearsal. The contest knows its round."""
    ballot = codes.make_ballot(code, round_.slug, contest.ref, numbers)
    content = codes.pack_content(ballot.picks, ballot.nonce, contest.max_picks)
    if round_.sealed:
        content = sealing.seal(bytes.fromhex(round_.public_key), content)
    return ballot.tag.hex(), ballot.leaf.hex(), content


def _sealed_ballots(round_, code, chosen):
    """[(contest, tag hex, leaf hex, content)] of all papers."""
    return [(contest, *sealed_ballot(round_, contest, code, numbers)) for contest, numbers in chosen]


def cast(*, round, voter_key, code, picks, channel=Channel.ONLINE):
    """Put one voter's papers into the box, all or none; returns a Cast once it is committed.

    round: Round; voter_key: hex key (voting.roll); code: the voter's 26 characters; picks: {order or ref of a paper: [int option numbers]}.
    Call it outside any transaction. The same code and picks again give the same success. Raises CastError.
    """
    chosen = _validated(round, picks)
    try:
        rows = _sealed_ballots(round, codes.read_code(code), chosen)
    except CountingError as error:
        raise BadCode from error
    try:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            repeated = _write(cursor, round, voter_key, channel, rows)
    except IntegrityError as error:
        raise CodeTaken from error
    except OperationalError as error:
        raise TryAgain from error
    return Cast(round, channel, {contest.order: tag for contest, tag, _, _ in rows}, repeated)


def _write(cursor, round_, voter_key, channel, rows):
    """Steps 4 to 7, inside the transaction; True when this very vote was already in the box."""
    locks.share(cursor, round_.pk)
    state, opens_at, closes_at = _state(round_.pk)
    if state != RoundState.OPEN or not opens_at <= locks.database_now(cursor) < closes_at:
        if _is_in_box(cursor, rows) and _has_voted(cursor, round_.pk, voter_key):
            return True  # the answer to a vote cast in time was lost
        raise NotOpen
    if not _is_on_roll(cursor, round_.pk, voter_key):
        raise NotOnRoll
    if not _mark(cursor, round_.pk, voter_key, channel):
        if _is_in_box(cursor, rows):
            return True
        raise AlreadyVoted
    for contest, tag, leaf, content in rows:
        cursor.execute("SELECT 1 FROM voting_urnballot WHERE contest_id = %s AND tag = %s", [contest.pk, tag])
        if cursor.fetchone():
            raise CodeTaken
        cursor.execute(
            "INSERT INTO voting_inboxballot (contest_id, tag, leaf, content) VALUES (%s, %s, %s, %s)",
            [contest.pk, tag, leaf, content],
        )
    return False


def _state(round_id):
    """State and period as they are after the lock."""
    return Round.objects.values_list("state", "opens_at", "closes_at").get(pk=round_id)


def _is_on_roll(cursor, round_id, voter_key):
    cursor.execute("SELECT 1 FROM voting_rollentry WHERE round_id = %s AND voter_key = %s", [round_id, voter_key])
    return cursor.fetchone() is not None


def _has_voted(cursor, round_id, voter_key):
    cursor.execute("SELECT 1 FROM voting_participation WHERE round_id = %s AND voter_key = %s", [round_id, voter_key])
    return cursor.fetchone() is not None


def _mark(cursor, round_id, voter_key, channel):
    """Insert the participation; False when it was there. The primary key decides, whatever runs beside."""
    cursor.execute(
        "INSERT INTO voting_participation (round_id, voter_key, channel) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
        [round_id, voter_key, channel],
    )
    return cursor.rowcount == 1


def _is_in_box(cursor, rows):
    """Whether every paper of this vote is in inbox or urn, as chosen now."""
    for contest, tag, leaf, _ in rows:
        where = [contest.pk, tag, leaf] * 2
        cursor.execute(
            "SELECT 1 FROM voting_inboxballot WHERE contest_id = %s AND tag = %s AND leaf = %s UNION ALL "
            "SELECT 1 FROM voting_urnballot WHERE contest_id = %s AND tag = %s AND leaf = %s",
            where,
        )
        if cursor.fetchone() is None:
            return False
    return True
