"""Pabulib files: read, written, refused with line and column, and counted by the command."""

import json
from fractions import Fraction

import pytest
from django.core.management import CommandError, call_command

from tests.voting import bundles
from voting.counting.errors import PabulibError
from voting.counting.pabulib import parse_pb, read_pb, write_pb

META = '''META
key;value
description;Made up
country;Poland
unit;Town
instance;2020
num_projects;4
num_votes;5
budget;100
vote_type;approval
rule;greedy
min_length;1
max_length;3
note;"a; quoted ""cell"""
'''
BODY = """PROJECTS
project_id;cost;name;target
p1;50;First;a,b
p2;60;Second;
p3;40;"Third; with more";c
p4;10;Fourth;
VOTES
voter_id;age;vote
1;30;p1,p2
2;;p1,p3
3;41;p1,p2,p3
4;;p2
5;;p1,p4
"""
TEXT = META + BODY


def run(tmp_path, capsys, text, *args):
    path = tmp_path / "made.pb"
    path.write_text(text, encoding="utf-8", newline="")
    call_command("tally_pb", str(path), *args)
    return capsys.readouterr().out


def test_read_keeps_unknown_keys_and_columns():
    pb = parse_pb(TEXT)
    assert pb.meta["note"] == 'a; quoted "cell"'
    assert pb.projects[2] == {"project_id": "p3", "cost": "40", "name": "Third; with more", "target": "c"}
    assert pb.votes[0] == {"voter_id": "1", "age": "30", "vote": "p1,p2"}
    assert pb.costs() == {"p1": 50, "p2": 60, "p3": 40, "p4": 10}
    assert pb.picks()[2] == ("p1", "p2", "p3")
    assert pb.budget() == 100
    assert parse_pb(write_pb(pb)) == pb


@pytest.mark.parametrize(
    "change", [lambda t: "\ufeff" + t, lambda t: t.replace("\n", "\r\n"), lambda t: t.replace("VOTES", "\nVOTES\n")]
)
def test_other_line_ends_and_marks_read_the_same(tmp_path, change):
    path = tmp_path / "made.pb"
    path.write_bytes(change(TEXT).encode())
    assert read_pb(path) == parse_pb(TEXT)


@pytest.mark.parametrize(
    ("old", "new", "match"),
    [
        ("META\n", "", "1번째 줄 1번째 칸: META로 시작"),
        ("budget;100\n", "", "META에 budget이"),
        ("budget;100", "budget;-5", "9번째 줄 2번째 칸: budget이 수가"),
        ("approval", "ordinal", "10번째 줄 2번째 칸: vote_type"),
        ("num_votes;5", "num_votes;6", "8번째 줄 2번째 칸: num_votes"),
        ("num_projects;4", "num_projects;x", "7번째 줄 2번째 칸: num_projects"),
        ("vote_type;approval\n", "", "META에 vote_type이"),
        ("country;Poland", "unit;Poland", "5번째 줄 1번째 칸: unit이"),
        ("p2;60", "p1;60", "18번째 줄 1번째 칸: project_id가 겹칩니다"),
        ("p2;60", ";60", "18번째 줄 1번째 칸: project_id가 비었습니다"),
        ("p2;60", "p2;much", "18번째 줄 2번째 칸: cost"),
        ("1;30;p1,p2", "1;30;p1,p9", "23번째 줄 3번째 칸: 없는 사업을 골랐습니다: p9"),
        ("1;30;p1,p2", "1;30;p1,p1", "23번째 줄 3번째 칸: 같은 사업을 두 번"),
        ("1;30;p1,p2", "1;30;p1,p2,p3,p4", "23번째 줄 3번째 칸: 4개를 골랐습니다"),
        ("1;30;p1,p2", "1;30;", "23번째 줄 3번째 칸: 0개를 골랐습니다"),
        ("2;;p1,p3", "1;;p1,p3", "24번째 줄 1번째 칸: voter_id"),
        ("2;;p1,p3", "2;;p1,p3;more", "24번째 줄 4번째 칸: 칸이 3개보다"),
        ("voter_id;age;vote", "voter_id;age;voice", "22번째 줄 4번째 칸: VOTES의 머리글에 vote"),
        ("PROJECTS\n", "VOTES\n", "15번째 줄 1번째 칸: VOTES 부분의 차례"),
        ("5;;p1,p4", '5;;"p1,p4', "따옴표가"),
    ],
)
def test_a_broken_file_is_refused_with_line_and_column(old, new, match):
    assert TEXT.count(old) >= 1
    with pytest.raises(PabulibError, match=match):
        parse_pb(TEXT.replace(old, new, 1))


def test_files_as_districts_write_them_are_read(tmp_path, capsys):
    """Little in META, columns in another order, decimals, a part of a cell in quotes, semicolons in a note, empty cells at the end."""
    text = (
        "\ufeffMETA\r\nkey;value\r\nvote_type;Approval\r\ndescription;Town; budget of 2020\r\nbudget;100.50\r\ncomment;\r\n\r\n"
        'PROJECTS\r\nname;votes;cost;project_id;selected\r\n"Park" by the river;2;60,50;7;1\r\nThe 3" pipe;2;40;9;1;;\r\n'
        "VOTES\r\nvote;neighborhood;voter_id\r\n7;;a\r\n9,7;Old town;b\r\n9 ;;c\r\n"
    )
    path = tmp_path / "town.pb"
    path.write_bytes(text.encode())
    pb = read_pb(path)
    assert (pb.meta["description"], pb.budget()) == ("Town;budget of 2020", Fraction("100.5"))
    assert [row["name"] for row in pb.projects] == ["Park by the river", 'The 3" pipe']
    assert (pb.costs(), pb.picks()) == ({"7": Fraction("60.5"), "9": 40}, [("7",), ("9", "7"), ("9",)])
    told = json.loads(run(tmp_path, capsys, text, "--rule", "greedy", "--json"))
    results = [{"id": "7", "votes": 2, "rank": 1}, {"id": "9", "votes": 2, "rank": 1}]
    assert told == {"results": results, "selected": ["7", "9"], "cost": 100.5, "tied": []}


def test_empty_files_and_other_encodings_are_refused(tmp_path):
    with pytest.raises(PabulibError):
        parse_pb("")
    path = tmp_path / "made.pb"
    path.write_bytes(TEXT.replace("First", "사업").encode("cp949"))
    with pytest.raises(PabulibError, match="17번째 줄 1번째 칸: UTF-8이 아닌"):
        read_pb(path)


def test_choose_1_takes_one_pick():
    text = TEXT.replace("approval", "choose-1").replace("max_length;3\n", "")
    with pytest.raises(PabulibError, match="2개를 골랐습니다"):
        parse_pb(text)
    for row, one in (("p1,p2\n", "p1\n"), ("p1,p3\n", "p1\n"), ("p1,p2,p3\n", "p3\n"), ("p1,p4\n", "p4\n")):
        text = text.replace(row, one)
    assert [len(picks) for picks in parse_pb(text).picks()] == [1] * 5


def test_tally_of_each_rule(tmp_path, capsys):
    results = [
        {"id": "p1", "votes": 4, "rank": 1},
        {"id": "p2", "votes": 3, "rank": 2},
        {"id": "p3", "votes": 2, "rank": 3},
        {"id": "p4", "votes": 1, "rank": 4},
    ]
    told = {
        rule: json.loads(run(tmp_path, capsys, TEXT, "--rule", rule, "--json"))
        for rule in ("votes", "greedy", "equal-shares")
    }
    assert told["votes"] == {"results": results, "selected": ["p1"], "cost": 50, "tied": []}
    assert told["greedy"] == {"results": results, "selected": ["p1", "p3", "p4"], "cost": 100, "tied": []}
    assert list(told["equal-shares"]) == ["results", "selected", "cost", "tied"]
    assert told["equal-shares"]["cost"] <= 100


def test_by_votes_the_first_that_does_not_fit_ends_the_list_though_a_later_one_would_fit(tmp_path, capsys):
    """No option overtakes one with more votes; that is what greedy is for."""
    votes = json.loads(run(tmp_path, capsys, TEXT, "--rule", "votes", "--json"))
    greedy = json.loads(run(tmp_path, capsys, TEXT, "--rule", "greedy", "--json"))
    left = 100 - votes["cost"]
    later = [row["cost"] for row in parse_pb(TEXT).projects if row["project_id"] in greedy["selected"][1:]]
    assert all(int(cost) <= left for cost in later) and len(later) == 2
    assert votes["selected"] == greedy["selected"][:1]


def test_tally_names_ties(tmp_path, capsys):
    text = TEXT.replace("2;;p1,p3", "2;;p2,p3").replace("3;41;p1,p2,p3", "3;41;p1,p3")
    told = json.loads(run(tmp_path, capsys, text, "--rule", "greedy", "--json"))
    assert [line["rank"] for line in told["results"]] == [1, 1, 3, 4]
    # p1, p3 and p4, or p2 and p3: only p3 is there in both draws.
    assert (told["selected"], told["tied"], told["cost"]) == (["p3"], ["p1", "p2", "p4"], 40)
    assert "동점" in run(tmp_path, capsys, text, "--rule", "greedy")


def test_tally_refuses(tmp_path, capsys):
    with pytest.raises(CommandError, match="읽을 수 없습니다"):
        call_command("tally_pb", str(tmp_path / "none.pb"), "--rule", "greedy")
    with pytest.raises(CommandError, match="cost가 0 이상"):
        run(tmp_path, capsys, TEXT.replace("p2;60", "p2;-60"), "--rule", "greedy")
    for step in ("0", "-1", "x"):
        with pytest.raises(CommandError, match="걸음"):
            run(tmp_path, capsys, TEXT, "--rule", "equal-shares", f"--step={step}")
    with pytest.raises(CommandError):
        run(tmp_path, capsys, TEXT, "--rule", "best")


def test_published_files_follow_the_format():
    files = bundles.files()
    free, priced = (parse_pb(files[f"ballots-made-up-{number}.pb"].decode()) for number in (1, 2))
    assert priced.meta["budget"] == "100000000"
    assert (priced.meta["min_length"], priced.meta["max_length"], priced.meta["num_votes"]) == ("3", "3", "12")
    assert priced.projects[0]["name"] == '사업 1; 둘째 "이름"'
    assert (free.meta["budget"], set(free.costs().values())) == ("2", {1})
    assert [row["voter_id"] for row in priced.votes] == sorted(row["voter_id"] for row in priced.votes)
    assert not {row["voter_id"] for row in priced.votes} & {row["voter_id"] for row in free.votes}
