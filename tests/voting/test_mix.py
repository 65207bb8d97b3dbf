"""Mixing and closing: when, in which order, and what a box that does not agree is told."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from geumcheon.lib import clock
from projects.models import Project
from tests.voting.booth import make_round
from tests.voting.factories import a_voter, an_open_round, in_the_box, votes
from voting import actions, mix, schedule, tally
from voting.counting import checkpoints
from voting.counting.codes import tag as tag_of
from voting.models import AuditEvent, Checkpoint, InboxBallot, Participation, RoundState, UrnBallot

pytestmark = pytest.mark.django_db


def test_a_mix_waits_for_twenty_new_voters_and_keeps_twenty_ballots_back(time_machine):
    round_ = an_open_round()
    votes(round_, 39)
    assert mix.mix(round_id=round_.pk) is None
    votes(round_, 1, first=40)
    made = mix.mix(round_id=round_.pk)
    assert (made.number, made.voters, made.is_final) == (1, 40, False)
    assert (InboxBallot.objects.count(), UrnBallot.objects.count()) == (40, 40)
    assert in_the_box(round_) == (40, {1: 40, 2: 40})
    assert mix.mix(round_id=round_.pk) is None  # nobody new
    time_machine.move_to(clock.now() + timedelta(hours=2))
    votes(round_, 19, first=41)
    assert mix.mix(round_id=round_.pk) is None
    votes(round_, 1, first=60)
    assert mix.mix(round_id=round_.pk).number == 2
    assert (InboxBallot.objects.count(), UrnBallot.objects.count()) == (40, 80)


def test_what_a_mix_keeps_back_is_drawn_for_each_paper():
    """Not the same voters on both papers, and not the first or last who came."""
    round_ = an_open_round(mix_min_voters=15)
    made = votes(round_, 30)
    assert mix.mix(round_id=round_.pk)
    kept = []
    for contest in round_.contests.all():
        tags = set(InboxBallot.objects.filter(contest=contest).values_list("tag", flat=True))
        kept.append([at for at, (_, code) in enumerate(made) if tag_of(code, contest.ref).hex() in tags])
        assert len(tags) == 15
    assert kept[0] != kept[1]  # one in 155 million by chance
    assert list(range(15)) not in kept and list(range(15, 30)) not in kept


def test_a_mix_waits_an_hour(time_machine):
    round_ = an_open_round(mix_every_minutes=60, mix_min_voters=0)
    votes(round_, 1)
    assert mix.mix(round_id=round_.pk)
    votes(round_, 1, first=2)
    assert mix.mix(round_id=round_.pk) is None
    time_machine.move_to(clock.now() + timedelta(minutes=61))
    assert mix.mix(round_id=round_.pk).voters == 2


def test_the_urn_lies_in_the_order_of_tags():
    round_ = an_open_round()
    votes(round_, 60)
    mix.mix(round_id=round_.pk)
    contest = round_.contests.first()
    with connection.cursor() as cursor:
        place = "ctid" if connection.vendor == "postgresql" else "tag"
        cursor.execute(f"SELECT tag FROM voting_urnballot WHERE contest_id = %s ORDER BY {place}", [contest.pk])
        tags = [tag for (tag,) in cursor.fetchall()]
    assert tags == sorted(tags)


def test_checkpoints_chain_and_are_signed():
    round_ = an_open_round(mix_min_voters=0)
    for first in (1, 2, 3):
        votes(round_, 1, first=first)
        mix.mix(round_id=round_.pk)
    actions.close_round(round=round_, early=True)
    told = [row.published() for row in round_.checkpoints.all()]
    assert [row["body"]["voters"] for row in told] == [1, 2, 3, 3]
    round_.refresh_from_db()
    checkpoints.check_chain(round_.read_manifest(), told)


def test_closing_moves_everything_and_leaves_one_final_checkpoint():
    round_ = an_open_round()
    votes(round_, 3)
    closed = actions.close_round(round=round_, early=True)
    final = round_.checkpoints.get(is_final=True)
    assert closed.state == RoundState.CLOSED
    assert final.voters == 3
    assert {paper["ballots"] for paper in json.loads(final.body)["contests"].values()} == {3}
    assert InboxBallot.objects.count() == 0
    assert actions.close_round(round=round_).state == RoundState.CLOSED  # again: nothing happens
    assert Checkpoint.objects.count() == 1


def test_a_round_is_not_closed_before_its_time_unless_somebody_says_so():
    round_ = an_open_round()
    with pytest.raises(ValidationError, match="아직 닫는 때가 아닙니다"):
        actions.close_round(round=round_)
    assert actions.close_round(round=round_, early=True).state == RoundState.CLOSED


@pytest.mark.sqlite  # PostgreSQL asks its own clock, which no test moves
def test_the_clock_closes_what_is_due(time_machine):
    round_ = an_open_round()
    assert schedule.run() == []
    time_machine.move_to(round_.closes_at)
    assert schedule.run() == [(round_.slug, "마감")]
    assert schedule.run() == []


def _past_the_triggers(sql, parameters):
    """What somebody with all rights does by hand: triggers off, write, triggers on."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'voting_%'")
            made = cursor.fetchall()
            for name, _ in made:
                cursor.execute(f"DROP TRIGGER {name}")
        cursor.execute(sql, parameters)
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = origin")
        else:
            for _, create in made:
                cursor.execute(create)


def test_a_ballot_deleted_by_hand_stops_the_next_mix_and_is_named():
    round_ = an_open_round(mix_min_voters=0)
    votes(round_, 3)
    mix.mix(round_id=round_.pk)
    votes(round_, 1, first=4)
    contest = round_.contests.first()
    tag = UrnBallot.objects.filter(contest=contest).first().tag
    _past_the_triggers("DELETE FROM voting_urnballot WHERE contest_id = %s AND tag = %s", [contest.pk, tag])
    with pytest.raises(mix.UrnBroken, match="표는 3장인데 참여한 사람은 4명입니다.*1번 확인점과 다릅니다"):
        mix.mix(round_id=round_.pk)
    assert AuditEvent.objects.get(act="섞기 멈춤").note
    closed = actions.close_round(round=round_, early=True)  # closing is never held up
    assert "1번 확인점과 다릅니다" in closed.events.get(act="마감").note


def test_a_ballot_and_voter_put_in_by_hand_after_a_mix_are_named():
    round_ = an_open_round(mix_min_voters=0)
    votes(round_, 2)
    mix.mix(round_id=round_.pk)
    contest = round_.contests.first()
    row = [contest.pk, "0" * 32, "1" * 64, b"x"]
    _past_the_triggers("INSERT INTO voting_urnballot (contest_id, tag, leaf, content) VALUES (%s, %s, %s, %s)", row)
    assert any("1번 확인점과 다릅니다" in sentence for sentence in mix.problems(round_))


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE voting_option SET title = %s WHERE id = %s",
        "DELETE FROM voting_option WHERE title <> %s AND id = %s",
        "UPDATE voting_contest SET max_picks = 4 WHERE title <> %s AND id = (SELECT contest_id FROM voting_option WHERE id = %s)",
    ],
)
def test_a_paper_changed_by_hand_while_voting_stops_the_next_mix_and_the_tally(sql):
    round_ = an_open_round(mix_min_voters=0)
    votes(round_, 2)
    option = round_.contests.first().options.get(number=8)
    _past_the_triggers("DELETE FROM voting_committeescore WHERE option_id = %s", [option.pk])
    _past_the_triggers(sql, ["다른 사업", option.pk])
    with pytest.raises(mix.UrnBroken, match="‘연습 분과 의제’의 선택지나 규칙이 확정한 내용과 다릅니다"):
        mix.mix(round_id=round_.pk)
    closed = actions.close_round(round=round_, early=True)
    assert "확정한 내용과 다릅니다" in closed.events.get(act="마감").note
    with pytest.raises(tally.TallyStopped, match="확정한 내용과 다릅니다"):
        tally.tally(round=closed, shares=round_.shares[:2])


def test_a_project_that_gets_another_number_stops_nothing(loaded):
    """Where an option leads to is not what people vote on."""
    round_ = make_round()
    votes_before = mix.problems(round_)
    project = round_.contests.first().options.first().project
    Project.objects.filter(pk=project.pk).update(number=99)
    assert votes_before == mix.problems(round_) == []


def _refused(sql, parameters):
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def test_the_database_refuses_ballots_changed_or_put_in_by_hand():
    round_ = an_open_round(mix_min_voters=0)
    votes(round_, 2)
    mix.mix(round_id=round_.pk)
    votes(round_, 1, first=3)
    contest, key = round_.contests.first(), a_voter(round_, "9")
    for table in ("inboxballot", "urnballot"):
        _refused(f"UPDATE voting_{table} SET leaf = %s WHERE contest_id = %s", ["0" * 64, contest.pk])
    _refused("UPDATE voting_participation SET voter_key = %s WHERE round_id = %s", [key, round_.pk])
    _refused("UPDATE voting_checkpoint SET voters = %s WHERE round_id = %s", [9, round_.pk])
    actions.close_round(round=round_, early=True)
    row = [contest.pk, "0" * 32, "1" * 64, b"x"]
    for table in ("inboxballot", "urnballot"):
        _refused(f"INSERT INTO voting_{table} (contest_id, tag, leaf, content) VALUES (%s, %s, %s, %s)", row)
    _refused(
        "INSERT INTO voting_participation (round_id, voter_key, channel) VALUES (%s, %s, %s)",
        [round_.pk, key, "online"],
    )
    assert Participation.objects.count() == 3


@pytest.mark.postgres
def test_postgresql_refuses_deleting_ballots_and_voters():
    round_ = an_open_round(mix_min_voters=0)
    votes(round_, 1)
    mix.mix(round_id=round_.pk)
    votes(round_, 1, first=2)
    for table in ("inboxballot", "urnballot", "participation", "checkpoint"):
        _refused(f"DELETE FROM voting_{table}", [])
    _refused("INSERT INTO voting_urnballot (contest_id, tag, leaf, content) VALUES (%s, %s, %s, %s)",
             [round_.contests.first().pk, "0" * 32, "1" * 64, b"x"])  # fmt: skip
