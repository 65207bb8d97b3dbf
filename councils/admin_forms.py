"""Forms of the council admin."""

from django import forms

from councils import actions
from councils.models import Body


class BodyForm(forms.ModelForm):
    """A body; a circle in the tree is an error at the parent."""

    class Meta:
        model = Body
        fields = ()

    def clean(self):
        cleaned = super().clean()
        if "parent" in cleaned:
            actions.check_tree(body=self.instance, parent=cleaned["parent"])
        return cleaned
