"""우리 동네: the dongs of the newest plan, their projects with whole amounts, open notices and whom to ask."""

from datetime import timedelta

import pytest

from councils.models import Notice
from geumcheon.accounts.models import Department, Dong
from geumcheon.lib import clock
from projects.models import Plan, PlanStatus
from tests.html import elements, queries, texts


def rows(response):
    """{first cell: the other cells} of the table of dongs."""
    names = [
        e["text"].split(" ")[0] if e["links"] else e["text"]
        for e in elements(response, "th")
        if e["attrs"]["scope"] == "row"
    ]
    cells = texts(response, "td", "num")
    return {name: cells[2 * i : 2 * i + 2] for i, name in enumerate(names)}


def project_numbers(response):
    return [int(e["links"][0].rstrip("/").split("/")[-1]) for e in elements(response, "li", "project-row")]


def test_every_dong_has_its_projects_and_the_whole_district_one_row(client, loaded):
    found = list(rows(client.get("/dongs/")).items())
    assert [name for name, _ in found[:10]] == list(Dong.objects.values_list("name", flat=True))
    cells = dict(found)
    assert cells["독산3동"] == ["1개", "63,000"]
    assert cells["가산동"] == ["0개", "–"]
    assert [cells for _, cells in found[10:]] == [["1개", "31,000"], ["15개", "862,364"]]


def test_the_project_of_one_dong_comes_first_then_shared_ones_then_those_of_all(client, loaded):
    dong = Dong.objects.get(name="독산3동")
    loaded.projects.get(number=16).dongs.set([dong])
    response = client.get("/dongs/독산3동/")
    assert project_numbers(response) == [16, 17, 15]
    assert texts(response, "div", "project-amount")[1] == "63,000천원"
    assert "금액은 사업 전체의 금액이며 독산3동의 몫이 아닙니다." in response.content.decode()
    assert project_numbers(client.get("/dongs/가산동/")) == [15]


def test_the_departments_to_ask_are_the_leads_of_the_projects(client, loaded):
    Department.objects.filter(name="마을자치과").update(phone="02-2627-0000")
    response = client.get("/dongs/독산3동/")
    (ask,) = elements(response, "dl", "ask")
    assert ask["text"].startswith("마을자치과 02-2627-0000")
    assert ask["links"] == ["tel:02-2627-0000", "/projects/2021/17/", "/projects/2021/15/"]


def test_open_notices_are_those_of_the_dong_and_of_the_whole_district(client, loaded):
    today = clock.today()

    def make(title, *dongs, published=today, **fields):
        notice = Notice.objects.create(title=title, text="x", published_on=published, **fields)
        notice.dongs.set(Dong.objects.filter(name__in=dongs))

    make("이 동", "가산동", "독산1동", starts_on=today)
    make("구 전체", starts_on=today + timedelta(days=2))
    make("다른 동", "독산1동", starts_on=today)
    make("끝난 것", ends_before=today)
    make("기간 없는 알림")
    make("초안", published=None, starts_on=today)
    titles = texts(client.get("/dongs/가산동/"), "p", "row-title")
    assert titles[:2] == ["이 동", "구 전체"]
    assert not {"다른 동", "끝난 것", "기간 없는 알림", "초안"} & set(titles)


@pytest.mark.parametrize("name", ["부산", "가산", "1", "<script>", "가산동%00"])
def test_an_unknown_dong_is_404(client, loaded, name):
    assert client.get(f"/dongs/{name}/").status_code == 404


def test_without_a_published_plan_the_pages_still_answer(client, loaded):
    Plan.objects.update(status=PlanStatus.DRAFT)
    assert rows(client.get("/dongs/"))["독산3동"] == ["0개", "–"]
    assert project_numbers(client.get("/dongs/독산3동/")) == []


def test_the_pages_cost_the_same_with_one_and_three_projects(client, loaded):
    dong = Dong.objects.get(name="가산동")
    urls = ("/dongs/", "/dongs/가산동/")
    one = [queries(client, url) for url in urls]
    for number in (4, 5):
        loaded.projects.get(number=number).dongs.set([dong])
    Notice.objects.create(title="x", text="x", published_on=clock.today(), starts_on=clock.today()).dongs.set([dong])
    few = [queries(client, url) for url in urls]
    Notice.objects.create(title="y", text="x", published_on=clock.today(), starts_on=clock.today()).dongs.set([dong])
    assert [queries(client, url) for url in urls] == few
    assert few[0] == one[0] <= 8
    assert few[1] <= 10
