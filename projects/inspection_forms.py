"""Forms of inspections and publicity in the admin: files cleaned by their content, days that can be."""

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Min
from django.urls import reverse
from django.utils.html import format_html

from geumcheon.accounts.models import Department
from geumcheon.lib import clock, periods, uploads
from geumcheon.lib.form_fields import TEXT_LIMIT, LinesField, limit_days
from geumcheon.lib.formsets import RowForm
from projects.inspection_actions import FIELDS_OF, MISSING, check_day
from projects.models import Finding, FindingState, PlanStatus, Publicity, Side, Visit, VisitPhoto
from projects.rules import own_projects

PAPERS = ".hwp,.hwpx,.pdf,.docx,.xlsx,.pptx"


class FixedProject:
    """A row that is written for a project of the own department and never moves to another."""

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *(["project"] if obj else [])]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "project":
            kwargs["queryset"] = own_projects(request.user).order_by("-plan__year", "number")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class PastDayForm(forms.ModelForm):
    """A row with a day `on` that is over."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "on" in self.fields and not self.instance.pk:
            self.fields["on"].initial = clock.today()

    def clean_on(self):
        try:
            check_day(self.cleaned_data["on"])
        except ValidationError as error:
            raise ValidationError(error.message_dict["on"]) from None
        return self.cleaned_data["on"]


class VisitForm(PastDayForm):
    class Meta:
        model = Visit
        fields = ()

    def clean_on(self):
        """Never after a department was told what the visit found."""
        day = super().clean_on()
        told = self.instance.findings.aggregate(first=Min("notified_on"))["first"] if self.instance.pk else None
        if told and day > told:
            raise ValidationError(f"지적을 통보한 날({periods.day_text(told)})보다 뒤일 수 없습니다.")
        return day


class KeptPhoto(forms.Widget):
    """A link to a photo that is there, in place of the box to choose one; words where it cannot be opened yet."""

    def __init__(self, photo):
        super().__init__()
        self.photo = photo

    def render(self, name, value, attrs=None, renderer=None):
        project = self.photo.visit.team.project
        if project.plan.status == PlanStatus.DRAFT:
            return "올린 사진(계획을 공개하면 보입니다)"
        where = [project.plan.year, project.number, self.photo.visit.team_id, self.photo.pk]
        return format_html('<a href="{}">사진 보기</a>', reverse("projects:visit_photo", args=where))


class PhotoForm(RowForm):
    """A photo made anew without place, device or time. Another photo is another row: one that is there is not replaced."""

    file = forms.FileField(label="사진", widget=forms.FileInput(attrs={"accept": "image/*"}))

    class Meta:
        model = VisitPhoto
        fields = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk and "file" in self.fields:
            self.fields["file"].disabled = True
            self.fields["file"].widget = KeptPhoto(self.instance)

    def clean_file(self):
        file = self.cleaned_data["file"]
        return uploads.clean_photo(file) if file and "file" in self.changed_data else file


class FindingForm(RowForm):
    class Meta:
        model = Finding
        fields = ()


class PublicityForm(PastDayForm):
    """A piece of publicity with a link or a file that shows it: a document or a picture, known by its content."""

    link = forms.URLField(label="주소", required=False, assume_scheme="https", max_length=200)
    file = forms.FileField(
        label="파일",
        required=False,
        widget=forms.FileInput(attrs={"accept": f"image/*,{PAPERS}"}),
        help_text="사진이나 hwp, hwpx, pdf, docx, xlsx, pptx. 새로 붙이면 앞의 파일은 지워집니다.",
    )

    class Meta:
        model = Publicity
        fields = ()

    def clean_file(self):
        file = self.cleaned_data["file"]
        if not file or "file" not in self.changed_data:
            return file
        return clean_shown(file)


def clean_shown(upload):
    """A document or a picture under a name of ours. Raises ValidationError that tells what may be sent."""
    try:
        return uploads.clean_document(upload)[0]
    except ValidationError as refused:
        # A bomb or macros in a document; a picture is no known document and is tried as one.
        upload.seek(0)
        if upload.read(2) == b"PK":
            raise
        if upload.size > uploads.MAX_BYTES or not upload.size:
            raise refused from None
    try:
        return uploads.clean_photo(upload)
    except ValidationError:
        raise ValidationError(f"올릴 수 없는 형식입니다. 사진이나 {uploads.ALLOWED} 파일을 올려 주세요.") from None


# --- a finding's next step ---
def _day(label):
    return limit_days(
        forms.DateField(
            label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "vDateField"})
        )
    )


def move_form(finding, to, data=None):
    """The form of the fields that a step writes, each required; days start at today, the department at the one that leads."""
    made = {
        "department": lambda: forms.ModelChoiceField(Department.objects.all(), label="부서"),
        "notified_on": lambda: _day("통보한 날"),
        "demanded_on": lambda: _day("시정을 요구한 날"),
        "due_on": lambda: _day("조치 기한"),
        "acted_on": lambda: _day("조치한 날"),
        "action": lambda: LinesField(
            label="조치한 것", widget=forms.Textarea(attrs={"rows": 5}), max_length=TEXT_LIMIT
        ),
    }
    form = forms.Form(data, initial={"department": lead_of(finding.visit.team.project)}, label_suffix="")
    for name in FIELDS_OF[to]:
        form.fields[name] = made[name]()
        form.fields[name].error_messages["required"] = MISSING[name]
        if name.endswith("_on") and name != "due_on":
            form.fields[name].initial = clock.today
    if to == FindingState.DONE:
        form.fields["action"].help_text = "공개되는 글입니다. 사람 이름이나 연락처는 적지 마세요."
    return form


def lead_of(project):
    """Key of the department that leads a project, None where none is linked."""
    leads = project.partners.filter(side=Side.LEAD, department__isnull=False).order_by("order")
    return leads.values_list("department_id", flat=True).first()
