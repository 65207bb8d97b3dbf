"""Reading a plan's data files: YAML or CSV, with errors that name file, row and field.

An app's loading.py reads its files into rows and hands them to `Loader.upsert`. Everything happens in one transaction that the
command opens; an error anywhere loads nothing. A second run finds every row equal and writes none (STYLE.md point 13).
"""

import csv
from collections import Counter
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import yaml
from django.core.exceptions import ValidationError

MAX_BYTES = 5_000_000


class LoadError(Exception):
    """A data file that cannot be loaded; the message names file, row and field."""

    def __init__(self, path, message, row=None, field=None):
        where = Path(path).name
        if row is not None:
            where += f" · {row}"
        if field:
            where += f" · {field}"
        super().__init__(f"{where}: {message}")


class Record:
    """One mapping of a data file that knows where it stands and refuses unknown or missing fields."""

    def __init__(self, path, row, data, allowed=None):
        self.path, self.row, self.data = path, row, data
        if not isinstance(data, dict):
            raise LoadError(path, f"항목이 '이름: 값' 꼴이 아닙니다({type(data).__name__}).", row)
        unknown = set(data) - set(allowed) if allowed else set()
        if unknown:
            raise LoadError(path, "모르는 항목입니다.", row, ", ".join(sorted(map(str, unknown))))

    def error(self, field, message):
        return LoadError(self.path, message, self.row, field)

    def raw(self, field, required=False):
        value = self.data.get(field)
        if value in (None, "", []) and required:
            raise self.error(field, "값이 없습니다.")
        return value

    def text(self, field, required=False):
        """A string, or "" when the source gives none."""
        value = self.raw(field, required)
        if value in (None, []):
            return ""
        if isinstance(value, (dict, list)):
            raise self.error(field, "글이어야 하는데 목록입니다.")
        value = str(value).strip()
        if "\x00" in value:
            raise self.error(field, "쓸 수 없는 글자(NUL)가 있습니다.")
        return value

    def items(self, field):
        """A list of strings as text, one item per line."""
        value = self.raw(field) or []
        if not isinstance(value, list) or any(isinstance(item, (dict, list)) for item in value):
            raise self.error(field, "글의 목록이어야 합니다.")
        return "\n".join(" ".join(str(item).split()) for item in value if item is not None)

    def records(self, field, allowed):
        """A list of nested records."""
        value = self.raw(field) or []
        if not isinstance(value, list):
            raise self.error(field, "목록이어야 합니다.")
        before = f"{self.row} " if self.row else ""
        return [Record(self.path, f"{before}{field} {i}", item, allowed) for i, item in enumerate(value, 1)]

    def integer(self, field, required=False):
        value = self.raw(field, required)
        if value in (None, ""):
            return None
        try:
            if isinstance(value, (bool, float)):
                raise ValueError
            return int(str(value))
        except ValueError:
            raise self.error(field, f"정수여야 합니다: {value!r}") from None

    def flag(self, field):
        """A yes or no; False where the file says nothing."""
        value = self.raw(field)
        if value not in (None, True, False):
            raise self.error(field, f"true나 false여야 합니다: {value!r}")
        return bool(value)

    def decimal(self, field, required=False):
        value = self.raw(field, required)
        if value in (None, ""):
            return None
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            raise self.error(field, f"수여야 합니다: {value!r}") from None
        if not number.is_finite():
            raise self.error(field, f"수여야 합니다: {value!r}")
        return number

    def day(self, field, required=False):
        value = self.raw(field, required)
        if value in (None, ""):
            return None
        try:
            return value if type(value) is date else date.fromisoformat(str(value))
        except ValueError:
            raise self.error(field, f"날짜(YYYY-MM-DD)가 아니거나 달력에 없는 날입니다: {value!r}") from None

    def choice(self, field, choices, required=True):
        value = self.text(field, required)
        if value and value not in choices:
            raise self.error(field, f"{' / '.join(map(str, choices))} 가운데 하나여야 합니다: {value!r}")
        return value


def _read(path):
    path = Path(path)
    if not path.exists():
        raise LoadError(path, "파일이 없습니다.")
    if path.stat().st_size > MAX_BYTES:
        raise LoadError(path, f"파일이 너무 큽니다({path.stat().st_size:,}바이트).")
    content = path.read_bytes()
    if content[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise LoadError(path, "글 파일이 아니라 엑셀·한글 문서입니다.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise LoadError(path, f"UTF-8 글 파일이 아닙니다({error.start}번째 바이트).") from None


# The C loader is six times faster; a second run of load_plan must answer in two seconds.
_YamlLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(path):
    """The parsed YAML of a file (safe loader)."""
    try:
        return yaml.load(_read(path), Loader=_YamlLoader)  # noqa: S506 - a safe loader
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{mark.line + 1}줄 {mark.column + 1}칸" if mark else None
        raise LoadError(path, f"YAML 문법이 틀렸습니다: {getattr(error, 'problem', error)}", place) from None
    except ValueError as error:  # PyYAML turns 2021-02-31 into a bare ValueError
        raise LoadError(path, f"달력에 없는 날짜가 있습니다: {error}") from None


def yaml_records(path, allowed):
    """The list of records of a YAML file."""
    data = read_yaml(path)
    if not isinstance(data, list):
        raise LoadError(path, "맨 위가 목록이어야 합니다.")
    return [Record(path, f"{i}번째", item, allowed) for i, item in enumerate(data, 1)]


def yaml_record(path, allowed):
    """The one record of a YAML file."""
    return Record(path, None, read_yaml(path), allowed)


def csv_records(path, columns):
    """The records of a CSV file with exactly these columns."""
    reader = csv.DictReader(_read(path).splitlines(keepends=True))
    missing = set(columns) - set(reader.fieldnames or [])
    if missing:
        raise LoadError(path, "열이 없습니다.", "1줄", ", ".join(sorted(missing)))
    records = []
    for row in reader:
        if None in row:
            raise LoadError(path, "열이 더 있습니다.", f"{reader.line_num}줄")
        records.append(Record(path, f"{reader.line_num}줄", row, columns))
    return records


class Loader:
    """Upserts rows by natural key, writes only what differs, and counts it."""

    def __init__(self):
        self.counts = Counter()
        self.differences = []
        self.written = []  # rows changed, added or deleted

    def upsert(self, queryset, key, rows, prune=True):
        """Make `queryset` hold exactly `rows`.

        queryset: the rows this file owns. key: names of the natural-key fields. rows: list of (record, dict of fields).
        Returns {key tuple: instance}. Rows no longer in the file are deleted when `prune`.
        """
        model = queryset.model
        existing = {tuple(getattr(o, _attname(model, k)) for k in key): o for o in queryset}
        result = {}
        for record, fields in rows:
            instance, changed = self._merge(model, existing, key, fields)
            identity = tuple(getattr(instance, _attname(model, k)) for k in key)
            if identity in result:
                raise LoadError(record.path, f"같은 항목이 두 번 있습니다: {identity}", record.row, ", ".join(key))
            if changed:
                self._write(record, instance, changed)
            result[identity] = instance
        if prune:
            for identity, instance in existing.items():
                if identity not in result:
                    self.counts["삭제"] += 1
                    self.differences.append(f"- {model._meta.verbose_name} {instance}")
                    self.written.append(instance)
                    instance.delete()
        self.counts["같음"] += len(rows)
        return result

    def _merge(self, model, existing, key, fields):
        identity = tuple(_plain(fields[k]) for k in key)
        instance = existing.get(identity)
        if instance is None:
            return model(**fields), ["*"]
        changed = []
        for name, value in fields.items():
            attname = _attname(model, name)
            if getattr(instance, attname) != _plain(value):
                self.differences.append(
                    f"~ {model._meta.verbose_name} {instance}: {name} {getattr(instance, attname)!r} → {_plain(value)!r}"
                )
                setattr(instance, name, value)
                changed.append(name)
        return instance, changed

    def _write(self, record, instance, changed):
        try:
            instance.full_clean(validate_unique=False)
        except ValidationError as error:
            field, messages = next(iter(error.message_dict.items()))
            raise LoadError(
                record.path, " ".join(messages), record.row, field if field != "__all__" else None
            ) from None
        created = instance._state.adding
        instance.save()
        self.written.append(instance)
        self.counts["추가" if created else "변경"] += 1
        self.counts["같음"] -= 1
        if created:
            self.differences.append(f"+ {instance._meta.verbose_name} {instance}")

    def set_links(self, manager, targets):
        """Make a many-to-many manager hold exactly `targets` (no write when it does)."""
        wanted = {target.pk for target in targets}
        if set(manager.values_list("pk", flat=True)) != wanted:
            manager.set(wanted)
            self.written.append(manager.instance)
            self.counts["연결"] += 1

    def summary(self):
        """`추가 3 · 변경 0 · …` or the sentence that nothing changed."""
        if not self.changed:
            return f"바뀐 것이 없습니다(확인한 행 {self.counts['같음']:,})."
        return " · ".join(f"{name} {self.counts[name]:,}" for name in ("추가", "변경", "삭제", "연결", "같음"))

    @property
    def changed(self):
        return sum(self.counts[name] for name in ("추가", "변경", "삭제", "연결"))


def _attname(model, name):
    return model._meta.get_field(name).attname


def _plain(value):
    return value.pk if hasattr(value, "_meta") else value
