"""Form fields of the field: whole won, rows of cells, days that a calendar of the district can hold."""

import re
from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
# Long enough for every text of the plan (the longest has 2,000 letters), short enough to stay a text.
TEXT_LIMIT = 20_000
# What the portal's addresses can carry (geumcheon.lib.converters).
NUMBER_LIMIT = 9_999

_WON = re.compile(r"[0-9]{1,3}(,[0-9]{3})+|[0-9]+")


def limit_days(field):
    """Refuse days no record of the district can have: 0001-01-01 is a slip and breaks arithmetic later."""
    message = f"{FIRST_DAY:%Y}년부터 {LAST_DAY:%Y}년 사이의 날을 적어 주세요."
    field.validators += [MinValueValidator(FIRST_DAY, message), MaxValueValidator(LAST_DAY, message)]
    return field


class LinesField(forms.CharField):
    """Text of several lines. Browsers send CRLF: without this, saving an unchanged text would change it and fill the history."""

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")


class WonField(forms.IntegerField):
    """Whole won, typed `7000000`, `7,000,000` or `7,000,000원`; a wrong thousands group is an error, not another amount."""

    default_error_messages = {
        "invalid": "금액은 원 단위의 0 이상인 정수로 적어 주세요. 예: 7,000,000",
        "min_value": "금액은 0원보다 작을 수 없습니다.",
    }
    widget = forms.TextInput

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.widget.attrs |= {"inputmode": "numeric", "class": "vWonField", "autocomplete": "off"}
        self.widget.attrs.setdefault("maxlength", 24)

    def to_python(self, value):
        if isinstance(value, int) or value in self.empty_values:
            return super().to_python(value)
        text = str(value).strip().removesuffix("원").strip()
        if re.fullmatch(r"[-−]\s*[0-9,]+", text):
            raise ValidationError(self.error_messages["min_value"], code="min_value")
        if not _WON.fullmatch(text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(text.replace(",", ""))

    def prepare_value(self, value):
        return f"{value:,}" if isinstance(value, int) else value

    def has_changed(self, initial, data):
        try:
            return self.to_python(data) != initial
        except ValidationError:
            return True


class CellsField(forms.CharField):
    """A list of cells typed on one line with `|` between them; with `rows=True` a list of such lists, one a line."""

    SIGN = "|"

    def __init__(self, *, rows=False, **kwargs):
        self.rows = rows
        widget = (
            forms.Textarea(attrs={"rows": 4, "cols": 80}) if rows else forms.TextInput(attrs={"class": "vTextField"})
        )
        super().__init__(widget=widget, max_length=TEXT_LIMIT, **kwargs)

    def _line(self, text):
        return [cell.strip() for cell in text.split(self.SIGN)]

    def to_python(self, value):
        text = super().to_python(value)
        if not self.rows:
            return self._line(text) if text else []
        return [self._line(line) for line in text.splitlines() if line.strip()]

    def run_validators(self, value):
        """The validators of text (length, no NUL) look at the text, not at the list."""
        super().run_validators(self.prepare_value(value))

    def prepare_value(self, value):
        if not isinstance(value, list):
            return value
        lines = value if self.rows else [value]
        return "\n".join(f" {self.SIGN} ".join(map(str, line)) for line in lines)

    def has_changed(self, initial, data):
        return self.to_python(data) != (initial or [])
