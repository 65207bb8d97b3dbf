"""A part of the log form that rooms on the right fill through the second door (DESIGN.md): a list of things to tick."""

from django import forms
from django.template.loader import render_to_string


class TickPart(forms.Form):
    """Rows that a meeting or an agenda item is about, to tick. `save(subject)` makes the links what was ticked.

    A subclass sets the class attributes and says `choices(linked)` and `links(subject)`: the related manager of the link rows.
    """

    name = ""  # of the field
    key = ""  # the link's column of what is ticked, `project_id`
    label = ""
    wrong = ""
    use_required_attribute = False

    def __init__(self, subject, data, prefix):
        self.linked = self.shown(subject) if subject is not None and subject.pk else set()
        super().__init__(data, prefix=f"{prefix}-{self.name}", label_suffix="")
        choices = self.choices(self.linked)
        self.fields[self.name] = forms.TypedMultipleChoiceField(
            label=self.label,
            coerce=int,
            required=False,
            choices=choices,
            initial=sorted(self.linked),
            widget=forms.CheckboxSelectMultiple,
            error_messages={"invalid_choice": self.wrong},
        )
        self.has_choices = bool(choices)

    def choices(self, linked):
        """[(key, label)] of what may be ticked now, with what is linked already."""
        raise NotImplementedError

    def links(self, subject):
        raise NotImplementedError

    def shown(self, subject):
        """Keys ticked at first."""
        return self._keys(subject)

    def kept(self, subject):
        """Keys that stay linked whatever is ticked."""
        return set()

    def _keys(self, subject):
        return set(self.links(subject).values_list(self.key, flat=True))

    @property
    def field(self):
        return self[self.name]

    @property
    def html(self):
        """The fragment of the form; "" with nothing to tick."""
        if not self.has_choices:
            return ""
        count = len(self.field.value() or [])
        return render_to_string("councils/log_ticks.html", {"part": self, "count": count})

    def save(self, subject):
        wanted = set(self.cleaned_data[self.name]) | self.kept(subject)
        self.links(subject).exclude(**{f"{self.key}__in": wanted}).delete()
        for key in wanted - self._keys(subject):
            self.links(subject).create(**{self.key: key})
