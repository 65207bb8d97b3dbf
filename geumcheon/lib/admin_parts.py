"""What every admin page of the portal shares: field limits, sections to jump between, history, filters by a computed state."""

from dataclasses import dataclass

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import models
from django.template.response import TemplateResponse
from django.urls import reverse

from geumcheon.lib import history
from geumcheon.lib.form_fields import NUMBER_LIMIT, TEXT_LIMIT, LinesField, WonField, limit_days
from geumcheon.lib.formsets import RowForm, RowFormSet

FIRST_YEAR, LAST_YEAR = 2000, 2099


class PortalFields:
    """Form fields with the portal's limits, for ModelAdmin and inlines alike."""

    show_facets = admin.ShowFacets.NEVER
    rule_texts = {}  # {field name: the rule it follows, with its source}; stands after the field's own help

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = self._limited(db_field, request, **kwargs)
        rule = self.rule_texts.get(db_field.name)
        if field is not None and rule:
            field.help_text = f"{field.help_text} {rule}".strip()
        return field

    def _limited(self, db_field, request, **kwargs):
        if isinstance(db_field, models.TextField):
            kwargs = {"max_length": TEXT_LIMIT, "form_class": LinesField} | kwargs
        elif isinstance(db_field, models.PositiveBigIntegerField) and db_field.name.endswith("_krw"):
            kwargs.setdefault("form_class", WonField)
            kwargs.setdefault("widget", WonField.widget)
        elif isinstance(db_field, models.PositiveSmallIntegerField):
            is_year = db_field.name in ("year", "fiscal_year")
            kwargs.setdefault("min_value", FIRST_YEAR if is_year else 1 if db_field.name in ("no", "number") else 0)
            kwargs.setdefault("max_value", LAST_YEAR if is_year else NUMBER_LIMIT)
        elif isinstance(db_field, models.DateField) and not isinstance(db_field, models.DateTimeField):
            # The browser's own calendar: Korean, on phones too, and no script of the admin's.
            kwargs.setdefault(
                "widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "class": "vDateField"})
            )
            return limit_days(super().formfield_for_dbfield(db_field, request, **kwargs))
        elif isinstance(db_field, models.ManyToManyField):
            return self.formfield_for_manytomany(db_field, request, **kwargs)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        # Selects stay plain: a page with a hundred rows has no room for four little icons beside each.
        if field is not None and hasattr(field.widget, "can_add_related"):
            field.widget = field.widget.widget
        return field

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        """Boxes to tick: the ten dongs and the bodies are few, and two lists with arrows need a mouse."""
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def render_change_form(self, request, context, **kwargs):
        context["adminform"].form.label_suffix = ""
        return super().render_change_form(request, context, **kwargs)


FOLDED = "admin/edit_inline/rows.html"  # the template of stacked rows, each folded to one line


class Rows(PortalFields):
    """What all row inlines share: numbered rows, choices read once."""

    form = RowForm
    formset = RowFormSet
    extra = 0
    description = ""  # what stands under the heading

    def row_label(self, row):
        """The line a folded row shows."""
        return str(row)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name == "order":
            field.help_text = "비우면 맨 뒤"
        return field


@dataclass(frozen=True)
class Section:
    """A part of a long page: its title, the id it can be reached by, its number of rows (None for fields) and of errors."""

    title: str
    anchor: str
    rows: int | None
    errors: int


class Sections:
    """Section links on top of a change form that has several parts."""

    def render_change_form(self, request, context, **kwargs):
        parts = [
            Section(fieldset.name, f"fieldset-0-{i}-heading", None, _errors_in(fieldset))
            for i, fieldset in enumerate(context["adminform"])
            if fieldset.name
        ]
        for inline in context["inline_admin_formsets"]:
            formset = inline.formset
            wrong = sum(len(errors) for errors in formset.errors) if formset.is_bound else 0
            wrong += len(formset.non_form_errors()) if formset.is_bound else 0
            title = str(inline.opts.verbose_name_plural)
            parts.append(Section(title, f"{formset.prefix}-heading", len(formset.initial_forms), wrong))
        context["sections"] = parts if len(parts) > 1 else []
        return super().render_change_form(request, context, **kwargs)


def _errors_in(fieldset):
    return sum(
        1 for name in fieldset.fields for f in ([name] if isinstance(name, str) else name) if f in fieldset.form.errors
    )


class History:
    """The history page: who changed what, when, from what to what.

    Not simple_history's own admin: its page of an old version saves that version on POST whatever SIMPLE_HISTORY_REVERT_DISABLED says,
    past the check for two officers saving at once.
    """

    history_per_page = 50

    def history_querysets(self, obj):
        """Histories told on the page of `obj`: its own, and of rows that hang on it (override and add)."""
        return [type(obj).history.filter(id=obj.pk)]

    def history_view(self, request, object_id, extra_context=None):
        obj = self.get_object(request, unquote(object_id))
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_permission(request, obj):
            raise PermissionDenied
        page = Paginator(history.moments(*self.history_querysets(obj)), self.history_per_page).get_page(
            request.GET.get("p")
        )
        context = {
            **self.admin_site.each_context(request),
            "title": f"변경 기록: {obj}",
            "module_name": str(self.opts.verbose_name_plural),
            "object": obj,
            "opts": self.opts,
            "page": page,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/history.html", context)


class ComputedFilter(admin.SimpleListFilter):
    """A list filter by a state that Python computes: `states(request, queryset)` gives {pk: state}."""

    def states(self, request, queryset):
        raise NotImplementedError

    def queryset(self, request, queryset):
        if self.value() is None:
            return queryset
        if self.value() not in dict(self.lookup_choices):
            return queryset.none()
        return queryset.filter(
            pk__in=[pk for pk, state in self.states(request, queryset).items() if state == self.value()]
        )


class Computed:
    """For models on which stored figures hang: whoever may delete the row may delete what was only computed from it."""

    computed = ()  # model classes a task writes

    def get_deleted_objects(self, objs, request):
        found, counts, lacking, protected = super().get_deleted_objects(objs, request)
        return found, counts, lacking - {model._meta.verbose_name for model in self.computed}, protected


class ReadOnlyAdmin:
    """Rows a task computes: looked at, never typed."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


def is_list(request):
    """Whether a changelist is asked for: only there the columns' extra queries are worth it."""
    return bool(request.resolver_match) and request.resolver_match.url_name.endswith("_changelist")


def per_row(related, outer, what=None, output_field=None):
    """Subquery: an aggregate (default: how many) over the rows of `related` whose foreign key `outer` is the outer row.

    Never a joined Sum or Count: two of them would multiply each other (STYLE.md 7). None where there is no row.
    """
    rows = related.objects.filter(**{outer: models.OuterRef("pk")}).order_by().values(outer)
    rows = rows.annotate(_what=what or models.Count("pk")).values("_what")
    return models.Subquery(rows, output_field=output_field or models.IntegerField())


def admin_url(model, page="changelist", *args):
    """Address of an admin page of a model: changelist, add, change (pk), history (pk), delete (pk)."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)
