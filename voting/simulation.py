"""A rehearsal made by a command: made-up voters, the real way from set-up to the verifier."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from time import perf_counter

from django.db import connection

from geumcheon.lib import clock
from voting import actions, ceremony, export, mix, roll, tally
from voting.cast import AlreadyVoted, cast
from voting.counting.codes import new_code
from voting.models import Basis, Contest, KeyHolder, Option, Round, TieStep
from voting.verifier import verify

OFFICES = ("협치회의 위원장", "협치추진단장", "감사담당관")
PAPERS = (("연습 분과 의제", 3, 8), ("연습 시민참여예산", 3, 10))  # the form of the 2020 vote


@dataclass
class Report:
    """What a rehearsal counted."""

    round: object
    voters: int
    ballots: dict
    refused_twice: int
    verified: bool
    seconds: dict


def prepare(*, slug=None, sealed=True):
    """A rehearsal round in draft with two papers, options and three holders."""
    now = clock.now()
    round_ = Round(
        slug=slug or f"rehearsal-{now:%Y%m%d%H%M%S}",
        title="연습 투표",
        is_rehearsal=True,
        sealed=sealed,
        opens_at=now - timedelta(minutes=1),
        closes_at=now + timedelta(days=7),
        objection_until=(now + timedelta(days=14)).date(),
        tie_ladder=[TieStep.COST],
        mix_every_minutes=0,
        mix_min_voters=20,
    )
    round_.full_clean()
    round_.save()
    for order, (title, picks, options) in enumerate(PAPERS, 1):
        contest = Contest(round=round_, order=order, title=title, min_picks=picks, max_picks=picks, seats=picks)
        contest.full_clean()
        contest.save()
        for number in range(1, options + 1):
            option = Option(contest=contest, number=number, title=f"연습 사업 {number}", cost_krw=10_000_000 * number)
            option.full_clean()
            option.save()
    for number, office in enumerate(OFFICES, 1):
        KeyHolder.objects.create(round=round_, number=number, office=office)
    return round_


def start(round_):
    """Ceremony, proofs, freezing and opening; the shares."""
    shares = ceremony.hold(round=round_) if round_.sealed else []
    for share in shares:
        actions.prove(round=round_, share=share)
    actions.freeze(round=round_)
    actions.open_round(round=round_)
    round_.refresh_from_db()
    return shares


def vote(round_, choices, number):
    """One made-up voter is checked and casts; in rehearsals every tenth presses twice. True when the second press was refused or repeated."""
    key = roll.voter_key(round_, f"{roll.MADE_UP}{number}")
    roll.enter(round=round_, voter_key=key, basis=Basis.RESIDENCE)
    code, picks = new_code(), choices[number]
    cast(round=round_, voter_key=key, code=code, picks=picks)
    if number % 10:
        return 0
    assert cast(round=round_, voter_key=key, code=code, picks=picks).repeated
    try:
        cast(round=round_, voter_key=key, code=new_code(), picks=picks)
    except AlreadyVoted:
        return 1
    raise RuntimeError("한 사람이 두 번 투표했습니다.")


def choose(round_, voters, seed):
    """Random picks of every voter, lower numbers a little more often: {voter: {order: [numbers]}}."""
    chance = random.Random(seed)  # noqa: S311 - made-up choices that a seed repeats
    papers = [
        (c.order, c.max_picks, list(c.options.values_list("number", flat=True)))
        for c in round_.contests.order_by("order")
    ]
    return [
        {order: sorted(numbers, key=lambda n: chance.random() * (n + 3))[:picks] for order, picks, numbers in papers}
        for _ in range(voters)
    ]


def run(*, voters, threads, seed, folder, say=print):
    """The whole rehearsal; a Report. Writes the published files into `folder`."""
    seconds, clock_ = {}, _Clock()
    round_ = prepare()
    shares = start(round_)
    seconds["준비"] = clock_.lap()
    refused = _cast_all(round_, choose(round_, voters, seed), threads)
    seconds["투표"] = clock_.lap()
    say(f"투표 {voters:,}건, {voters / seconds['투표']:.0f}건/초. 두 번째 투표 {refused:,}건을 거절했습니다.")
    actions.close_round(round=round_, early=True)
    seconds["마감"] = clock_.lap()
    counted = tally.tally(round=round_, shares=shares[:2])
    actions.publish(round=round_)
    seconds["개표"] = clock_.lap()
    round_.refresh_from_db()
    export.write_export(round_, folder)
    verified = verify(folder, say=lambda *_: None)
    seconds["검증"] = clock_.lap()
    ballots = {contest.ref: contest.result.ballots for contest in mix.contests_of(round_)}
    for part, spent in {**seconds, **{f"개표 · {k}": v for k, v in counted.seconds.items()}}.items():
        say(f"{part}: {spent:.2f}초")
    for contest in counted.results["contests"]:
        say(f"{contest['title']}: 표 {contest['ballots']:,}, 득표 {contest['choices']:,}")
    say(f"{round_.slug}: 참여 {round_.participations.count():,}, 검증 {'맞음' if verified else '틀림'}")
    return Report(round_, round_.participations.count(), ballots, refused, verified, seconds)


def _cast_all(round_, choices, threads):
    """All voters over `threads` connections, mixing along the way; how many second votes were refused."""
    parts = 4
    size = -(-len(choices) // parts)
    refused = 0
    for first in range(0, len(choices), size):
        numbers = range(first, min(first + size, len(choices)))
        with ThreadPoolExecutor(threads) as pool:
            refused += sum(pool.map(partial(_vote_all, round_, choices), (numbers[i::threads] for i in range(threads))))
        mix.mix(round_id=round_.pk)
    return refused


def _vote_all(round_, choices, numbers):
    """The voters of one thread over one connection of its own."""
    try:
        return sum(vote(round_, choices, number) for number in numbers)
    finally:
        connection.close()


class _Clock:
    def __init__(self):
        self.last = perf_counter()

    def lap(self):
        now = perf_counter()
        spent, self.last = now - self.last, now
        return spent
