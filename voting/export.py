"""The published files of a round: manifest, ballots per paper, checkpoints, results, `.pb` files, the verifier."""

import io
from pathlib import Path

from django.core.exceptions import ValidationError

from geumcheon.lib.exports import write_xlsx
from voting import keys, mix
from voting.counting.bundle import write_bundle
from voting.counting.codes import Ballot
from voting.models import RoundState

TOLD = (RoundState.TALLIED, RoundState.PUBLISHED)


def write_export(round, folder):
    """Write the bundle of a tallied or published round into an empty or absent folder; returns the paths.

    Who may read a tallied round's files is the caller's to ask. Raises ValidationError.
    """
    if round.from_totals:
        raise ValidationError("합계만 남은 투표라 표 파일이 없습니다.")
    if round.state not in TOLD:
        raise ValidationError("개표하지 않은 투표의 표는 내보내지 않습니다.")
    results = round.tally.results
    return write_bundle(
        Path(folder),
        round.read_manifest(),
        {contest.ref: ballots(contest) for contest in mix.contests_of(round)},
        [checkpoint.published() for checkpoint in round.checkpoints.order_by("number")],
        results,
        keys.signing_seed(round),
        extra={"results.xlsx": results_xlsx(results)},
    )


def ballots(contest):
    """[Ballot] of an opened paper in the order of tags."""
    rows = contest.opened.order_by("tag").values_list("tag", "leaf", "picks", "nonce")
    return [
        Ballot(bytes.fromhex(tag), bytes.fromhex(leaf), tuple(map(int, picks.split(","))), bytes.fromhex(nonce))
        for tag, leaf, picks, nonce in rows.iterator(2_000)
    ]


HEADINGS = [
    "투표용지",
    "번호",
    "이름",
    "득표",
    "순위",
    "공동",
    "투표자 비율(%)",
    "득표 비율(%)",
    "심사 점수",
    "합산 순위",
]


def results_xlsx(results):
    """The result as a workbook, in bytes."""
    rows = (
        (
            contest["title"],
            line["number"],
            line["title"],
            line["votes"],
            line["rank"],
            line["shared"],
            _number(line["percent_of_voters"]),
            _number(line["percent_of_choices"]),
            line.get("score"),
            line.get("combined_rank"),
        )
        for contest in results["contests"]
        for line in contest["options"]
    )
    buffer = io.BytesIO()
    write_xlsx(buffer, "투표 결과", HEADINGS, rows)
    return buffer.getvalue()


def _number(text):
    return None if text is None else float(text)
