"""The lists described for people (the catalogue page) and for machines (DCAT)."""

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.core.cache import cache
from django.db.models import Max
from django.urls import reverse

from geumcheon.lib.exports import csv_value
from geumcheon.opendata import fingerprint
from geumcheon.opendata.dataset import Dataset
from geumcheon.opendata.datasets import DATASETS

TITLE = "금천구 협치 포털 열린 데이터"
DESCRIPTION = "금천구협치회의의 계획, 사업, 예산, 성과지표, 회의를 누구나 내려받아 쓸 수 있는 목록으로 공개합니다."
PREVIEW_ROWS = 3
KEPT_SECONDS = 24 * 60 * 60
MEDIA_TYPES = {"json": "application/json", "csv": "text/csv"}


@dataclass(frozen=True)
class Entry:
    """A list with its present state.

    rows: published rows. changed: newest recorded change, None where none is recorded. cells: per column its first
    values as the CSV file writes them.
    """

    dataset: Dataset
    rows: int
    changed: datetime | None
    cells: list

    @property
    def columns(self):
        return [(column, list(values)) for column, values in zip(self.dataset.columns, self.cells, strict=True)]


def entries():
    """Every list's Entry. What was read once is kept under the digest of the rows, so that a change is seen at once."""
    digests = fingerprint.of(*DATASETS.values())
    keys = {name: f"open_data:{name}:{digest}" for name, digest in digests.items()}
    kept = cache.get_many(keys.values())
    result = []
    for name, dataset in DATASETS.items():
        state = kept.get(keys[name])
        if state is None:
            state = _state(dataset)
            cache.set(keys[name], state, KEPT_SECONDS)
        result.append(Entry(dataset, *state))
    return result


def _state(dataset):
    """(number of rows, newest recorded change, first cells per column), reading the rows no further than it must."""
    with closing(dataset.rows()) as rows:
        first = list(islice(rows, PREVIEW_ROWS))
        count = dataset.count() if dataset.listed else len(first) + sum(1 for _ in rows)
    cells = [[csv_value(row[i]) for row in first] for i in range(len(dataset.columns))]
    return count, _changed(dataset), cells


def _changed(dataset):
    """When the listed model last changed by its own record: its change history, or the time its sums were computed."""
    model = dataset.tables[0]
    if hasattr(model, "history"):
        return model.history.aggregate(newest=Max("history_date"))["newest"]
    if any(field.name == "computed_at" for field in model._meta.fields):
        return model.objects.aggregate(newest=Max("computed_at"))["newest"]
    return None


def _korean(text):
    return {"@language": "ko", "@value": text}


def dcat(absolute):
    """The DCAT catalogue as a dict for JSON-LD; absolute(path) gives a full address.

    No document states a licence, so none is given.
    """
    page = absolute(reverse("open_data:catalogue"))
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": page,
        "@type": "dcat:Catalog",
        "dct:title": _korean(TITLE),
        "dct:description": _korean(DESCRIPTION),
        "dct:language": "ko",
        "dct:publisher": {"@type": "foaf:Organization", "foaf:name": _korean("서울특별시 금천구")},
        "foaf:homepage": {"@id": absolute(reverse("home"))},
        "dcat:dataset": [_dcat_dataset(entry, page, absolute) for entry in entries()],
    }


def _dcat_dataset(entry, page, absolute):
    dataset = entry.dataset
    description = {
        "@id": f"{page}#{dataset.name}",
        "@type": "dcat:Dataset",
        "dct:identifier": dataset.name,
        "dct:title": _korean(dataset.title),
        "dct:description": _korean(dataset.description),
        "dct:language": "ko",
        "dcat:landingPage": {"@id": f"{page}#{dataset.name}"},
        "dcat:distribution": [
            {
                "@id": (url := absolute(reverse(f"open_data:{suffix}", args=[dataset.name]))),
                "@type": "dcat:Distribution",
                "dct:title": _korean(f"{dataset.title} ({suffix.upper()})"),
                "dcat:accessURL": {"@id": url},
                "dcat:downloadURL": {"@id": url},
                "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{media_type}"},
            }
            for suffix, media_type in MEDIA_TYPES.items()
        ],
    }
    if entry.changed:
        description["dct:modified"] = {"@type": "xsd:dateTime", "@value": entry.changed.isoformat(timespec="seconds")}
    return description
