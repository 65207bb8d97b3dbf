"""After closing: the tally over the complete set, publishing, files, objections, destruction."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from geumcheon.lib import clock
from tests.voting.factories import an_open_round, in_the_box, votes
from voting import actions, destroy, export, keys, roll, tally, turnout
from voting.models import AuditEvent, OpenedBallot, OptionResult, RollEntry, RoundState, UrnBallot
from voting.verifier import verify

pytestmark = pytest.mark.django_db
SOME = {1: [1, 2, 3], 2: [2, 4, 10]}
OTHERS = {1: [1, 2, 8], 2: [1, 4, 9]}


@pytest.fixture
def closed():
    round_ = an_open_round()
    votes(round_, 6, SOME)
    votes(round_, 4, OTHERS, first=7)
    shares = round_.shares
    round_ = actions.close_round(round=round_, early=True)
    round_.shares = shares
    return round_


@pytest.fixture
def published(closed):
    tally.tally(round=closed, shares=closed.shares[:2])
    return actions.publish(round=closed)


def _votes(order):
    found = OptionResult.objects.filter(option__contest__order=order, option__contest__round__slug="rehearsal-test")
    return {r.option.number: r.votes for r in found.select_related("option") if r.votes}


@pytest.mark.parametrize("pair", [(0, 1), (0, 2), (2, 1)])
def test_any_two_shares_open_the_box(closed, pair):
    report = tally.tally(round=closed, shares=[closed.shares[i] for i in pair])
    assert _votes(1) == {1: 10, 2: 10, 3: 6, 8: 4}
    assert _votes(2) == {2: 6, 4: 10, 10: 6, 1: 4, 9: 4}
    assert report.results["voters"] == 10
    assert set(report.seconds) == {"열기", "집계", "저장"}
    assert sum(_votes(1).values()) == 3 * 10  # Σ votes = picks × valid ballots


@pytest.mark.parametrize("which", [[], [0], [0, 0]])
def test_fewer_than_two_shares_open_nothing(closed, which):
    with pytest.raises(ValidationError, match="열쇠 조각으로 열 수 없습니다"):
        tally.tally(round=closed, shares=[closed.shares[i] for i in which])
    assert OptionResult.objects.filter(option__contest__round=closed).count() == 0
    closed.refresh_from_db()
    assert closed.state == RoundState.CLOSED


def test_an_open_round_is_not_tallied():
    round_ = an_open_round()
    with pytest.raises(ValidationError, match="지금 ‘투표 중’ 상태라 개표할 수 없습니다"):
        tally.tally(round=round_, shares=round_.shares)


def _past_the_triggers(statement, parameters):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            cursor.execute("DROP TRIGGER voting_urnballot_guard_update")
        cursor.execute(statement, parameters)
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = origin")


def test_a_ballot_whose_content_was_changed_stops_the_tally_and_is_named(closed):
    row = UrnBallot.objects.filter(contest__order=1).first()
    flipped = bytes(row.content)[:-1] + bytes([bytes(row.content)[-1] ^ 1])
    _past_the_triggers("UPDATE voting_urnballot SET content = %s WHERE tag = %s", [flipped, row.tag])
    with pytest.raises(tally.TallyStopped, match=row.tag):
        tally.tally(round=closed, shares=closed.shares[:2])
    assert not OpenedBallot.objects.exists()


def test_a_content_moved_to_another_row_stops_the_tally(closed):
    first, second = UrnBallot.objects.filter(contest__order=1).order_by("tag")[:2]
    _past_the_triggers("UPDATE voting_urnballot SET content = %s WHERE tag = %s", [bytes(first.content), second.tag])
    with pytest.raises(tally.TallyStopped, match=second.tag):
        tally.tally(round=closed, shares=closed.shares[:2])


def test_a_missing_ballot_stops_the_tally(closed):
    tag = UrnBallot.objects.filter(contest__order=1).first().tag
    _past_the_triggers("DELETE FROM voting_urnballot WHERE tag = %s", [tag])
    with pytest.raises(tally.TallyStopped, match="표는 9장인데 참여한 사람은 10명입니다"):
        tally.tally(round=closed, shares=closed.shares[:2])


def test_the_published_files_verify(published, tmp_path):
    paths = export.write_export(published, tmp_path / "out")
    said = []
    assert verify(tmp_path / "out", say=said.append), said
    assert {"results.xlsx", "manifest.json", "verify_round.py"} <= {path.name for path in paths}
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    assert results["voters"] == 10


def test_before_the_tally_there_are_no_files(closed, tmp_path):
    with pytest.raises(ValidationError, match="개표하지 않은 투표"):
        export.write_export(closed, tmp_path / "out")


def test_turnout_merges_cells_under_five():
    assert turnout.merged([("가산동", 9), ("독산1동", 3), ("독산2동", 4)]) == [("가산동", 9), ("독산1동·독산2동", 7)]
    assert turnout.merged([("가산동", 9), ("독산1동", 6), ("독산2동", 4)]) == [("가산동", 9), ("독산1동·독산2동", 10)]
    assert turnout.merged([("가산동", 9), ("독산1동", 0)]) == [("가산동", 9)]
    assert turnout.merged([("가산동", 3)]) == [("가산동", 3)]


def test_objections_are_taken_until_their_last_day_and_answered_once(published, time_machine):
    row = actions.object_to(round=published, text="다시 세어 주세요.", contact="a@example.org")
    with pytest.raises(ValidationError):
        actions.answer_objection(objection=row, state="accepted", answer="")
    assert actions.answer_objection(objection=row, state="rejected", answer="다시 세어 같았습니다.").state == "rejected"
    with pytest.raises(ValidationError, match="이미 답한"):
        actions.answer_objection(objection=row, state="accepted", answer="x")
    time_machine.move_to(clock.now() + timedelta(days=30))
    with pytest.raises(ValidationError, match="이의 신청을 받는 기간이 아닙니다"):
        actions.object_to(round=published, text="늦은 이의")


def test_the_roll_and_the_pepper_go_after_the_objection_period(published, time_machine, tmp_path):
    actions.object_to(round=published, text="다시 세어 주세요.", contact="a@example.org")
    with pytest.raises(ValidationError, match="기간이 끝난 뒤"):
        destroy.destroy(round=published)
    time_machine.move_to(clock.now() + timedelta(days=30))
    with pytest.raises(ValidationError, match="답하지 않은 이의 신청"):
        destroy.destroy(round=published)
    actions.answer_objection(objection=published.objections.get(), state="rejected", answer="같았습니다.")
    before = list(published.turnout.values_list("by", "label", "voters"))
    done = destroy.destroy(round=published)
    assert RollEntry.objects.filter(round=published).count() == 0
    assert published.objections.get().contact == ""
    assert not keys.has_pepper(published)
    with pytest.raises(roll.RollClosed):
        roll.voter_key(published, "rehearsal:1")
    assert list(done.turnout.values_list("by", "label", "voters")) == before
    assert in_the_box(done) == (10, {1: 10, 2: 10})
    export.write_export(done, tmp_path / "out")  # what was published can be published again
    assert verify(tmp_path / "out", say=lambda *_: None)
    with pytest.raises(ValidationError, match="이미 파기"):
        destroy.destroy(round=published)


def test_acts_are_logged_and_voters_never(published):
    acts = list(AuditEvent.objects.filter(round=published).order_by("pk").values_list("act", flat=True))
    assert acts == [
        "열쇠 만들기", *["열쇠 조각 확인"] * 3, "확정", "투표 중", "마감", "개표", "결과 게시",
    ]  # fmt: skip
