"""Admin of plans and what feeds into them. Projects and their rows are in admin_project and admin_rows."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch
from django.http import HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from geumcheon.accounts.admin_base import RoleModelAdmin, RoleStackedInline, RoleTabularInline
from geumcheon.lib.admin_parts import (
    FOLDED,
    Computed,
    History,
    PortalFields,
    ReadOnlyAdmin,
    Rows,
    Sections,
    admin_url,
    is_list,
    per_row,
)
from geumcheon.lib.formsets import RowFormSet
from geumcheon.lib.money import won
from projects import actions
from projects.admin_evidence import IndicatorResultAdmin, IndicatorSourceAdmin, MeasurementAdmin
from projects.admin_inspections import FindingAdmin, InspectionTeamAdmin, PublicityAdmin, VisitAdmin
from projects.admin_project import ProjectAdmin
from projects.admin_rows import IndicatorAdmin, PartnerAdmin, StageAdmin
from projects.models import (
    Feedback,
    FeedbackAnswer,
    IndicatorResult,
    IndicatorRollup,
    PastProject,
    Plan,
    PlanSection,
    PlanStatus,
    PlanStep,
    Project,
    ProjectGroup,
)
from projects.tasks import refresh_indicators

__all__ = [
    "FindingAdmin",
    "IndicatorAdmin",
    "IndicatorResultAdmin",
    "IndicatorSourceAdmin",
    "InspectionTeamAdmin",
    "MeasurementAdmin",
    "PartnerAdmin",
    "ProjectAdmin",
    "PublicityAdmin",
    "StageAdmin",
    "VisitAdmin",
]


class SectionFormSet(RowFormSet):
    order_scope = ("kind",)


class StepFormSet(RowFormSet):
    order_scope = ("year",)


class GroupInline(Rows, RoleTabularInline):
    model = ProjectGroup
    fields = ["order", "name"]


class SectionInline(Rows, RoleStackedInline):
    template = FOLDED
    model = PlanSection
    formset = SectionFormSet
    fields = [("kind", "order", "title"), "items", "source"]


class StepInline(Rows, RoleStackedInline):
    template = FOLDED
    model = PlanStep
    formset = StepFormSet
    fields = [("year", "order", "title"), ("starts_on", "ends_on", "when"), "body", "source"]


@admin.register(Plan)
class PlanAdmin(Computed, Sections, History, PortalFields, RoleModelAdmin):
    """A plan. Its status moves by buttons that call actions.move_plan, never by a field."""

    computed = [IndicatorRollup, IndicatorResult]
    change_form_template = "admin/projects/plan/change_form.html"
    fieldsets = [
        (
            "기본",
            {
                "fields": [("year", "title"), ("status", "as_of"), "source"],
                "description": "상태는 작성 중 → 시행 중 → 마감으로만 나아가며 되돌릴 수 없습니다. 위쪽 단추로 바꿉니다.",
            },
        ),
        ("글", {"fields": ["basis", "background", "results"]}),
    ]
    readonly_fields = ["status"]
    inlines = [GroupInline, SectionInline, StepInline]
    list_display = ["year", "title", "status", "as_of", "project_count", "indicator_total", "counted_at"]
    list_display_links = ["year", "title"]
    list_filter = ["status"]
    search_fields = ["=year", "title"]
    actions = ["publish_selected", "close_selected"]

    def get_queryset(self, request):
        plans = super().get_queryset(request)
        if is_list(request):
            rollups = IndicatorRollup.objects.filter(project__isnull=True)
            plans = plans.annotate(project_rows=per_row(Project, "plan")).prefetch_related(
                Prefetch("indicator_rollups", rollups, to_attr="whole")
            )
        return plans

    @admin.display(description="사업", ordering="project_rows")
    def project_count(self, plan):
        return plan.project_rows or 0

    @admin.display(description="지표(집계)")
    def indicator_total(self, plan):
        return plan.whole[0].indicators if plan.whole else None

    @admin.display(description="집계한 때")
    def counted_at(self, plan):
        return plan.whole[0].computed_at if plan.whole else None

    def view_on_site(self, obj):
        return reverse("projects:plan", args=[obj.year])

    def has_delete_permission(self, request, obj=None):
        """A plan people have seen stays: only a draft may be deleted."""
        return super().has_delete_permission(request, obj) and (obj is None or obj.status == PlanStatus.DRAFT)

    def save_related(self, request, form, formsets, change):
        """A group's name is a key of stored figures: count again after the rows are saved."""
        super().save_related(request, form, formsets, change)
        refresh_indicators.delay_on_commit(form.instance.pk)
        actions.plan_saved.collect(form.instance)

    # --- status ---
    def get_urls(self):
        move = self.admin_site.admin_view(self.move_view)
        return [path("<int:pk>/move/<slug:status>/", move, name="projects_plan_move"), *super().get_urls()]

    def render_change_form(self, request, context, **kwargs):
        plan = context.get("original")
        if plan is not None and self.has_change_permission(request, plan):
            context["moves"] = [PlanStatus(s) for s in PlanStatus.values if s in Plan.MOVES[plan.status]]
        return super().render_change_form(request, context, **kwargs)

    def move_view(self, request, pk, status):
        """Ask (GET), then move (POST). The move cannot be taken back, so it is never one click."""
        plan = self.get_object(request, str(pk))
        if plan is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, str(pk))
        if not self.has_change_permission(request, plan):
            raise PermissionDenied
        if request.method == "POST":
            self.move(request, [plan], status)
            return HttpResponseRedirect(admin_url(Plan, "change", plan.pk))
        if status not in Plan.MOVES[plan.status]:
            return HttpResponseRedirect(admin_url(Plan, "change", plan.pk))
        context = {
            **self.admin_site.each_context(request),
            "title": f"{plan}: ‘{PlanStatus(status).label}’(으)로 바꾸기",
            "opts": self.opts,
            "plan": plan,
            "status": PlanStatus(status),
        }
        return TemplateResponse(request, "admin/projects/plan/move.html", context)

    def move(self, request, plans, status):
        """Move each plan and say what happened; a move that is not allowed is said, the others still happen."""
        for plan in plans:
            try:
                actions.move_plan(plan=plan, status=status, user=request.user)
            except ValidationError as error:
                self.message_user(request, f"{plan}: {' '.join(error.messages)}", messages.ERROR)
            else:
                self.log_change(request, plan, f"상태: {plan.get_status_display()}")
                self.message_user(request, f"{plan}: {plan.get_status_display()}", messages.SUCCESS)

    @admin.action(description="시행 중으로 바꾸기(공개)", permissions=["change"])
    def publish_selected(self, request, queryset):
        self.move(request, queryset, PlanStatus.PUBLISHED)

    @admin.action(description="마감하기", permissions=["change"])
    def close_selected(self, request, queryset):
        self.move(request, queryset, PlanStatus.CLOSED)


@admin.register(PastProject)
class PastProjectAdmin(PortalFields, RoleModelAdmin):
    fields = [
        ("year", "order", "number"),
        ("name", "department"),
        ("cost_krw", "period", "place"),
        "purpose",
        "methods",
        "results",
        "outcome",
        "source",
    ]
    list_display = ["name", "year", "number", "department", "cost", "period"]
    list_filter = ["year", ("department", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["department"]
    search_fields = ["name", "number", "purpose"]
    autocomplete_fields = ["department"]

    @admin.display(description="사업비", ordering="cost_krw")
    def cost(self, project):
        return won(project.cost_krw)


class AnswerInline(Rows, RoleTabularInline):
    model = FeedbackAnswer
    fields = ["project", "reason"]


@admin.register(Feedback)
class FeedbackAdmin(Sections, PortalFields, RoleModelAdmin):
    fieldsets = [("의견", {"fields": [("plan", "key"), ("kind", "order"), "text", "detail", "answer", "source"]})]
    inlines = [AnswerInline]
    list_display = ["text", "kind", "plan", "answer_count"]
    list_filter = ["plan", "kind"]
    list_select_related = ["plan"]
    search_fields = ["text", "detail", "answer"]

    def get_queryset(self, request):
        feedback = super().get_queryset(request)
        return feedback.annotate(answer_rows=per_row(FeedbackAnswer, "feedback")) if is_list(request) else feedback

    @admin.display(description="답한 사업", ordering="answer_rows")
    def answer_count(self, feedback):
        return feedback.answer_rows or 0


@admin.register(IndicatorRollup)
class IndicatorRollupAdmin(ReadOnlyAdmin, RoleModelAdmin):
    """Stored counts, written by a task only."""

    list_display = ["who", "indicators", "process", "outcome", "numeric", "yes_no", "computed_at"]
    list_filter = ["plan"]
    list_select_related = ["plan", "project"]
    list_per_page = 50

    @admin.display(description="사업", ordering="project__number")
    def who(self, rollup):
        return str(rollup.project or f"{rollup.plan} 전체")
