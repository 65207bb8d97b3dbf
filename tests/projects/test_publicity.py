"""The publicity log: a link or a file that shows each piece, written by those who lead the project."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string

from geumcheon.accounts.models import Department
from projects import inspection_actions, inspection_views
from projects.models import Partner, PlanStatus, Project, Publicity, Side
from tests.admin_data import errors_of
from tests.projects.inspections import a_team, picture, publicity
from tests.projects.test_evidence import an_indicator, result, year  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db
ADD = "/admin/projects/publicity/add/"


@pytest.fixture
def project(year, users, settings, tmp_path):  # noqa: F811
    """The project of 2026, led by the officer's department."""
    settings.MEDIA_ROOT = tmp_path
    office = Department.objects.get(name="마을자치과")
    Partner.objects.create(project=year, order=1, side=Side.LEAD, name="마을자치과", department=office)
    return year


def form(project, **fields):
    return {"project": project.pk, "channel": "sns", "on": "2026-03-01", "title": "알림", "link": "", **fields}


def a_file(content, name):
    return SimpleUploadedFile(name, content)


def test_an_officer_logs_a_link_and_a_file(project, client_as):
    client = client_as("officer")
    assert client.post(ADD, form(project, link="https://example.org/a")).status_code == 302
    paper = a_file(b"%PDF-1.4", "소식지.pdf")
    assert client.post(ADD, form(project, title="소식지", channel="newsletter", file=paper)).status_code == 302
    poster = a_file(picture(), "현수막.jpg")
    assert client.post(ADD, form(project, title="현수막", channel="poster", file=poster)).status_code == 302
    kept = {piece.title: (piece.link, piece.file.name[-4:]) for piece in Publicity.objects.all()}
    assert kept == {"알림": ("https://example.org/a", ""), "소식지": ("", ".pdf"), "현수막": ("", ".jpg")}
    assert Publicity.history.filter(history_user__username="officer").count() == 3


def test_without_link_and_file_it_is_refused(project, client_as):
    response = client_as("officer").post(ADD, form(project))
    assert errors_of(response) == {"__all__": ["홍보물을 볼 수 있는 주소나 파일을 붙여 주세요."]}
    with pytest.raises(ValidationError, match="주소나 파일"):
        inspection_actions.save_publicity(
            publicity=Publicity(project=project, channel="sns", on=date(2026, 3, 1), title="x"),
            by=project_officer(project),
        )
    assert not Publicity.objects.exists()


def project_officer(project):
    return project.partners.get().department.assignments.get().user


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"<script>alert(1)</script>", "사진.jpg", "올릴 수 없는 형식"),
        (b"<html>", "소식지.pdf", "올릴 수 없는 형식"),
        (b"PK\x03\x04xxx", "소식지.docx", "파일이 깨져"),
        (b"", "빈.pdf", "파일"),
    ],
)
def test_a_file_is_known_by_its_content(project, client_as, content, name, message):
    response = client_as("officer").post(ADD, form(project, file=a_file(content, name)))
    assert message in errors_of(response)["file"][0]
    assert not Publicity.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"on": "2026-03-04"}, "on"), ({"link": "javascript:alert(1)"}, "link"), ({"channel": "x"}, "channel")],
)
def test_a_day_to_come_and_an_address_that_runs_are_refused(project, client_as, fields, field):
    response = client_as("officer").post(ADD, form(project, **{"link": "https://example.org/", **fields}))
    assert list(errors_of(response)) == [field]
    assert (
        client_as("officer").post(ADD, form(project, on="2026-03-03", link="https://example.org/")).status_code == 302
    )


def test_another_departments_officer_and_a_resident_log_nothing(project, client_as, users):
    piece = publicity(project, on=date(2026, 3, 1))
    assert client_as("resident").post(ADD, form(project, link="https://example.org/")).status_code == 302
    project.partners.all().delete()
    client = client_as("officer")
    assert list(errors_of(client.post(ADD, form(project, link="https://example.org/")))) == ["project"]
    url = f"/admin/projects/publicity/{piece.pk}"
    assert client.post(f"{url}/change/", form(project, link="https://example.org/b")).status_code == 403
    assert client.post(f"{url}/delete/", {"post": "yes"}).status_code == 403
    with pytest.raises(PermissionDenied):
        inspection_actions.save_publicity(publicity=piece, by=users["officer"])
    assert [p.link for p in Publicity.objects.all()] == ["https://example.org/a"]


def test_a_piece_never_moves_to_another_project(project, client_as):
    piece = publicity(project, on=date(2026, 3, 1))
    other = Project.objects.create(plan=project.plan, number=2, name="다른 사업", group=project.group)
    url = f"/admin/projects/publicity/{piece.pk}/change/"
    assert client_as("secretariat").post(url, form(other, link="https://example.org/c")).status_code == 302
    piece.refresh_from_db()
    assert (piece.project, piece.link) == (project, "https://example.org/c")


def test_a_replaced_and_a_deleted_file_are_gone(project, client_as, django_capture_on_commit_callbacks):
    piece = publicity(project, on=date(2026, 3, 1), link="", file=ContentFile(b"%PDF-1.4", "a.pdf"))
    client, url, first = client_as("officer"), f"/admin/projects/publicity/{piece.pk}", piece.file
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"{url}/change/", form(project, title="새 이름")).status_code == 302
    piece.refresh_from_db()
    assert (piece.title, piece.file.name, first.storage.exists(first.name)) == ("새 이름", first.name, True)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{url}/change/", form(project, file=a_file(b"%PDF-1.5", "b.pdf")))
    piece.refresh_from_db()
    assert not first.storage.exists(first.name)
    assert piece.file.storage.exists(piece.file.name)
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"{url}/delete/", {"post": "yes"}).status_code == 302
    assert not piece.file.storage.exists(piece.file.name)


def test_publicity_counts_for_the_indicator(project, client_as, django_capture_on_commit_callbacks):
    indicator = an_indicator(project, "1회 이상", "publicity")
    with django_capture_on_commit_callbacks(execute=True):
        client_as("officer").post(ADD, form(project, link="https://example.org/"))
    assert (result(indicator).state, result(indicator).value) == ("reached", 1)


def test_the_list_is_narrowed_by_channel_project_and_day(project, client_as):
    publicity(project, title="가장 새로운 것", on=date(2026, 3, 1))
    publicity(project, title="현수막 건 것", channel="poster", on=date(2025, 3, 1))
    client = client_as("officer")
    for query, shown in (
        ("channel__exact=poster", ["현수막 건 것"]),
        (f"project__id__exact={project.pk}&on__year=2026", ["가장 새로운 것"]),
        ("own=1", ["가장 새로운 것", "현수막 건 것"]),
    ):
        found = client.get(f"/admin/projects/publicity/?{query}").context["cl"].result_list
        assert [piece.title for piece in found] == shown


# --- public ---
def test_everybody_opens_the_file_of_a_published_plan_only(project, client, client_as):
    paper = publicity(project, link="", file=ContentFile(b"%PDF-1.4", "a.pdf"), title="소식지")
    poster = publicity(project, link="", file=ContentFile(picture(), "a.jpg"), title="현수막")
    linked = publicity(project)
    ways = {p.title: client.get(f"/projects/2026/1/publicity/{p.pk}/") for p in (paper, poster)}
    assert ways["소식지"]["content-disposition"].startswith("attachment")
    assert (ways["현수막"]["content-type"], ways["현수막"]["content-disposition"][:6]) == ("image/jpeg", "inline")
    assert [b"".join(way.streaming_content)[:2] for way in ways.values()] == [b"%P", b"\xff\xd8"]
    assert client.get(f"/projects/2026/1/publicity/{linked.pk}/").status_code == 404
    assert client.get(f"/projects/2026/2/publicity/{paper.pk}/").status_code == 404
    project.plan.status = PlanStatus.DRAFT
    project.plan.save()
    for reader in (client, client_as("secretariat")):
        assert reader.get(f"/projects/2026/1/publicity/{paper.pk}/").status_code == 404


def section(project):
    shown = inspection_views.sections(Project.objects.get(pk=project.pk))
    return render_to_string(
        "projects/inspections/_section.html", {"project": project, "plan": project.plan, **shown}
    ).strip()


def test_a_projects_page_lists_teams_and_publicity_and_nothing_where_there_is_nothing(project):
    assert section(project) == ""
    a_team(project)
    assert "주민 점검" in section(project)
    assert "홍보" not in section(project)
    for i in range(9):
        publicity(project, title=f"홍보 {i}", on=date(2026, 2, 1 + i))
    html = section(project)
    assert 'id="publicity"' in html
    assert html.index("홍보 8") < html.index("앞서 한 홍보 더 보기") < html.index("홍보 0")
