"""The A4 print of a project, as a page and as a PDF, through HTTP."""

from urllib.request import OpenerDirector

import pytest

from councils.models import Meeting
from geumcheon.lib import pdf
from projects.models import Plan, PlanStatus, ProjectMeeting
from tests.html import elements, queries, texts
from tests.projects.test_pages import missing_in

pytestmark = pytest.mark.django_db
needs_weasyprint = pytest.mark.skipif(not pdf.available(), reason="WeasyPrint, Pango or a Korean font is missing")


def test_print_says_everything_the_plan_says(client, loaded):
    for project in loaded.projects.all():
        assert missing_in(client.get(f"/projects/2021/{project.number}/print/"), project) == [], project


def test_print_names_its_plan_and_the_day(client, loaded):
    response = client.get("/projects/2021/8/print/")
    assert texts(response, "p", "doc-plan") == ["2021. 금천구 지역사회혁신계획(구단위계획형)"]
    assert texts(response, "h1") == ["8. 안양천에서 놀자!(안양천 생태탐방로 조성)"]
    assert texts(response, "p", "doc-meta")[0].startswith("기준일 2020. 9. 23.(수) · 계산한 날 ")


def test_print_offers_a_button_only_where_a_script_can_show_it(client, loaded):
    response = client.get("/projects/2021/8/print/")
    (button,) = elements(response, "button")
    assert "hidden" in button["attrs"]
    assert "Ctrl+P" in texts(response, "nav", "tools")[0]
    assert all("src" in script["attrs"] for script in elements(response, "script"))
    assert elements(response, "style") == []


def test_print_states_what_is_not_measured(client, loaded):
    closed = client.get("/projects/2021/8/print/").content.decode()
    assert (closed.count("결과 자료 없음"), closed.count("측정 전")) == (6, 0)
    Plan.objects.filter(pk=loaded.pk).update(status=PlanStatus.PUBLISHED)
    running = client.get("/projects/2021/8/print/").content.decode()
    assert (running.count("결과 자료 없음"), running.count("측정 전")) == (0, 6)


def test_print_lists_meetings_at_the_same_cost(client, loaded):
    project = loaded.projects.get(number=8)
    first, *more = Meeting.objects.order_by("pk")[:3]
    ProjectMeeting.objects.create(project=project, meeting=first)
    one = queries(client, "/projects/2021/8/print/")
    ProjectMeeting.objects.bulk_create(ProjectMeeting(project=project, meeting=m) for m in more)
    assert queries(client, "/projects/2021/8/print/") == one <= 15
    page = " ".join(client.get("/projects/2021/8/print/").content.decode().split())
    assert all(" ".join(m.agenda.split())[:20] in page for m in (first, *more))


@pytest.mark.parametrize("path", ["2021/18/print/", "2021/0/print/", "2020/1/print/", "2021/18/print.pdf"])
def test_print_of_an_unknown_project_is_404(client, loaded, path):
    assert client.get(f"/projects/{path}").status_code == 404


@pytest.mark.parametrize("path", ["print/", "print.pdf"])
def test_print_of_a_draft_is_404_and_a_print_is_read_only(client, loaded, path):
    assert client.post(f"/projects/2021/8/{path}").status_code == 405
    Plan.objects.filter(pk=loaded.pk).update(status=PlanStatus.DRAFT)
    assert client.get(f"/projects/2021/8/{path}").status_code == 404


def test_without_weasyprint_the_pdf_is_404_with_a_way_to_the_page(client, loaded, monkeypatch):
    monkeypatch.setattr(pdf, "available", lambda: False)
    response = client.get("/projects/2021/8/print.pdf")
    assert response.status_code == 404
    assert "/projects/2021/8/print/" in elements(response, "main")[0]["links"]
    assert "print.pdf" not in client.get("/projects/2021/8/print/").content.decode()


@needs_weasyprint
def test_pdf_is_made_once_per_content(client, loaded, monkeypatch):
    assert "/projects/2021/8/print.pdf" in elements(client.get("/projects/2021/8/print/"), "nav", "tools")[0]["links"]
    response = client.get("/projects/2021/8/print.pdf")
    assert (response["Content-Type"], response.content[:5]) == ("application/pdf", b"%PDF-")
    made = []
    monkeypatch.setattr(pdf, "render", lambda html: made.append(html) or b"%PDF-again")
    assert client.get("/projects/2021/8/print.pdf").content == response.content
    unchanged = client.get("/projects/2021/8/print.pdf", headers={"If-None-Match": response["ETag"]})
    assert (unchanged.status_code, made) == (304, [])
    loaded.projects.filter(number=8).update(place="다른 곳")
    again = client.get("/projects/2021/8/print.pdf", headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content, len(made)) == (200, b"%PDF-again", 1)


@needs_weasyprint
@pytest.mark.parametrize(
    "address",
    ["http://example.org/x.png", "file:///etc/hostname", "/static/img/favicon.svg", "data:image/png;base64,AA"],
)
def test_pdf_fetches_nothing(monkeypatch, address):
    opened = []
    monkeypatch.setattr(OpenerDirector, "open", lambda self, *args, **kwargs: opened.append(args))
    made = pdf.render(f'<img src="{address}"><link rel="stylesheet" href="{address}"><p>글')
    assert (made[:5], opened) == (b"%PDF-", [])
