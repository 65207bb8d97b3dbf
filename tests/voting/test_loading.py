"""The 2020 vote, of which only totals are left."""

import pytest
from django.core.management import call_command

from budgets.reconciliation import reconcile
from voting.models import InboxBallot, OptionResult, Participation, Round, RoundState, UrnBallot

pytestmark = pytest.mark.django_db


def test_the_vote_of_2020_is_loaded_as_totals(loaded):
    round_ = Round.objects.get(slug="napulnapul-2020")
    assert (round_.basis, round_.state, round_.stated_voters, round_.plan) == (
        "totals",
        RoundState.PUBLISHED,
        508,
        loaded,
    )
    papers = [
        (c.min_picks, c.max_picks, c.options.count(), c.result.ballots) for c in round_.contests.order_by("order")
    ]
    assert papers == [(3, 3, 8, 508), (3, 3, 10, 508)]
    for contest in round_.contests.all():
        votes = OptionResult.objects.filter(option__contest=contest).values_list("votes", flat=True)
        assert sum(votes) == 1524 == contest.max_picks * contest.result.ballots
    offered = [sum(c.options.values_list("cost_krw", flat=True)) for c in round_.contests.order_by("order")]
    assert offered == [370_000_000, 485_000_000]


def test_no_ballots_or_voters_are_made_up(loaded):
    assert [model.objects.count() for model in (InboxBallot, UrnBallot, Participation)] == [0, 0, 0]


def test_options_lead_to_the_projects_they_became(loaded):
    round_ = Round.objects.get(slug="napulnapul-2020")
    linked = {o.title: o.project.number for c in round_.contests.all() for o in c.options.all() if o.project_id}
    assert linked["청년과 노인 세대융합 프로젝트"] == 11  # by another wording of its name
    assert linked["안양천에서 놀자!(안양천 생태탐방로 조성)"] == 8
    assert "안양천 어린이 놀이공간 조성" not in linked  # more votes than others, and yet not carried out


def test_two_printed_percentages_are_wrong_and_the_sums_are_right(loaded):
    found = [f for f in reconcile(loaded) if f.key.startswith("vote-")]
    wrong = {(f.label.split(" · ")[1], str(f.stated), str(f.computed)) for f in found if not f.matches}
    assert wrong == {("야간 안전한 골목길 만들기 비율", "13", "14"), ("깨끗하고 안전한 어린이 공원 비율", "12", "13")}
    assert len(found) == 2 * 2 + 2 * 18


def test_loading_again_changes_nothing(loaded, capsys):
    call_command("load_plan", "2021")
    assert "바뀐 것이 없습니다" in capsys.readouterr().out
