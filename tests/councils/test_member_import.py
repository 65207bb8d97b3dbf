"""The roll from a spreadsheet: looked at, then applied once, all or nothing; other people's uploads stay theirs."""

import io
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from councils.models import Membership, Person
from geumcheon.accounts import import_jobs
from geumcheon.accounts.models import ImportJob, Role, User
from geumcheon.lib.admin_parts import admin_url
from tests.councils.test_terms import a_person, a_seat

HEADINGS = ["기구", "자리", "이름", "전자우편", "위촉일", "임기 종료일", "경로", "몇 번째 임기"]
START = date(2026, 3, 1)


@pytest.fixture
def office(client_as):
    return client_as("secretariat")


@pytest.fixture
def seat(loaded):
    return a_seat(5, months=24, renewals=1)


def row(seat, name="가", email="a@example.org", start="2026-03-01", last="2028. 2. 29.", how="추천", no=""):
    return [seat.body.name, seat.label, name, email, start, last, how, no]


def a_file(*rows, headings=HEADINGS, name="명부.xlsx"):
    book = Workbook()
    for cells in (headings, *rows):
        book.active.append(cells)
        for cell in book.active[book.active.max_row]:
            cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile(name, out.getvalue())


def upload(client, *rows, **options):
    """(the page after an upload, its job or None)"""
    response = client.post(reverse("imports:upload", args=["members"]), {"file": a_file(*rows, **options)})
    if response.status_code == 302:
        return client.get(response.url), ImportJob.objects.latest("pk")
    return response, None


def errors(page):
    return [error for row in page.context["wrong"] for error in row["errors"]]


def apply(client, job):
    return client.post(reverse("imports:apply", args=[job.token]), follow=True)


def test_a_good_file_is_looked_at_and_then_applied(office, seat):
    page, job = upload(office, row(seat), row(seat, "나", "", no="2"))
    assert page.context["counts"] == {"추가": 2, "변경": 0, "같음": 0, "오류": 0}
    assert not Membership.objects.exists() and not Person.objects.exists()
    assert "2행 반영하기" in page.content.decode()
    assert "반영했습니다" in apply(office, job).content.decode()
    found = Membership.objects.order_by("pk").values_list(
        "person__name", "person__email", "starts_on", "ends_before", "recruited", "term_no"
    )
    assert list(found) == [
        ("가", "a@example.org", START, date(2028, 3, 1), "recommended", 1),
        ("나", "", START, date(2028, 3, 1), "recommended", 2),
    ]
    job.refresh_from_db()
    assert (job.rows, job.result) == ([], "추가 2행")


def test_the_same_file_again_changes_nothing_and_a_changed_one_only_what_differs(office, seat):
    apply(office, upload(office, row(seat))[1])
    page, job = upload(office, row(seat))
    assert page.context["counts"]["같음"] == 1 and "반영하기" not in page.content.decode()
    page, job = upload(office, row(seat, last="2027-12-31", how="공개모집"))
    assert [r["text"] for r in page.context["rows"]] == ["임기 종료일, 경로 바꿈"]
    apply(office, job)
    assert Membership.objects.get().ends_before == date(2028, 1, 1)
    assert Person.objects.count() == 1


def test_errors_name_row_and_column_and_nothing_is_applied(office, seat):
    page, job = upload(
        office,
        row(seat),
        row(seat, "나", "b@example.org", start="2026-02-30"),
        [*("없는 기구", "자리", "다", "", "2026-03-01", "", "추천", "")],
        row(seat, "라", "d@"),
        row(seat, "", ""),
        row(seat, "마", "", how="지인"),
        row(seat, "바", "", last="2028-03-01"),
    )
    found = errors(page)
    assert [error.split(":")[0] for error in found] == [
        "3행 ‘위촉일’", "4행 ‘기구’", "5행 ‘전자우편’", "6행 ‘이름’", "7행 ‘경로’", "8행 ‘임기 종료일’",
    ]  # fmt: skip
    assert found[1] == "4행 ‘기구’: 등록되지 않은 기구입니다: 없는 기구"
    assert "반영할 수 없습니다" in page.content.decode()
    assert "그사이 바뀐 것이 있어" in apply(office, job).content.decode()
    assert not Membership.objects.exists() and not Person.objects.exists()


def test_rows_are_held_against_each_other(office, seat):
    type(seat).objects.filter(pk=seat.pk).update(count=1)
    page, _ = upload(office, row(seat), row(seat, "나", "b@example.org"))
    assert errors(page)[0].startswith("3행 ‘자리’: ") and "정원은 1명인데" in errors(page)[0]


def test_what_changed_since_the_preview_refuses_all_of_it(office, seat):
    _, job = upload(office, row(seat), row(seat, "나", "b@example.org"))
    type(seat).objects.filter(pk=seat.pk).update(count=1)
    response = apply(office, job)
    assert "그사이 바뀐 것이 있어" in response.content.decode()
    assert response.context["counts"]["오류"] == 1
    assert not Membership.objects.exists()


def test_a_second_apply_is_refused(office, seat):
    _, job = upload(office, row(seat))
    apply(office, job)
    assert "이미 반영한 파일입니다." in apply(office, job).content.decode()
    assert Membership.objects.count() == 1


@pytest.mark.parametrize("content", [b"%PDF-1.4\x00\x01", b"PK\x03\x04x", b"\xd0\xcf\x11\xe0x"])
def test_a_wrong_file_leaves_the_page_usable(office, seat, content):
    url = reverse("imports:upload", args=["members"])
    response = office.post(url, {"file": SimpleUploadedFile("명부.pdf", content)})
    assert response.status_code == 200 and response.context["form"].errors["file"]
    assert 'type="file"' in response.content.decode() and not ImportJob.objects.exists()
    assert office.post(url, {}).context["form"].errors["file"] == ["파일을 골라 주세요."]


def test_too_many_rows_are_refused(office, seat):
    response, job = upload(office, *[row(seat)] * 2001)
    assert job is None
    assert response.context["form"].errors["file"] == ["한 번에 2,000행까지 올릴 수 있습니다."]


def test_an_upload_is_its_uploaders_and_the_secretariats(office, client_as, seat):
    _, job = upload(office, row(seat))
    url = reverse("imports:job", args=[job.token])
    for role, status in ((None, 302), ("officer", 404), ("member", 404)):
        assert client_as(role).get(url).status_code == status
        assert client_as(role).post(reverse("imports:apply", args=[job.token])).status_code == status
    colleague = Client()
    colleague.force_login(User.objects.create_user("colleague", role=Role.SECRETARIAT))
    assert colleague.get(url).status_code == 200
    assert office.get(reverse("imports:job", args=["nothing"])).status_code == 404
    assert not Membership.objects.exists()


def test_an_upload_is_gone_after_a_day(office, seat, time_machine):
    time_machine.move_to("2026-03-01T03:00Z", tick=False)
    office.force_login(User.objects.get(username="secretariat"))
    _, job = upload(office, row(seat))
    url = reverse("imports:job", args=[job.token])
    time_machine.shift(timedelta(hours=24))
    office.force_login(User.objects.get(username="secretariat"))
    assert office.get(url).status_code == 404
    assert (import_jobs.destroy_expired(), ImportJob.objects.count()) == (1, 0)


def test_people_are_known_by_address_then_by_a_name_only_one_has(office, seat):
    known, twin, other = a_person("가"), a_person("나"), a_person("나")
    Person.objects.filter(pk=known.pk).update(email="a@example.org")
    page, _ = upload(office, row(seat), row(seat, "나", ""))
    assert errors(page) == ["3행 ‘이름’: 같은 이름의 사람이 여럿입니다. 전자우편을 적어 주세요."]
    page, _ = upload(office, row(seat, "다른이름"))
    assert errors(page) == ["2행 ‘전자우편’: 명부에서 다른 이름의 사람이 쓰는 주소입니다."]
    Person.objects.filter(pk=other.pk).delete()
    apply(office, upload(office, row(seat), row(seat, "나", "b@example.org"))[1])
    twin.refresh_from_db()
    assert (Person.objects.count(), twin.email, known.memberships.count()) == (2, "b@example.org", 1)


def test_a_name_that_looks_like_a_formula_is_harmless_when_taken_out_again(office, seat):
    apply(office, upload(office, row(seat, "=HYPERLINK(1)"))[1])
    person = Person.objects.get()
    assert person.name == "=HYPERLINK(1)"
    action = {"action": "download", "_selected_action": [Membership.objects.get().pk]}
    content = office.post(admin_url(Membership), action).content
    sheet = load_workbook(io.BytesIO(content)).active
    assert [cell.value for cell in sheet[1]] == HEADINGS
    assert (sheet["C2"].value, sheet["C2"].data_type) == ("'=HYPERLINK(1)", "s")
    page, _ = upload(office, [cell.value for cell in sheet[2]])
    assert page.context["counts"] == {"추가": 0, "변경": 0, "같음": 1, "오류": 0}


def test_the_template_is_a_file_to_fill_in(office, seat):
    response = office.get(reverse("imports:template", args=["members"]))
    sheet = load_workbook(io.BytesIO(response.content)).active
    assert [cell.value for cell in sheet[1]] == HEADINGS
    assert all(sheet[2][i].value for i in range(len(HEADINGS)))
    assert office.get(reverse("imports:upload", args=["nothing"])).status_code == 404
