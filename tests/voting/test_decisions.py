"""The joint meeting's decision over HTTP: what the page shows, what it stores, every refusal; nothing typed is lost."""

import pytest

from councils.models import MeetingState
from tests.voting.booth import cast_some, make_round, published
from tests.voting.deciding import a_joint_meeting, a_published_round, filled, options
from tests.voting.factories import a_round_of_totals
from voting import actions, decisions, simulation
from voting.decisions import Row
from voting.models import AuditEvent, Round, VoteDecision

BEST = {(1, 1), (1, 2), (2, 1), (2, 2)}
SCORES = {
    (1, 1): 60, (1, 2): 50, (1, 3): 100, (1, 4): 0, (2, 1): 90, (2, 2): 80, (2, 3): 70, (2, 4): 60,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _places(settings, tmp_path):
    settings.VOTE_SECRETS_DIR, settings.MEDIA_ROOT = tmp_path / "secrets", tmp_path / "media"


@pytest.fixture
def round(loaded):
    return a_published_round()


@pytest.fixture
def staff(client_as):
    return client_as("secretariat")


def url(round, page="decide"):
    return f"/admin/voting/round/{round.pk}/{page}/"


def said(response):
    return " ".join(map(str, response.context["messages"]))


def errors(page):
    """{(order, number, field): message} of the options' fields, and of the other fields by name."""
    form = page.context["form"]
    at = {line.option.pk: (paper.contest.order, line.option.number) for paper in form.papers for line in paper.lines}
    found = {}
    for name, messages in form.errors.items():
        field, _, pk = name.partition("-")
        found[(*at[int(pk)], field) if pk else name] = " ".join(messages)
    return found


def test_the_page_shows_every_result_and_begins_with_what_the_rule_selects(round, staff):
    page = staff.get(url(round))
    html = page.content.decode()
    assert "<strong>1위</strong> · 10표 · 투표자의 100.0%" in html
    assert "<strong>4위</strong> · 0표 · 투표자의 0.0%" in html
    form = page.context["form"]
    first = {
        (paper.contest.order, line.option.number): form[f"outcome-{line.option.pk}"].value()
        for paper in form.papers
        for line in paper.lines
    }
    assert {at for at, outcome in first.items() if outcome == "selected"} == BEST
    assert url(round) in staff.get(f"/admin/voting/round/{round.pk}/change/").content.decode()


def test_a_decision_is_stored_with_meeting_amount_and_reason(round, staff, users):
    meeting = a_joint_meeting()
    chosen = {(1, 1), (1, 3), (2, 1), (2, 2)}
    reasons = {(1, 2): "다른 예산으로 합니다.", (1, 3): "남은 예산에 맞습니다."}
    data = filled(staff.get(url(round)), meeting, chosen, {(1, 3): "33,000,000"}, reasons)
    answer = staff.post(url(round), data)
    assert (answer.status_code, answer["Location"]) == (302, url(round, "projects"))
    stored = {
        (d.option.contest.order, d.option.number): d for d in VoteDecision.objects.select_related("option__contest")
    }
    assert len(stored) == 8 and {at for at, d in stored.items() if d.outcome == "selected"} == chosen
    kept = stored[(1, 3)]
    assert (kept.final_krw, kept.reason, kept.meeting) == (33_000_000, "남은 예산에 맞습니다.", meeting)
    assert stored[(1, 2)].final_krw is None and stored[(1, 2)].reason == "다른 예산으로 합니다."
    assert kept.history.get().history_user == users["secretariat"]
    event = AuditEvent.objects.filter(round=round).first()
    assert (event.act, event.note, event.by) == ("합동회의 결정", "선정 4건", users["secretariat"])
    again = staff.get(url(round))  # the page shows what is stored, and it may be changed until projects are made
    assert again.context["form"]["meeting"].value() == meeting.pk
    assert staff.post(url(round), filled(again, meeting, BEST)).status_code == 302
    assert VoteDecision.objects.count() == 8 and VoteDecision.objects.get(option__number=3, option__contest__order=1).outcome == "dropped"  # fmt: skip


def test_what_is_missing_is_said_at_its_field_and_nothing_typed_is_lost(round, staff):
    meeting = a_joint_meeting()
    chosen = {(1, 1), (1, 3), (2, 1), (2, 2)}  # 2 has more votes than 3
    data = filled(
        staff.get(url(round)), meeting, chosen, {(2, 1): "", (2, 2): "5천"}, {(1, 3): "남은 예산에 맞습니다."}
    )
    page = staff.post(url(round), data)
    assert errors(page) == {
        (1, 2, "reason"): "투표 순위와 다르게 정했으니 사유를 적어 주세요.",
        (2, 1, "amount"): "선정한 사업의 확정 금액을 적어 주세요.",
        (2, 2, "amount"): "금액은 원 단위의 0 이상인 정수로 적어 주세요. 예: 7,000,000",
    }
    html = page.content.decode()
    assert "남은 예산에 맞습니다." in html and 'value="5천"' in html
    assert not VoteDecision.objects.exists()
    for pk in (option.pk for option in options(round).values()):
        data.pop(f"outcome-{pk}")
    assert len([e for e in errors(staff.post(url(round), data)).values() if "선정했는지" in e]) == 8
    zero = filled(staff.get(url(round)), meeting, BEST, {(1, 1): "0"})
    assert set(errors(staff.post(url(round), zero))) == {(1, 1, "amount")}


def test_equal_ranks_depart_from_nothing_among_themselves(loaded):
    round = a_round_of_totals("old-tie", votes=(7, 7, 2))
    ranks, rows = decisions.ranks(round), options(round)

    def departing(*selected):
        made = [Row(o, "selected" if o.number in selected else "dropped", 1) for o in rows.values()]
        return {o.number for o in rows.values() if o.pk in decisions.departures(made, ranks)}

    assert departing(1) == departing(2) == departing(1, 2) == departing() == departing(1, 2, 3) == set()
    assert departing(3) == {1, 2, 3}
    assert departing(1, 3) == {2, 3}


def test_with_committee_scores_the_combined_rank_counts(loaded, staff):
    """60 for votes, 40 for scores: 1 has 60+24, 3 has 24+40, 2 has 36+20: 3 passes 2."""
    round = a_published_round(scores=SCORES, vote_weight=60, committee_weight=40)
    page = staff.get(url(round))
    html = page.content.decode()
    assert "주민 투표 60%와 심사 점수 40%를 합산한 순위" in html and "심사 100점 · 합산 2위" in html
    meeting = a_joint_meeting()
    by_votes = staff.post(url(round), filled(page, meeting, {(1, 1), (1, 2), (2, 1), (2, 2)}))
    assert set(errors(by_votes)) == {(1, 2, "reason"), (1, 3, "reason")}
    assert staff.post(url(round), filled(page, meeting, {(1, 1), (1, 3), (2, 1), (2, 2)})).status_code == 302


@pytest.mark.parametrize("which", ["none", "before", "draft", "unknown"])
def test_only_a_published_meeting_after_the_voting_decides(round, staff, which):
    meeting = {
        "none": lambda: None,
        "before": lambda: a_joint_meeting(days=-1),
        "draft": lambda: a_joint_meeting(state=MeetingState.SUBMITTED),
        "unknown": lambda: None,
    }[which]()
    data = filled(staff.get(url(round)), meeting, BEST) | ({"meeting": "99999999"} if which == "unknown" else {})
    page = staff.post(url(round), data)
    assert set(errors(page)) == {"meeting"}
    rows = [Row(o, "dropped") for o in options(round).values()]
    with pytest.raises(actions.ValidationError, match="합동회의를 골라|게시한 회의록|투표가 끝난 뒤"):
        decisions.decide(round=round, meeting=meeting, rows=rows)
    assert not VoteDecision.objects.exists()
    right = a_joint_meeting(no=990)
    assert staff.post(url(round), filled(page, right, BEST)).status_code == 302


def test_joint_meetings_stand_on_top_of_the_others(round, staff):
    meeting = a_joint_meeting()
    groups = dict(staff.get(url(round)).context["form"].fields["meeting"].choices[1:])
    assert [pk for pk, _ in groups["합동회의"]] == [meeting.pk]


def test_before_publishing_nothing_is_decided_and_no_count_is_told(loaded, staff):
    round = make_round()
    cast_some(round, 3)
    actions.close_round(round=round, early=True)
    for page in ("decide", "projects"):
        answer = staff.get(url(round, page), follow=True)
        assert "결과를 게시" in said(answer) and "득표" not in answer.content.decode().replace("득표순", "")
        assert "결과를 게시" in said(staff.post(url(round, page), {}, follow=True))
    round.refresh_from_db()
    with pytest.raises(actions.ValidationError, match="결과를 게시한 뒤에"):
        decisions.decide(round=round, meeting=a_joint_meeting(), rows=[])


def test_every_option_gets_a_decision(round):
    rows = [Row(o, "dropped") for o in options(round).values()]
    for wrong in (rows[:-1], [*rows, rows[0]], []):
        with pytest.raises(actions.ValidationError, match="모든 선택지에"):
            decisions.decide(round=round, meeting=a_joint_meeting(no=990 + len(wrong)), rows=wrong)


def test_the_second_of_two_staff_is_told(round, client_as):
    first, second, meeting = client_as("secretariat"), client_as("secretariat"), a_joint_meeting()
    one, two = first.get(url(round)), second.get(url(round))
    assert first.post(url(round), filled(one, meeting, BEST)).status_code == 302
    stale = second.post(url(round), filled(two, meeting, {(1, 1)}, reasons=dict.fromkeys(options(round), "까닭")))
    assert "그사이 다른 사람이" in stale.content.decode() and "까닭" in stale.content.decode()
    assert VoteDecision.objects.filter(outcome="selected").count() == 4
    again = filled(stale, meeting, {(1, 1)}, reasons=dict.fromkeys(options(round), "까닭"))
    assert second.post(url(round), again).status_code == 302
    assert VoteDecision.objects.filter(outcome="selected").count() == 1


def test_others_decide_nothing(round, client_as):
    for role, status in (("officer", 403), ("member", 302), ("resident", 302), (None, 302)):
        for page in ("decide", "projects"):
            assert client_as(role).post(url(round, page), {}).status_code == status
    assert not VoteDecision.objects.exists()


def test_the_pages_ask_the_same_for_few_and_many_options(loaded, staff, django_assert_max_num_queries):
    small, large = a_round_of_totals("small"), a_round_of_totals("large", votes=range(30))
    staff.get(url(small))
    counted = []
    for round in (small, large):
        with django_assert_max_num_queries(60) as found:
            assert staff.get(url(round)).status_code == 200
        counted.append(len(found))
    assert counted[0] == counted[1]


def test_a_rehearsal_decides_nothing(loaded, staff):
    round = simulation.prepare(slug="rehearsal-decides")
    round.shares = simulation.start(round)
    cast_some(round, 3)
    shares, round = round.shares, Round.objects.get(pk=round.pk)
    round.shares = shares
    round = published(round)
    for page in ("decide", "projects"):
        assert "연습 투표로는" in said(staff.get(url(round, page), follow=True))
        assert "연습 투표로는" in said(staff.post(url(round, page), {}, follow=True))
    rows = [Row(o, "dropped") for o in options(round).values()]
    with pytest.raises(actions.ValidationError, match="연습 투표로는"):
        decisions.decide(round=round, meeting=a_joint_meeting(), rows=rows)
    page = staff.get(f"/admin/voting/round/{round.pk}/change/").content.decode()
    assert url(round, "decide") not in page and url(round, "projects") not in page
    assert not VoteDecision.objects.exists()
