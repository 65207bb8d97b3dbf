"""Uploads refused or cleaned: scripts in disguise, bombs, places in photos."""

import io
import zipfile

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from geumcheon.lib import uploads


def a_file(content, name="파일"):
    return SimpleUploadedFile(name, content)


def a_picture(size=(3000, 1500), form="JPEG", mode="RGB", **options):
    out = io.BytesIO()
    Image.new(mode, size, 128 if mode == "L" else "#336699").save(out, form, **options)
    return out.getvalue()


def a_zip(parts, compression=zipfile.ZIP_DEFLATED):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def test_a_photo_becomes_smaller_and_forgets_where_it_was_taken():
    exif = Image.Exif()
    exif[0x0110] = "카메라"
    exif.get_ifd(0x8825)[2] = (37.45, 0.0, 0.0)  # GPS latitude
    content = a_picture(exif=exif)
    assert b"Exif" in content
    with Image.open(uploads.clean_photo(a_file(content, "현장.jpg"))) as picture:
        assert picture.size == (2000, 1000)
        assert (picture.format, dict(picture.getexif())) == ("JPEG", {})
        assert "exif" not in picture.info


def test_a_turned_photo_is_kept_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held on its side
    with Image.open(uploads.clean_photo(a_file(a_picture((400, 200), exif=exif)))) as picture:
        assert picture.size == (200, 400)


@pytest.mark.parametrize(("form", "mode"), [("PNG", "RGBA"), ("PNG", "P"), ("PNG", "L"), ("WEBP", "RGB"), ("GIF", "P")])
def test_other_pictures_become_jpeg(form, mode):
    with Image.open(uploads.clean_photo(a_file(a_picture((30, 20), form, mode)))) as picture:
        assert (picture.format, picture.size) == ("JPEG", (30, 20))


def a_png_bomb():
    """A PNG of 30,000 × 30,000 equal pixels: small to send, 900 million to open."""
    import struct
    import zlib

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    "content",
    [
        b"<script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"%PDF-1.7",
        b"\xff\xd8\xff\xe0 not a picture",
        a_picture()[:2000],
        a_png_bomb(),
    ],
    ids=["script", "svg", "pdf", "header only", "cut off", "bomb"],
)
def test_what_is_no_picture_is_refused_whatever_its_name(content):
    with pytest.raises(ValidationError, match="사진"):
        uploads.clean_photo(a_file(content, "사진.jpg"))


@pytest.mark.parametrize(
    ("content", "extension"),
    [
        (b"%PDF-1.7\n...", "pdf"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + b"HWP Document File", "hwp"),
        (a_zip({"mimetype": "application/hwp+zip", "Contents/section0.xml": "x"}), "hwpx"),
        (a_zip({"[Content_Types].xml": "x", "word/document.xml": "x"}), "docx"),
        (a_zip({"[Content_Types].xml": "x", "xl/workbook.xml": "x"}), "xlsx"),
        (a_zip({"[Content_Types].xml": "x", "ppt/presentation.xml": "x"}), "pptx"),
    ],
    ids=["pdf", "hwp", "hwpx", "docx", "xlsx", "pptx"],
)
def test_documents_are_known_by_their_content(content, extension):
    file, known = uploads.clean_document(a_file(content, "무엇이든.exe"))
    assert known.extension == extension
    assert file.name.endswith(f".{extension}")
    assert "무엇이든" not in file.name


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "빈 파일"),
        (b"MZ\x90\x00", "올릴 수 없는 형식"),
        (b"<html><script>alert(1)</script>", "올릴 수 없는 형식"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"/>', "올릴 수 없는 형식"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "올릴 수 없는 형식"),
        (a_zip({"a.txt": "x"}), "올릴 수 없는 형식"),
        (a_zip({"word/document.xml": "x", "word/vbaProject.bin": "x"}), "매크로"),
        (a_zip({"word/document.xml": b"\0" * 30_000_000}), "지나치게 커지는"),
        (b"PK\x03\x04 broken", "깨져"),
    ],
    ids=["empty", "program", "html", "svg", "ole", "zip", "macro", "bomb", "broken"],
)
def test_other_files_are_refused_with_the_reason(content, message):
    with pytest.raises(ValidationError, match=message):
        uploads.clean_document(a_file(content, "회의자료.pdf"))


def test_a_file_over_the_limit_is_refused_before_it_is_read():
    class Huge(io.BytesIO):
        size = 200 * 1024 * 1024

        def read(self, *args):
            raise AssertionError("read")

    with pytest.raises(ValidationError, match=r"200\.0 MB.*20 MB까지"):
        uploads.clean_document(Huge())


def test_several_files_are_cleaned_one_by_one_and_errors_name_them():
    field = uploads.FilesField(clean_one=uploads.clean_photo, limit=2)
    assert field.clean([]) == []
    assert [name for name, _ in field.clean([a_file(a_picture(), "가.jpg")])] == ["가.jpg"]
    with pytest.raises(ValidationError, match="나.jpg: 사진으로"):
        field.clean([a_file(a_picture(), "가.jpg"), a_file(b"x", "나.jpg")])
    with pytest.raises(ValidationError, match="2개까지"):
        field.clean([a_file(a_picture())] * 3)
