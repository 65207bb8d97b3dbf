"""Tags of the frame around public pages (templates/base.html): words said twice but written once, and absolute addresses."""

from urllib.parse import urlencode

from django import template
from django.templatetags.static import static
from django.utils.safestring import mark_safe

register = template.Library()


class Remember(template.Node):
    """Renders what it encloses, blocks included, into a variable instead of onto the page."""

    def __init__(self, nodelist, name):
        self.nodelist, self.name = nodelist, name

    def render(self, context):
        words = " ".join(self.nodelist.render(context).split())
        # Rendered words are already escaped but for quotation marks a template writes itself.
        context[self.name] = mark_safe(words.replace('"', "&quot;"))  # noqa: S308
        return ""


@register.tag
def remember(parser, token):
    """`{% remember name %}…{% endremember %}`: the enclosed words, white space squeezed, safe in text and in attributes."""
    try:
        _, name = token.split_contents()
    except ValueError:
        raise template.TemplateSyntaxError("remember takes the name of one variable.") from None
    nodelist = parser.parse(("endremember",))
    parser.delete_first_token()
    return Remember(nodelist, name)


@register.simple_tag(takes_context=True)
def page_address(context):
    """The page's absolute address without filters, with the page of a list; "" where no request is at hand."""
    request = context.get("request")
    if request is None:
        return ""
    page = request.GET.get("page", "")
    return request.build_absolute_uri(request.path + (f"?{urlencode({'page': page})}" if page.isdigit() else ""))


@register.simple_tag(takes_context=True)
def file_address(context, path):
    """The absolute address of a static file, as share previews need it; the bare path without a request."""
    request = context.get("request")
    return request.build_absolute_uri(static(path)) if request else static(path)


@register.filter
def within(here, names):
    """Whether the view's name is one of the names, given in one string parted by spaces."""
    return bool(here) and here in names.split()
