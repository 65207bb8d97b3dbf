"""Reading pages as a visitor does: the text of elements, their links, and how many queries a page costs."""

from html.parser import HTMLParser

from django.db import connection
from django.test.utils import CaptureQueriesContext

BLOCK = {"br", "dd", "div", "dt", "h1", "h2", "h3", "h4", "li", "p", "td", "th", "tr"}
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class _Finder(HTMLParser):
    """Collects the text (white space squeezed) and links of every element of one tag, optionally of one class or id."""

    def __init__(self, tag, cls, id_):
        super().__init__(convert_charrefs=True)
        self.wanted = (tag, cls, id_)
        self.depth = 0
        self.open = []  # (depth, index of found)
        self.found = []

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag in BLOCK:
            self.handle_data(" ")
        if tag not in VOID:
            self.depth += 1
        name, cls, id_ = self.wanted
        if (
            tag == name
            and (cls is None or cls in (attrs.get("class") or "").split())
            and (id_ is None or attrs.get("id") == id_)
        ):
            self.found.append({"text": [], "links": [], "attrs": attrs})
            if tag not in VOID:
                self.open.append((self.depth, len(self.found) - 1))
        if tag == "a" and "href" in attrs:
            for _, index in self.open:
                self.found[index]["links"].append(attrs["href"])

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        if tag in BLOCK:
            self.handle_data(" ")
        if self.open and self.open[-1][0] == self.depth:
            self.open.pop()
        self.depth -= 1

    def handle_data(self, data):
        for _, index in self.open:
            self.found[index]["text"].append(data)


def elements(response, tag, cls=None, id=None):
    """[{"text", "links", "attrs"}] of a page's elements of this tag (and class, or id)."""
    finder = _Finder(tag, cls, id)
    finder.feed(response.content.decode())
    return [{**e, "text": " ".join("".join(e["text"]).split())} for e in finder.found]


def texts(response, tag, cls=None, id=None):
    """The texts of a page's elements of this tag (and class, or id)."""
    return [e["text"] for e in elements(response, tag, cls, id)]


def queries(client, url):
    """How many queries a page costs; the page must answer 200."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)
