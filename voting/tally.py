"""The tally: opens every ballot of a closed round with two of three shares, counts, and stores integers. All or nothing."""

from dataclasses import dataclass, field
from time import perf_counter

from django.core.exceptions import ValidationError
from django.db import transaction

from voting import actions, mix, paper_count, turnout
from voting.counting import codes, results, sealing
from voting.counting.errors import CountingError
from voting.models import ContestResult, OpenedBallot, OptionResult, RoundState, Tally

BATCH = 2_000


class TallyStopped(ValidationError):
    """The tally stopped and wrote nothing; the message names the row."""


@dataclass
class Report:
    """What a tally did: the results and the seconds of each part."""

    results: dict
    seconds: dict = field(default_factory=dict)


def tally(*, round, shares=(), draw_seed="", by=None):
    """Count a closed round and move it to tallied; a Report. shares: two of the three texts. Raises ValidationError, TallyStopped.

    Runs over the complete set only: a count or a checkpoint that does not agree, a row that does not open or whose leaf is wrong stops it.
    """
    with transaction.atomic():
        round = actions.lock_round(round)
        if round.state != RoundState.CLOSED:
            raise ValidationError(f"지금 ‘{round.get_state_display()}’ 상태라 개표할 수 없습니다.")
        final = round.checkpoints.filter(is_final=True).first()
        if final is None:
            raise TallyStopped("마지막 확인점이 없습니다. 종이 표 입력을 먼저 마쳐 주세요.")
        broken = mix.problems(round)
        if broken:
            raise TallyStopped(broken)
        private, seconds, started = _private_key(round, shares), {}, perf_counter()
        ballots = {c.ref: _open(round, c, private) for c in mix.contests_of(round)}
        _check_papers(round, ballots)
        seconds["열기"] = perf_counter() - started
        started = perf_counter()
        counted = _count(round, ballots, final, draw_seed)
        seconds["집계"] = perf_counter() - started
        started = perf_counter()
        _store(round, ballots, counted, draw_seed)
        turnout.freeze(round)
        seconds["저장"] = perf_counter() - started
        actions.move(round, RoundState.TALLIED, by=by, note=f"투표자 {final.voters:,}명")
    return Report(counted, seconds)


def _private_key(round_, shares):
    if not round_.sealed:
        return None
    try:
        return sealing.combine(list(shares), round_.slug, bytes.fromhex(round_.public_key))
    except CountingError as error:
        raise ValidationError(f"열쇠 조각으로 열 수 없습니다. {error}") from None


def _open(round_, contest, private):
    """[Ballot] of a paper in the order of tags."""
    opened = []
    for tag, leaf, content in contest.urn.order_by("tag").values_list("tag", "leaf", "content").iterator(BATCH):
        try:
            content = bytes(content)
            plain = sealing.unseal(private, content) if private else content
            opened.append(codes.check_ballot(round_.slug, contest.ref, bytes.fromhex(tag), bytes.fromhex(leaf), plain))
        except CountingError as error:
            raise TallyStopped(f"‘{contest.title}’의 표 {tag}에서 멈췄습니다. {error}") from None
    return opened


def _check_papers(round_, ballots):
    """Every valid paper stands among the opened ballots as it was settled."""
    for contest in mix.contests_of(round_) if round_.has_paper else []:
        lost = paper_count.check_opened(contest, ballots[contest.ref])
        if lost:
            raise TallyStopped(
                f"‘{contest.title}’에서 대조를 마친 종이 표 {lost.total():,}장이 읽은 대로 투표함에 있지 않습니다."
            )


def _count(round_, ballots, final, draw_seed):
    manifest = round_.read_manifest()
    scores = {
        contest["id"]: {option["number"]: option["score"] for option in contest["options"]}
        for contest in manifest["contests"]
        if any(option["score"] is not None for option in contest["options"])
    }
    try:
        return results.make_results(manifest, ballots, final.published(), scores or None, draw_seed or None)
    except CountingError as error:
        raise TallyStopped(str(error)) from None


def _store(round_, ballots, counted, draw_seed):
    told = {contest["id"]: contest for contest in counted["contests"]}
    for contest in mix.contests_of(round_):
        rows = ballots[contest.ref]
        OpenedBallot.objects.bulk_create(
            (
                OpenedBallot(
                    contest=contest,
                    tag=b.tag.hex(),
                    leaf=b.leaf.hex(),
                    picks=",".join(map(str, b.picks)),
                    nonce=b.nonce.hex(),
                )
                for b in rows
            ),
            batch_size=BATCH,
        )
        ContestResult.objects.create(contest=contest, ballots=len(rows))
        votes = {line["number"]: line["votes"] for line in told[contest.ref]["options"]}
        for option in contest.options.all():
            OptionResult.objects.create(option=option, votes=votes[option.number])
    Tally.objects.create(round=round_, results=counted, draw_seed=draw_seed)
