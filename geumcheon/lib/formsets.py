"""Rows that hang on a parent and are edited together: numbered, swapped and appended without tripping over each other."""

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms.models import BaseInlineFormSet, ModelChoiceField

from geumcheon.lib.form_fields import NUMBER_LIMIT

# Rows on their way to another number wait above every number people may type (PositiveSmallInteger ends at 32,767).
PARKING = 20_000


class RowForm(forms.ModelForm):
    """A row with an `order`. Its unique number is checked by the formset, which sees all rows as they will be."""

    def _get_validation_exclusions(self):
        excluded = super()._get_validation_exclusions()
        return excluded | {"order"} if "order" in self.fields else excluded


class RowFormSet(BaseInlineFormSet):
    """Inline rows. Choices of foreign keys are read once for all rows. Where rows have an `order`: empty means last, two rows may
    swap numbers in one save, and a number used twice is an error at the field."""

    order_scope = ()  # fields within which the number is unique, besides the parent

    def __init__(self, *args, **kwargs):
        self._choices = {}
        super().__init__(*args, **kwargs)

    def get_form_kwargs(self, index):
        return {**super().get_form_kwargs(index), "label_suffix": ""}

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for name, field in form.fields.items():
            if type(field) is ModelChoiceField and not field.widget.is_hidden and not hasattr(field.widget, "get_url"):
                if name not in self._choices:
                    self._choices[name] = list(field.choices)
                field.choices = self._choices[name]
        if "order" in form.fields:
            order = form.fields["order"]
            order.required, order.min_value, order.max_value = False, 1, NUMBER_LIMIT
            order.widget.attrs |= {"min": 1, "max": NUMBER_LIMIT}
            order.validators = [*order.validators, MinValueValidator(1), MaxValueValidator(NUMBER_LIMIT)]

    # --- numbers ---
    def clean(self):
        super().clean()
        if "order" not in self.form.base_fields:
            return
        kept = [form for form in self.forms if self._is_kept(form)]
        shown = {form.instance.pk for form in self.forms if form.instance.pk}
        # Rows that are not in this form: somebody added them after the page was opened.
        taken = {self._key(row) for row in self.get_queryset() if row.pk not in shown}
        for form in kept:
            if form.cleaned_data.get("order") is None:
                continue
            key = self._key(form.instance)
            if key in taken:
                form.add_error("order", f"{key[-1]}번이 두 번 쓰였습니다.")
            taken.add(key)
        for form in kept:
            if not form.errors and form.cleaned_data.get("order") is None:
                scope = self._key(form.instance)[:-1]
                last = max((key[-1] for key in taken if key[:-1] == scope), default=0)
                form.instance.order = form.cleaned_data["order"] = last + 1
                taken.add(self._key(form.instance))

    def _is_kept(self, form):
        deleted = self.can_delete and self._should_delete_form(form)
        return form.is_valid() and not deleted and bool(form.instance.pk or form.has_changed())

    def _key(self, row):
        return (*(getattr(row, name) for name in self.order_scope), row.order)

    def save(self, commit=True):
        """Move rows that change their number (or go) out of the way first, so that none meets another half-way."""
        if commit and "order" in self.form.base_fields:
            # has_changed() first: rows a user only sees are not in the data and would look emptied.
            moving = [
                form
                for form in self.initial_forms
                if form.instance.pk
                and form.has_changed()
                and {"order", "DELETE", *self.order_scope} & set(form.changed_data)
            ]
            for place, form in enumerate(moving, PARKING):
                stored = self.model._base_manager.get(pk=form.instance.pk)
                stored.order = place
                # No history of the detour: the row's own save, right after, records from what to what it went.
                getattr(stored, "save_without_historical_record", stored.save)(update_fields=["order"])
        return super().save(commit)


def reindex(data, prefix, known):
    """Turn rows that somebody else deleted meanwhile into new ones, so that what was typed in them is kept and can be saved.

    `data` is a mutable QueryDict; `known` the keys (str) that still exist. Existing rows must come first in a formset: the indexes move.
    """
    try:
        initial, total = int(data[f"{prefix}-INITIAL_FORMS"]), int(data[f"{prefix}-TOTAL_FORMS"])
    except (KeyError, ValueError):
        return data
    if total > 2000 or initial > total:
        return data
    gone = [i for i in range(initial) if data.get(f"{prefix}-{i}-id") and data[f"{prefix}-{i}-id"] not in known]
    if not gone:
        return data
    rows = {}
    for key in list(data):
        index, _, name = key.removeprefix(f"{prefix}-").partition("-")
        if key.startswith(f"{prefix}-") and name and index.isdecimal() and int(index) < total:
            rows.setdefault(int(index), {})[name] = data.pop(key)
    order = [i for i in range(initial) if i not in gone] + gone + list(range(initial, total))
    for place, i in enumerate(order):
        for name, values in rows.get(i, {}).items():
            data.setlist(f"{prefix}-{place}-{name}", [""] if i in gone and name == "id" else values)
    data[f"{prefix}-INITIAL_FORMS"] = str(initial - len(gone))
    return data
