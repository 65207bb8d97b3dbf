"""The photos and papers of a meeting's form: checked by content, kept with the record in one transaction."""

from functools import partial
from pathlib import Path

from django import forms
from django.db import transaction

from councils.log_fields import MarkedForm, rows_of
from councils.models import FileKind, MeetingFile
from geumcheon.lib import clock, uploads

MAX_NEW = 10


class PhotoForm(MarkedForm):
    """A photo with the words that tell it; made anew without place, device or time."""

    photo = forms.FileField(label="사진", required=False, widget=forms.FileInput(attrs={"accept": "image/*"}))
    alt = forms.CharField(
        label="사진 설명",
        required=False,
        max_length=200,
        help_text="무엇이 보이는지. 예: 위원들이 안건 도표를 함께 보고 있다",
    )

    def clean_photo(self):
        upload = self.cleaned_data["photo"]
        return uploads.clean_photo(upload) if upload else None

    def clean(self):
        data = super().clean()
        if data.get("photo") and not data.get("alt", "").strip():
            self.add_error("alt", "사진에 무엇이 보이는지 한 줄로 적어 주세요. 보지 못하는 사람에게 읽어 드립니다.")
        return data


class PaperForm(MarkedForm):
    """A document: material that may be public, or the signed sheet, which never is."""

    paper = forms.FileField(
        label="파일", required=False, widget=forms.FileInput(attrs={"accept": ".hwp,.hwpx,.pdf,.docx,.xlsx,.pptx"})
    )
    title = forms.CharField(label="이름", required=False, max_length=120, help_text="비우면 파일 이름을 씁니다.")
    kind = forms.ChoiceField(
        label="종류",
        choices=[(k.value, k.label) for k in (FileKind.MATERIAL, FileKind.SIGNED)],
        initial=FileKind.MATERIAL,
    )
    public = forms.BooleanField(label="게시한 뒤 누구나 보게", required=False, initial=True)

    def clean_paper(self):
        upload = self.cleaned_data["paper"]
        return (upload.name, *uploads.clean_document(upload)) if upload else None


PhotoRows, PaperRows = (rows_of(form, MAX_NEW) for form in (PhotoForm, PaperForm))


class FileSheet:
    """New and kept files of one meeting; `save(meeting)` runs inside the transaction that saves the record."""

    def __init__(self, *, user, meeting=None, data=None, files=None):
        self.user, self.meeting = user, meeting
        files = files if data is not None else None
        self.photos = PhotoRows(data, files, prefix="photos", initial=[{}])
        self.papers = PaperRows(data, files, prefix="papers", initial=[{"kind": FileKind.MATERIAL, "public": True}])
        self.formsets = (self.photos, self.papers)
        self.kept = list(meeting.files.all()) if meeting else []
        self.dropped = {v for v in data.getlist("drop") if v.isdecimal()} if data is not None else set()
        for file in self.kept:
            file.dropped = str(file.pk) in self.dropped

    def _keep(self, meeting, content, **fields):
        row = MeetingFile(meeting=meeting, size=content.size, uploaded_at=clock.now(), uploaded_by=self.user, **fields)
        row.file.save(content.name, content, save=False)
        row.full_clean()
        row.save()

    def save(self, meeting):
        for file in meeting.files.filter(pk__in=[int(v) for v in self.dropped if len(v) < 10]):
            file.delete()
            transaction.on_commit(partial(file.file.storage.delete, file.file.name))
        for form in self.photos.forms:
            data = form.cleaned_data
            if data.get("photo"):
                alt = data["alt"].strip()
                self._keep(
                    meeting, data["photo"], kind=FileKind.PHOTO, title=alt[:120], alt=alt, content_type="image/jpeg"
                )
        for form in self.papers.forms:
            data = form.cleaned_data
            if data.get("paper"):
                name, content, known = data["paper"]
                self._keep(
                    meeting,
                    content,
                    kind=data["kind"],
                    title=(data["title"] or Path(name).stem)[:120],
                    content_type=known.content_type,
                    public=data["public"] and data["kind"] != FileKind.SIGNED,
                )


def check_kept(user, file):
    """Whether `user` may open a kept file: who reads drafts always; everybody a public one of a published record."""
    if user.is_authenticated and user.has_perm("councils.read_draft", file.meeting):
        return True
    return file.public and file.kind != FileKind.SIGNED and file.meeting.state == "published"
