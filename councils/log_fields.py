"""What the small forms of a meeting's sheet are made of."""

from django import forms
from django.forms import formset_factory

from geumcheon.lib.form_fields import TEXT_LIMIT, LinesField, limit_days


def text_field(label, rows, **fields):
    widget = forms.Textarea(attrs={"rows": rows})
    return LinesField(label=label, required=False, max_length=TEXT_LIMIT, widget=widget, **fields)


def day_field(label, **fields):
    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    return limit_days(forms.DateField(label=label, widget=widget, **fields))


def hour_field(label):
    widget = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
    return forms.TimeField(label=label, required=False, widget=widget)


def people_field(label):
    widget = forms.NumberInput(attrs={"inputmode": "numeric", "min": 0})
    return forms.IntegerField(label=label, required=False, min_value=0, max_value=9_999, widget=widget)


class MarkedForm(forms.Form):
    """A form whose controls carry the portal's classes and, when refused, say so to a screen reader."""

    use_required_attribute = False
    error_css_class = "is-invalid"

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            widget = field.widget
            if isinstance(widget, forms.Select) and not isinstance(widget, forms.RadioSelect):
                widget.attrs.setdefault("class", "form-select")
            elif not isinstance(widget, (forms.CheckboxInput, forms.CheckboxSelectMultiple, forms.RadioSelect)):
                widget.attrs.setdefault("class", "form-control")


class Rows(forms.BaseFormSet):
    """Rows that the page adds one by one. Every row is read, also one that says what it said before."""

    def _construct_form(self, i, **kwargs):
        return super()._construct_form(i, **{**kwargs, "empty_permitted": False})


def rows_of(form, limit):
    """A formset class of up to `limit` rows."""
    return formset_factory(form, formset=Rows, extra=0, max_num=limit, absolute_max=limit + 20, validate_max=True)
