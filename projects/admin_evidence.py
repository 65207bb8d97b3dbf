"""Admin of what stands behind indicators: the source each one counts, the values typed where nothing can be counted, the stored results."""

from decimal import Decimal

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from geumcheon.accounts.admin_base import RoleModelAdmin
from geumcheon.accounts.models import Department
from geumcheon.accounts.rules import is_officer, is_secretariat
from geumcheon.lib import bulk, clock
from geumcheon.lib.admin_parts import History, PortalFields, ReadOnlyAdmin, is_list
from geumcheon.lib.money import quantity
from projects import measurement_actions, results
from projects.admin_rows import OwnFilter
from projects.evidence import register
from projects.models import Comparator, Indicator, IndicatorResult, IndicatorSource, Measurement, PlanStatus, Side
from projects.rules import own_projects

CLOSED = "마감한 계획의 값은 나중에 결과를 넘겨받았을 때 협치추진단만 적습니다. 적은 사람이 아닌 다른 사람이 확인해야 셉니다."


class OwnIndicatorsFilter(OwnFilter):
    path = "indicator__project"


class LeadFilter(admin.SimpleListFilter):
    """By the department that leads the project."""

    title = "주무부서"
    parameter_name = "lead"

    def lookups(self, request, model_admin):
        leads = Department.objects.filter(partnerships__side=Side.LEAD).distinct().order_by("name")
        return list(leads.values_list("pk", "name"))

    def queryset(self, request, queryset):
        if self.value() not in {str(pk) for pk, _ in self.lookup_choices}:
            return queryset
        led = {"partners__side": Side.LEAD, "partners__department": self.value()}
        return queryset.filter(indicator__project__in=own_projects(request.user).filter(**led))


class ProjectFilter(admin.RelatedOnlyFieldListFilter):
    """By project, those that have rows, in the order of their numbers."""

    def field_choices(self, field, request, model_admin):
        keys = model_admin.get_queryset(request).order_by().values("indicator__project")
        rows = field.related_model.objects.filter(pk__in=keys).order_by("-plan__year", "number")
        return [(row.pk, str(row)) for row in rows.select_related("plan")]


# --- sources ---
class SourceForm(forms.ModelForm):
    provider = forms.ChoiceField(label="무엇을 세나")

    class Meta:
        model = IndicatorSource
        fields = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "provider" in self.fields:
            choices = [(key, _counted(key)) for key, _ in register.choices()]
            known = {key for key, _ in choices}
            # A key nobody knows (any more) stays as it is until somebody chooses another.
            if self.instance.provider and self.instance.provider not in known:
                choices.append((self.instance.provider, _counted(self.instance.provider)))
            self.fields["provider"].choices = choices


def _counted(key):
    """A provider in words, with a note where nobody counts under its key."""
    label = register.label(key) or f"모르는 근거 ‘{key}’"
    return label if register.counts(key) else f"{label} (아직 셀 수 없음)"


@admin.register(IndicatorSource)
class IndicatorSourceAdmin(History, PortalFields, RoleModelAdmin):
    """What an indicator counts, and why. Typed values that were confirmed count beside it in any case."""

    form = SourceForm
    fieldsets = [
        ("지표", {"fields": ["indicator", "provider", "reason", "source"]}),
        (
            "어떤 것만",
            {
                "fields": ["own_project", "meeting_kinds", "bodies", "words", "minimum_people"],
                "description": "고르지 않은 조건은 따지지 않습니다. 회의 종류와 기구, 최소 인원은 회의와 참석 인원에만 쓰입니다.",
            },
        ),
    ]
    list_display = ["indicator_name", "project", "target", "counted", "reason"]
    list_filter = [OwnIndicatorsFilter, "provider", "indicator__project__plan"]
    list_select_related = ["indicator__project__plan"]
    list_per_page = 50
    search_fields = ["indicator__name", "indicator__objective", "indicator__project__name", "reason", "words"]
    autocomplete_fields = ["indicator"]
    ordering = ["-indicator__project__plan__year", "indicator__project__number", "indicator__order"]

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *(["indicator"] if obj else [])]

    @admin.display(description="지표", ordering="indicator__name")
    def indicator_name(self, source):
        return str(source.indicator)

    @admin.display(description="사업", ordering="indicator__project__number")
    def project(self, source):
        return source.indicator.project

    @admin.display(description="성과목표", ordering="indicator__target_text")
    def target(self, source):
        return source.indicator.target_text

    @admin.display(description="세는 것", ordering="provider")
    def counted(self, source):
        return _counted(source.provider)

    def save_related(self, request, form, formsets, change):
        """Count again once the kinds and bodies are saved too."""
        super().save_related(request, form, formsets, change)
        measurement_actions.refresh_indicators.delay_on_commit(form.instance.indicator.project.plan_id)


# --- typed values ---
class MeasurementForm(forms.ModelForm):
    """A value with its evidence; what does not fit the indicator is told at its field."""

    class Meta:
        model = Measurement
        fields = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "on" in self.fields and not self.instance.pk:
            self.fields["on"].initial = clock.today()
        indicator = self._indicator()
        if "value" in self.fields and indicator and indicator.comparator == Comparator.TEXT:
            self._answer(indicator)

    def _indicator(self):
        """The indicator that is stored, sent or named in the address (?indicator=); None before one is chosen."""
        if self.instance.indicator_id:
            return self.instance.indicator
        if "indicator" not in self.fields:
            return None
        chosen = self.data.get(self.add_prefix("indicator")) if self.is_bound else self.initial.get("indicator")
        known = str(chosen or "")
        return Indicator.objects.filter(pk=known).first() if known.isascii() and known.isdecimal() else None

    def _answer(self, indicator):
        """Let a yes-or-no indicator be answered in words."""
        value, stored = self.fields["value"], self.instance.value
        self.fields["value"] = forms.TypedChoiceField(
            label=value.label,
            choices=[("", "고르기"), ("1", "예"), ("0", "아니요")],
            coerce=Decimal,
            help_text=f"‘{indicator.target_text}’이(가) 맞나요?",
        )
        if stored is not None:
            self.initial["value"] = str(int(stored))

    def clean_file(self):
        file = self.cleaned_data["file"]
        return measurement_actions.clean_evidence(file) if file and "file" in self.changed_data else file

    def _post_clean(self):
        super()._post_clean()
        if self.errors or not self.instance.indicator_id or "value" not in self.fields:
            return
        try:
            measurement_actions.check(self.instance)
        except ValidationError as error:
            self.add_error(None, error)


class Decision(bulk.BulkAction):
    """Confirm or return many values; each is shown with what it will do."""

    permission = "confirm"

    def lock(self, pks):
        """The indicators before the values, as every other writer."""
        used = Measurement.objects.filter(pk__in=pks).values("indicator")
        list(Indicator.objects.select_for_update().filter(pk__in=used).order_by("pk").values_list("pk"))
        super().lock(pks)

    def rows(self, queryset):
        return queryset.select_related("indicator__project__plan", "dong", "entered_by")

    def title(self, row):
        return f"[사업 {row.indicator.project.number}] {row.indicator} (목표 {row.indicator.target_text})"

    def show(self, row):
        where = row.dong or row.part
        value = _value(row) + (f" ({where})" if where else "")
        return f"{value} · {row.on} · {row.evidence} · {row.get_state_display()}"

    def denied(self, row):
        return "협치추진단만 확인하거나 돌려보냅니다."


class ConfirmBulk(Decision):
    name = "confirm_selected"
    label = "확인하기(공개하고 셈)"
    done = "확인했습니다"
    hint = "확인한 값만 공개되고 지표에 셉니다. 스스로 적은 값은 다른 사람이 확인합니다."

    def change(self, row, data):
        if row.state == Measurement.State.RETURNED:
            raise ValidationError("돌려보낸 값입니다. 부서가 고친 뒤에 확인합니다.")
        if row.state == Measurement.State.ENTERED and row.entered_by_id == self.request.user.pk:
            raise ValidationError("스스로 적은 값은 다른 사람이 확인합니다.")
        row.state = Measurement.State.CONFIRMED

    def write(self, *, rows, data, user):
        for row in rows:
            measurement_actions.confirm(measurement=row, by=user)


def _value(row):
    """A typed value in words: `12회`, `예`."""
    if row.indicator.comparator == Comparator.TEXT:
        return "예" if row.value == 1 else "아니요"
    return f"{quantity(row.value)}{row.indicator.unit}"


class ReasonForm(forms.Form):
    reason = forms.CharField(label="돌려보내는 까닭", max_length=200)


class ReturnBulk(Decision):
    name = "return_selected"
    label = "돌려보내기"
    done = "돌려보냈습니다"
    hint = "확인한 값을 돌려보내면 더는 세지 않습니다. 부서가 고치면 다시 확인할 수 있습니다."
    form_class = ReasonForm

    def change(self, row, data):
        row.state = Measurement.State.RETURNED

    def write(self, *, rows, data, user):
        for row in rows:
            measurement_actions.send_back(measurement=row, by=user, reason=data["reason"])


@admin.register(Measurement)
class MeasurementAdmin(History, PortalFields, RoleModelAdmin):
    """Typed values: officers enter those of the own department's projects, the secretariat confirms or returns them."""

    form = MeasurementForm
    fieldsets = [
        ("값", {"fields": ["indicator", ("on", "value", "base"), ("dong", "part")]}),
        (
            "근거",
            {
                "fields": ["evidence", "link", "file"],
                "description": "확인하면 값과 근거가 공개됩니다. 사람 이름이나 연락처가 든 파일은 붙이지 마세요.",
            },
        ),
    ]
    CONFIRMATION = ("확인", {"fields": [("state", "confirmed_at"), "note"]})
    rule_texts = {
        "indicator": "마감한 계획의 지표는 협치추진단만 고릅니다.",
        "value": "지표의 단위로 적습니다. 금액은 원, 비율은 0에서 100까지, 예·아니요로 답하는 지표는 예가 1, 아니요가 0입니다.",
        "dong": "동마다 세는 지표에만 고릅니다.",
        "part": "비우면 잰 날을 따릅니다. 예: 2분기",
        "file": "hwp, hwpx, pdf, docx, xlsx, pptx 문서나 jpg, png, webp 사진.",
    }
    readonly_fields = ["state", "confirmed_at", "note"]
    list_display = ["indicator_name", "project", "on", "shown", "part_of", "evidence", "state", "confirmed_at"]
    list_filter = ["state", LeadFilter, ("indicator__project", ProjectFilter), "indicator__project__plan"]
    list_select_related = ["indicator__project__plan", "dong"]
    list_per_page = 50
    search_fields = ["indicator__name", "indicator__objective", "indicator__project__name", "evidence"]
    autocomplete_fields = ["indicator"]
    actions = [bulk.action(ConfirmBulk), bulk.action(ReturnBulk)]

    def get_fieldsets(self, request, obj=None):
        fieldsets = [*self.fieldsets, self.CONFIRMATION] if obj else self.fieldsets
        if obj and obj.indicator.project.plan.is_closed:
            (title, options), *others = fieldsets
            fieldsets = [(title, options | {"description": CLOSED}), *others]
        return fieldsets

    def get_queryset(self, request):
        """An officer's list has the rows of the own departments' projects."""
        rows = super().get_queryset(request)
        if is_list(request) and is_officer(request.user):
            rows = rows.filter(indicator__project__in=own_projects(request.user))
        return rows

    def get_object(self, request, object_id, from_field=None):
        """Locked while it is saved: somebody who confirms it meanwhile comes before or after, never in between."""
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST":
            return found
        try:
            return measurement_actions.lock(found)
        except Measurement.DoesNotExist:
            return None

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *(["indicator"] if obj else [])]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "indicator":
            rows = Indicator.objects.select_related("project__plan")
            rows = rows.filter(project__in=own_projects(request.user))
            closed = is_officer(request.user) and not request.user.is_superuser
            kwargs["queryset"] = rows.exclude(project__plan__status=PlanStatus.CLOSED) if closed else rows
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_confirm_permission(self, request, obj=None):
        return is_secretariat(request.user) or request.user.is_superuser

    @admin.display(description="지표", ordering="indicator__name")
    def indicator_name(self, measurement):
        return str(measurement.indicator)

    @admin.display(description="사업", ordering="indicator__project__number")
    def project(self, measurement):
        return measurement.indicator.project

    @admin.display(description="값", ordering="value")
    def shown(self, measurement):
        return _value(measurement)

    @admin.display(description="몫")
    def part_of(self, measurement):
        return measurement.dong or measurement.part

    def save_model(self, request, obj, form, change):
        if not self._ask(request, "change" if change else "add", obj):
            raise PermissionDenied
        measurement_actions.enter(measurement=obj, by=request.user)

    def delete_model(self, request, obj):
        measurement_actions.withdraw(measurement=obj, by=request.user)

    def delete_queryset(self, request, queryset):
        for row in queryset:
            measurement_actions.withdraw(measurement=row, by=request.user)


# --- stored results ---
@admin.register(IndicatorResult)
class IndicatorResultAdmin(ReadOnlyAdmin, RoleModelAdmin):
    """What each indicator achieved, written by a task only."""

    fields = [
        "indicator", "state", "shown", "share", "due_share", "evidence_count", "lacking", "computed_at",
    ]  # fmt: skip
    readonly_fields = ["shown", "lacking"]
    list_display = ["indicator_name", "project", "target", "state", "shown", "share", "due_share", "evidence_count", "computed_at"]  # fmt: skip
    list_filter = [OwnIndicatorsFilter, "state", LeadFilter, "indicator__project__plan"]
    list_select_related = ["indicator__project__plan"]
    list_per_page = 50
    search_fields = ["indicator__name", "indicator__objective", "indicator__project__name"]
    ordering = ["-indicator__project__plan__year", "indicator__project__number", "indicator__order"]

    @admin.display(description="지표", ordering="indicator__name")
    def indicator_name(self, result):
        return str(result.indicator)

    @admin.display(description="사업", ordering="indicator__project__number")
    def project(self, result):
        return result.indicator.project

    @admin.display(description="성과목표", ordering="indicator__target_text")
    def target(self, result):
        return result.indicator.target_text

    @admin.display(description="값", ordering="value")
    def shown(self, result):
        return results.value_text(result.indicator, result)

    @admin.display(description="빠진 몫")
    def lacking(self, result):
        return ", ".join(result.missing)

    def view_on_site(self, result):
        project = result.indicator.project
        return reverse("projects:indicator", args=[project.plan.year, project.number, result.indicator.order])
