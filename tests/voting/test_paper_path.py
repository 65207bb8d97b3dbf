"""A mixed round over HTTP: web votes, papers handed out, entered twice, settled, counted, mixed, tallied, published, verified."""

import json

import pytest
from django.db import connection

from tests.voting.papers import BLANK, OVER, PEOPLE, Clerk, a_paper_round, clerks, closed, counted, people
from voting import actions, export, paper_count, tally, turnout
from voting.models import AuditEvent, OpenedBallot, PaperBallot, PaperCount, Participation, Round, UrnBallot
from voting.verifier import verify

FIRST = [[1, 2, 3], [1, 4, 5], OVER]  # paper 1, batch 1
SECOND = [[6, 7, 8], [1, 2, 4]]  # paper 1, batch 2
OTHER = [[1, 2, 3], BLANK, [8, 9, 10]]  # paper 2


@pytest.fixture
def rooms(loaded, settings, tmp_path):
    settings.VOTE_SECRETS_DIR, settings.MEDIA_ROOT = tmp_path / "secrets", tmp_path / "media"


def enter_paper_1(one, two, three):
    """Two batches; one sheet of the first is read differently and settled."""
    for papers in (3, 2):
        assert one.post("1/new/", papers=papers), one.html
    misread = [FIRST[0], [1, 4, 6], FIRST[2]]
    one.type_all(1, 1, misread)
    two.type_all(1, 1, FIRST)
    assert not one.close(1, 1) and "다르게 읽은 장을 정해 주세요: 2번째 장" in one.html
    assert "1 · 4 · 5" in three.get("1/1/") and "1 · 4 · 6" in three.html and "1 · 2 · 3" not in three.html
    assert three.settle(1, 1, 2, [1, 4, 5], "5번 칸에 찍혀 있고 6번은 얼룩입니다"), three.html
    assert three.close(1, 1)
    two.type_all(1, 2, SECOND)  # either may begin
    one.type_all(1, 2, SECOND)
    assert one.close(1, 2)


def enter_paper_2(one, two):
    assert one.post("2/new/", papers=3)
    one.type_all(2, 1, OTHER)
    two.type_all(2, 1, OTHER)
    assert two.close(2, 1)


def count_both(one):
    assert "종이 정산을 적어 주세요" in one.get()
    assert one.post("1/count/", issued=5, spoilt=0, returned=0, missing=0)
    assert not one.post("2/count/", issued=6, spoilt=1, returned=1, missing=1) and "설명을 적어 주세요" in one.html
    assert one.post("2/count/", issued=6, spoilt=1, returned=1, missing=1, note="한 분이 가지고 나갔습니다.")
    assert "남은 일" not in one.html


@pytest.fixture
def waiting(rooms):
    """Five web votes, five papers; closed. (round, three clerks)"""
    round_ = closed(a_paper_round(web=5, struck=5))
    return round_, clerks(round_)


@pytest.fixture
def ready(waiting):
    round_, (one, two, three) = waiting
    enter_paper_1(one, two, three)
    enter_paper_2(one, two)
    count_both(one)
    return round_, (one, two, three)


def votes_of(results, order):
    told = results["contests"][order - 1]
    return told["ballots"], {line["number"]: line["votes"] for line in told["options"] if line["votes"]}


def test_a_mixed_round_from_the_counter_to_the_verifier(ready, client, tmp_path):
    round_, (one, _, _) = ready
    assert one.post() and "마지막 확인점을 만들었습니다" in one.html
    results = tally.tally(round=round_, shares=round_.shares[:2]).results
    # web: [1, 2, 3..7] and [1..3, 5, 9]; papers: four valid on paper 1, two on paper 2
    assert votes_of(results, 1) == (9, {1: 8, 2: 7, 3: 2, 4: 3, 5: 2, 6: 2, 7: 2, 8: 1})
    assert votes_of(results, 2) == (7, {1: 3, 2: 3, 3: 2, 5: 5, 8: 1, 9: 6, 10: 1})
    assert results["voters"] == 10
    actions.publish(round=round_)
    folder = tmp_path / "bundle"
    export.write_export(Round.objects.get(pk=round_.pk), folder)
    said = []
    assert verify(folder, said.append), said
    assert "맞음  종이 투표의 정산" in said
    assert [(row.label, row.voters) for row in round_.turnout.filter(by="channel")] == [("온라인", 5), ("종이", 5)]
    page = client.get(f"/votes/{round_.slug}/results/").content.decode()
    for words in ("종이 투표의 정산", "정한 수보다 많이 고름 1", "아무것도 고르지 않음 1", "유효표 9표", "유효표 7표"):
        assert words in page
    board = client.get(f"/votes/{round_.slug}/board/1.json").json()["ballots"]
    assert sorted(row[2] for row in board).count("1,4,5") == 1


def test_the_final_checkpoint_accounts_for_every_sheet_and_tells_no_pick(ready):
    round_, (one, _, _) = ready
    before = round_.checkpoints.get()
    assert (before.is_final, {c["ballots"] for c in json.loads(before.body)["contests"].values()}) == (False, {5})
    one.post()
    final = round_.checkpoints.get(is_final=True)
    body = json.loads(final.body)
    assert body["voters"] == 10 and [c["ballots"] for c in body["contests"].values()] == [9, 7]
    assert body["paper"] == {
        "voters": 5,
        "contests": {
            "vote-2021-1": {
                "issued": 5, "spoilt": 0, "returned": 0, "missing": 0,
                "batches": [
                    {"number": 1, "sheets": 3, "valid": 2, "void": {"over": 1}},
                    {"number": 2, "sheets": 2, "valid": 2, "void": {}},
                ],
            },
            "vote-2021-2": {
                "issued": 6, "spoilt": 1, "returned": 1, "missing": 1,
                "batches": [{"number": 1, "sheets": 3, "valid": 2, "void": {"blank": 1}}],
            },
        },
    }  # fmt: skip


def test_nothing_tells_a_count_before_publishing_and_staff_see_only_what_they_read(ready):
    round_, (one, two, three) = ready
    titles = [option.title for contest in round_.contests.all() for option in contest.options.all()]
    for clerk in (one, three):
        for path in ("", "1/1/", "1/2/", "2/1/", "1/count/", "1/1/enter/"):
            page = clerk.get(path)
            assert "득표수" not in page and not any(title in page for title in titles), path
            assert "1 · 2 · 3" not in page  # a closed batch shows no sheet
    two.post()
    tally.tally(round=round_, shares=round_.shares[:2])
    for path in ("results/", "results/files/results.csv", "results/print/"):
        assert one.client.get(f"/votes/{round_.slug}/{path}").status_code == 404
    told = " ".join(AuditEvent.objects.filter(round=round_).values_list("note", flat=True))
    assert "1,4,5" not in told and "1 · 4" not in told


def test_the_papers_join_the_box_among_the_others_in_the_order_of_tags(ready):
    """Nothing of a row tells on which way it came: not its place, not its transaction, not its length."""
    _, (one, _, _) = ready
    one.post()
    rows = list(UrnBallot.objects.filter(contest__order=1).order_by("tag"))
    assert len({len(bytes(row.content)) for row in rows}) == 1
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT tag FROM voting_urnballot WHERE contest_id = %s ORDER BY ctid", [rows[0].contest_id])
            assert [tag for (tag,) in cursor.fetchall()] == [row.tag for row in rows]
            cursor.execute("SELECT count(DISTINCT xmin::text) FROM voting_urnballot")
            assert cursor.fetchone() == (1,)


def test_the_board_waits_for_the_papers(waiting, client):
    """What is added last would else be the papers, each with its picks once published."""
    round_, (one, two, _) = waiting
    assert client.get(f"/votes/{round_.slug}/board/1.json").json()["ballots"] == []
    page = client.get(f"/votes/{round_.slug}/board/").content.decode()
    assert "종이 표와 섞은 뒤 목록을 올립니다" in page
    for order in (1, 2):
        counted(round_, (one.user, two.user), [[1, 2, 3]] * 5, order=order)
    paper_count.finish(round=round_, by=one.user)
    assert len(client.get(f"/votes/{round_.slug}/board/1.json").json()["ballots"]) == 10


def test_without_its_papers_a_round_is_not_tallied(waiting):
    round_, _ = waiting
    with pytest.raises(tally.TallyStopped, match="종이 표 입력을 먼저 마쳐 주세요"):
        tally.tally(round=round_, shares=round_.shares[:2])


def test_a_paper_that_did_not_reach_the_box_stops_the_tally(ready, monkeypatch):
    """Two of the four are such as stand on no web ballot."""
    round_, (one, _, _) = ready
    real = paper_count.sealed_ballot
    monkeypatch.setattr(paper_count, "sealed_ballot", lambda r, c, code, numbers: real(r, c, code, [1, 2, 8]))
    assert one.post()
    with pytest.raises(tally.TallyStopped, match="종이 표 2장이 읽은 대로 투표함에 있지 않습니다"):
        tally.tally(round=round_, shares=round_.shares[:2])
    assert not OpenedBallot.objects.exists()


def test_a_round_of_papers_alone_and_a_round_where_nobody_took_one(rooms, tmp_path):
    staff = people(2)
    for slug, web, struck in (("only-paper", 0, 3), ("only-web", 3, 0)):
        round_ = a_round(slug, web, struck, staff)
        assert verify_of(round_, tmp_path / slug)


def a_round(slug, web, struck, staff):
    round_ = a_paper_round(web=web, struck=0, slug=slug)
    for identity in PEOPLE[:struck]:
        assert Clerk(round_, staff[0]).hand(identity)
    round_ = closed(round_)
    for order in (1, 2):
        counted(round_, staff, [[1, 2, 3]] * struck, order=order)
    paper_count.finish(round=round_, by=staff[0])
    assert tally.tally(round=round_, shares=round_.shares[:2]).results["contests"][0]["ballots"] == web + struck
    return actions.publish(round=round_)


def verify_of(round_, folder):
    export.write_export(round_, folder)
    said = []
    assert verify(folder, said.append), said
    return True


def test_turnout_by_channel_merges_a_few_papers(rooms):
    round_ = a_paper_round(web=6, struck=2)
    assert turnout.count(round_)["channel"] == [("온라인·종이", 8)]
    assert Participation.objects.filter(channel="paper").count() == 2


def test_rows_of_papers_stay_for_a_recount_and_cannot_change(ready):
    _, (one, _, _) = ready
    one.post()
    assert PaperBallot.objects.settled().valid().count() == 6 and PaperCount.objects.count() == 2
    assert not one.post("1/count/", issued=9, spoilt=0, returned=0, missing=0)
    assert "이미 넣었거나" in one.html
    assert not one.post("1/new/", papers=1) and "이미 넣었거나" in one.html
