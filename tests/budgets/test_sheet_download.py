"""How the city's budget sheet is fetched: command and address."""

import os
from datetime import timedelta
from io import BytesIO, StringIO
from urllib.parse import unquote

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone

from budgets import exporters
from budgets.models import BudgetItem, BudgetLine
from geumcheon.accounts.models import ExportJob
from projects.models import Plan, PlanStatus
from tests.budgets.test_sheet import COVER, labelled, opened


# --- the command --------------------------------------------------------------------------------------------------
def run(*arguments):
    out = StringIO()
    call_command("export_budget_sheet", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_writes_the_file(loaded, tmp_path):
    path = tmp_path / "예산.xlsx"
    path.write_text("before")
    assert run("2021", "--out", str(path)) == f"{path}: {path.stat().st_size:,}바이트\n"
    assert labelled(opened(path), COVER)["총계"][3] == 956_364
    assert os.listdir(tmp_path) == ["예산.xlsx"]


def test_the_command_refuses_in_korean(loaded, tmp_path):
    with pytest.raises(CommandError, match="^2030년 계획이 없습니다.$"):
        run("2030", "--out", str(tmp_path / "a.xlsx"))
    with pytest.raises(CommandError, match="에 쓸 수 없습니다: 그런 폴더가 없습니다.$"):
        run("2021", "--out", str(tmp_path / "none" / "a.xlsx"))
    with pytest.raises(CommandError, match="에 쓸 수 없습니다: 파일이 아니라 폴더입니다.$"):
        run("2021", "--out", str(tmp_path))
    Plan.objects.create(year=2030, title="빈 계획")
    with pytest.raises(CommandError, match="^2030년 계획에는 지금 쓰는 예산 판이 없습니다.$"):
        run("2030", "--out", str(tmp_path / "a.xlsx"))
    assert os.listdir(tmp_path) == []


# --- the address --------------------------------------------------------------------------------------------------
def url(year=2021):
    return reverse("budgets:sheet", args=[year])


def test_anybody_downloads_the_sheet(loaded, client_as):
    response = client_as(None).get(url())
    assert url() == "/budget/2021/sheet.xlsx"
    assert response.status_code == 200
    assert response["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    disposition = response["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''")
    assert unquote(disposition.split("''")[1]) == "2021년 금천구 예산계획.xlsx"
    book = opened(BytesIO(b"".join(response.streaming_content)))
    assert labelled(book, COVER)["총계"][1:4] == [900_000, 56_364, 956_364]


def test_an_unchanged_sheet_is_not_sent_again(loaded, client_as):
    client = client_as(None)
    first = client.get(url())
    again = client.get(url(), headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again["ETag"]) == (304, first["ETag"])
    assert client.get(url(), headers={"if-modified-since": first["Last-Modified"]}).status_code == 304
    renamed = BudgetItem.objects.get(fiscal_year=2021, name="시설비")
    renamed.name = "시설비 등"
    renamed.save()
    response = client.get(url(), headers={"if-none-match": first["ETag"]})
    assert response.status_code == 200 and response["ETag"] != first["ETag"]


def test_a_changed_line_makes_the_sheet_newer(loaded, client_as):
    client = client_as(None)
    before = client.get(url())
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        line = BudgetLine.objects.get(project__plan=loaded, project__number=4, order=1)
        line.description = "성과자료집 인쇄"
        line.save()
    after = client.get(url(), headers={"if-modified-since": before["Last-Modified"]})
    assert after.status_code == 200 and after["Last-Modified"] != before["Last-Modified"]


def test_drafts_are_for_the_office(loaded, client_as):
    Plan.objects.filter(pk=loaded.pk).update(status=PlanStatus.DRAFT)
    for role in (None, "resident", "member"):
        assert client_as(role).get(url()).status_code == 404
    for role in ("officer", "secretariat"):
        response = client_as(role).get(url())
        assert (response.status_code, response["Cache-Control"]) == (200, "private, no-cache")


def test_refused_requests(loaded, client_as):
    client = client_as(None)
    assert client.get("/budget/2030/sheet.xlsx").status_code == 404
    assert client.get("/budget/99999/sheet.xlsx").status_code == 404
    assert client.post(url()).status_code == 405
    Plan.objects.create(year=2030, title="빈 계획", status=PlanStatus.PUBLISHED)
    assert client.get("/budget/2030/sheet.xlsx").status_code == 404


def test_a_long_sheet_is_made_by_a_task(
    loaded, client_as, tmp_path, settings, monkeypatch, django_capture_on_commit_callbacks
):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(exporters, "LONG", 132)
    client = client_as(None)
    assert client.get(url()).status_code == 200 and not ExportJob.objects.exists()
    monkeypatch.setattr(exporters, "LONG", 131)
    with django_capture_on_commit_callbacks(execute=True):
        response = client.get(url())
    job = ExportJob.objects.get()
    assert response.url == reverse("exports:job", args=[job.token])
    assert client.get(url()).url == response.url  # pressed again: the same file
    assert ExportJob.objects.count() == 1
    download = client.get(reverse("exports:file", args=[job.token]))
    assert unquote(download["Content-Disposition"].split("''")[1]) == "2021년 금천구 예산계획.xlsx"
    book = opened(BytesIO(b"".join(download.streaming_content)))
    assert labelled(book, COVER)["총계"][3] == 956_364
