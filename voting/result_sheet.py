"""The results of a published round as a spreadsheet with the committee's scores and the joint meeting's decision beside the votes.

The signed files (voting.bundles) tell the vote alone, as it was published; what a meeting decides later stands here.
"""

import io

from geumcheon.lib.exports import write_xlsx
from voting import result_display

PLAIN = [
    "투표용지", "번호", "이름", "득표", "순위", "공동", "투표자 비율(%)", "득표 비율(%)",
]  # fmt: skip
DECIDED = ["결정", "확정 금액(원)", "공개 사유", "결정한 회의"]


def workbook(round):
    """The workbook in bytes. Columns of scores and of the decision are there only where a paper has them; amounts are whole won."""
    papers = result_display.papers(round)
    scores, combined = any(p.has_scores for p in papers), any(p.has_combined for p in papers)
    decided = any(p.has_decisions for p in papers)
    headings = [*PLAIN, *(["심사 점수"] if scores else []), *([combined_heading(round)] if combined else [])]
    rows = (
        [
            *_plain(paper, line),
            *([line.score] if scores else []),
            *([line.combined_rank] if combined else []),
            *(_decided(line.decision) if decided else []),
        ]
        for paper in papers
        for line in paper.lines
    )
    buffer = io.BytesIO()
    write_xlsx(buffer, "투표 결과", [*headings, *(DECIDED if decided else [])], rows)
    return buffer.getvalue()


def combined_heading(round):
    """`합산 순위(주민 60%·심사 40%)`."""
    return f"합산 순위(주민 {round.vote_weight}%·심사 {round.committee_weight}%)"


def _plain(paper, line):
    of_voters, of_choices = (float(text) if text else None for text in (line.of_voters, line.of_choices))
    option = line.option
    return [
        paper.contest.title, option.number, option.title, line.votes, line.rank, line.shared, of_voters, of_choices,
    ]  # fmt: skip


def _decided(decision):
    if decision is None:
        return [None] * len(DECIDED)
    meeting = decision.meeting
    return [
        decision.get_outcome_display(), decision.final_krw, decision.reason or None, f"{meeting.starts_on:%Y-%m-%d} {meeting.kind}",
    ]  # fmt: skip
