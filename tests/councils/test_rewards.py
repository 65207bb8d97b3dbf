"""The reward system: rules, an immutable ledger, rounds decided once, the table of a year."""

import io
from datetime import date

import pytest
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from openpyxl import load_workbook

from councils import reward_actions as actions
from councils.models import RewardAward, RewardEntry, RewardRound, RewardRule
from geumcheon.accounts.models import Department
from geumcheon.lib.admin_parts import admin_url
from tests.admin_data import errors_of, form_data
from tests.councils.pay import a_rule, an_entry
from tests.html import elements, queries

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to("2021-09-01T10:00:00+09:00", tick=False)


@pytest.fixture
def departments(loaded):
    return list(Department.objects.order_by("name")[:4])


def a_round(no=1, **fields):
    days = {"starts_on": date(2021, 1, 1), "ends_before": date(2021, 7, 1)}
    return RewardRound.objects.create(year=2021, no=no, **{**days, **fields})


# --- the ledger ---------------------------------------------------------------------------------------------------
def test_a_line_gets_the_points_of_its_rule(client_as, departments):
    client, rule = client_as("secretariat"), a_rule(points=30)
    url = admin_url(RewardEntry, "add")
    data = form_data(client.get(url), RewardEntry)
    typed = {
        "rule": rule.pk,
        "department": departments[0].pk,
        "official": "주무관",
        "on": "2021-03-02",
        "basis": "공문 12",
    }
    assert client.post(url, data | typed | {"points": "999"}).status_code == 302
    entry = RewardEntry.objects.get()
    assert (entry.points, entry.official, entry.basis, entry.on) == (30, "주무관", "공문 12", date(2021, 3, 2))
    assert entry.entered_at is not None


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("on", "2020-12-31", {"rule": ["그날 쓰지 않는 규칙입니다."]}),
        ("on", "2021-09-02", {"on": ["날짜는 오늘보다 뒤일 수 없습니다."]}),
        ("basis", "취소: 장부 1번 · x", {"basis": ["취소하는 줄은 취소할 줄에서 만듭니다."]}),
    ],
)
def test_a_line_that_cannot_stand_is_refused_at_its_field(client_as, departments, field, value, words):
    client, rule = client_as("secretariat"), a_rule()
    typed = {"rule": rule.pk, "department": departments[0].pk, "on": "2021-03-02", "basis": "공문"}
    response = client.post(admin_url(RewardEntry, "add"), typed | {field: value})
    assert errors_of(response) == words
    assert not RewardEntry.objects.exists()


def test_a_line_is_never_changed_nor_deleted(client_as, departments):
    entry = an_entry(a_rule(), departments[0])
    client = client_as("secretariat")
    for page in ("change", "delete"):
        assert client.post(admin_url(RewardEntry, page, entry.pk), {"basis": "고침", "post": "yes"}).status_code == 403
    data = {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"}
    client.post(admin_url(RewardEntry), data)
    entry.refresh_from_db()
    assert entry.basis == "공문"


def test_a_wrong_line_is_taken_back_once_by_a_minus_of_its_day(client_as, departments):
    entry = an_entry(a_rule(points=10), departments[0])
    client = client_as("secretariat")
    url = reverse("admin:councils_rewardentry_reverse", args=[entry.pk])
    assert url in client.get(admin_url(RewardEntry, "change", entry.pk)).content.decode()
    assert client.post(url, {"reason": "두 번 적음"}).status_code == 302
    minus = RewardEntry.objects.exclude(pk=entry.pk).get()
    assert (minus.points, minus.on, minus.department_id, minus.rule_id) == (-10, entry.on, entry.department_id, entry.rule_id)  # fmt: skip
    assert minus.basis == f"취소: 장부 {entry.pk}번 · 두 번 적음"
    assert actions.ranking(a_round()) == [actions.Rank(1, departments[0].pk, departments[0].name, 0)]
    assert client.post(url, {"reason": "다시"}).context["form"].non_field_errors() == ["이미 취소한 줄입니다."]
    again = reverse("admin:councils_rewardentry_reverse", args=[minus.pk])
    assert client.post(again, {"reason": "다시"}).status_code == 200
    assert url not in client.get(admin_url(RewardEntry, "change", entry.pk)).content.decode()
    assert RewardEntry.objects.count() == 2


def test_taking_back_needs_a_reason_and_the_secretariat(client_as, users, departments):
    entry = an_entry(a_rule(), departments[0])
    url = reverse("admin:councils_rewardentry_reverse", args=[entry.pk])
    assert list(client_as("secretariat").post(url, {"reason": " "}).context["form"].errors) == ["reason"]
    assert client_as("officer").post(url, {"reason": "x"}).status_code == 403
    with pytest.raises(PermissionDenied):
        actions.reverse(entry=entry, by=users["officer"], reason="x")
    with pytest.raises(PermissionDenied):
        actions.record(by=users["officer"], rule=entry.rule, department=departments[0], on=entry.on, basis="x")
    assert RewardEntry.objects.count() == 1


def test_a_rule_that_changes_leaves_the_ledger(departments):
    rule = a_rule(points=10)
    entry = an_entry(rule, departments[0])
    RewardRule.objects.update(points=99)
    entry.refresh_from_db()
    assert entry.points == 10


# --- rounds -------------------------------------------------------------------------------------------------------
def test_the_ranking_counts_the_period_and_shares_places(departments):
    rule, (a, b, c, d) = a_rule(), departments
    for department, points in ((a, 10), (b, 30), (c, 10), (a, 5), (c, 5), (d, 1)):
        an_entry(rule, department, points=points)
    an_entry(rule, d, date(2021, 7, 1), 1000)  # the day after the period
    an_entry(rule, d, date(2020, 12, 31), 1000)
    an_entry(rule, d, date(2021, 6, 30), 1)
    got = [(rank.place, rank.department, rank.points) for rank in actions.ranking(a_round())]
    assert got == [(1, b.name, 30), (2, a.name, 15), (2, c.name, 15), (4, d.name, 2)]


def test_a_decision_keeps_points_and_won_once(client_as, departments):
    rule, (a, b, *_) = a_rule(points=10), departments
    an_entry(rule, a), an_entry(rule, b), an_entry(rule, b)
    award_round = a_round()
    client = client_as("secretariat")
    url = reverse("admin:councils_rewardround_award", args=[award_round.pk])
    assert client.get(url).status_code == 200
    typed = {"decided_on": "2021-08-02", f"won-{b.pk}": "1,000,000", f"won-{a.pk}": ""}
    assert client.post(url, typed).status_code == 302
    an_entry(rule, b)  # written late: the decision stays
    assert list(RewardAward.objects.values_list("department", "points", "amount_krw")) == [(b.pk, 20, 1_000_000)]
    award_round.refresh_from_db()
    assert award_round.decided_on == date(2021, 8, 2)
    assert client.post(url, typed | {f"won-{a.pk}": "5"}).status_code == 302
    assert RewardAward.objects.count() == 1
    change = admin_url(RewardRound, "change", award_round.pk)
    assert "1,000,000원" in client.get(change).content.decode()
    assert client.post(change, {"year": 2022}).status_code == 403
    assert client.get(admin_url(RewardRound, "delete", award_round.pk)).status_code == 403


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"decided_on": "2021-06-30"}, "decided_on"),  # within the period
        ({"decided_on": "2021-09-02"}, "decided_on"),  # in the future
        ({"won-a": "100,00"}, "won-a"),
        ({"won-a": ""}, "__all__"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(client_as, departments, typed, field):
    department = departments[0]
    an_entry(a_rule(), department)
    award_round = a_round()
    names = {"won-a": f"won-{department.pk}"}
    data = {"decided_on": "2021-08-02", "won-a": "1000"} | typed
    url = reverse("admin:councils_rewardround_award", args=[award_round.pk])
    response = client_as("secretariat").post(url, {names.get(name, name): value for name, value in data.items()})
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [names.get(field, field)]
    assert not RewardAward.objects.exists()


def test_an_award_needs_points_and_the_secretariat(client_as, users, departments):
    a, b, *_ = departments
    an_entry(a_rule(), a)
    award_round = a_round()
    day = date(2021, 8, 2)
    with pytest.raises(ValidationError, match="점수가 없는 부서"):
        actions.award(award_round=award_round, by=users["secretariat"], amounts={b.pk: 5}, decided_on=day)
    with pytest.raises(PermissionDenied):
        actions.award(award_round=award_round, by=users["officer"], amounts={a.pk: 5}, decided_on=day)
    url = reverse("admin:councils_rewardround_award", args=[award_round.pk])
    assert client_as("officer").post(url, {"decided_on": "2021-08-02"}).status_code == 403
    assert not RewardAward.objects.exists()


# --- the table of a year ------------------------------------------------------------------------------------------
@pytest.fixture
def year(departments):
    a, b, *_ = departments
    doing, finding = a_rule(points=10), a_rule("과제 발굴", "finding", 7)
    learning = a_rule("협치 교육", "learning", 3)
    an_entry(doing, a), an_entry(doing, a), an_entry(learning, a), an_entry(finding, b)
    an_entry(doing, b, date(2020, 12, 31))
    return [[a.name, "20", "0", "3", "23"], [b.name, "0", "7", "0", "7"], ["합계", "20", "7", "3", "30"]]


def test_the_table_of_a_year_is_departments_by_kinds(client_as, year):
    client = client_as("secretariat")
    response = client.get(reverse("admin:councils_rewardentry_table"), {"year": 2021})
    rows = [element["text"] for element in elements(response, "tr")][-4:]  # the navigation is a table too
    assert rows == ["부서 실행 발굴 역량강화 합계", *(" ".join(row) for row in year)]
    book = client.get(reverse("admin:councils_rewardentry_table_xlsx"), {"year": 2021})
    sheet = load_workbook(io.BytesIO(book.content)).active
    assert [[str(cell.value) for cell in row] for row in sheet] == [["부서", "실행", "발굴", "역량강화", "합계"], *year]
    for name in ("table", "table_xlsx"):
        url = reverse(f"admin:councils_rewardentry_{name}")
        assert client_as("officer").get(url).status_code == 403
        assert client.get(url, {"year": "<x>"}).status_code == 200


def test_the_table_costs_the_same_with_one_and_with_three_departments(client_as, departments):
    client, rule = client_as("secretariat"), a_rule()
    url = f"{reverse('admin:councils_rewardentry_table')}?year=2021"
    an_entry(rule, departments[0])
    client.get(url)
    count = queries(client, url)
    an_entry(rule, departments[1]), an_entry(rule, departments[2])
    assert queries(client, url) == count


def test_rewards_are_the_secretariats_alone(client_as, departments):
    for model in (RewardRule, RewardEntry, RewardRound):
        assert model in admin.site._registry
        assert client_as("secretariat").get(admin_url(model)).status_code == 200
        assert client_as("officer").get(admin_url(model)).status_code == 403
