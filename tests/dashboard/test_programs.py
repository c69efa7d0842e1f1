"""Programs from pasted examples: found, settled and kept as in Python, and safe from what is pasted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import symlaw
from symlaw.dashboard.contents import programs
from symlaw.dashboard.contents.pasted import MOST_ROWS, pasted
from symlaw.dashboard.tables import Uploads
from symlaw.errors import DataError, RunError

from .conftest import Client

EXAMPLES = {"Ducati100": "Ducati", "Honda125": "Honda"}
ROWS = ["Ducati100", "Suzuki 700", "BMW-123"]


def find(client: Client, examples: str = "", rows: str = "", **more: Any) -> Any:
    given = examples or "\n".join("=".join(pair) for pair in EXAMPLES.items())
    return client.post("/api/programs", {"examples": given, "rows": rows or "\n".join(ROWS), **more}).json


def test_program_values_and_doubts_are_those_of_python(client: Client) -> None:
    told = find(client)
    found = symlaw.transform(EXAMPLES, rows=ROWS)
    assert told["program"] == str(found) and told["code"] == found.code
    assert [one["value"] for one in told["rows"]] == found(ROWS)
    doubts = found.doubtful(ROWS)
    assert [one["row"] - 1 for one in told["doubts"]] == list(doubts["row"])
    assert [one["answers"][0]["answer"] for one in told["doubts"]] == list(doubts["value"])
    assert client.get(f"/api/programs/{told['id']}/values").json["text"] == "\n".join(found(ROWS))


def test_an_answer_settles_as_in_python(client: Client) -> None:
    told = find(client)
    settled = client.post(f"/api/programs/{told['id']}/settle", {"input": ["BMW-123"], "answer": "BMW"}).json
    found = symlaw.transform(EXAMPLES, rows=ROWS).settle("BMW-123", "BMW")
    assert settled["program"] == str(found) and settled["rows"][2] == {
        "input": ["BMW-123"], "value": "BMW", "given": True,
    }  # fmt: skip
    assert settled["examples"][-1] == {"input": ["BMW-123"], "output": "BMW", "says": "BMW"}
    # the one before is there yet
    assert client.get(f"/api/programs/{told['id']}/export", format="python").json["text"] == told["code"]


def test_columns_of_a_spreadsheet_are_read(client: Client) -> None:
    told = find(client, "Ada\tLovelace\ta.lovelace\nGrace\tHopper\tg.hopper\nAlan\tTuring\t", "Kurt\tGödel\t")
    assert told["names"] == ["text_1", "text_2"]
    assert [one["value"] for one in told["rows"]] == ["a.turing", "k.gödel"]


def test_a_kept_program_is_a_run_with_its_rows(client: Client) -> None:
    told = find(client)
    run = client.post(f"/api/programs/{told['id']}/keep", {"name": "brand"}).json["run"]
    record = client.get(f"/api/runs/{run}/answer").json
    assert (record["state"], record["title"], record["lacking"]) == ("finished", "A program for brand", "")
    assert "Doubtful rows" in [one["heading"] for one in record["sections"]]
    assert symlaw.Transformation.load(client.root / run / "answer.json")("Honda125") == "Honda"


def test_an_example_left_out_is_named(client: Client) -> None:
    years = {"12 May 1999": "1999", "3 June 2004": "2004", "7 July 1987": "1978", "1 April 2010": "2010",
             "30 May 2020": "2020"}  # fmt: skip
    told = find(client, "\n".join(map("=".join, years.items())), "4 May 1987")
    wrong = [one for one in told["examples"] if one["says"] != one["output"]]
    assert wrong == [{"input": ["7 July 1987"], "output": "1978", "says": "1987"}]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"examples": "Ducati100", "rows": ""}, "line 1 of the examples, 'Ducati100', has no output"),
        ({"examples": "", "rows": "a"}, "there is no example"),
        ({"examples": "a=b", "rows": "a\n" * MOST_ROWS + "a"}, "10,001 rows and the page takes 10,000"),
        ({"examples": "a=b", "rows": "a\tb\tc"}, "cells"),
        ({"examples": ["a=b"], "rows": ""}, "is no text"),
        ({"examples": "a=b", "rows": "", "seconds": 1e9}, "give seconds above 0"),
        ({"examples": "a=b", "rows": "", "seconds": 3600}, "give 60 at most"),
        ({"examples": "a" * 3000 + "=b", "rows": ""}, "has 3000 characters"),
    ],
)
def test_what_cannot_be_used_is_refused_in_a_sentence(client: Client, asked: Any, said: str) -> None:
    answer = client.post("/api/programs", asked)
    assert answer.status == 400 and said in answer.json["error"]


def test_more_than_a_megabyte_is_refused(client: Client) -> None:
    answer = client.post("/api/programs", {"examples": "a=b", "rows": "x" * 1_000_001})
    assert answer.status == 413


def test_programs_that_are_not_there_are_refused(client: Client) -> None:
    told = client.post("/api/programs/..%2f..%2fetc/settle", {"input": ["a"], "answer": "b"})
    assert told.status in (400, 404)
    answer = client.post("/api/programs/0000/settle", {"input": ["a"], "answer": "b"})
    assert answer.status == 400 and "not there any more" in answer.json["error"]


def test_halves_of_letters_do_no_harm(client: Client) -> None:
    told = find(client, "a\ud800-1=a\ud800\nb-2=b", "c-3")
    run = client.post(f"/api/programs/{told['id']}/keep", {"name": "x"})
    assert run.status == 200 and told["rows"][0]["value"] == "c"


def test_values_that_grow_too_long_are_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "MOST_LETTERS", 10)
    assert "more than 10 letters" in find(client)["error"]


def test_a_second_search_at_the_same_time_is_refused(tmp_path: Path) -> None:
    told: list[str] = []

    def meanwhile() -> bool:
        # asked while the first search goes
        if not told:
            told.append("asked")
            with pytest.raises(RunError, match="another page"):
                service.find({"examples": "c1=c", "rows": ""})
        return False

    service = programs.Programs(Uploads(tmp_path, 1), meanwhile)
    assert service.find({"examples": "a1=a\nb2=b", "rows": "c3"})["rows"][0]["value"] == "c"
    assert told == ["asked"]


def test_blank_rows_keep_their_places_and_other_marks_end_no_line() -> None:
    told = pasted("a1=a\r\nb2 = b\r\n", "c3\n\nd\u20284\n\n")
    assert told.pairs == [(("a1",), "a"), (("b2",), "b")]
    assert told.rows == [("c3",), ("",), ("d\u20284",)]


def test_an_output_with_the_mark_goes_after_a_tab() -> None:
    assert pasted("a\tx=1", "").pairs == [(("a",), "x=1")]
    with pytest.raises(DataError, match="no example"):
        pasted("a=", "")
