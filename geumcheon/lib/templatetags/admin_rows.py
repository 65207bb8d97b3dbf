"""Template tags of the admin's row inlines."""

from django import template

register = template.Library()


@register.simple_tag
def row_label(inline_admin_form):
    """The line a folded row shows: what its inline's `row_label` says, else the row in words."""
    label = getattr(inline_admin_form.model_admin, "row_label", str)
    return label(inline_admin_form.original)
