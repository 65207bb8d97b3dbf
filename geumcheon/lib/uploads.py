"""Files people send: known by their content, never by their name; photos are made anew, smaller and without metadata.

Everything kept is served as a download with `nosniff` (see serve), so that no file ever runs as a page of the portal.
"""

import io
import uuid
import warnings
import zipfile
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.http import FileResponse
from django.utils.http import content_disposition_header
from PIL import Image, ImageFile, ImageOps

MAX_BYTES = 20 * 1024 * 1024
MAX_PHOTO_SIDE = 2000  # pixels of the longer side that is kept
MAX_PIXELS = 50_000_000  # of a picture that is opened at all
MAX_UNPACKED = 200 * 1024 * 1024
MAX_RATIO = 200  # unpacked to packed size of a document's parts
MAX_PARTS = 5000
HEAD = 4096

PDF = "application/pdf"
HWP = "application/x-hwp"
HWPX = "application/hwp+zip"
OFFICE = {
    "word/document.xml": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    "xl/workbook.xml": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "ppt/presentation.xml": ("application/vnd.openxmlformats-officedocument.presentationml.presentation", "pptx"),
}
ALLOWED = "hwp, hwpx, pdf, docx, xlsx, pptx"


@dataclass(frozen=True)
class Known:
    """What a file is: its media type and the extension it gets."""

    content_type: str
    extension: str


def _check_size(upload):
    if upload.size > MAX_BYTES:
        raise ValidationError(
            f"파일이 너무 큽니다({upload.size / 1048576:.1f} MB). {MAX_BYTES // 1048576} MB까지 올릴 수 있습니다."
        )
    if not upload.size:
        raise ValidationError("빈 파일입니다.")


def know_document(upload):
    """What a document is, by its content. Raises ValidationError for anything not on the list, bombs and macros."""
    _check_size(upload)
    upload.seek(0)
    head = upload.read(HEAD)
    upload.seek(0)
    if head.startswith(b"%PDF-"):
        return Known(PDF, "pdf")
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        content = upload.read()
        upload.seek(0)
        if b"HWP Document File" in content:
            return Known(HWP, "hwp")
    if head.startswith(b"PK\x03\x04"):
        return _know_zip(upload)
    raise ValidationError(f"올릴 수 없는 형식입니다. {ALLOWED} 파일을 올려 주세요.")


def _know_zip(upload):
    try:
        with zipfile.ZipFile(upload) as archive:
            parts = archive.infolist()
            unpacked, packed = sum(p.file_size for p in parts), sum(p.compress_size for p in parts)
            if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED or unpacked > MAX_RATIO * max(packed, 1):
                raise ValidationError("압축을 풀면 지나치게 커지는 파일입니다.")
            names = {part.filename for part in parts}
            if any(name.endswith("vbaProject.bin") for name in names):
                raise ValidationError("매크로가 든 파일은 올릴 수 없습니다. 매크로 없이 저장해 주세요.")
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 100:
                if archive.read("mimetype").strip() == HWPX.encode():
                    return Known(HWPX, "hwpx")
            for name, (content_type, extension) in OFFICE.items():
                if name in names:
                    return Known(content_type, extension)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError):
        raise ValidationError("파일이 깨져 있습니다. 다시 저장해서 올려 주세요.") from None
    finally:
        upload.seek(0)
    raise ValidationError(f"올릴 수 없는 형식입니다. {ALLOWED} 파일을 올려 주세요.")


def clean_photo(upload):
    """A new JPEG of a picture: at most 2,000 pixels, turned upright, without place, device or time. Raises ValidationError."""
    _check_size(upload)
    ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint turns it on for the whole process: half a photo would pass
    try:
        upload.seek(0)
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(upload, formats=("JPEG", "PNG", "WEBP", "GIF"))
            if picture.width * picture.height > MAX_PIXELS:
                raise ValidationError("사진의 화소가 너무 많습니다. 줄여서 올려 주세요.")
            picture.draft("RGB", (MAX_PHOTO_SIDE * 2, MAX_PHOTO_SIDE * 2))
            picture = ImageOps.exif_transpose(picture)
            picture.thumbnail((MAX_PHOTO_SIDE, MAX_PHOTO_SIDE))
            if picture.mode != "RGB":
                flat = Image.new("RGB", picture.size, "white")
                flat.paste(picture, mask=picture.convert("RGBA").getchannel("A"))
                picture = flat
            out = io.BytesIO()
            fresh = Image.new("RGB", picture.size)
            fresh.paste(picture)  # pixels only: whatever else the file carried stays behind
            fresh.save(out, "JPEG", quality=82, optimize=True)
    except ValidationError:
        raise
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise ValidationError("사진으로 읽을 수 없는 파일입니다. jpg, png, webp 사진을 올려 주세요.") from None
    return ContentFile(out.getvalue(), name=f"{uuid.uuid4().hex}.jpg")


def clean_document(upload):
    """(ContentFile under a name of ours, Known). Raises ValidationError."""
    known = know_document(upload)
    upload.seek(0)
    return ContentFile(upload.read(), name=f"{uuid.uuid4().hex}.{known.extension}"), known


class _MultipleFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files of one field, each cleaned by `clean_one`; errors name the file. Cleans to a list."""

    def __init__(self, *, clean_one, limit=10, **kwargs):
        kwargs.setdefault("widget", _MultipleFiles)
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)
        self.clean_one, self.limit = clean_one, limit

    def clean(self, data, initial=None):
        uploads = [u for u in (data if isinstance(data, (list, tuple)) else [data]) if u]
        if not uploads and self.required:
            raise ValidationError("파일을 골라 주세요.")
        if len(uploads) > self.limit:
            raise ValidationError(f"한 번에 {self.limit}개까지 올릴 수 있습니다.")
        cleaned, errors = [], []
        for upload in uploads:
            try:
                cleaned.append((upload.name, self.clean_one(upload)))
            except ValidationError as error:
                errors += [f"{upload.name}: {message}" for message in error.messages]
        if errors:
            raise ValidationError(errors)
        return cleaned


def serve(file, *, name, content_type, inline=False):
    """A response with a kept file. Only pictures may be shown in the page (`inline`); everything else downloads."""
    response = FileResponse(file.open("rb"), content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(not inline, name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
