"""What the database itself refuses (VOTING.md, Rows): the same rules as triggers on PostgreSQL and SQLite.

Migrations call `install` as their last operation, and again after any later change of these tables: SQLite makes a changed table anew and
loses triggers and WITHOUT ROWID. Such a migration begins with `uninstall`: SQLite renames no table that a trigger names. SQLite has no triggers on DELETE here (there the file's owner could drop them anyway, and the actions
refuse; a missing row is named by the next checkpoint). Rounds of totals are records of old votes and are not guarded.
"""

from voting.models.rounds import Round

# {table: how a row finds its round}; X is NEW or OLD.
BY_ROUND = "X.round_id"
BY_CONTEST = "(SELECT round_id FROM voting_contest WHERE id = X.contest_id)"
BY_OPTION = (
    "(SELECT c.round_id FROM voting_option o JOIN voting_contest c ON c.id = o.contest_id WHERE o.id = X.option_id)"
)
BY_BATCH = (
    "(SELECT c.round_id FROM voting_paperbatch b JOIN voting_contest c ON c.id = b.contest_id "
    "WHERE b.id = X.batch_id AND b.state = 'open')"
)
DRAFT, OPEN, CLOSED = ("draft",), ("open",), ("closed",)
NOT_FINAL = "NOT EXISTS (SELECT 1 FROM voting_checkpoint k WHERE k.round_id = r.id AND k.is_final)"
NEVER = ()
MIXING = "current_setting('voting.mixing', true) = 'on'"  # set by voting.mix for its own transaction (PostgreSQL)
IN_URN = (
    "EXISTS (SELECT 1 FROM voting_urnballot u WHERE u.contest_id = OLD.contest_id AND u.tag = OLD.tag "
    "AND u.leaf = OLD.leaf AND u.content = OLD.content)"
)

# (table, path, {operation: (states of the round in which it may happen, a further condition or "")}, message)
GUARDS = [
    (table, path, dict.fromkeys(("INSERT", "UPDATE", "DELETE"), (DRAFT, "")), "확정한 투표는 바꿀 수 없습니다.")
    for table, path in (
        ("voting_contest", BY_ROUND),
        ("voting_keyholder", BY_ROUND),
        ("voting_option", BY_CONTEST),
        ("voting_committeescore", BY_OPTION),
    )
] + [
    (table, path, dict.fromkeys(("INSERT", "UPDATE", "DELETE"), (CLOSED, "")), "결과는 개표할 때만 적습니다.")
    for table, path in (
        ("voting_tally", BY_ROUND),
        ("voting_openedballot", BY_CONTEST),
        ("voting_contestresult", BY_CONTEST),
        ("voting_optionresult", BY_OPTION),
    )
] + [
    (
        "voting_inboxballot",
        BY_CONTEST,
        {"INSERT": (OPEN, ""), "UPDATE": (NEVER, ""), "DELETE": ((*OPEN, *CLOSED), f"({IN_URN} OR {MIXING})")},
        "표는 투표 중에만 들어오고 바뀌지 않습니다.",
    ),
    (
        "voting_urnballot",
        BY_CONTEST,
        {"INSERT": ((*OPEN, *CLOSED), NOT_FINAL), "UPDATE": (NEVER, ""), "DELETE": ((*OPEN, *CLOSED), NOT_FINAL)},
        "투표함은 섞을 때만 바뀝니다.",
    ),
    (
        "voting_participation",
        BY_ROUND,
        {"INSERT": ((*OPEN, *CLOSED), NOT_FINAL), "UPDATE": (NEVER, ""), "DELETE": ((*OPEN, *CLOSED), NOT_FINAL)},
        "참여 기록은 투표 중에만 생기고 바뀌지 않습니다.",
    ),
    ("voting_checkpoint", BY_ROUND, {"UPDATE": (NEVER, ""), "DELETE": (NEVER, "")}, "확인점은 바꿀 수 없습니다."),
    (
        "voting_paperbatch",
        BY_CONTEST,
        {"INSERT": (CLOSED, NOT_FINAL), **dict.fromkeys(("UPDATE", "DELETE"), (CLOSED, f"{NOT_FINAL} AND OLD.state = 'open'"))},
        "종이 묶음은 마감한 뒤, 종이 표를 넣기 전에만 바꿉니다.",
    ),
    (
        "voting_paperballot",
        BY_BATCH,
        dict.fromkeys(("INSERT", "UPDATE", "DELETE"), (CLOSED, NOT_FINAL)),
        "종이 표는 대조를 마치지 않은 묶음에서만 바꿉니다.",
    ),
    (
        "voting_papercount",
        BY_CONTEST,
        dict.fromkeys(("INSERT", "UPDATE", "DELETE"), (CLOSED, NOT_FINAL)),
        "종이 정산은 마감한 뒤, 종이 표를 넣기 전에만 적습니다.",
    ),
]  # fmt: skip
MIX_ONLY = {("voting_urnballot", "INSERT"), ("voting_urnballot", "DELETE"), ("voting_participation", "DELETE")}
# A serial number that nobody sees still tells the order of the rows.
ROWID_FREE = (
    "voting_rollentry", "voting_participation", "voting_inboxballot", "voting_urnballot", "voting_openedballot",
)  # fmt: skip
ROUND_MESSAGE = "확정한 투표는 상태만 앞으로 나아갑니다."


def _allowed(path, row, states, extra):
    """SQL: the row's round lets this happen."""
    where = path.replace("X.", f"{row}.")
    listed = ", ".join(f"'{state}'" for state in states) or "NULL"
    further = f" AND {extra}" if extra else ""
    return (  # names from the lists above, no values of users
        f"EXISTS (SELECT 1 FROM voting_round r WHERE r.id = {where} "  # noqa: S608
        f"AND (r.basis = 'totals' OR (r.state IN ({listed}){further})))"
    )


def _conditions(path, operation, states, extra):
    rows = {"INSERT": ["NEW"], "UPDATE": ["OLD", "NEW"], "DELETE": ["OLD"]}[operation]
    return " AND ".join(_allowed(path, row, states, extra) for row in rows)


def _round_rule():
    """SQL over OLD and NEW: what an update of a round may do."""
    fixed = [f.column for f in Round._meta.concrete_fields if f.name not in Round.OPEN_FIELDS and not f.primary_key]
    moves = [f"(OLD.state = '{old}' AND NEW.state = '{new}')" for old, news in Round.MOVES.items() for new in news]
    same = " AND ".join(f"OLD.{column} IS NOT DISTINCT FROM NEW.{column}" for column in fixed)
    return (
        "OLD.is_rehearsal = NEW.is_rehearsal AND "
        f"(OLD.basis = 'totals' OR ((OLD.state = NEW.state OR {' OR '.join(sorted(moves))}) "
        f"AND (OLD.state = 'draft' OR ({same}))))"
    )


def install(apps, schema_editor):
    """Make all triggers anew (RunPython): those of the tables that stand at this migration."""
    uninstall(apps, schema_editor)
    tables = set(schema_editor.connection.introspection.table_names())
    rules = [rule for rule in _all_rules() if rule[0] in tables]
    if schema_editor.connection.vendor == "postgresql":
        for statement in _postgresql(rules):
            schema_editor.execute(statement, params=None)
    else:
        _without_rowid(schema_editor)
        for statement in _sqlite(rules):
            schema_editor.execute(statement, params=None)


def uninstall(apps, schema_editor):
    """Drop all triggers (the reverse)."""
    postgresql = schema_editor.connection.vendor == "postgresql"
    for table, _operation, name in _names():
        on = f" ON {table}" if postgresql else ""
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}{on}", params=None)
        if postgresql:
            schema_editor.execute(f"DROP FUNCTION IF EXISTS {name}()", params=None)


def _names():
    yield from ((table, op, f"{table}_guard_{op.lower()}") for table, _, rules, _ in GUARDS for op in rules)
    yield from (("voting_round", op, f"voting_round_guard_{op.lower()}") for op in ("INSERT", "UPDATE", "DELETE"))


def _all_rules():
    """(table, operation, name, SQL that must hold, message) of every guard."""
    for table, path, rules, message in GUARDS:
        for operation, (states, extra) in rules.items():
            name = f"{table}_guard_{operation.lower()}"
            yield table, operation, name, _conditions(path, operation, states, extra), message
    first = "NEW.state = 'draft' OR NEW.basis = 'totals'"
    yield "voting_round", "INSERT", "voting_round_guard_insert", first, "투표는 ‘준비 중’으로 만듭니다."
    yield "voting_round", "UPDATE", "voting_round_guard_update", _round_rule(), ROUND_MESSAGE
    gone = "OLD.state = 'draft' OR OLD.basis = 'totals'"
    yield "voting_round", "DELETE", "voting_round_guard_delete", gone, "확정한 투표는 지울 수 없습니다."


def _postgresql(rules):
    for table, operation, name, condition, message in rules:
        if (table, operation) in MIX_ONLY:
            condition = f"({condition}) AND {MIXING}"
        row = "OLD" if operation == "DELETE" else "NEW"
        yield (
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $guard$ BEGIN "
            f"IF NOT COALESCE({condition}, false) THEN RAISE EXCEPTION '{message}' USING ERRCODE = 'check_violation'; "
            f"END IF; RETURN {row}; END $guard$"
        )
        yield f"CREATE TRIGGER {name} BEFORE {operation} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"


def _sqlite(rules):
    for table, operation, name, condition, message in rules:
        if operation != "DELETE":
            wrong = f"NOT COALESCE(({condition.replace('IS NOT DISTINCT FROM', 'IS')}), 0)"
            yield f"CREATE TRIGGER {name} BEFORE {operation} ON {table} WHEN {wrong} BEGIN SELECT RAISE(ABORT, '{message}'); END"


def _without_rowid(schema_editor):
    """Make the tables of voters and ballots anew without SQLite's hidden row number; only while they are empty."""
    with schema_editor.connection.cursor() as cursor:
        for table in ROWID_FREE:
            cursor.execute("SELECT type, sql FROM sqlite_master WHERE tbl_name = %s AND sql IS NOT NULL", [table])
            made = cursor.fetchall()
            create = next(sql for kind, sql in made if kind == "table")
            if "WITHOUT ROWID" in create:
                continue
            cursor.execute(f"SELECT 1 FROM {table} LIMIT 1")  # noqa: S608 - a name from the list above
            if cursor.fetchone():
                raise RuntimeError(f"{table} holds rows; it is made WITHOUT ROWID only while empty.")
            cursor.execute(f"DROP TABLE {table}")
            cursor.execute(f"{create} WITHOUT ROWID")
            for kind, sql in made:
                if kind == "index":
                    cursor.execute(sql)
