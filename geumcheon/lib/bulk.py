"""Admin actions on many rows: preview, then apply. Nothing is written before somebody saw each row's before and after.

A room subclasses BulkAction and lists `bulk.action(ItsClass)` in `actions` of a ModelAdmin. The page works without script: the selected
keys, the choices and what was seen of each row travel in hidden fields (the stock pattern of an intermediate page).
"""

from dataclasses import dataclass, replace
from hashlib import sha256

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.contrib.admin.models import CHANGE, LogEntry
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.response import TemplateResponse

LIMIT = 500  # rows of one action
TEMPLATE = "admin/bulk.html"
CHANGES, SAME, REFUSED, STALE = "change", "same", "refused", "stale"
STATES = {CHANGES: "바뀜", SAME: "그대로", REFUSED: "바꿀 수 없음", STALE: "그사이 바뀜"}
STALE_TEXT = "미리 본 뒤에 다른 사람이 고쳤습니다. 지금 값을 다시 보여 줍니다."
GONE_TEXT = "미리 본 뒤에 지워졌거나 고른 조건을 벗어났습니다."


@dataclass(frozen=True)
class Effect:
    """What the action does to one row: texts before and after, a key of STATES, why not (refused and stale rows)."""

    row: object
    before: str
    after: str = ""
    state: str = CHANGES
    reason: str = ""
    seen: str = ""  # fingerprint of the row as it was shown
    title: str = ""  # the row's name

    @property
    def label(self):
        return STATES[self.state]

    @property
    def token(self):
        return f"{self.row.pk}:{self.seen}"


class BulkAction:
    """One action on many rows of a model.

    Override: name (of the admin action), label (in the list of actions), done (`통계목을 옮겼습니다`: end of the message), form_class where
    something is to be chosen, show(row), change(row, data), write(rows, data, user); where needed title(row), rows(queryset), lock(pks), notes(rows),
    permission_key(row), denied(row).
    """

    name = ""
    label = ""
    done = "바꾸었습니다"
    button = "적용하기"
    hint = ""  # the rule the action follows, with its source
    now, then = "지금", "바꾼 뒤"
    permission = "change"
    form_class = None

    def __init__(self, modeladmin, request):
        self.modeladmin, self.request = modeladmin, request
        self.opts = modeladmin.opts

    # --- what a room says ---
    def rows(self, queryset):
        """Fetch what show() and change() read of each row."""
        return queryset

    def form(self, data=None, rows=()):
        """The form of the choices; None where there is nothing to choose."""
        return self.form_class(data) if self.form_class else None

    def title(self, row):
        """The row's name in the preview."""
        return str(row)

    def show(self, row):
        """The part of the row that changes, as text."""
        raise NotImplementedError

    def change(self, row, data):
        """Change the row in memory; raises ValidationError with the reason where it may not. `data`: the form's cleaned_data."""
        raise NotImplementedError

    def write(self, *, rows, data, user):
        """Save the changed rows by functions of actions.py; called inside one transaction."""
        raise NotImplementedError

    def lock(self, pks):
        """Lock what is written, in the order every other writer locks it."""
        list(self.opts.model._base_manager.select_for_update().filter(pk__in=pks).order_by("pk").values_list("pk"))

    def permission_key(self, row):
        """Rows with the same key share one answer about permission."""
        return row.pk

    def notes(self, rows):
        """Sentences above the preview, such as how many rows are of a closed plan."""
        return []

    # --- preview ---
    def fetch(self, pks):
        """Rows in the order of `pks`."""
        found = self.rows(self.opts.model._base_manager.filter(pk__in=pks))
        by_pk = {row.pk: row for row in found}
        return [by_pk[pk] for pk in pks if pk in by_pk]

    def effects(self, rows, data):
        """Effects of the choices on the rows, changed in memory; `data` None shows the rows as they are."""
        allowed, found = {}, []
        ask = getattr(self.modeladmin, f"has_{self.permission}_permission")
        for row in rows:
            key = self.permission_key(row)
            if key not in allowed:
                allowed[key] = ask(self.request, row)
            found.append(self._effect(row, data, allowed[key]))
        return found

    def _effect(self, row, data, allowed):
        effect = Effect(row, self.show(row), seen=fingerprint(row), title=self.title(row))
        if not allowed:
            return replace(effect, state=REFUSED, reason=self.denied(row))
        if data is None:
            return effect
        try:
            self.change(row, data)
        except ValidationError as error:
            return replace(effect, state=REFUSED, reason=" ".join(error.messages))
        after = self.show(row)
        return replace(effect, after=after, state=SAME if after == effect.before else CHANGES)

    def denied(self, row):
        return "고칠 권한이 없습니다."

    # --- apply ---
    @transaction.atomic
    def apply(self, seen, data):
        """Write the rows of `seen` ({pk: fingerprint}); all or nothing.

        Returns the effects; where one of them is stale or refused nothing was written.
        """
        pks = list(seen)
        self.lock(pks)
        rows = self.fetch(pks)
        changed = {row.pk for row in rows if fingerprint(row) != seen[row.pk]}
        effects = [
            replace(e, state=STALE, reason=STALE_TEXT) if e.row.pk in changed else e for e in self.effects(rows, data)
        ]
        if len(rows) == len(pks) and all(e.state == CHANGES for e in effects):
            self.write(rows=[e.row for e in effects], data=data, user=self.request.user)
        return effects


def check(row, *fields):
    """Validate the named fields and clean() of a changed row without asking the database about the others (a preview of many rows).

    The action that writes validates the whole row.
    """
    row.clean_fields(exclude={f.name for f in row._meta.fields} - set(fields))
    row.clean()


def fingerprint(row):
    """Sixteen characters that change with any stored field of the row (edit_version among them)."""
    values = [str(f.value_from_object(row)) for f in row._meta.concrete_fields]
    return sha256("\x1f".join(values).encode()).hexdigest()[:16]


def action(bulk_class):
    """An admin action (for ModelAdmin.actions) that previews and applies `bulk_class`."""

    @admin.action(description=bulk_class.label, permissions=[bulk_class.permission])
    def run(modeladmin, request, queryset):
        return _run(bulk_class(modeladmin, request), queryset)

    run.__name__ = bulk_class.name
    return run


def _run(bulk, queryset):
    request = bulk.request
    pks = list(dict.fromkeys(queryset.values_list("pk", flat=True)))
    if len(pks) > LIMIT:
        text = f"한 번에 {LIMIT}개까지 바꿀 수 있습니다. 고른 것은 {len(pks):,}개입니다. 거르기로 나누어 골라 주세요."
        bulk.modeladmin.message_user(request, text, messages.ERROR)
        return None
    step = request.POST.get("step", "")
    if step == "apply":
        return _confirm(bulk, pks)
    rows = bulk.fetch(pks)
    form = bulk.form(request.POST if step == "preview" else None, rows)
    data = {} if form is None else form.cleaned_data if form.is_bound and form.is_valid() else None
    return _page(bulk, pks, form, bulk.effects(rows, data), previewed=data is not None)


def _confirm(bulk, pks):
    """Write what was previewed; where anything differs from it, write nothing and show the preview anew."""
    form = bulk.form(bulk.request.POST, bulk.fetch(pks))
    seen = _seen(bulk.request.POST.getlist("seen"))
    if not seen or (form is not None and not form.is_valid()):
        return _page(bulk, pks, form, bulk.effects(bulk.fetch(pks), None), previewed=False)
    data = {} if form is None else form.cleaned_data
    # A row outside the list as it is filtered now is as good as gone.
    outside = len(seen.keys() - set(pks))
    if outside:
        return _nothing_written(bulk, pks, form, data, [], outside, None)
    try:
        effects, problem = bulk.apply(seen, data), None
    except ValidationError as error:
        effects, problem = [], " ".join(error.messages)
    written = problem is None and len(effects) == len(seen) and all(e.state == CHANGES for e in effects)
    if not written:
        gone = len(seen) - len(effects) if problem is None else 0
        return _nothing_written(bulk, pks, form, data, effects, gone, problem)
    _tell(bulk, [e.row for e in effects], left=len(pks) - len(effects))
    return None


def _nothing_written(bulk, pks, form, data, effects, gone, problem):
    stale = {e.row.pk for e in effects if e.state == STALE}
    fresh = [
        replace(e, state=STALE, reason=STALE_TEXT) if e.row.pk in stale and e.state == CHANGES else e
        for e in bulk.effects(bulk.fetch(pks), data)
    ]
    lines = [problem] if problem else []
    if stale:
        lines.append(f"{len(stale)}개를 {STALE_TEXT}")
    if gone:
        lines.append(f"{gone}개가 {GONE_TEXT}")
    return _page(bulk, pks, form, fresh, previewed=True, problems=lines or ["미리 본 것과 달라졌습니다."])


def _tell(bulk, rows, left):
    LogEntry.objects.log_actions(bulk.request.user.pk, rows, CHANGE, change_message=bulk.label)
    text = f"{bulk.opts.verbose_name} {len(rows):,}개: {bulk.done}."
    bulk.modeladmin.message_user(
        bulk.request, text + (f" {left:,}개는 그대로 두었습니다." if left else ""), messages.SUCCESS
    )


def _page(bulk, pks, form, effects, *, previewed, problems=()):
    counts = {state: sum(e.state == state for e in effects) for state in STATES}
    # A stale row was shown anew: it may be applied now that it has been seen.
    ready = [e for e in effects if e.state in (CHANGES, STALE)] if previewed else []
    context = {
        **bulk.modeladmin.admin_site.each_context(bulk.request),
        "title": bulk.label,
        "opts": bulk.opts,
        "bulk": bulk,
        "form": form,
        "pks": pks,
        "effects": effects,
        "counts": [(STATES[state], n) for state, n in counts.items() if n],
        "ready": ready,
        "previewed": previewed,
        "problems": problems,
        "notes": bulk.notes([e.row for e in effects]),
        "media": bulk.modeladmin.media,
        "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
        # Choices travel as text of the fields, the way they were typed.
        "chosen": _chosen(bulk.request, form) if previewed and form is not None else [],
    }
    return TemplateResponse(bulk.request, TEMPLATE, context)


def _chosen(request, form):
    return [
        (form.add_prefix(name), value) for name in form.fields for value in request.POST.getlist(form.add_prefix(name))
    ]


def _seen(tokens):
    """{pk: fingerprint} of `pk:fingerprint` texts; what cannot be read is left out."""
    pairs = (token.partition(":") for token in tokens[:LIMIT])
    return {int(pk): mark for pk, _, mark in pairs if pk.isascii() and pk.isdecimal() and len(pk) < 19}
