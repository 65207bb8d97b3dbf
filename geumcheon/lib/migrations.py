"""An operation of migrations that makes the tables of one migration together."""

from django.db.migrations.operations.base import Operation


class CreateTogether(Operation):
    """Creates models as a row of CreateModel would; those a foreign key points to come first.

    Django draws all models anew after every operation on a model that others know, and the account is known to nearly all (who
    changed it stands in every history). With some two hundred tables a new database took half a minute for that alone; here they
    are drawn once for each migration.
    """

    serialization_expand_args = ["models"]
    reduces_to_sql = True

    def __init__(self, models):
        self.models = models

    def deconstruct(self):
        return type(self).__name__, [], {"models": self.models}

    def state_forwards(self, app_label, state):
        state.__dict__.pop("apps", None)  # drawn when the first table asks for it
        for model in self.models:
            model.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        for model in self.models:
            model.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for model in reversed(self.models):
            model.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self):
        return f"Create {len(self.models)} models"
