"""The rows on a project's page."""

from django.contrib import admin

from councils.models import Meeting
from geumcheon.accounts.admin_base import RoleStackedInline, RoleTabularInline
from geumcheon.lib.admin_parts import FOLDED, Rows
from geumcheon.lib.money import quantity
from projects.admin_forms import PartFormSet, TableForm
from projects.models import (
    Indicator,
    Partner,
    ProjectAlias,
    ProjectBody,
    ProjectMeeting,
    ProjectPart,
    ProjectTable,
    Stage,
)


class BodyInline(Rows, RoleTabularInline):
    model = ProjectBody
    fields = ["order", "body"]


class AliasInline(Rows, RoleTabularInline):
    model = ProjectAlias
    fields = ["name"]
    verbose_name_plural = "다른 이름"


class PartInline(Rows, RoleStackedInline):
    template = FOLDED
    model = ProjectPart
    formset = PartFormSet
    fields = [("kind", "order", "title"), "items", "source"]

    def row_label(self, part):
        return f"{part.get_kind_display()} {part.order}. {part.title}"


class TableInline(Rows, RoleStackedInline):
    template = FOLDED
    model = ProjectTable
    form = TableForm
    fields = [("order", "title"), "columns", "rows", "source"]


class PartnerInline(Rows, RoleStackedInline):
    template = FOLDED
    model = Partner
    fields = [("order", "side", "name", "department", "body"), "function", "roles", "source"]
    verbose_name_plural = "민·관 협력체계"
    description = "주무부서의 담당자만 이 사업을 고칠 수 있습니다. 부서를 이어 두어야 주무부서로 셉니다."

    def row_label(self, partner):
        return f"{partner.order}. {partner.side} {partner.name}" + (
            f" · {partner.function}" if partner.function else ""
        )


class StageInline(Rows, RoleStackedInline):
    template = FOLDED
    model = Stage
    fields = [("order", "kind", "title", "when"), "tasks", "source"]

    def row_label(self, stage):
        return " · ".join(filter(None, [f"{stage.order}단계 {stage.title}", stage.kind, stage.when]))


INDICATOR_RULES = {
    "target_text": (
        "이상·이하·미만·초과를 읽고, 수만 적으면 그 수 이상일 때, ‘중복 없음’은 예라고 답할 때 이룬 것으로 봅니다"
        "(Ⅲ-1 성과지표의 성과목표 칸 · L352)."
    ),
    "combine": "‘동별’처럼 단위가 있으면 단위마다, %면 비율, 예·아니요면 마지막 값, 나머지는 합입니다.",
    "method": "성과지표 표의 ‘측정 방법’ 칸 그대로 적습니다.",
}


class IndicatorInline(Rows, RoleStackedInline):
    template = FOLDED
    model = Indicator
    rule_texts = INDICATOR_RULES
    fields = [("order", "phase", "objective", "name"), ("target_text", "method", "combine", "parsed"), "source"]
    readonly_fields = ["parsed"]
    description = "성과목표는 적힌 그대로 두고, 포털이 읽은 값을 옆에 보입니다. 수만 적은 목표는 그 수 이상이면 이룬 것으로 봅니다."

    def row_label(self, indicator):
        return (
            f"{indicator.order}. {indicator.phase} · {indicator.objective} · {indicator.name} · {indicator.target_text}"
        )

    @admin.display(description="읽은 목표")
    def parsed(self, indicator):
        return parsed_target(indicator)


class MeetingInline(Rows, RoleTabularInline):
    model = ProjectMeeting
    fields = ["meeting"]
    autocomplete_fields = ["meeting"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("project", "meeting__kind")

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs.setdefault("queryset", Meeting.objects.select_related("kind"))  # its name says the kind
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


def parsed_target(indicator):
    """The parsed target in words: `동마다 1 회 이상`; "" before the first save."""
    if not indicator.comparator:
        return "저장하면 목표를 읽어 보여 줍니다."
    if indicator.target_value is None:
        return "예·아니요로 답함"
    per = f"{indicator.per}마다 " if indicator.per else ""
    return f"{per}{quantity(indicator.target_value)}{indicator.unit} {indicator.get_comparator_display()}"
