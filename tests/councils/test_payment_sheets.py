"""The list of one body in a month, and the sums under the list of allowances."""

from datetime import date

import pytest
from django.urls import reverse

from councils.models import Allowance, Body
from geumcheon.lib.admin_parts import admin_url
from tests.councils.test_payments import COUNCIL, WORKING, member, met, sheet_of
from tests.html import texts

pytestmark = pytest.mark.django_db
OTHER = "복지·건강분과 확대회의"


@pytest.fixture
def march(loaded):
    """A session of the council, and a joint meeting of two working groups: three people, one in each body."""
    people = [
        member(COUNCIL, "가위원", "위촉직 민간"),
        member(WORKING, "나위원", "위원"),
        member(OTHER, "다위원", "위원"),
    ]
    met("정례회", [COUNCIL], people[:1], date(2021, 3, 4))
    met("확대회의", [WORKING, OTHER], people[1:], date(2021, 3, 5))
    return people


def rows_of(client, body):
    url = reverse("admin:councils_allowance_month")
    live, kept = sheet_of(client.get(url, {"month": "2021-03", "body": Body.objects.get(name=body).pk}))
    return live[0][0], [(row[3], row[5], row[7]) for row in live[3:-1]], (live[-1][0], live[-1][7], kept[-1][7])


def test_the_list_of_a_body_has_its_own_members_only(client_as, march):
    client = client_as("secretariat")
    assert rows_of(client, OTHER) == (
        f"2021년 3월 {OTHER} 참석수당 지급 명세서",
        [(OTHER, "다위원", 70_000)],
        ("합계 (1명)", "=SUM(H4:H4)", 70_000),
    )
    assert [rows_of(client, name)[1] for name in (COUNCIL, WORKING)] == [
        [(COUNCIL, "가위원", 70_000)],
        [(WORKING, "나위원", 70_000)],
    ]


def test_the_lists_of_all_bodies_add_up_to_the_month(client_as, march):
    client = client_as("secretariat")
    _, kept = sheet_of(client.get(reverse("admin:councils_allowance_month"), {"month": "2021-03"}))
    assert kept[-1][7] == sum(rows_of(client, name)[2][2] for name in (COUNCIL, WORKING, OTHER)) == 210_000


@pytest.mark.parametrize("body", ["0", "999999", "x", "-1", "٣", "9" * 30])
def test_a_body_that_is_not_there_leads_back_to_the_list(client_as, march, body):
    url = reverse("admin:councils_allowance_month")
    response = client_as("secretariat").get(url, {"month": "2021-03", "body": body}, follow=True)
    assert any("없는 기구입니다." in text for text in texts(response, "li"))


def test_the_list_of_allowances_adds_up_what_it_shows(client_as, march):
    client = client_as("secretariat")
    Allowance.objects.filter(person=march[0]).update(paid_on=date(2021, 3, 8))
    met("정례회", [COUNCIL], march[:1], date(2021, 4, 1))
    url = admin_url(Allowance)
    assert "이 목록의 합계 280,000원 · 미지급 210,000원" in texts(client.get(url), "p")
    assert "이 목록의 합계 210,000원 · 미지급 140,000원" in texts(client.get(url, {"month": "2021-03"}), "p")
    assert "이 목록의 합계 0원 · 미지급 0원" in texts(client.get(url, {"month": "2020-01"}), "p")


def test_only_bodies_that_were_paid_are_offered(client_as, march):
    offered = client_as("secretariat").get(admin_url(Allowance)).context["sheet_bodies"]
    assert {body.name for body in offered} == {COUNCIL, WORKING, OTHER}
