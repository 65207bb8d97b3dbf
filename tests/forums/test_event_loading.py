"""The events of the 2021 plan as loaded: those held in 2019 with their meetings, those planned, the assembly's votes, printed numbers."""

import shutil
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from budgets.reconciliation import reconcile
from councils.models import Meeting
from forums import event_actions, event_pages, hall, hall_actions, loading
from forums.models import Event, EventKind, EventState, Priority, PriorityItem, Registration
from geumcheon.lib.loading import Loader, LoadError
from tests.forums.ladders import a_secretary

pytestmark = pytest.mark.django_db
# The kinds the portal must know from the start.
KINDS = {
    "공론장", "계획공론장", "주민공론장(설명회)", "협치론장", "협치 요리조리학교", "비빔밥 워크숍", "예산·협치학교", "성과공유회", "보고회", "현장조사",
}  # fmt: skip


def of(code):
    return event_pages.dressed(Event.objects.filter(code=f"2021-{code}")).get()


def test_two_workshops_and_six_trainings_of_2019_stand_on_their_meetings(loaded):
    assert Meeting.objects.filter(year=2019).count() == 93  # no second one
    expected = {
        "workshop-2019-1": (13, "everybody", "", 8, 31), "workshop-2019-2": (80, "everybody", "", 10, 27),
        "school-2019-spring-1": (40, "residents", "basic", 3, 14), "school-2019-spring-2": (42, "residents", "basic", 3, 15),
        "school-2019-spring-3": (43, "residents", "advanced", 3, 13), "school-2019-autumn-1": (82, "officials", "basic", 2, 18),
        "school-2019-autumn-2": (84, "officials", "advanced", 2, 10),
    }  # fmt: skip
    for code, (no, audience, level, hours, came) in expected.items():
        event = of(code)
        found = event.meeting.no, event.audience, event.level, event.hours, event_pages.came(event)
        assert found == (no, audience, level, hours, came), code
        assert event.state == EventState.CLOSED
    last = event_pages.dress(of("school-2019-autumn-3"), None)
    assert (last.meeting.no, last.length, last.came, last.whole_day) == (86, "10분", 57, True)
    assert not Registration.objects.exists()  # nobody is invented


def test_planned_events_hang_on_their_projects_without_a_day_or_people(loaded):
    planned = Event.objects.filter(code__startswith="2021-p")
    assert set(planned.values_list("state", "starts_at", "headcount", "meeting", "year")) == {
        ("planned", None, None, None, 2021)
    }
    assert set(planned.values_list("project__number", flat=True)) == set(range(1, 18))
    assert of("p04-residents").when_text == "1~2월"
    assert of("p02-sharing").when_text == "12월 중"
    assert planned.exclude(source="").count() == planned.count() == 57


def test_the_kinds_the_issue_lists_are_rows(loaded):
    assert set(EventKind.objects.values_list("name", flat=True)) >= KINDS
    assert set(EventKind.objects.filter(training=True).values_list("name", flat=True)) == {
        "협치 요리조리학교", "예산·협치학교", "교육",
    }  # fmt: skip


def test_the_assembly_of_2019_as_it_was(loaded):
    (subcommittees, first), (_, citizens) = hall.of_event(of("assembly-2019"))
    assert [place.item.votes for place in first] == [13, 12, 11, 10, 10, 7, 5, 2, 0, None]
    assert [(place.rank, place.tied) for place in first][:6] == [
        (1, False), (2, False), (3, False), (4, True), (4, True), (6, False),
    ]  # fmt: skip
    assert [place.item.tier for place in citizens] == ["상위"] * 5 + ["하위"] * 6
    assert [place.item.votes for place in citizens] == [19, 18, 15, 11, 10, 23, 17, 9, 8, 6, 6]
    assert not any(place.differs for place in [*first, *citizens])
    assert "교육을 통한 협치학교" in subcommittees.note


def test_the_printed_numbers_stand_beside_the_rows(loaded):
    found = {finding.figure.key: finding for finding in hall.findings(2021)}
    expected = {"a3-assembly-presented-count": 21, "a3-assembly-presented-amount": 1_273_850, "s1-training-count-2019": 8,
                "a3-school-2019-spring-hours": 9, "a3-assembly-subcommittees-count": 9, "a3-assembly-citizens-ranks": 11}  # fmt: skip
    assert {key: found[key].computed for key in expected} == expected
    assert all(finding.matches for finding in found.values())
    PriorityItem.objects.filter(title="자치공론장").update(amount_krw=26_000_000, votes=1)
    found = {finding.figure.key: finding for finding in hall.findings(2021)}
    assert found["a3-assembly-presented-amount"].difference == -1000
    assert not found["a3-assembly-subcommittees-ranks"].matches


def test_about_160_against_121_is_a_finding(loaded):
    (found,) = [finding for finding in reconcile(loaded) if finding.key == "a3-forum-2019-06-24"]
    assert (found.stated, found.computed, found.matches) == (160, 121, False)


def test_a_page_tells_the_figures_and_the_reconciliation_leads_there(loaded, client):
    page = client.get("/forums/figures/2021/").content.decode()
    assert "1,273,850천원" in page
    assert client.get("/forums/figures/1999/").status_code == 404
    assert "/forums/figures/2021/" in client.get(reverse("budgets:reconciliation", args=[2021])).content.decode()
    assert "공동 4위" in client.get(f"/forums/{of('assembly-2019').pk}/").content.decode()


def test_a_second_run_changes_nothing_and_a_dry_run_tells(loaded):
    Event.objects.filter(code="2021-assembly-2019").update(title="고친 이름")
    out = StringIO()
    call_command("load_plan", "2021", dry_run=True, stdout=out)
    assert "고친 이름" in out.getvalue()
    loading.load(loaded, Loader())
    again = Loader()
    loading.load(loaded, again)
    assert not again.changed
    assert of("assembly-2019").title == "2019. 나풀나풀 100인+ 협치론장"


def test_what_people_changed_is_theirs(loaded):
    office, event = a_secretary(), of("p02-sharing")
    event_actions.edit(event=event, by=office, values={"title": "성과를 나누는 날"})
    vote = Priority.objects.get(code="2021-citizens")
    lines = [{"pk": i.pk, "title": i.title, "tier": i.tier, "votes": i.votes} for i in vote.items.all()][:4]
    values = {"title": vote.title, "method": "sticker", "tiers": vote.tiers, "note": "", "published": False}
    hall_actions.save_priority(event=vote.event, by=office, values=values, items=lines, priority=vote)
    loader = Loader()
    loading.load(loaded, loader)
    assert not loader.changed
    assert of("p02-sharing").title == "성과를 나누는 날"
    assert vote.items.count() == 4


@pytest.mark.parametrize(
    ("name", "old", "new", "told"),
    [
        ("events.yaml", "meeting: 2019-13", "meeting: 2019-14", "행사와 날짜가 다른 회의입니다"),
        ("events.yaml", "meeting: 2019-13", "meeting: 2019-99", "모르는 이름입니다: 2019-99"),
        ("events.yaml", "starts: 2019-02-15 10:00", "starts: 2019-02-31 10:00", "starts: 날짜와 시각"),
        ("events.yaml", "kind: 비빔밥 워크숍", "kind: 잔치", "kind"),
        ("events.yaml", "project: 17", "project: 18", "이 계획에 없는 사업 번호입니다: 18"),
        ("events.yaml", "code: p01-forum", "code: p01-workshop", "같은 이름이 두 번 있습니다: p01-workshop"),
        ("event_kinds.yaml", "meeting_kind: 워크숍", "meeting_kind: 잔치", "meeting_kind"),
        ("priorities.yaml", "tier: 상위", "tier: 중위", "items 1 · tier: 상위 / 하위 가운데 하나여야 합니다"),
        ("priorities.yaml", "votes: 13", "votes: -13", "votes: 0보다 작을 수 없습니다: -13"),
        ("event_figures.csv", ",subcommittees citizens,", ",committees,", "모르는 행사나 우선순위입니다: committees"),
    ],
)
def test_a_wrong_file_is_refused_with_file_row_and_field(loaded, tmp_path, name, old, new, told):
    shutil.copytree(loading.DATA / "2021", tmp_path / "2021")
    path = tmp_path / "2021" / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(LoadError, match=name) as error:
        loading.load(loaded, Loader(), tmp_path)
    assert told in str(error.value)
