"""Two people save the same thing: what the second is told (DESIGN.md rule 8, issue text `two officers saving one project`).

A form carries the version it was opened with. When another version is stored meanwhile, the save is refused, nothing typed is lost, and
each field that differs is shown: what is stored, what was typed, and who of the two changed it.
"""

from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.forms.models import ModelChoiceField, ModelMultipleChoiceField

from geumcheon.lib.history import SYSTEM

NOTHING = "(비어 있음)"
THEIRS, MINE, BOTH, UNKNOWN = "다른 사람", "나", "둘 다", ""


@dataclass(frozen=True)
class Difference:
    """One field: where it is, its stored and its typed value as text, and who changed it since the page was opened."""

    place: str
    saved: str
    mine: str
    changed_by: str = UNKNOWN


@dataclass(frozen=True)
class Conflict:
    """Who saved in between (text), when (aware) and the differences."""

    who: str
    when: object
    differences: list


class FixedFields:
    """For forms of rows whose parent is shown but never changes: unique numbers under that parent are checked all the same.

    A ModelForm skips a constraint when a field of it is off the form (STYLE.md 5).
    """

    fixed = ()

    def _get_validation_exclusions(self):
        return super()._get_validation_exclusions() - set(self.fixed)


class VersionedForm(FixedFields, forms.ModelForm):
    """A form that is refused when its object was saved by somebody else after the page was opened."""

    edit_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    stale_message = (
        "이것을 그사이 다른 사람이 저장했습니다. 차이를 살펴보고 다시 저장해 주세요. 적은 내용은 그대로 있습니다."
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.stale = False
        self.stored_version = self.version_of(self.instance) if self.instance.pk else None
        self.initial["edit_version"] = self.stored_version

    def version_of(self, instance):
        """The number that grows with every save of `instance`."""
        raise NotImplementedError

    def clean(self):
        cleaned = super().clean()
        self.seen_version = self.cleaned_data.get("edit_version")
        if self.instance.pk and self.seen_version != self.stored_version:
            self.stale = True
            self.add_error(None, ValidationError(self.stale_message, code="stale"))
            # The next save is a conscious one: it starts from what is stored now.
            self.data = self.data.copy()
            self.data[self.add_prefix("edit_version")] = self.stored_version
        return cleaned


def conflict(form, formsets, *, records, base=None, base_rows=None):
    """The Conflict of a stale form and its inline formsets.

    records: history queryset of the object. base: its history record as the editor saw it, or None. base_rows: function(model, pk) ->
    history record of a row as the editor saw it, or None.
    """
    last = records.select_related("history_user").order_by("-history_date", "-history_id").first()
    differences = list(_in_form(form, "", base))
    for formset in formsets:
        differences += _in_formset(formset, base_rows or (lambda model, pk: None))
    who = str(last.history_user) if last and last.history_user_id else SYSTEM
    return Conflict(who, last and last.history_date, differences)


def _in_form(form, place, base):
    for name in form.changed_data:
        if name in ("edit_version", "DELETE", form.instance._meta.pk.name):
            continue
        bound = form[name]
        saved, mine = form.get_initial_for_field(form.fields[name], name), bound.data
        label = f"{place}: {bound.label}" if place else str(bound.label)
        yield Difference(label, _text(form, name, saved), _text(form, name, mine), _changed_by(form, name, base, saved))


def _in_formset(formset, base_row):
    model = str(formset.model._meta.verbose_name)
    shown = set()
    for form in formset.forms:
        row = form.instance
        deleted = formset.can_delete and formset._should_delete_form(form)
        if not row.pk:
            if form.has_changed() and not deleted:
                yield Difference(f"{model} (새 줄)", NOTHING, _summary(form))
            continue
        shown.add(row.pk)
        # str() of the instance may already tell what was typed: the stored row has the name both people know.
        place = f"{model} ‘{_stored_name(formset, row)}’"
        if deleted:
            yield Difference(place, "있음", "지움", MINE)
        elif form.has_changed():  # rows a user only sees never change, whatever is (not) in the data
            yield from _in_form(form, place, base_row(formset.model, row.pk))
    for row in formset.get_queryset():
        if row.pk not in shown:
            yield Difference(f"{model} ‘{row}’", "새로 생김", "없음(저장해도 그대로 남습니다)", THEIRS)


def _stored_name(formset, row):
    return str(formset.model._base_manager.get(pk=row.pk))


def _summary(form):
    texts = (_text(form, name, form[name].data) for name in form.changed_data if name != "order")
    return " · ".join(text for text in texts if text != NOTHING)


def _changed_by(form, name, base, saved):
    """Compare three states of a field: as the page was opened, as stored, as typed. "" where the first is not known."""
    if base is None or name not in {f.name for f in form.instance._meta.concrete_fields}:
        return UNKNOWN
    field, bound = form.fields[name], form[name]
    was = getattr(base, form.instance._meta.get_field(name).attname)
    theirs, mine = was != saved, field.has_changed(was, bound.data)
    return {(True, False): THEIRS, (False, True): MINE, (True, True): BOTH}.get((theirs, mine), UNKNOWN)


def _text(form, name, value):
    """A form value as people read it: names for keys, labels for choices, one item per line."""
    field = form.fields[name]
    if value in (None, "", []):
        return NOTHING
    if isinstance(field, ModelMultipleChoiceField):
        keys = [getattr(v, "pk", v) for v in value]
        return ", ".join(str(row) for row in _rows(field, keys)) or NOTHING
    if isinstance(field, ModelChoiceField):
        rows = _rows(field, [value])
        return str(rows[0]) if rows else str(value)
    if isinstance(field, forms.ChoiceField):
        return str(dict(field.choices).get(value, value))
    if isinstance(field, forms.BooleanField):
        return "예" if value and value != "False" else "아니요"
    return str(field.prepare_value(value))


def _rows(field, keys):
    keys = [key for key in keys if str(key).isdecimal() and len(str(key)) < 18]
    return list(field.queryset.filter(pk__in=keys))
