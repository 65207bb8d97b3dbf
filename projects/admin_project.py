"""Admin of projects: one page for a project with all its rows."""

from django.contrib import admin
from django.db.models import Prefetch

from geumcheon.accounts.admin_base import RoleModelAdmin
from geumcheon.lib import bulk, history
from geumcheon.lib.admin_parts import Computed, History, PortalFields, Sections, is_list, per_row
from geumcheon.lib.formsets import reindex
from projects import actions, conflicts
from projects.admin_bulk import DongBulk
from projects.admin_forms import ProjectForm
from projects.admin_inlines import (
    AliasInline,
    BodyInline,
    IndicatorInline,
    MeetingInline,
    PartInline,
    PartnerInline,
    StageInline,
    TableInline,
)
from projects.admin_rows import OwnFilter, Versioned
from projects.models import (
    Indicator,
    IndicatorResult,
    IndicatorRollup,
    Partner,
    Project,
    Side,
    Stage,
)
from projects.rules import own_projects


class LeadFilter(admin.SimpleListFilter):
    title = "주무부서"
    parameter_name = "lead"

    def lookups(self, request, model_admin):
        leads = Partner.objects.filter(side=Side.LEAD, department__isnull=False).order_by("department__name")
        return [(str(pk), name) for pk, name in leads.values_list("department_id", "department__name").distinct()]

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        if self.value() not in dict(self.lookup_choices):
            return queryset.none()
        led = Partner.objects.filter(side=Side.LEAD, department_id=int(self.value()))
        return queryset.filter(pk__in=led.values("project_id"))


@admin.register(Project)
class ProjectAdmin(Versioned, Computed, Sections, History, PortalFields, RoleModelAdmin):
    """A project with all its rows. Saves go through actions.save_project under the project's lock, in one transaction with the rows.

    Apps on the right fill these named places at start-up:
    extra_inlines (inline classes), extra_columns (functions of a project for the list), extra_filters (list filters),
    extra_querysets (functions queryset -> queryset that fetch what the columns need), extra_histories (functions project -> history
    querysets of their rows).
    """

    extra_inlines = []
    extra_columns = []
    extra_filters = []
    extra_querysets = []
    extra_histories = []

    computed = [IndicatorRollup, IndicatorResult]
    form = ProjectForm
    change_form_template = "admin/projects/project/change_form.html"
    fieldsets = [
        (
            "기본",
            {
                "fields": [
                    ("plan", "number", "group"),
                    ("name", "origin"),
                    ("period", "starts_on", "ends_before"),
                    "place",
                    "dongs",
                    "source",
                ],
                "description": "돈은 사업이 아니라 예산 줄에 적습니다. 합계는 줄에서 계산합니다.",
            },
        ),
        (
            "글",
            {
                "fields": [
                    "summary",
                    ("goals", "direction"),
                    ("background", "effects"),
                    ("contingency", "monitoring"),
                    ("last_results", "last_open_points"),
                ],
            },
        ),
    ]
    inlines = [
        BodyInline, AliasInline, PartInline, TableInline, PartnerInline, StageInline, IndicatorInline, MeetingInline,
    ]  # fmt: skip
    list_display = ["number", "name", "year", "group", "leads", "period"]
    list_display_links = ["number", "name"]
    list_filter = ["plan", "group", OwnFilter, LeadFilter, "origin", ("bodies", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["plan", "group"]
    search_fields = ["name", "aliases__name", "=number"]
    actions = [bulk.action(DongBulk)]
    ordering = ["-plan__year", "number"]

    # --- the list ---
    def get_queryset(self, request):
        projects = super().get_queryset(request).select_related("plan", "group")
        if not is_list(request):
            return projects
        leads = Partner.objects.filter(side=Side.LEAD).order_by("order")
        projects = projects.annotate(indicator_rows=per_row(Indicator, "project")).prefetch_related(
            Prefetch("partners", leads, to_attr="lead_partners")
        )
        for fetch in self.extra_querysets:
            projects = fetch(projects)
        return projects

    def get_list_display(self, request):
        return [*self.list_display, "indicator_count", *self.extra_columns]

    def get_list_filter(self, request):
        return [*self.list_filter, *self.extra_filters]

    def get_search_results(self, request, queryset, search_term):
        """Rows of projects are offered the projects whose rows the user may write."""
        if request.GET.get("app_label") and request.GET.get("field_name") == "project":
            queryset = queryset.filter(pk__in=own_projects(request.user))
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description="연도", ordering="plan__year")
    def year(self, project):
        return project.plan.year

    @admin.display(description="주무부서")
    def leads(self, project):
        return ", ".join(dict.fromkeys(partner.name for partner in project.lead_partners))

    @admin.display(description="지표", ordering="indicator_rows")
    def indicator_count(self, project):
        return project.indicator_rows or 0

    # --- one project ---
    def get_inlines(self, request, obj):
        return [*self.inlines, *self.extra_inlines]

    def get_readonly_fields(self, request, obj=None):
        """A project never changes its plan: its money and its figures hang on it."""
        return [*super().get_readonly_fields(request, obj), *(["plan"] if obj else [])]

    def view_on_site(self, obj):
        return obj.get_absolute_url()

    def render_change_form(self, request, context, **kwargs):
        project = context.get("original")
        if project is not None:
            context["recent_history"] = history.moments(*self.history_querysets(project))[:5]
        return super().render_change_form(request, context, **kwargs)

    def history_querysets(self, obj):
        rows = [model.history.filter(project_id=obj.pk) for model in (Partner, Stage, Indicator)]
        return [*super().history_querysets(obj), *rows, *(q for extra in self.extra_histories for q in extra(obj))]

    # --- saving: two people at once ---
    def lock(self, obj):
        try:
            return actions.lock_project(project_id=obj.pk)
        except Project.DoesNotExist:
            return None

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if "data" in kwargs and obj.pk and request.POST.get("edit_version") != str(obj.edit_version):
            known = set(map(str, inline.model._base_manager.filter(project=obj.pk).values_list("pk", flat=True)))
            kwargs["data"] = reindex(kwargs["data"], prefix, known)
        return kwargs

    def conflict(self, form, formsets):
        """The conflict with what the editor saw as the base: the history entry of that version and of each row at that time."""
        records = Project.history.filter(id=form.instance.pk)
        seen = form.seen_version
        base = records.filter(edit_version=seen).order_by("-history_id").first() if seen is not None else None
        after = records.filter(edit_version__gt=seen).order_by("history_id").first() if base else None

        def base_row(model, pk):
            if after is None or not hasattr(model, "history"):
                return None
            return (
                model.history.filter(id=pk, history_date__lt=after.history_date)
                .order_by("-history_date", "-history_id")
                .first()
            )

        return conflicts.conflict(form, formsets, records=records, base=base, base_rows=base_row)

    def save_model(self, request, obj, form, change):
        self.check_row(request, change, obj)
        actions.save_project(project=obj, seen_version=form.cleaned_data["edit_version"])

    def delete_model(self, request, obj):
        actions.delete_project(project=obj)

    def delete_queryset(self, request, queryset):
        for project in queryset:
            actions.delete_project(project=project)
