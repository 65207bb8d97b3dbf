"""The statement pages say what the code does: its times, its cookies, its tables."""

from datetime import timedelta

import pytest
from allauth.account import app_settings as allauth_settings
from allauth.core.internal import ratelimit
from django.apps import apps
from django.contrib.sessions.models import Session
from django.test import Client

from geumcheon import pages, tasks
from geumcheon.accounts import exports, outbox
from geumcheon.accounts.models import Department, ExportJob, OutboxMessage
from geumcheon.lib import clock
from geumcheon.search import index
from tests.conftest import PASSWORD
from tests.html import elements, texts

STATEMENTS = ["/accessibility/", "/privacy/", "/terms/"]


def kept(client):
    """{what: [purpose, basis, period, end]} of the table."""
    response = client.get("/privacy/")
    (table,) = elements(response, "table")
    assert table is not None
    names = [e["text"] for e in elements(response, "th") if e["attrs"]["scope"] == "row"]
    cells = texts(response, "td")
    return {row.what: cells[4 * i : 4 * i + 4] for i, row in enumerate(pages.kept()) if names[i].startswith(row.what)}


def test_the_table_has_every_column_filled(client, loaded):
    heads = [e["text"] for e in elements(client.get("/privacy/"), "th") if e["attrs"]["scope"] == "col"]
    assert heads == ["모으는 것", "목적", "근거", "보유 기간", "파기"]
    table = kept(client)
    assert len(table) == len(pages.kept()) == 23
    assert all(len(cells) == 4 and all(cells) for cells in table.values())
    assert all(cells[1].startswith("개인정보 보호법 제15조: ") for cells in table.values())


def test_the_times_are_those_of_the_settings(client, loaded, settings, monkeypatch):
    table = kept(client)
    assert [table[what][2] for what in ("보낸 편지함", "로그인 세션", "보안 쿠키", "내려받기 작업")] == [
        *(
            "만든 때부터 90일",
            "로그인한 때부터 12시간",
            "364일",
            "만든 때부터 7일",
        )
    ]
    settings.SESSION_COOKIE_AGE = 60 * 30
    settings.CSRF_COOKIE_AGE = 60 * 60 * 24
    settings.PASSWORD_RESET_TIMEOUT = 60 * 60 * 24 * 2
    monkeypatch.setattr(outbox, "KEEP", timedelta(days=30))
    monkeypatch.setattr(exports, "LIFETIME", timedelta(days=3))
    table = kept(client)
    assert [table[what][2] for what in ("보낸 편지함", "로그인 세션", "보안 쿠키", "내려받기 작업")] == [
        *(
            "만든 때부터 30일",
            "로그인한 때부터 30분",
            "1일",
            "만든 때부터 3일",
        )
    ]
    assert "링크는 2일 뒤에" in client.get("/privacy/").content.decode()


def test_the_times_named_are_the_times_at_which_rows_go(loaded):
    """One hour before its end a row is there, one hour after it is gone."""
    message = OutboxMessage.objects.create(event="x", recipient="a@example.org", subject="x", body="x")
    exports.register("x", label="x", write=None, task=_Task)
    job = exports.start_export(kind="x", params={})
    del exports.KINDS["x"]
    hour = timedelta(hours=1)
    for row, span, destroy in (
        (message, outbox.KEEP, outbox.destroy_old),
        (job, exports.LIFETIME, exports.destroy_expired_exports),
    ):
        field = "created_at"
        start = clock.now()
        for made, gone in ((start - span + hour, 0), (start - span - hour, 1)):
            type(row).objects.filter(pk=row.pk).update(**{field: made})
            if isinstance(row, ExportJob):
                ExportJob.objects.filter(pk=row.pk).update(expires_at=made + span)
            assert destroy() == gone


class _Task:
    @staticmethod
    def delay_on_commit(pk):
        pass


def test_failed_sign_ins_are_counted_no_longer_than_the_page_says(loaded):
    rates = [rate for text in allauth_settings.RATE_LIMITS.values() if text for rate in ratelimit.parse_rates(text)]
    assert max(rate.duration for rate in rates) == pages.SIGN_IN_COUNT.total_seconds()


def test_the_page_names_every_cookie_the_portal_sets(client, users):
    """Signing in, a page with a form, and a message."""
    visitor = Client()
    visitor.get("/accounts/login/")
    response = visitor.post("/accounts/login/", {"login": "member", "password": PASSWORD})
    assert response.status_code == 302
    visitor.get("/accounts/logout/")
    page = client.get("/privacy/").content.decode()
    assert {"sessionid", "csrftoken"} <= set(visitor.cookies)
    assert [name for name in visitor.cookies if name not in page] == []


def test_no_table_holds_a_resident_number_or_a_phone_of_a_person(loaded):
    """The page says so. A phone is kept of departments only."""
    fields = [f"{m._meta.label}.{f.name}" for m in apps.get_models() for f in m._meta.get_fields()]
    found = [
        name for name in fields if any(word in name.lower() for word in ("phone", "mobile", "resident_number", "rrn"))
    ]
    assert [name for name in found if "Department." not in name] == []


def test_old_sessions_are_cleared_by_the_nightly_task(client_as, loaded):
    client_as("member")
    Session.objects.update(expire_date=clock.now() - timedelta(seconds=1))
    tasks.destroy_expired()
    assert Session.objects.count() == 0


@pytest.mark.parametrize("url", STATEMENTS)
def test_the_office_in_charge_is_the_plans_and_its_phone_shows_only_when_there_is_one(client, loaded, url):
    (contact,) = elements(client.get(url), "dl", "contact")
    assert contact["text"].startswith("맡은 곳 금천구 마을자치과")
    assert "전화" not in contact["text"]
    Department.objects.filter(name="마을자치과").update(phone="02-2627-0000")
    (contact,) = elements(client.get(url), "dl", "contact")
    assert contact["links"] == ["tel:02-2627-0000"]
    assert pages.OFFICE == "마을자치과"


@pytest.mark.parametrize(("seconds", "text"), [(43_200, "12시간"), (31_449_600, "364일"), (300, "5분"), (90, "90초")])
def test_a_time_is_written_in_its_largest_whole_unit(seconds, text):
    assert pages.duration(seconds) == text


def test_search_finds_the_statements(client, loaded):
    index.rebuild()
    found = {label: [e.url for e in entries] for label, entries in index.search("개인정보 처리방침")}
    assert found["안내 쪽"] == ["/privacy/"]
    assert "/dongs/가산동/" in [
        e.url.replace("%EA%B0%80%EC%82%B0%EB%8F%99", "가산동") for e in dict(index.search("가산동"))["안내 쪽"]
    ]
