"""The record's part of a meeting's page."""

from django import template

from councils.log_record import Record

register = template.Library()


@register.simple_tag(takes_context=True)
def record_of(context, meeting):
    """The Record of a meeting for who asks; forms saved on the way here may leave the device."""
    request = context["request"]
    context["clear"] = request.session.pop("kept_to_clear", []) if "kept_to_clear" in request.session else []
    return Record(meeting, request.user)
