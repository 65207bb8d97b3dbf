"""The count of paper: every sheet handed out is in the box or accounted for; then the papers join the ballots of the web.

A valid paper becomes a ballot like any other: a code of its own that nobody keeps, tag, leaf, sealed content. It joins the urn among the
ballots of the last mix, in the order of tags, so that the published ballots do not tell who voted how on which way. What became of every
sheet stands in the final checkpoint (docs/ballot-format.md).
"""

from collections import Counter

from django.core.exceptions import ValidationError
from django.db import connection, transaction

from voting import actions, locks, mix
from voting.cast import sealed_ballot
from voting.counting.codes import new_code
from voting.models import PaperBallot, PaperCount, RoundState, UrnBallot, VoidReason
from voting.paper import struck
from voting.paper_batches import batches_of, check_time

PARTS = ("issued", "spoilt", "returned", "missing")


def is_waiting(round_):
    """Whether a closed round waits for its papers: its box has no final checkpoint yet."""
    closed = round_.has_paper and round_.state == RoundState.CLOSED
    return closed and not round_.checkpoints.filter(is_final=True).exists()


@transaction.atomic
def record(*, contest, issued, spoilt, returned, missing, note="", by):
    """Write down what was handed out of a paper and what did not come into the box, in sheets; the PaperCount.

    It may be corrected until the papers join the box. Whether it agrees is told by `open_points`: only an agreeing count is taken.
    """
    round_ = actions.lock_round(contest.round)
    check_time(round_)
    row = PaperCount.objects.filter(contest=contest).first() or PaperCount(contest=contest)
    row.issued, row.spoilt, row.returned, row.missing = issued, spoilt, returned, missing
    row.note, row.by = note.strip(), by
    row.full_clean()
    row.save()
    parts = f"나눠 줌 {issued:,}, 바꿔 줌 {spoilt:,}, 돌려받음 {returned:,}, 못 받음 {missing:,}"
    actions.log(round_, "종이 정산", by=by, note=f"{contest.title}: {parts}. {row.note}".strip())
    return row


def _unlike(contest, batches, people):
    """Sentences: how the count of a paper does not agree. people: struck from the roll for paper."""
    row = getattr(contest, "paper_count", None)
    if row is None:
        return [f"‘{contest.title}’의 종이 정산을 적어 주세요."]
    in_box, found = sum(batch.papers for batch in batches), []
    if row.issued != people + row.spoilt:
        found.append(
            f"‘{contest.title}’: 나눠 준 투표용지가 {row.issued:,}장인데 명부에 표시한 사람 {people:,}명과 바꿔 준 {row.spoilt:,}장을 합하면 "
            f"{people + row.spoilt:,}장입니다."
        )
    accounted = in_box + row.spoilt + row.returned + row.missing
    if row.issued != accounted:
        found.append(
            f"‘{contest.title}’: 나눠 준 투표용지가 {row.issued:,}장인데 투표함 {in_box:,}장, 바꿔 준 {row.spoilt:,}장, 돌려받은 {row.returned:,}장, "
            f"못 받은 {row.missing:,}장을 합하면 {accounted:,}장입니다."
        )
    return found


def open_points(round_, told=None):
    """Sentences: what is open before the papers may join the box; [] when nothing is. told: as paper_batches.batches_of."""
    found, people = [], struck(round_)
    for contest, batches in told if told is not None else batches_of(round_):
        found += [f"‘{contest.title}’ {b.number}묶음의 대조를 마쳐 주세요." for b in batches if not b.is_done]
        found += _unlike(contest, batches, people)
    return found


def finish(*, round, by=None):
    """Put the valid papers into the box, mix it whole once more and make the final checkpoint; the Checkpoint.

    Raises ValidationError with everything that is open. Afterwards nothing of the papers can be changed.
    """
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        locks.exclude(cursor, round.pk)
        round = actions.lock_round(round)
        check_time(round)
        told = batches_of(round)
        points = open_points(round, told) + mix.problems(round)
        if points:
            raise ValidationError(points)
        with mix.mixing(cursor):
            added = {contest.title: _add(round, contest) for contest, _ in told}
        mix.move(cursor, round, whole=True)
        made = mix.make_checkpoint(round, state=RoundState.CLOSED, is_final=True, paper=_account(round, told))
        actions.log(round, "종이 표 넣기", by=by, note=", ".join(f"{title} {n:,}장" for title, n in added.items()))
    mix.vacuum()
    return made


def _add(round_, contest):
    """Insert the valid papers of a contest into the urn; how many. The new rows are rewritten with all others right after."""
    rows = []
    for row in PaperBallot.objects.filter(batch__contest=contest).settled().valid():
        tag, leaf, content = sealed_ballot(round_, contest, new_code(), row.numbers)
        rows.append(UrnBallot(contest=contest, tag=tag, leaf=leaf, content=content))
    UrnBallot.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def _account(round_, told):
    """What became of the papers, as the final checkpoint says it: no pick, no sheet."""
    void = {}
    for row in PaperBallot.objects.filter(batch__contest__round=round_).settled():
        void.setdefault(row.batch_id, Counter())[row.void] += 1
    return {
        "voters": struck(round_),
        "contests": {
            contest.ref: {
                **{part: getattr(contest.paper_count, part) for part in PARTS},
                "batches": [_batch(batch, void[batch.pk]) for batch in batches],
            }
            for contest, batches in told
        },
    }


def _batch(batch, counted):
    void = {reason: count for reason, count in sorted(counted.items()) if reason}
    return {"number": batch.number, "sheets": batch.papers, "valid": counted[""], "void": void}


def check_opened(contest, ballots):
    """Whether the papers as settled are among the opened ballots of a contest: {picks that are too few}. ballots: [Ballot]."""
    papers = PaperBallot.objects.filter(batch__contest=contest).settled().valid()
    return Counter(row.numbers for row in papers) - Counter(ballot.picks for ballot in ballots)


def told(round_):
    """What the results page tells of the papers: {"voters", "rows": [{"title", parts, "in_box", "valid", "void", "reasons"}]}; None without papers."""
    final = round_.checkpoints.filter(is_final=True).first() if round_.has_paper else None
    account = final.published()["body"].get("paper") if final else None
    if account is None:
        return None
    rows = [_told(contest.title, account["contests"][contest.ref]) for contest in mix.contests_of(round_)]
    return {"voters": account["voters"], "rows": rows}


def _told(title, account):
    void = Counter()
    for batch in account["batches"]:
        void.update(batch["void"])
    return {
        "title": title,
        **{part: account[part] for part in PARTS},
        "in_box": sum(batch["sheets"] for batch in account["batches"]),
        "valid": sum(batch["valid"] for batch in account["batches"]),
        "void": void.total(),
        "reasons": ", ".join(f"{VoidReason(reason).label} {count:,}" for reason, count in sorted(void.items())),
    }
