"""GET filters of lists: a bad value is marked and does not filter; the good ones still do."""

from django import forms

BAD_CHOICE = {"invalid_choice": "목록에 있는 값을 골라 주세요."}


class FilterForm(forms.Form):
    """Base of a list's filters. `apply(rows)` of each calls `is_valid()` and uses what is in `cleaned_data`."""

    @property
    def conditions(self):
        """How many valid conditions narrow the list."""
        return sum(1 for value in self.cleaned_data.values() if value)

    @property
    def in_use(self):
        """Whether any valid filter is set."""
        return any(self.cleaned_data.values())


def pick(label, choices):
    """One of fixed choices, or all."""
    return forms.ChoiceField(label=label, required=False, choices=[("", "전체"), *choices], error_messages=BAD_CHOICE)


def pick_number(label, choices=()):
    """One of numbered choices as an int, or None for all."""
    choices = [("", "전체"), *choices]
    return forms.TypedChoiceField(
        label=label, required=False, coerce=int, empty_value=None, choices=choices, error_messages=BAD_CHOICE
    )


def pick_row(label, queryset):
    """One row by its name, or all."""
    return forms.ModelChoiceField(
        queryset, label=label, required=False, empty_label="전체", to_field_name="name", error_messages=BAD_CHOICE
    )


def search_word():
    """A word to look for, at most 60 characters."""
    return forms.CharField(
        label="찾을 말",
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search"}),
        error_messages={"max_length": "60자까지 찾을 수 있습니다."},
    )
