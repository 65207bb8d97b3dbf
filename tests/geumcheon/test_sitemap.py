"""sitemap.xml in parts and robots.txt."""

from datetime import timedelta
from xml.etree import ElementTree

from django.urls import reverse
from django.utils import timezone

from budgets.models import BudgetLine
from councils.models import Body, Meeting, Notice
from geumcheon import sitemaps
from geumcheon.accounts.models import Dong
from geumcheon.lib import clock
from projects.models import Plan, PlanStatus, Project, Stage
from tests.html import queries

SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
HOST = "http://testserver"


def addresses(client, url):
    """{path: lastmod or None} of a part or of the index."""
    response = client.get(url)
    assert response.status_code == 200
    assert response["Content-Type"].startswith("application/xml")
    tree = ElementTree.fromstring(response.content)  # noqa: S314 - our own answer
    found = {e.findtext(f"{SPACE}loc"): e.findtext(f"{SPACE}lastmod") for e in tree}
    assert all(loc.startswith(HOST) for loc in found)
    return {loc.removeprefix(HOST): lastmod for loc, lastmod in found.items()}


def part(client, name):
    return addresses(client, reverse("sitemap_part", args=[name]))


def everything(client):
    return [path for name in addresses(client, "/sitemap.xml") for path in addresses(client, name)]


def test_every_public_row_and_page_is_there_once_and_answers(client, loaded):
    Notice.objects.create(title="x", text="x", published_on=clock.today())
    found = everything(client)
    assert len(found) == len(set(found))
    wanted = [row.get_absolute_url() for model in (Project, BudgetLine, Meeting, Notice) for row in model.objects.all()]
    wanted += [reverse("councils:body", args=[body.pk]) for body in Body.objects.all()]
    wanted += [reverse("dong", args=[dong.name]) for dong in Dong.objects.all()]
    wanted += [
        "/",
        "/notices/",
        "/council/library/",
        "/accessibility/",
        "/privacy/",
        "/terms/",
        "/dongs/",
        "/plan/2021/",
    ]
    assert set(wanted) <= set(found)
    assert [path for path in part(client, "pages") if client.get(path).status_code != 200] == []


def test_nothing_hidden_is_there(client, loaded):
    Notice.objects.create(title="x", text="x")
    Notice.objects.create(title="x", text="x", published_on=clock.today() + timedelta(days=1))
    assert part(client, "notices") == {}
    assert [
        path for path in everything(client) if path.startswith(("/admin", "/accounts", "/patterns", "/search"))
    ] == []
    Plan.objects.update(status=PlanStatus.DRAFT)
    assert [path for path in everything(client) if "2021" in path and not path.startswith("/meetings/")] == []


def test_lastmod_is_the_time_of_the_newest_change(client, loaded):
    project = loaded.projects.get(number=4)
    before = part(client, "projects")
    stage = Stage.objects.filter(project=project).first()
    stage.tasks += "\n더하기"
    stage.save()
    after = part(client, "projects")
    changed = [path for path in after if after[path] != before[path]]
    assert changed == [project.get_absolute_url()]
    assert (
        after[changed[0]] == stage.history.first().history_date.astimezone(timezone.get_default_timezone()).isoformat()
    )
    assert set(part(client, "pages").values()) == set(part(client, "dongs").values()) == {None}


def test_a_long_part_is_cut(client, loaded, monkeypatch):
    monkeypatch.setattr(sitemaps.Part, "limit", 100)
    names = [name for name in addresses(client, "/sitemap.xml") if name.startswith("/sitemap-meetings")]
    assert names == ["/sitemap-meetings.xml", "/sitemap-meetings.xml?p=2"]
    assert sum(len(addresses(client, name)) for name in names) == Meeting.objects.count() == 119


def test_an_unknown_part_or_page_is_404(client, loaded):
    for url in ("/sitemap-x.xml", "/sitemap-meetings.xml?p=99", "/sitemap-meetings.xml?p=x"):
        assert client.get(url).status_code == 404
    assert client.post("/sitemap.xml").status_code == 405


def test_a_part_costs_the_same_for_one_and_three_rows(client, loaded):
    for i in range(3):
        Notice.objects.create(title=f"{i}", text="x", published_on=clock.today())
    for name in ("notices", "projects", "lines"):
        url = reverse("sitemap_part", args=[name])
        assert queries(client, url) <= 8
    many = queries(client, "/sitemap-notices.xml")
    Notice.objects.exclude(pk=Notice.objects.first().pk).delete()
    assert queries(client, "/sitemap-notices.xml") == many


def test_robots_leaves_out_the_office_and_filtered_lists_and_names_the_sitemap(client, loaded):
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.content.decode().splitlines()
    assert lines[0] == "User-agent: *"
    assert {f"Disallow: {path}" for path in ("/admin/", "/accounts/", "/search/", "/*?")} <= set(lines)
    assert lines[-1] == f"Sitemap: {HOST}/sitemap.xml"
