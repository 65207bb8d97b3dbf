"""Filling admin forms as a browser does: every field the page shows, with the value it shows."""

from html.parser import HTMLParser


class _Form(HTMLParser):
    """Collects (name, value) of the controls of the form with one id."""

    def __init__(self, id_):
        super().__init__(convert_charrefs=True)
        self.id, self.inside, self.data = id_, False, []
        self.select = self.multiple = self.textarea = None
        self.chosen = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form":
            self.inside = attrs.get("id") == self.id
        if not self.inside:
            return
        name = attrs.get("name")
        if tag == "input" and name and attrs.get("type") not in ("submit", "button"):
            if attrs.get("type") not in ("checkbox", "radio") or "checked" in attrs:
                self.data.append((name, attrs.get("value", "on" if attrs.get("type") == "checkbox" else "")))
        elif tag == "select" and name:
            self.select, self.multiple, self.chosen, self.first = name, "multiple" in attrs, [], None
        elif tag == "option" and self.select:
            self.first = attrs.get("value", "") if self.first is None else self.first
            if "selected" in attrs:
                self.chosen.append(attrs.get("value", ""))
        elif tag == "textarea" and name:
            self.textarea = [name, ""]

    def handle_data(self, data):
        if self.textarea:
            self.textarea[1] += data

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        elif tag == "textarea" and self.textarea:
            # A browser drops the first line break of the markup and sends CRLF.
            name, text = self.textarea
            self.data.append(
                (name, text.removeprefix("\r").removeprefix("\n").replace("\r\n", "\n").replace("\n", "\r\n"))
            )
            self.textarea = None
        elif tag == "select" and self.select:
            values = self.chosen if self.multiple or self.chosen else [self.first or ""]
            self.data += [(self.select, value) for value in values]
            self.select = None


def form_data(response, model):
    """{name: value or list} of the change form of a page; prefixed rows of the hidden empty form are left out."""
    form = _Form(f"{model._meta.model_name}_form")
    form.feed(response.content.decode())
    data = {}
    for name, value in form.data:
        if "__prefix__" not in name:
            data.setdefault(name, []).append(value)
    return {name: values[0] if len(values) == 1 else values for name, values in data.items()}


def add_row(data, prefix, **fields):
    """Add one row to an inline of `data`; returns its index."""
    index = int(data[f"{prefix}-TOTAL_FORMS"])
    data[f"{prefix}-TOTAL_FORMS"] = str(index + 1)
    data |= {f"{prefix}-{index}-{name}": value for name, value in fields.items()}
    return index


def errors_of(response):
    """Every error of a change form as {field name or "prefix-i-field": [messages]}; {} on a page without errors."""
    form = response.context["adminform"].form
    found = {name: list(messages) for name, messages in form.errors.items()}
    for inline in response.context["inline_admin_formsets"]:
        formset = inline.formset
        if formset.is_bound:
            if formset.non_form_errors():
                found[formset.prefix] = list(formset.non_form_errors())
            for row in formset.forms:
                found |= {row.add_prefix(name): list(messages) for name, messages in row.errors.items()}
    return found


def form_at(response, id_):
    """{name: [values]} of the form with this id, as the page shows it."""
    form = _Form(id_)
    form.feed(response.content.decode())
    data = {}
    for name, value in form.data:
        data.setdefault(name, []).append(value)
    return data


def preview(client, url, action, rows, **choices):
    """The preview of an admin action on rows."""
    keys = [row.pk for row in rows]
    return client.post(url, {"action": action, "_selected_action": keys, "step": "preview", **choices})


def confirm(client, url, response):
    """Press the button of a preview."""
    return client.post(url, form_at(response, "bulk-apply"), follow=True)
