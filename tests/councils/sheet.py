"""Filling in a page's form as a browser does: what it shows is sent back, with what somebody types over it."""

from html.parser import HTMLParser

from django.test import Client
from django.urls import reverse

from tests.councils.life import a_kind

LOG_NEW, CALL_NEW = "/meetings/log/", "/meetings/call/"


class _Fields(HTMLParser):
    """{name: [values]} of a page's long form; what stands in <template> is no field."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.fields, self.inside, self.spare, self.select, self.area = {}, False, 0, None, None

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "form" and "data-keep" in attrs:
            self.inside = True
        if tag == "template":
            self.spare += 1
        if not self.inside or self.spare:
            return
        name, value = attrs.get("name"), attrs.get("value")
        if tag == "input" and name:
            ticked = attrs.get("type") not in ("checkbox", "radio") or "checked" in attrs
            if ticked and attrs.get("type") != "file" and name != "csrfmiddlewaretoken":
                self.fields.setdefault(name, []).append(
                    "on" if value is None and attrs["type"] == "checkbox" else value or ""
                )
        elif tag == "select":
            self.select = name
            self.fields[name] = [""]
        elif tag == "option" and self.select and "selected" in attrs:
            self.fields[self.select] = [value or ""]
        elif tag == "textarea":
            self.area = name
            self.fields[name] = [""]

    def handle_endtag(self, tag):
        if tag == "template":
            self.spare -= 1
        elif tag == "form":
            self.inside = False
        elif tag == "select":
            self.select = None
        elif tag == "textarea":
            self.area = None

    def handle_data(self, data):
        if self.area:
            self.fields[self.area][0] += data.removeprefix("\n") if not self.fields[self.area][0] else data


def fields_of(response):
    """{name: [values]} that the page's form would send."""
    parser = _Fields()
    parser.feed(response.content.decode())
    return parser.fields


def send(client, url, page=None, **typed):
    """Open the form at `url` (or take an opened page), type over it and send it. `__` in a name stands for `-`."""
    fields = fields_of(page or client.get(url))
    for name, value in typed.items():
        fields[name.replace("__", "-")] = value
    return client.post(url, {name: value for name, value in fields.items() if value is not None})


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def at(name, meeting, **more):
    return reverse(f"councils:{name}", kwargs={"year": meeting.year, "no": meeting.no, **more})


def typed(people, **more):
    """What a member types into an empty log."""
    return {
        "kind": a_kind().pk, "starts_on": "2026-03-02", "starts_at": "19:00", "ends_at": "20:30", "place": "구청 회의실",
        "present": [p.pk for p in people[:4]], "minutes": "논의했다.",
        "items__0__kind": "deliberation", "items__0__title": "예산안", "items__0__outcome": "passed",
        "items__0__votes_for": "3", "items__0__votes_against": "1",
        "guests__0__group": "관련 부서 직원", "guests__0__count": "2", **more,
    }  # fmt: skip


def logged(client, people, **more):
    """A log sent with the roll of its day, read again as the page offers it."""
    page = client.post(LOG_NEW, {**fields_of(client.get(LOG_NEW)), "starts_on": "2026-03-02", "do": "roll"})
    return send(client, LOG_NEW, page, **typed(people, **more))
