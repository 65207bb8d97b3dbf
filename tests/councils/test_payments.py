"""What meetings pay: the rates of the plan, who is due what, lists to pay by, days of payment."""

import io
from datetime import date

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from councils import loading, loading_rates, meeting_actions, payments
from councils.models import Allowance, AllowanceRate, Attendance, Body, Meeting, MeetingKind, Membership, Person
from geumcheon.lib.admin_parts import admin_url
from geumcheon.lib.loading import Loader, LoadError
from tests.admin_data import errors_of, form_data
from tests.councils.life import a_full_body, a_log, a_record
from tests.councils.pay import an_expense
from tests.html import queries, texts

pytestmark = pytest.mark.django_db
COUNCIL, STEERING = "금천구협치회의", "금천구협치회의 운영위원회"
WORKING = "교육·문화분과 확대회의"


@pytest.fixture
def today(time_machine):
    time_machine.move_to("2026-03-10T10:00:00+09:00", tick=False)


def member(body, name, label=None, person=None):
    body = Body.objects.get(name=body)
    seat = body.seats.filter(label=label).first() if label else body.seats.last()
    person = person or Person.objects.create(name=name)
    Membership.objects.create(body=body, person=person, seat=seat, starts_on=date(2021, 1, 1))
    return person


def met(kind, bodies, people, on=date(2021, 3, 4), **fields):
    """A published meeting of 2021 with these people present, its allowances computed."""
    no = Meeting.objects.filter(year=on.year).count() + 1
    meeting = Meeting.objects.create(
        year=on.year, no=no, kind=MeetingKind.objects.get(name=kind), starts_on=on, **fields
    )
    meeting.bodies.set(Body.objects.filter(name__in=bodies))
    for person in people:
        Attendance.objects.create(meeting=meeting, person=person, present=True)
    payments.freeze(meeting)
    return meeting


def costs(meeting):
    return sorted(meeting.allowances.values_list("person__name", "amount_krw"))


# --- rates of the plan --------------------------------------------------------------------------------------------
def test_the_rates_of_2021_are_loaded(loaded):
    got = {
        rate.name: (
            rate.amount_krw,
            [kind.name for kind in rate.meeting_kinds.all()],
            rate.bodies.count(),
            rate.joint,
            rate.seat_kinds,
            (rate.starts_on, rate.ends_before),
        )
        for rate in AllowanceRate.objects.all()
    }
    rest = (["위촉직 민간", "민간"], (date(2021, 1, 1), date(2022, 1, 1)))
    assert got == {
        "금천구협치회의 참석수당": (70_000, ["정례회", "임시회"], 1, False, *rest),
        "운영위원회 참석수당": (70_000, ["운영위원회"], 1, False, *rest),
        "분과별 확대회의 참석수당": (20_000, ["확대회의"], 5, False, *rest),
        "합동회의 참석수당": (70_000, ["운영위원회", "분과회의", "확대회의", "합동회의"], 0, True, *rest),
    }
    assert not AllowanceRate.objects.filter(source="").exists()


def test_a_session_of_the_council_pays_its_civilians_only(loaded):
    civil, councillor = member(COUNCIL, "민간", "위촉직 민간"), member(COUNCIL, "구의원", "위촉직 구의원")
    official, absent = member(COUNCIL, "공무원", "당연직"), member(COUNCIL, "안 옴", "위촉직 민간")
    assert absent
    assert costs(met("정례회", [COUNCIL], [civil, councillor, official])) == [("민간", 70_000)]
    assert costs(met("교육", [COUNCIL], [civil])) == []


def test_the_steering_committee_pays_by_the_seat_in_the_council(loaded):
    """Everybody sits there by another office: the chair of a part is a civilian of the council, the official is none."""
    chair = member(COUNCIL, "분과위원장", "위촉직 민간")
    member(STEERING, "", "분과위원장", chair)
    official = member(STEERING, "협치조정관", "협치조정관")
    assert costs(met("운영위원회", [STEERING], [chair, official])) == [("분과위원장", 70_000)]


def test_a_working_group_pays_less_and_a_joint_meeting_once(loaded):
    person = member(WORKING, "위원", "위원")
    assert costs(met("확대회의", [WORKING], [person])) == [("위원", 20_000)]
    other = "복지·건강분과 확대회의"
    member(other, "", "위원", person)
    assert costs(met("확대회의", [WORKING, other], [person])) == [("위원", 70_000)]


@pytest.mark.parametrize(
    ("day", "paid"),
    [(date(2020, 12, 31), []), (date(2021, 1, 1), [70_000]), (date(2021, 12, 31), [70_000]), (date(2022, 1, 1), [])],
)
def test_a_rate_holds_from_its_first_day_to_before_its_end(loaded, day, paid):
    person = member(COUNCIL, "민간", "위촉직 민간")
    person.memberships.update(starts_on=date(2020, 1, 1))
    meeting = met("임시회", [COUNCIL], [person], day)
    assert [won for _, won in costs(meeting)] == paid


# --- rates in the admin -------------------------------------------------------------------------------------------
def test_a_rate_names_known_seats_and_keeps_what_it_paid(client_as, loaded):
    client = client_as("secretariat")
    rate = AllowanceRate.objects.get(name="금천구협치회의 참석수당")
    url = admin_url(AllowanceRate, "change", rate.pk)
    data = form_data(client.get(url), AllowanceRate)
    assert data["seat_kinds"] == ["위촉직 민간", "민간"]
    assert list(errors_of(client.post(url, data | {"seat_kinds": ["없는 자리"]}))) == ["seat_kinds"]
    assert client.post(url, data | {"seat_kinds": ["위촉직 민간"], "amount_krw": "80000"}).status_code == 302
    rate.refresh_from_db()
    assert (rate.seat_kinds, rate.amount_krw) == (["위촉직 민간"], 80_000)
    met("정례회", [COUNCIL], [member(COUNCIL, "민간", "위촉직 민간")])
    client.post(url, data | {"seat_kinds": ["민간"], "amount_krw": "90000"})
    rate.refresh_from_db()
    assert (rate.seat_kinds, rate.amount_krw) == (["민간"], 80_000)


# --- lists to pay by ----------------------------------------------------------------------------------------------
def sheet_of(response):
    """(rows as lists with formulas, rows with the values kept) of a list to pay by."""
    assert response.status_code == 200, response.get("Location")
    return [
        [[cell.value for cell in row] for row in load_workbook(io.BytesIO(response.content), data_only=kept).active]
        for kept in (False, True)
    ]


def test_the_list_of_a_meeting_has_a_line_each_and_a_living_total(client_as, loaded):
    people = [member(COUNCIL, name, "위촉직 민간") for name in ("가위원", "=1+1", "나위원")]
    meeting = met("정례회", [COUNCIL], people, place="대강당")
    url = reverse("admin:councils_allowance_sheet", args=[meeting.pk])
    response = client_as("secretariat").get(url)
    assert "no-store" in response["Cache-Control"]
    live, kept = sheet_of(response)
    assert [row[0] for row in live[:4]] == [
        "참석수당 지급 명세서",
        f"2021년 {meeting.no}번째 회의 · 정례회 (금천구협치회의)",
        "일시: 2021. 3. 4.(목)",
        "장소: 대강당",
    ]
    assert live[4] == ["연번", "기구", "자리", "이름", "단가(원)", "금액(원)", "서명"]
    assert live[5:8] == [
        [1, COUNCIL, "위촉직 민간", "'=1+1", 70_000, 70_000, ""],
        [2, COUNCIL, "위촉직 민간", "가위원", 70_000, 70_000, ""],
        [3, COUNCIL, "위촉직 민간", "나위원", 70_000, 70_000, ""],
    ]
    assert (live[8][0], live[8][5], kept[8][5]) == ("합계 (3명)", "=SUM(F6:F8)", 210_000)
    assert client_as("officer").get(url).status_code == 403


def test_expenses_stand_below_those_who_attended_in_one_sum(client_as, loaded):
    meeting = met("정례회", [COUNCIL], [member(COUNCIL, "가위원", "위촉직 민간")])
    other = met("정례회", [COUNCIL], [], place="별관")
    an_expense(meeting=meeting), an_expense("1,000원×3명", meeting=other)
    client = client_as("secretariat")
    live, kept = sheet_of(client.get(reverse("admin:councils_allowance_sheet", args=[meeting.pk])))
    assert live[0][0] == "참석수당·실비 지급 명세서"
    assert live[5][3:6] == ["가위원", 70_000, 70_000]
    assert live[6][0] == "실비 (누구에게 · 무엇에, 산출식)"
    assert live[7] == [2, "참여 주민 5명", "교통비\n10,000원×2시간×2회×5명", None, None, 200_000, ""]
    assert (live[8][0], live[8][5], kept[8][5]) == ("합계 (1명, 실비 1건)", "=SUM(F6:F8)", 270_000)
    live, kept = sheet_of(client.get(reverse("admin:councils_allowance_sheet", args=[other.pk])))
    assert (live[0][0], live[7][0], kept[7][5]) == ("실비 지급 명세서", "합계 (실비 1건)", 3_000)


def test_the_list_of_a_month_has_the_expenses_of_its_meetings_and_a_bodys_list_has_none(client_as, loaded):
    meeting = met("정례회", [COUNCIL], [member(COUNCIL, "가위원", "위촉직 민간")])
    an_expense(meeting=meeting), an_expense(meeting=met("정례회", [COUNCIL], [], date(2021, 4, 1)))
    url = reverse("admin:councils_allowance_month")
    client = client_as("secretariat")
    live, kept = sheet_of(client.get(url, {"month": "2021-03"}))
    assert (live[0][0], live[1][0]) == ("2021년 3월 참석수당·실비 지급 명세서", "회의 1건 · 연인원 1명")
    assert live[5][:4] == [2, "2021. 3. 4.(목)", f"2021-{meeting.no} 정례회", "참여 주민 5명"]
    assert (live[6][7], kept[6][7]) == ("=SUM(H4:H6)", 270_000)
    live, kept = sheet_of(client.get(url, {"month": "2021-03", "body": Body.objects.get(name=COUNCIL).pk}))
    assert (live[0][0], kept[-1][7]) == (f"2021년 3월 {COUNCIL} 참석수당 지급 명세서", 70_000)


def test_the_page_of_a_meeting_shows_its_expenses_and_their_sum(client_as, loaded):
    meeting = met("정례회", [COUNCIL], [])
    url = reverse("admin:councils_allowance_meeting", args=[meeting.pk])
    client = client_as("secretariat")
    assert client.get(url).status_code == 404
    made = an_expense(meeting=meeting)
    page = client.get(url)
    assert texts(page, "h1") == ["참석수당과 실비 지급"]
    assert any("합계 200,000원" in text for text in texts(page, "dl"))
    assert reverse("admin:budgets_expensepayment_change", args=[made.pk]) in page.content.decode()
    assert client_as("officer").get(url).status_code == 403


def test_the_list_of_a_month_has_its_meetings_only(client_as, loaded):
    first, second = member(COUNCIL, "가위원", "위촉직 민간"), member(WORKING, "나위원", "위원")
    met("정례회", [COUNCIL], [first], date(2021, 3, 31))
    met("확대회의", [WORKING], [second], date(2021, 3, 1))
    met("확대회의", [WORKING], [second], date(2021, 4, 1))
    url = reverse("admin:councils_allowance_month")
    live, kept = sheet_of(client_as("secretariat").get(url, {"month": "2021-03"}))
    assert live[0][0] == "2021년 3월 참석수당 지급 명세서"
    assert live[1][0] == "회의 2건 · 연인원 2명"
    assert [(row[1], row[3], row[5], row[7]) for row in live[3:5]] == [
        ("2021. 3. 1.(월)", WORKING, "나위원", 20_000),
        ("2021. 3. 31.(수)", COUNCIL, "가위원", 70_000),
    ]
    assert (live[5][7], kept[5][7]) == ("=SUM(H4:H5)", 90_000)
    assert client_as("officer").get(url, {"month": "2021-03"}).status_code == 403
    for nonsense in ("", "2021-13", "2021-3", "2021-W10", "x", "\x00", "9999-12"):
        assert client_as("secretariat").get(url, {"month": nonsense}).status_code in (302, 400)


def test_an_empty_month_has_a_total_of_nothing(client_as, loaded):
    live, _ = sheet_of(client_as("secretariat").get(reverse("admin:councils_allowance_month"), {"month": "2021-12"}))
    assert live[-1][7] == 0


def test_the_page_of_a_meeting_costs_the_same_with_one_and_with_three_people(client_as, loaded):
    client = client_as("secretariat")
    people = [member(COUNCIL, f"위원 {i}", "위촉직 민간") for i in range(3)]
    one, three = met("정례회", [COUNCIL], people[:1]), met("정례회", [COUNCIL], people)
    addresses = [reverse("admin:councils_allowance_meeting", args=[m.pk]) for m in (one, three)]
    client.get(addresses[0])
    assert queries(client, addresses[0]) == queries(client, addresses[1])


def test_a_meeting_that_pays_nothing_has_no_list(client_as, loaded):
    meeting = Meeting.objects.first()
    for name in ("meeting", "sheet"):
        url = reverse(f"admin:councils_allowance_{name}", args=[meeting.pk])
        assert client_as("secretariat").get(url).status_code == 404


# --- days of payment ----------------------------------------------------------------------------------------------
def test_paying_writes_one_day_on_what_is_unpaid_and_again_changes_nothing(client_as, loaded, today):
    people = [member(COUNCIL, f"위원 {i}", "위촉직 민간") for i in range(3)]
    meeting, other = met("정례회", [COUNCIL], people), met("임시회", [COUNCIL], people)
    meeting.allowances.filter(person=people[0]).update(paid_on=date(2021, 3, 8))
    url = reverse("admin:councils_allowance_meeting", args=[meeting.pk])
    client = client_as("secretariat")
    response = client.post(url, {"on": "2021-03-15"}, follow=True)
    assert any("2명의 지급일을 적었습니다." in text for text in texts(response, "li"))
    days = [date(2021, 3, 8), date(2021, 3, 15), date(2021, 3, 15)]
    assert list(meeting.allowances.order_by("paid_on").values_list("paid_on", flat=True)) == days
    response = client.post(url, {"on": "2021-04-01"}, follow=True)
    assert any("모두 이미 지급했습니다." in text for text in texts(response, "li"))
    assert list(meeting.allowances.order_by("paid_on").values_list("paid_on", flat=True)) == days
    assert not other.allowances.filter(paid_on__isnull=False).exists()


@pytest.mark.parametrize("day", ["2021-03-03", "2026-03-11", "2021-02-31", ""])
def test_a_day_that_cannot_be_is_refused(client_as, loaded, today, day):
    meeting = met("정례회", [COUNCIL], [member(COUNCIL, "위원", "위촉직 민간")])
    url = reverse("admin:councils_allowance_meeting", args=[meeting.pk])
    response = client_as("secretariat").post(url, {"on": day})
    assert response.status_code == 200
    assert list(response.context["form"].errors) == ["on"]
    assert meeting.allowances.get().paid_on is None


def test_only_the_secretariat_pays(client_as, loaded, today):
    meeting = met("정례회", [COUNCIL], [member(COUNCIL, "위원", "위촉직 민간")])
    url = reverse("admin:councils_allowance_meeting", args=[meeting.pk])
    assert client_as("officer").post(url, {"on": "2021-03-15"}).status_code == 403
    assert client_as("member").post(url, {"on": "2021-03-15"}).status_code == 302
    assert meeting.allowances.get().paid_on is None


def test_a_correction_leaves_what_was_paid(client_as, loaded, today):
    body, people = a_full_body(4)
    rate = AllowanceRate.objects.create(
        name="시험", amount_krw=70_000, seat_kinds=["위촉직 민간"], starts_on=date(2026, 1, 1)
    )
    rate.bodies.set([body])
    meeting = a_log(body, people)
    meeting_actions.submit(meeting=meeting, by=people[0].user)
    meeting_actions.publish(meeting=meeting, by=people[1].user)
    client = client_as("secretariat")
    client.post(reverse("admin:councils_allowance_meeting", args=[meeting.pk]), {"on": "2026-03-09"})
    meeting_actions.correct(
        meeting=meeting,
        by=people[1].user,
        reason="한 사람은 오지 않았음",
        record=a_record(present=people[:3], absent=people[3:]),
    )
    assert set(meeting.allowances.values_list("paid_on", flat=True)) == {date(2026, 3, 9)}
    assert meeting.allowances.count() == 4


def test_the_list_of_allowances_leads_to_the_meeting_and_filters(client_as, loaded):
    client = client_as("secretariat")
    meeting = met("정례회", [COUNCIL], [member(COUNCIL, "위원", "위촉직 민간")])
    met("임시회", [COUNCIL], list(Person.objects.all()), date(2021, 5, 6))
    url = admin_url(Allowance)
    response = client.get(url, {"month": "2021-03", "paid": "no"})
    assert [row.meeting_id for row in response.context["cl"].result_list] == [meeting.pk]
    assert reverse("admin:councils_allowance_meeting", args=[meeting.pk]) in response.content.decode()
    assert list(client.get(url, {"paid": "yes"}).context["cl"].result_list) == []
    assert list(client.get(url, {"month": "x"}).context["cl"].result_list) == []


# --- loading ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("amount_krw: 70000", "amount_krw: 칠만", "allowance_rates.yaml · 1번째 · amount_krw"),
        ("[위촉직 민간, 민간]", "[시민]", "allowance_rates.yaml · 1번째 · seat_kinds: 모르는 자리 종류입니다: 시민"),
        ("[정례회, 임시회]", "[반상회]", "allowance_rates.yaml · 1번째 · meeting_kinds: 모르는 회의 종류입니다: 반상회"),
        ("bodies: [금천구협치회의]", "bodies: [없음]", "allowance_rates.yaml · 1번째 · bodies: 모르는 기구입니다: 없음"),
        ("ends: '2021-12-31'", "ends: '2020-12-30'", "allowance_rates.yaml · 1번째"),
        ("joint: true", "joint: 예", "allowance_rates.yaml · 4번째 · joint"),
    ],
)  # fmt: skip
def test_a_wrong_rate_names_file_row_and_field(loaded, tmp_path, old, new, words):
    text = (loading.DATA / "2021" / "allowance_rates.yaml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "allowance_rates.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(LoadError) as error:
        loading_rates.load(path, Loader())
    assert str(error.value).startswith(words)


def test_loading_again_changes_nothing_and_keeps_rates_of_others(loaded):
    AllowanceRate.objects.create(name="손으로", amount_krw=1, starts_on=date(2021, 1, 1))
    loader = Loader()
    loading_rates.load(loading.DATA / "2021" / "allowance_rates.yaml", loader)
    assert not loader.changed
    assert AllowanceRate.objects.count() == 5
