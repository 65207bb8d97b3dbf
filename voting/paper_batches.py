"""Batches of paper ballots: two people enter every sheet unseen by each other, a third looks at what they read differently.

All of it happens after closing and before the papers join the box (voting.paper_count). Nothing here sums options.
"""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Max, Prefetch

from voting import actions
from voting.cast import check_picks
from voting.models import Contest, Entry, PaperBallot, PaperBatch, RoundState, VoidReason

DONE_TEXT = "대조를 마친 묶음이라 더는 바꿀 수 없습니다."
MOST_SHEETS = 1_000  # of a batch: more is no bundle that somebody reads in one go


@dataclass(frozen=True)
class Difference:
    """A sheet that two people read differently. settled: the third look (PaperBallot) or None."""

    sheet: int
    first: PaperBallot
    second: PaperBallot
    settled: PaperBallot | None


def check_time(round_):
    """Raises ValidationError unless papers may be entered now: after closing, before they joined the box."""
    if not round_.has_paper:
        raise ValidationError("종이 투표가 없는 투표입니다.")
    if round_.state in (RoundState.DRAFT, RoundState.FROZEN, RoundState.OPEN):
        raise ValidationError("종이 표는 마감한 뒤에 입력합니다. 그 전에는 투표함을 열지 않습니다.")
    if round_.state != RoundState.CLOSED or round_.checkpoints.filter(is_final=True).exists():
        raise ValidationError("종이 표를 이미 넣었거나 끝난 투표라 바꿀 수 없습니다.")


def _locked(batch):
    """The batch as stored, its row locked; raises ValidationError when nothing may be written into it any more."""
    batch = PaperBatch.objects.select_for_update(of=("self",)).select_related("contest__round").get(pk=batch.pk)
    check_time(batch.contest.round)
    if batch.is_done:
        raise ValidationError(DONE_TEXT)
    return batch


def _log(batch, act, by, note):
    actions.log(batch.contest.round, act, by=by, note=f"{batch.contest.title} {batch.number}묶음: {note}")


# --- batches ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_batch(*, contest, papers, by):
    """A new batch of a paper with the next number. papers: sheets counted by hand."""
    round_ = actions.lock_round(contest.round)
    check_time(round_)
    last = contest.batches.aggregate(last=Max("number"))["last"] or 0
    batch = PaperBatch(contest=contest, number=last + 1, papers=papers)
    _check_papers(papers)
    batch.full_clean()
    batch.save()
    _log(batch, "종이 묶음", by, f"{papers:,}장")
    return batch


def _check_papers(papers):
    if not 1 <= papers <= MOST_SHEETS:
        raise ValidationError({"papers": f"한 묶음은 1장에서 {MOST_SHEETS:,}장까지입니다."})


@transaction.atomic
def recount(*, batch, papers, reason, by):
    """Correct the declared number of sheets, with a reason."""
    batch = _locked(batch)
    _check_papers(papers)
    if not reason.strip():
        raise ValidationError({"reason": "장수를 고치는 까닭을 적어 주세요."})
    last = batch.ballots.aggregate(last=Max("sheet"))["last"] or 0
    if papers < last:
        raise ValidationError({"papers": f"이미 {last}번째 장까지 입력했습니다. 입력을 먼저 비워 주세요."})
    before, batch.papers = batch.papers, papers
    batch.full_clean()
    batch.save(update_fields=["papers"])
    _log(batch, "종이 장수 고침", by, f"{before:,}장 → {papers:,}장. {reason.strip()}")
    return batch


@transaction.atomic
def clear_entry(*, batch, entry, reason, by):
    """Throw one of the two entries away, with a reason, so that anybody may enter it anew. Third looks go with it."""
    batch = _locked(batch)
    entry = Entry(entry)
    if entry == Entry.THIRD or not reason.strip():
        raise ValidationError({"reason": "입력을 비우는 까닭을 적어 주세요."})
    gone = batch.ballots.filter(entry=entry).delete()[0]
    batch.ballots.filter(entry=Entry.THIRD).delete()
    if entry == Entry.FIRST:
        # The second becomes the first: who has entered keeps the entry, the free place is the second.
        batch.first_by, batch.second_by = batch.second_by, None
        batch.ballots.filter(entry=Entry.SECOND).update(entry=Entry.FIRST)
    else:
        batch.second_by = None
    batch.save(update_fields=["first_by", "second_by"])
    _log(batch, "종이 입력 비움", by, f"{entry.label} {gone:,}장. {reason.strip()}")
    return batch


@transaction.atomic
def remove_batch(*, batch, by):
    """Take an empty batch away: one made by mistake."""
    batch = _locked(batch)
    if batch.ballots.exists():
        raise ValidationError("입력한 장이 있는 묶음은 지울 수 없습니다.")
    _log(batch, "종이 묶음 지움", by, f"{batch.papers:,}장")
    batch.delete()


# --- the two entries --------------------------------------------------------------------------------------------------


def entry_of(batch, user):
    """Which entry this person makes or would make (Entry), or None: two others have the batch."""
    if user.pk in (batch.first_by_id, batch.second_by_id):
        return Entry.FIRST if user.pk == batch.first_by_id else Entry.SECOND
    if batch.first_by_id is None:
        return Entry.FIRST
    return Entry.SECOND if batch.second_by_id is None else None


def next_sheet(batch, user):
    """The lowest sheet this person has not entered; None when all are in, and for who has no place here."""
    entry = entry_of(batch, user)
    if entry is None:
        return None
    mine = set(batch.ballots.filter(entry=entry, by=user).values_list("sheet", flat=True))
    return next((sheet for sheet in range(1, batch.papers + 1) if sheet not in mine), None)


@transaction.atomic
def enter(*, batch, sheet, numbers, void, by, again=False):
    """Store how `by` reads a sheet; the PaperBallot. numbers: ints, [] for a void paper; void: VoidReason or "".

    Who comes first makes the first entry, another person the second. `again` corrects one's own sheet, as long as the two entries are not
    compared. Raises ValidationError at sheet, picks or void.
    """
    batch = _locked(batch)
    entry = entry_of(batch, by)
    if entry is None:
        raise ValidationError("이 묶음은 다른 두 사람이 맡았습니다.")
    if is_entered(batch):
        raise ValidationError("두 입력을 이미 견주었습니다. 다르게 읽은 장은 세 번째 사람이 정합니다.")
    if not 1 <= sheet <= batch.papers:
        raise ValidationError({"sheet": f"이 묶음은 1번째에서 {batch.papers}번째 장까지입니다."})
    picks = read(batch.contest, numbers, void)
    _take(batch, entry, by)
    row = batch.ballots.filter(entry=entry, sheet=sheet).first()
    if row and not again:
        raise ValidationError({"sheet": f"{sheet}번째 장은 이미 입력했습니다. 고치려면 아래 목록에서 고르세요."})
    row = row or PaperBallot(batch=batch, entry=entry, sheet=sheet)
    row.picks, row.void, row.by = picks, void, by
    row.full_clean()
    row.save()
    return row


def _take(batch, entry, by):
    """The batch's place for this entry is `by`'s from the first sheet on."""
    field = "first_by" if entry == Entry.FIRST else "second_by"
    if getattr(batch, f"{field}_id") is None:
        setattr(batch, field, by)
        batch.full_clean()
        batch.save(update_fields=[field])


def read(contest, numbers, void):
    """The picks of a sheet as stored. A sheet that breaks the paper's rule must be marked void. Raises ValidationError."""
    if void:
        if void not in VoidReason.values:
            raise ValidationError({"void": "정해진 사유 가운데에서 골라 주세요."})
        if numbers:
            raise ValidationError({"picks": "무효로 적는 장은 번호를 비워 주세요."})
        return ""
    try:
        return ",".join(map(str, check_picks(contest, numbers)))
    except ValidationError as error:
        text = " ".join(error.messages)
        raise ValidationError({"picks": f"{text} 종이가 정말 그렇다면 무효 사유를 골라 주세요."}) from None


# --- comparing --------------------------------------------------------------------------------------------------------


def entered(batch):
    """{Entry: sheets entered}, without the third look."""
    rows = batch.ballots.order_by().values_list("entry").annotate(sheets=Count("pk"))
    return {Entry.FIRST: 0, Entry.SECOND: 0} | {Entry(e): n for e, n in rows if e != Entry.THIRD}


def is_entered(batch):
    """Whether both have entered every declared sheet: only then may the two be laid side by side."""
    return all(count == batch.papers for count in entered(batch).values())


def differences(batch):
    """[Difference] in the order of sheets; [] before both entries are whole."""
    if not is_entered(batch):
        return []
    rows = {entry: {} for entry in Entry.values}
    for row in batch.ballots.select_related("by"):
        rows[row.entry][row.sheet] = row
    return [
        Difference(sheet, first, rows[Entry.SECOND][sheet], rows[Entry.THIRD].get(sheet))
        for sheet, first in sorted(rows[Entry.FIRST].items())
        if first.reading != rows[Entry.SECOND][sheet].reading
    ]


@transaction.atomic
def settle(*, batch, sheet, numbers, void, reason, by):
    """The third look at a sheet that was read differently, by a third person and with a reason; the PaperBallot."""
    batch = _locked(batch)
    if by.pk in (batch.first_by_id, batch.second_by_id):
        raise ValidationError("다르게 읽은 장은 두 입력을 하지 않은 세 번째 사람이 정합니다.")
    if sheet not in {difference.sheet for difference in differences(batch)}:
        raise ValidationError({"sheet": "두 입력이 다른 장이 아닙니다."})
    if not reason.strip():
        raise ValidationError({"reason": "왜 그렇게 정했는지 적어 주세요."})
    picks = read(batch.contest, numbers, void)
    row = batch.ballots.filter(entry=Entry.THIRD, sheet=sheet).first()
    row = row or PaperBallot(batch=batch, entry=Entry.THIRD, sheet=sheet)
    row.picks, row.void, row.reason, row.by = picks, void, reason.strip(), by
    row.full_clean()
    row.save()
    _log(batch, "종이 표 세 번째 확인", by, f"{sheet}번째 장. {row.reason}")
    return row


def open_points(batch):
    """Sentences: why the batch cannot be closed yet; [] when it can."""
    found = [
        f"{entry.label}은 {count:,}장인데 손으로 센 종이는 {batch.papers:,}장입니다."
        for entry, count in entered(batch).items()
        if count != batch.papers
    ]
    if found:
        return found
    open_ = [str(d.sheet) for d in differences(batch) if d.settled is None]
    return [f"다르게 읽은 장을 정해 주세요: {', '.join(open_)}번째 장"] if open_ else []


@transaction.atomic
def close_batch(*, batch, by):
    """Close a batch whose two entries agree, or whose differences are all settled. Raises ValidationError with what is open."""
    batch = _locked(batch)
    points = open_points(batch)
    if points:
        raise ValidationError(points)
    batch.state = PaperBatch.State.DONE
    batch.full_clean()
    batch.save(update_fields=["state"])
    _log(batch, "종이 묶음 대조", by, f"{batch.papers:,}장, 다르게 읽은 {len(differences(batch)):,}장을 정함")
    return batch


def batches_of(round_):
    """[(Contest, [PaperBatch])] of a round, each batch with `.counts` (sheets of the first and of the second entry). Three queries."""
    batches = Prefetch("batches", PaperBatch.objects.select_related("first_by", "second_by").order_by("number"))
    contests = Contest.objects.filter(round=round_).select_related("paper_count").order_by("order")
    rows = PaperBallot.objects.filter(batch__contest__round=round_).order_by().values_list("batch", "entry")
    counts = {(batch, entry): sheets for batch, entry, sheets in rows.annotate(sheets=Count("pk"))}
    told = []
    for contest in contests.prefetch_related(batches):
        contest.round = round_
        for batch in contest.batches.all():
            batch.contest = contest
            batch.counts = [counts.get((batch.pk, entry), 0) for entry in (Entry.FIRST, Entry.SECOND)]
        told.append((contest, list(contest.batches.all())))
    return told
