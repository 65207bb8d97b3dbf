"""The admin asks the predicates in rules.py, with the row in question (stock ModelAdmin asks without it).

Every ModelAdmin of the portal inherits `RoleModelAdmin`, every inline `RoleTabularInline` or `RoleStackedInline`.
An inline asks about the row it hangs on: an officer's own project opens its stages, another's does not.
"""

from django.contrib import admin
from django.contrib.auth import get_permission_codename
from django.core.exceptions import PermissionDenied


class RolePermissions:
    """The four permissions of a model, each asked with the row where there is one."""

    def may(self, request, action, obj=None):
        """Whether the user may `action` (view, add, change, delete) on `obj`; None asks about some row.

        Answers are kept for the request: a page with many inlines asks the same dozens of times.
        """
        answers = request.__dict__.setdefault("_role_answers", {})
        key = (self.opts.label, action, obj and obj._meta.label, obj and obj.pk)
        if key not in answers or (obj is not None and obj.pk is None):
            answers[key] = self._ask(request, action, obj)
        return answers[key]

    def _ask(self, request, action, obj):
        return request.user.has_perm(f"{self.opts.app_label}.{get_permission_codename(action, self.opts)}", obj)

    def has_view_permission(self, request, obj=None):
        return self.may(request, "view", obj) or self.may(request, "change", obj)

    def has_change_permission(self, request, obj=None):
        return self.may(request, "change", obj)

    def has_delete_permission(self, request, obj=None):
        return self.may(request, "delete", obj)


class RoleModelAdmin(RolePermissions, admin.ModelAdmin):
    """ModelAdmin whose doors are the predicates in rules.py.

    Never use `list_editable` with it: the changelist saves rows without asking about each (tests/test_roles.py looks).
    """

    def has_add_permission(self, request):
        return self.may(request, "add")

    def save_model(self, request, obj, form, change):
        """Ask again about the row as it will be saved: nobody moves or adds a row into somebody else's project."""
        if not self._ask(request, "change" if change else "add", obj):
            raise PermissionDenied
        super().save_model(request, obj, form, change)


class RoleInline(RolePermissions):
    """An inline's permissions, asked with the parent row (`obj`); None on the parent's add page."""

    def has_add_permission(self, request, obj):
        return self.may(request, "add", obj)


class RoleTabularInline(RoleInline, admin.TabularInline):
    extra = 0


class RoleStackedInline(RoleInline, admin.StackedInline):
    extra = 0
