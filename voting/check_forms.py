"""Forms of the ways into the booth beside the text message: the own account, an identity provider, the counter's paper code."""

from django import forms

from voting.forms import PersonForm


class AccountForm(PersonForm):
    """What an account's check does not know of a person: the birth year, where the round limits it."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        del self.fields["basis"], self.fields["dong"]


class IdentityForm(PersonForm):
    """Why somebody may vote, asked before the identity provider says who it is."""


class PaperCodeForm(forms.Form):
    """The code of the counter's paper. Basis, dong and age stand on the roll."""

    paper = forms.CharField(
        label="창구에서 받은 코드", max_length=30, help_text="종이에 적힌 16자. 띄어쓰기와 붙임표는 없어도 됩니다.",
        error_messages={"required": "종이에 적힌 코드를 넣어 주세요."},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )  # fmt: skip
