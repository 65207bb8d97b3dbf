"""Committee scores, the combined rank and the joint meeting's decision: on the page, in the announcement, in the spreadsheet, in the files."""

import csv
import io
import json

import pytest
from openpyxl import load_workbook

from tests.voting.booth import make_round
from tests.voting.deciding import a_joint_meeting, a_published_round, options
from voting import decisions, result_display
from voting.decisions import Row

SCORES = {
    (1, 1): 60, (1, 2): 50, (1, 3): 100, (1, 4): 0, (2, 1): 90, (2, 2): 80, (2, 3): 70, (2, 4): 60,
}  # fmt: skip
VOTES = {(1, 1): 10, (1, 2): 6, (1, 3): 4, (1, 4): 0, (2, 1): 10, (2, 2): 6, (2, 3): 0, (2, 4): 4}
URL = "/votes/vote-2027/results/"


@pytest.fixture(autouse=True)
def _places(settings, tmp_path):
    settings.VOTE_SECRETS_DIR, settings.MEDIA_ROOT = tmp_path / "secrets", tmp_path / "media"


def combined_ranks():
    """{(order, number): rank}, by hand: votes and scores each as a share of the paper's sum, weighed 60 to 40."""
    found = {}
    for order in (1, 2):
        at = [key for key in VOTES if key[0] == order]
        votes, scores = sum(VOTES[k] for k in at), sum(SCORES[k] for k in at)
        points = {k: 60 * VOTES[k] * scores + 40 * SCORES[k] * votes for k in at}  # both shares over votes × scores
        found |= {k: 1 + sum(points[other] > points[k] for other in at) for k in at}
    return found


def sheet(client):
    answer = client.get(URL + "sheet.xlsx")
    assert (
        answer.status_code == 200 and answer["Content-Disposition"] == 'attachment; filename="vote-2027-results.xlsx"'
    )
    rows = list(load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


@pytest.fixture
def scored(loaded):
    return a_published_round(scores=SCORES, vote_weight=60, committee_weight=40)


def test_the_combined_rank_is_that_of_hand_and_each_score_has_its_own_column(scored, client):
    wanted = combined_ranks()
    assert wanted[(1, 3)] == 2 and wanted[(1, 2)] == 3  # not the order of votes
    lines = {(p.contest.order, line.option.number): line for p in result_display.papers(scored) for line in p.lines}
    assert {at: line.combined_rank for at, line in lines.items()} == wanted
    assert {at: line.score for at, line in lines.items()} == SCORES
    assert {at: line.votes for at, line in lines.items()} == VOTES
    page = client.get(URL).content.decode()
    assert "합산은 주민 투표 60%, 심사 점수 40%입니다." in page
    rows = page.split('id="paper-1"')[1].split("<tbody>")[1:]
    first = next(part for part in rows if 'data-label="합산 순위"' in part).split("</tbody>")[0]
    shown = {}
    for row in first.split("<tr")[1:]:
        number = int(row.split('<th scope="row">')[1].split("번")[0])
        shown[number] = [
            row.split(f'data-label="{head}">')[1].split("</td>")[0] for head in ("득표", "심사 점수", "합산 순위")
        ]
    assert shown == {n: [str(VOTES[(1, n)]), str(SCORES[(1, n)]), f"{wanted[(1, n)]}위"] for n in range(1, 5)}


def test_the_announcement_and_the_files_tell_scores_weights_and_combined_ranks(scored, client):
    wanted = combined_ranks()
    page = client.get(URL + "print/").content.decode()
    assert page.count('<th scope="col" class="num">심사 점수</th><th scope="col" class="num">합산 순위</th>') == 2
    assert page.count("합산은 주민 투표 60%, 심사 점수 40%입니다.") == 2
    text = b"".join(client.get(URL + "files/results.csv").streaming_content).decode()
    told = {(int(r["contest"][-1]), int(r["number"])): r for r in csv.DictReader(io.StringIO(text))}
    assert {at: (int(r["score"]), int(r["combined_rank"])) for at, r in told.items()} == {
        at: (SCORES[at], wanted[at]) for at in wanted
    }
    manifest = json.loads(b"".join(client.get(URL + "files/manifest.json").streaming_content))
    assert manifest["weights"] == {"votes": 60, "scores": 40}
    rows = sheet(client)
    orders = {"분과 의제": 1, "구민제안": 2}
    assert {
        (orders[r["투표용지"]], r["번호"]): (r["득표"], r["심사 점수"], r["합산 순위(주민 60%·심사 40%)"]) for r in rows
    } == {at: (VOTES[at], SCORES[at], wanted[at]) for at in wanted}
    assert "결정" not in rows[0]


def test_equal_points_share_a_combined_place(loaded, client):
    """Half and half: 1 has 50 + 25 points of a hundred, 2 has 30 + 20, 3 has 20 + 30, 4 has 0 + 25."""
    half = {(1, 1): 50, (1, 2): 40, (1, 3): 60, (1, 4): 50}
    round = a_published_round(scores=SCORES | half, vote_weight=50, committee_weight=50)
    lines = result_display.papers(round)[0].lines
    assert {line.option.number: line.combined_label for line in lines} == {
        1: "1위",
        2: "공동 2위",
        3: "공동 2위",
        4: "4위",
    }
    assert 'data-label="합산 순위">공동 2위</td>' in client.get(URL).content.decode()


def test_without_scores_and_decision_there_are_no_such_columns(loaded, client):
    a_published_round()
    page, printed = client.get(URL).content.decode(), client.get(URL + "print/").content.decode()
    for words in ("심사 점수", "합산 순위", "합동회의의 결정", "확정 금액"):
        assert words not in page and words not in printed
    assert list(sheet(client)[0]) == [
        "투표용지",
        "번호",
        "이름",
        "득표",
        "순위",
        "공동",
        "투표자 비율(%)",
        "득표 비율(%)",
    ]


def test_the_decision_stands_beside_the_votes_with_amount_reason_and_meeting(scored, client):
    meeting, chosen = a_joint_meeting(), {(1, 1), (1, 2), (2, 1)}
    rows = [
        Row(o, "selected" if at in chosen else "dropped", 12_345_000 if at in chosen else None,
            {(1, 2): "의회와 협의했습니다.", (1, 3): "=SUM(A1)"}.get(at, ""))
        for at, o in options(scored).items()
    ]  # fmt: skip
    decisions.decide(round=scored, meeting=meeting, rows=rows)
    page, printed = client.get(URL).content.decode(), client.get(URL + "print/").content.decode()
    for text in (page, printed):
        assert text.count("합동회의의 결정") >= 2 and "12,345,000원" in text and "의회와 협의했습니다." in text
        assert text.count("선정하지 않음") == 5
    assert meeting.get_absolute_url() in page
    told = {(r["투표용지"], r["번호"]): r for r in sheet(client)}
    kept = told[("분과 의제", 2)]
    assert [kept[head] for head in ("결정", "확정 금액(원)", "공개 사유", "결정한 회의")] == [
        "선정", 12_345_000, "의회와 협의했습니다.", f"{meeting.starts_on} 합동회의",
    ]  # fmt: skip
    assert told[("분과 의제", 3)]["공개 사유"] == "'=SUM(A1)"
    assert told[("구민제안", 4)]["결정"] == "선정하지 않음" and told[("구민제안", 4)]["확정 금액(원)"] is None
    files = json.loads(b"".join(client.get(URL + "files/results.json").streaming_content))
    assert "decision" not in json.dumps(files)  # the signed files tell the vote as it was published


def test_the_old_vote_has_a_sheet_too_and_an_unpublished_none(loaded, client):
    assert client.get("/votes/napulnapul-2020/results/sheet.xlsx").status_code == 200
    make_round()
    assert client.get("/votes/vote-2021/results/sheet.xlsx").status_code == 404
