"""Photos and papers through the log form, and who opens them."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from councils import meeting_actions as actions
from councils.models import FileKind, FileRead, MeetingFile
from geumcheon.lib import uploads
from tests.councils.life import a_full_body, a_log
from tests.councils.sheet import send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("spring")]


@pytest.fixture
def spring(time_machine, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    time_machine.move_to("2026-03-03T10:00:00+09:00", tick=False)


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def desk():
    """(meeting, people, client of a member, address of its log)."""
    body, people = a_full_body(5)
    meeting = a_log(body, people)
    return meeting, people, signed_in(people[0].user), reverse("councils:log", args=[meeting.year, meeting.no])


def picture(**save):
    out = io.BytesIO()
    Image.new("RGB", (3000, 1000), "teal").save(out, "JPEG", **save)
    return out.getvalue()


def with_gps():
    exif = Image.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x8825] = {1: "N", 2: (37.0, 27.0, 3.0)}
    exif[0x010F] = "카메라 회사"
    return picture(exif=exif)


def docx(*extra):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "<w/>")
        for name, content in extra:
            archive.writestr(name, content)
    return out.getvalue()


def photo(content, name="a.jpg", **more):
    return {"photos__0__photo": SimpleUploadedFile(name, content, "image/jpeg"), "photos__0__alt": "탁자", **more}


def paper(content, name="자료.docx", **more):
    return {"papers__0__paper": SimpleUploadedFile(name, content), **more}


def file_url(file):
    return reverse("councils:meeting_file", args=[file.meeting.year, file.meeting.no, file.pk])


def body_of(response):
    return b"".join(response.streaming_content)


def test_a_photo_is_made_anew_smaller_and_without_its_place(desk):
    meeting, _, member, url = desk
    sent = with_gps()
    assert 0x8825 in Image.open(io.BytesIO(sent)).getexif()
    assert send(member, url, **photo(sent)).status_code == 302
    file = meeting.files.get()
    kept = Image.open(file.file)
    assert (kept.size, dict(kept.getexif()), file.alt, file.kind) == ((2000, 667), {}, "탁자", FileKind.PHOTO)


def test_a_photo_without_words_is_refused_and_nothing_typed_is_lost(desk):
    meeting, _, member, url = desk
    refused = send(member, url, **photo(picture(), photos__0__alt=" "), place="새 장소")
    text = refused.content.decode()
    assert "무엇이 보이는지 한 줄로" in text and "다시 골라 주세요" in text and 'value="새 장소"' in text
    assert not meeting.files.exists()


def test_papers_keep_their_name_and_signed_sheets_are_never_public(desk):
    meeting, _, member, url = desk
    send(member, url, **paper(docx()))
    send(member, url, **paper(docx(), name="참석부.docx", papers__0__kind="signed", papers__0__public="on"))
    assert list(meeting.files.values_list("title", "kind", "public").order_by("pk")) == [
        ("자료", "material", True),
        ("참석부", "signed", False),
    ]


BOMB = docx(("word/media/big", b"0" * (40 * 1024 * 1024)))
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    "sent",
    [
        photo(b"<script>alert(1)</script>"),
        photo(SVG, name="a.svg"),
        photo(b"\xff\xd8\xff\xe0 broken"),
        paper(SVG, name="a.pdf"),
        paper(b"MZ\x90\x00", name="a.hwp"),
        paper(BOMB),
        paper(docx(("word/vbaProject.bin", b"x"))),
    ],
    ids=["script.jpg", "svg", "broken.jpg", "svg.pdf", "exe.hwp", "zip bomb", "macro"],
)
def test_what_is_no_photo_or_document_is_refused(desk, sent):
    meeting, _, member, url = desk
    for value in sent.values():
        if hasattr(value, "seek"):
            value.seek(0)
    assert send(member, url, **sent).status_code == 200
    assert not meeting.files.exists()


def test_a_file_over_the_limit_is_refused_with_its_size(desk, monkeypatch):
    """The limit is on the size the upload came with, whatever it is; 200 MB are not sent here."""
    meeting, _, member, url = desk
    monkeypatch.setattr(uploads, "MAX_BYTES", 1024 * 1024)
    refused = send(member, url, **paper(b"%PDF-" + b"0" * (1024 * 1024)))
    assert "파일이 너무 큽니다(1.0 MB)" in refused.content.decode()
    assert not meeting.files.exists()


def test_a_file_is_taken_away_and_only_of_this_meeting(desk, django_capture_on_commit_callbacks):
    meeting, _, member, url = desk
    send(member, url, **paper(docx()))
    body, others = a_full_body(name="다른분과")
    other = a_log(body, others)
    send(signed_in(others[0].user), reverse("councils:log", args=[other.year, other.no]), **paper(docx()))
    kept = meeting.files.get().file
    with django_capture_on_commit_callbacks(execute=True):
        send(member, url, drop=[f.pk for f in MeetingFile.objects.all()])
    assert (meeting.files.count(), other.files.count()) == (0, 1)
    assert not kept.storage.exists(kept.name)


def test_drafts_files_open_for_the_own_body_only_and_reading_is_noted(desk, client):
    meeting, people, member, url = desk
    send(member, url, **photo(picture()))
    file = meeting.files.get()
    stranger = signed_in(a_full_body(name="다른분과")[1][1].user)
    assert stranger.get(file_url(file)).status_code == 404
    assert client.get(file_url(file)).status_code == 404
    response = member.get(file_url(file))
    assert (response.status_code, response["Content-Type"], response["Cache-Control"]) == (
        200, "image/jpeg", "private, no-store",
    )  # fmt: skip
    assert body_of(response).startswith(b"\xff\xd8")
    body_of(member.get(file_url(file)))
    assert FileRead.objects.get().person == people[0]


def test_published_files_open_for_everybody_but_not_the_private_ones(desk, client):
    meeting, people, member, url = desk
    send(member, url, **photo(picture()))
    send(member, url, **paper(docx(), papers__0__public=None, papers__0__title="내부 자료"))
    actions.submit(meeting=meeting, by=people[0].user)
    actions.publish(meeting=meeting, by=people[1].user)
    shown = meeting.files.get(kind="photo")
    private = meeting.files.get(kind="material")
    response = client.get(file_url(shown))
    assert response.status_code == 200 and body_of(response)
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert client.get(file_url(private)).status_code == 404
    page = client.get(meeting.get_absolute_url()).content.decode()
    assert 'alt="탁자"' in page and "내부 자료" not in page
    response = member.get(file_url(private))
    assert response["Content-Disposition"].startswith("attachment") and body_of(response)


def test_a_file_has_one_address(desk):
    meeting, _, member, url = desk
    send(member, url, **paper(docx()))
    file = meeting.files.get()
    assert member.get(reverse("councils:meeting_file", args=[2019, 1, file.pk])).status_code == 404


def test_a_corrections_page_names_the_photo_that_was_added(desk, client):
    meeting, people, _, _ = desk
    actions.submit(meeting=meeting, by=people[0].user)
    actions.publish(meeting=meeting, by=people[1].user)
    correct = reverse("councils:log_correct", args=[meeting.year, meeting.no])
    assert send(signed_in(people[1].user), correct, **photo(picture()), reason="사진 더함").status_code == 302
    assert meeting.corrections.get().changes == [{"field": "사진과 파일", "before": "", "after": "탁자"}]
