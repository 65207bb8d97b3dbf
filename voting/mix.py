"""Mixing: ballots leave the inbox for the urn in the order of their tags, participations are rewritten in the order of their keys.

Every mix but the last keeps some ballots back, chosen at random: as many as a mix asks for voters. Without them, who votes after the last
hourly mix would be alone in what closing adds to the board, and everybody who had saved the board before would see that ballot.

PostgreSQL keeps with each row the transaction that wrote it (xmin) and its place (ctid). A participation and its ballots, written by one
cast, share both; rewriting leaves one xmin and a place that follows the key. VACUUM then frees the old versions.
"""

import json
from contextlib import contextmanager
from datetime import timedelta
from random import SystemRandom

from django.db import connection, transaction

from geumcheon.lib import clock, old_rows
from voting import freeze, keys, locks
from voting.counting import checkpoints, merkle
from voting.counting.manifest import canonical
from voting.models import (
    AuditEvent,
    Channel,
    Checkpoint,
    InboxBallot,
    PaperBallot,
    Participation,
    Round,
    RoundState,
    UrnBallot,
)

COLUMNS = "contest_id, tag, leaf, content"
TABLES = ("voting_inboxballot", "voting_urnballot", "voting_participation")


class UrnBroken(Exception):
    """The box does not agree with the last checkpoint or with the participations. problems: Korean sentences."""

    def __init__(self, problems):
        self.problems = problems
        super().__init__(" ".join(problems))


def due(round_):
    """Whether a mix may run now: hourly at most, and with enough new voters beside those whose ballots the last one kept back."""
    if round_.state != RoundState.OPEN:
        return False
    last = round_.checkpoints.order_by("-number").first()
    # Who took paper has no ballot here yet and hides nobody.
    new = web_voters(round_) - (min(c["ballots"] for c in json.loads(last.body)["contests"].values()) if last else 0)
    waited = last is None or clock.now() - last.made_at >= timedelta(minutes=round_.mix_every_minutes)
    return waited and new >= max(kept_back(round_) + round_.mix_min_voters, 1)


def kept_back(round_):
    """How many ballots of each paper a mix while voting leaves in the inbox."""
    return round_.mix_min_voters


def web_voters(round_):
    """How many have cast a ballot into the box: everybody but those who took paper."""
    return Participation.objects.filter(round=round_).exclude(channel=Channel.PAPER).count()


def mix(*, round_id):
    """Mix if it is due; the new Checkpoint or None. Raises UrnBroken (logged as an event) and then moves nothing."""
    try:
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            locks.exclude(cursor, round_id)
            round_ = Round.objects.get(pk=round_id)
            if not due(round_):
                return None
            broken = problems(round_)
            if broken:
                raise UrnBroken(broken)
            move(cursor, round_)
            made = make_checkpoint(round_, state=RoundState.OPEN)
    except UrnBroken as error:
        AuditEvent.objects.create(round_id=round_id, act="섞기 멈춤", note=" ".join(error.problems))
        raise
    vacuum()
    return made


@contextmanager
def mixing(cursor):
    """While it lasts, this transaction may write the urn (voting.triggers)."""
    _switch(cursor, "on")
    yield
    _switch(cursor, "off")


def _switch(cursor, value):
    if connection.vendor == "postgresql":
        cursor.execute("SELECT set_config('voting.mixing', %s, true)", [value])


def move(cursor, round_, *, whole=False):
    """Move ballots from the inbox to the urn and rewrite the participations; `whole` moves all and rewrites the urn. Under the exclusive lock."""
    with mixing(cursor):
        _move(cursor, round_, whole)


def _move(cursor, round_, whole):
    for contest_id in round_.contests.values_list("pk", flat=True):
        if whole and connection.vendor == "postgresql":
            _rewrite(cursor, "voting_urnballot", COLUMNS, "contest_id", contest_id, "tag", also="voting_inboxballot")
            cursor.execute("DELETE FROM voting_inboxballot WHERE contest_id = %s", [contest_id])
        else:
            _move_some(cursor, contest_id, 0 if whole else kept_back(round_))
    if connection.vendor == "postgresql":
        _rewrite(cursor, "voting_participation", "round_id, voter_key, channel", "round_id", round_.pk, "voter_key")


def _move_some(cursor, contest_id, keep):
    """Move all ballots of a paper from inbox to urn but `keep`, which are rewritten where they are."""
    cursor.execute("SELECT tag FROM voting_inboxballot WHERE contest_id = %s", [contest_id])
    tags = [tag for (tag,) in cursor.fetchall()]
    kept = SystemRandom().sample(tags, min(keep, len(tags)))
    moved = "contest_id = %s" + f" AND tag NOT IN ({', '.join(['%s'] * len(kept))})" * bool(kept)
    cursor.execute(
        f"INSERT INTO voting_urnballot ({COLUMNS}) "  # noqa: S608
        f"SELECT {COLUMNS} FROM voting_inboxballot WHERE {moved} ORDER BY tag",
        [contest_id, *kept],
    )
    cursor.execute(f"DELETE FROM voting_inboxballot WHERE {moved}", [contest_id, *kept])  # noqa: S608
    if kept and connection.vendor == "postgresql":
        _rewrite(cursor, "voting_inboxballot", COLUMNS, "contest_id", contest_id, "tag")


def _rewrite(cursor, table, columns, of, value, order, also=None):
    """Delete a round's rows of a table and insert them again in `order`, with those of table `also` among them.

    On SQLite the tables have no row number and lie in the order of their keys: nothing to rewrite there.
    """
    cursor.execute("DROP TABLE IF EXISTS voting_mixing")
    more = f" UNION ALL SELECT {columns} FROM {also} WHERE {of} = {int(value)}" if also else ""  # noqa: S608
    cursor.execute(
        f"CREATE TEMP TABLE voting_mixing ON COMMIT DROP AS SELECT {columns} FROM {table} WHERE {of} = {int(value)}{more}"  # noqa: S608
    )
    cursor.execute(f"DELETE FROM {table} WHERE {of} = %s", [value])  # noqa: S608
    cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM voting_mixing ORDER BY {order}")  # noqa: S608
    cursor.execute("DROP TABLE voting_mixing")


def vacuum(*tables):
    """Free the old versions of the rows now (PostgreSQL, outside a transaction)."""
    old_rows.free(*(tables or TABLES))


def leaves_of(contest):
    """Leaves in the urn, as bytes."""
    return [bytes.fromhex(leaf) for leaf in contest.urn.values_list("leaf", flat=True)]


def make_checkpoint(round_, *, state, is_final=False, paper=None):
    """Count, hash, chain and sign what the urn holds now; the stored Checkpoint. paper: the account of paper ballots (voting.paper_count)."""
    last = round_.checkpoints.order_by("-number").first()
    previous = last.hash if last else round_.manifest_hash
    voters = round_.participations.count()
    leaves = {contest.ref: leaves_of(contest) for contest in contests_of(round_)}
    number = last.number + 1 if last else 1
    made = checkpoints.make_checkpoint(
        round_.slug, number, str(state), voters, leaves, previous, keys.signing_seed(round_), paper
    )
    row = Checkpoint(
        round=round_,
        number=number,
        voters=voters,
        body=canonical(made["body"]).decode(),
        hash=made["hash"],
        signature=made["signature"],
        is_final=is_final,
    )
    row.full_clean()
    row.save()
    return row


def contests_of(round_):
    """The round's papers in order, each knowing its round."""
    contests = list(round_.contests.order_by("order"))
    for contest in contests:
        contest.round = round_
    return contests


def problems(round_):
    """What in the box does not agree: [Korean sentence]; [] when all is well. Names rows inserted, changed or deleted by other hands, those of the papers too."""
    found = [f"‘{title}’의 선택지나 규칙이 확정한 내용과 다릅니다." for title in freeze.changed_papers(round_)]
    last = round_.checkpoints.order_by("-number").first()
    stated = json.loads(last.body)["contests"] if last else {}
    final = last is not None and last.is_final
    for contest in contests_of(round_):
        leaves = leaves_of(contest)
        waiting = InboxBallot.objects.filter(contest=contest).count()
        papers = PaperBallot.objects.filter(batch__contest=contest).settled().valid().count() if final else 0
        voters = web_voters(round_) + papers
        if len(leaves) + waiting != voters:
            found.append(f"‘{contest.title}’의 표는 {len(leaves) + waiting:,}장인데 참여한 사람은 {voters:,}명입니다.")
        if last and stated.get(contest.ref) != {"ballots": len(leaves), "root": merkle.merkle_root(leaves).hex()}:
            found.append(f"‘{contest.title}’의 투표함이 {last.number}번 확인점과 다릅니다.")
        if UrnBallot.objects.filter(contest=contest, tag__in=contest.inbox.values("tag")).exists():
            found.append(f"‘{contest.title}’에 같은 표가 투표함과 섞기 전에 함께 있습니다.")
    return found
