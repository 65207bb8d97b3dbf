"""Everything the portal answers to somebody: each named address, each admin page of each model, each list of the open data, the search for a
round's words, and what those pages link to of votes and files.
"""

import io
import re
import zipfile

from django.contrib import admin
from django.test import TestCase
from django.urls import reverse

from geumcheon.opendata.datasets import DATASETS
from tests.test_roles import address, addresses

LINK = re.compile(r'(?:href|action|src)="(/(?:votes|admin/voting|open-data|exports)/[^"#]*)"')


def everything(client, round_):
    """Yield (path, text) of every answer to a GET. Files are unpacked: a workbook or zip is the text of its members."""
    waiting, known = [*seeds(round_)], set()
    while waiting:
        path = waiting.pop(0)
        if path in known or path.endswith(".pdf"):  # print pages hold the same words
            continue
        known.add(path)
        with TestCase.captureOnCommitCallbacks(execute=True):  # a packed file is made by a task
            response = client.get(path)
        text = read(response)
        yield path, text
        to = response.get("Location", "")
        if to.startswith("/") and not to.startswith("/accounts/login"):
            waiting.append(to)
        if response.get("Content-Type", "").startswith("text/html") and "<html" in text:
            waiting += [link.replace("&amp;", "&") for link in LINK.findall(text)]


def seeds(round_):
    """Where the walk begins."""
    for name, arguments in addresses().items():
        yield _of(round_, name, address(name, arguments))
    for model in admin.site._registry:
        yield from _of_model(model, round_)
    for name in DATASETS:
        yield from (f"/open-data/{name}.{kind}" for kind in ("csv", "json"))
    titles = [contest.options.last().title for contest in round_.contests.all()]
    yield from (f"/search/?q={word}" for word in [round_.title, *titles, "득표", "투표 결과"])
    yield from (f"/sitemap-{section}.xml" for section in ("votes", "pages"))


def _of(round_, name, path):
    """The address with this round for the loaded vote."""
    if name.startswith("admin:voting_round_"):
        return re.sub(r"/round/\d+/", f"/round/{round_.pk}/", path)
    return path.replace("napulnapul-2020", round_.slug)


def _of_model(model, round_):
    """The pages of a model in the admin: of rows of this round, or of the newest row."""
    stem = f"admin:{model._meta.app_label}_{model._meta.model_name}_"
    yield reverse(stem + "changelist")
    yield reverse(stem + "add")
    for row in _rows(model, round_):
        yield from (reverse(stem + page, args=[row.pk]) for page in ("change", "delete", "history"))
        history = getattr(row, "history", None)
        if history is not None and history.exists() and hasattr(admin.site._registry[model], "history_form_view"):
            yield reverse(stem + "simple_history", args=[row.pk, history.first().pk])


def _rows(model, round_):
    found = model._default_manager.order_by("-pk")
    for path in ("contest__round", "round", "option__contest__round"):
        if (
            path.split("__")[0] in {field.name for field in model._meta.get_fields()}
            and model._meta.app_label == "voting"
        ):
            return found.filter(**{path: round_})[:12]
    return [round_] if isinstance(round_, model) else found[:1]


def read(response):
    """The text of an answer, of packed files too."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return _unpacked(body)


def _unpacked(body):
    if not zipfile.is_zipfile(io.BytesIO(body)):
        return body.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return "\n".join(_unpacked(packed.read(name)) for name in packed.namelist())
