"""Partners, stages and indicators in lists over all projects, each row also on a page of its own."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied

from geumcheon.accounts.admin_base import RoleModelAdmin
from geumcheon.accounts.rules import is_officer
from geumcheon.lib import bulk
from geumcheon.lib.admin_parts import Computed, History, PortalFields
from projects import actions, conflicts
from projects.admin_bulk import CombineBulk
from projects.admin_forms import ProjectRowForm
from projects.admin_inlines import INDICATOR_RULES, parsed_target
from projects.models import Indicator, IndicatorResult, IndicatorSource, Partner, Stage
from projects.rules import own_projects


class Versioned:
    """Saves that are refused when somebody else saved in between; the second is shown the differences."""

    def lock(self, obj):
        """`obj` as stored now, locked until the transaction ends; None when it is gone."""
        raise NotImplementedError

    def get_object(self, request, object_id, from_field=None):
        found = super().get_object(request, object_id, from_field)
        return self.lock(found) if found is not None and request.method == "POST" else found

    def conflict(self, form, formsets):
        return conflicts.conflict(form, formsets, records=type(form.instance).history.filter(id=form.instance.pk))

    def render_change_form(self, request, context, **kwargs):
        form = context["adminform"].form
        if getattr(form, "stale", False):
            context["conflict"] = self.conflict(form, [inline.formset for inline in context["inline_admin_formsets"]])
        return super().render_change_form(request, context, **kwargs)

    def check_row(self, request, change, obj):
        """Ask about the row as it will be saved: nobody moves or adds a row into somebody else's project."""
        if not self._ask(request, "change" if change else "add", obj):
            raise PermissionDenied


class OwnFilter(admin.SimpleListFilter):
    """For officers: the own departments' projects, or the rows of them."""

    title = "맡은 부서"
    parameter_name = "own"
    path = "pk"

    def lookups(self, request, model_admin):
        return [("1", "내 부서가 주무부서인 사업")] if is_officer(request.user) else []

    def queryset(self, request, queryset):
        return queryset.filter(**{f"{self.path}__in": own_projects(request.user)}) if self.value() == "1" else queryset


class OwnRowsFilter(OwnFilter):
    path = "project"


class ProjectRowAdmin(Versioned, History, PortalFields, RoleModelAdmin):
    """A row of a project on its own page. Officers choose among their own departments' projects; a row never changes its project."""

    form = ProjectRowForm
    list_per_page = 50
    list_select_related = ["project__plan"]
    fixed_on_change = ["project"]
    autocomplete_fields = ["project"]

    def lock(self, obj):
        actions.lock_project(project_id=obj.project_id)
        return self.model._base_manager.filter(pk=obj.pk).first()

    def get_readonly_fields(self, request, obj=None):
        fixed = self.fixed_on_change if obj else []
        return [*super().get_readonly_fields(request, obj), *fixed]

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "project":
            kwargs["queryset"] = own_projects(request.user)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        self.check_row(request, change, obj)
        actions.save_row(row=obj)

    def delete_model(self, request, obj):
        actions.delete_row(row=obj)

    def delete_queryset(self, request, queryset):
        for row in queryset:
            actions.delete_row(row=row)


@admin.register(Partner)
class PartnerAdmin(ProjectRowAdmin):
    fields = ["project", ("order", "side"), "name", ("department", "body"), "function", "roles", "source"]
    list_display = ["name", "side", "project", "department", "body", "function"]
    list_filter = [OwnRowsFilter, "side", "project__plan", ("department", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["project__plan", "department", "body"]
    search_fields = ["name", "function", "roles", "project__name"]
    autocomplete_fields = ["project", "department", "body"]
    ordering = ["-project__plan__year", "project__number", "order"]


@admin.register(Stage)
class StageAdmin(ProjectRowAdmin):
    fields = ["project", ("order", "kind"), ("title", "when"), "tasks", "source"]
    list_display = ["title", "order", "kind", "when", "project"]
    list_filter = [OwnRowsFilter, "project__plan", "kind"]
    search_fields = ["title", "kind", "tasks", "project__name"]
    ordering = ["-project__plan__year", "project__number", "order"]


@admin.register(Indicator)
class IndicatorAdmin(Computed, ProjectRowAdmin):
    computed = [IndicatorResult, IndicatorSource]  # they hang on it: what is counted for an indicator goes with it
    rule_texts = INDICATOR_RULES
    fields = [
        "project",
        ("order", "phase"),
        ("objective", "name"),
        ("target_text", "method"),
        ("combine", "parsed"),
        "source",
    ]
    readonly_fields = ["parsed"]
    list_display = ["name", "objective", "phase", "target_text", "parsed", "method", "project"]
    list_filter = [OwnRowsFilter, "phase", "project__plan", "comparator", "combine"]
    actions = [bulk.action(CombineBulk)]
    search_fields = ["name", "objective", "target_text", "method", "project__name"]
    ordering = ["-project__plan__year", "project__number", "order"]

    @admin.display(description="읽은 목표")
    def parsed(self, indicator):
        return parsed_target(indicator)
