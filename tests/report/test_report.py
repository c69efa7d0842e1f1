"""What a report says, in each form, with data and without, of columns that are called anything."""

from __future__ import annotations

import base64
import json
import re
import shutil
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symlaw.cli import main
from symlaw.errors import FileUnreadable, InvalidSetting, MissingDependency
from symlaw.report import document
from symlaw.report.document import report_run
from symlaw.report.formats.markdown import fenced, plain_text
from symlaw.runs.store import Run
from symlaw.trust.selection.finding import Finding

from .test_plots import fitted

HOSTILE = "<script>alert(1)</script> \"'&$|`\\_"
HEADINGS = ["Formula", "Why this one", "Front", "Fit", "Question", "Data", "Search", "How to repeat it"]


class Page(HTMLParser):
    """Elements of a page by name, and the text of some."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)

    def record(self) -> dict[str, Any]:
        (text,) = self.texts["script"]
        return dict(json.loads(text))


def page_of(run: Run, tmp_path: Path, **more: Any) -> Page:
    assert report_run(run, tmp_path / "report.html", **more) is True
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert not page.open
    return page


def test_a_page_stands_by_itself(pendulum: Run, tmp_path: Path) -> None:
    page = page_of(pendulum, tmp_path)
    assert page.texts["h2"] == HEADINGS
    scripts = [given for tag, given in page.elements if tag == "script"]
    assert [given["type"] for given in scripts] == ["application/json"]
    sources = [given["src"] for tag, given in page.elements if tag == "img"]
    assert len(sources) == 7
    assert all(source is not None and source.startswith("data:image/svg+xml;base64,") for source in sources)
    assert not any(tag == "link" or "href" in given for tag, given in page.elements)


def test_a_page_tells_the_law_and_its_constants(pendulum: Run, tmp_path: Path) -> None:
    page = page_of(pendulum, tmp_path)
    cells = page.texts["td"]
    assert "c0" in cells and "6.28300" in cells
    said = " ".join(page.texts["p"])
    assert "c0 = 6.283 is 2*pi" in said
    assert "It does not use mass [kg]." in said
    assert "their digest agrees" in said
    assert "bank stood aside: too few rows." in said
    assert "★" in cells
    assert {"mfrac", "msqrt"} <= {tag for tag, _ in page.elements}
    assert pendulum.header.data_digest in page.texts["dd"]


def test_the_record_is_what_the_run_holds(pendulum: Run, tmp_path: Path) -> None:
    record = page_of(pendulum, tmp_path).record()
    assert record["symlaw_report"] == 1
    assert record["data_digest"] == pendulum.header.data_digest
    assert [row["loss"] for row in record["front"]] == [row.loss for row in pendulum.rows]
    (constant,) = record["constants"]
    assert constant["low"] < 2 * np.pi < constant["high"]
    assert len(record["evidence"]) == len(pendulum.rows)
    assert record["evidence"][0]["gap"] is None
    assert record["units"]["period [s]"] == "s"


@pytest.mark.long
def test_the_same_run_gives_the_same_file(hubble: Run, tmp_path: Path) -> None:
    for name in ("a.html", "b.html"):
        report_run(hubble, tmp_path / name)
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_without_data_it_says_so(made: Callable[..., Run], tmp_path: Path) -> None:
    source = tmp_path / "data.csv"
    source.write_text("x,y\n1,2.1\n2,3.9\n3,6.2\n4,7.8\n5,10.1\n")
    run = made(source, "y", ["5.0", "2.0 * x"], 1)
    moved = source.rename(tmp_path / "moved.csv")
    assert report_run(run, tmp_path / "report.html") is False
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert sum("The data were not at hand" in text for text in page.texts["p"]) == 3
    assert page.record()["constants"] == []
    assert len([tag for tag, _ in page.elements if tag == "img"]) == 3
    assert page_of(run, tmp_path, data=moved).record()["constants"][0]["constant"] == "c0"
    moved.write_text("x,y\n1,2.1\n2,3.9\n3,6.2\n4,7.8\n5,12.5\n")
    said = " ".join(page_of(run, tmp_path, data=moved).texts["p"])
    assert "digest is not that of the run" in said


@pytest.mark.long
def test_columns_may_be_called_anything(made: Callable[..., Run], tmp_path: Path) -> None:
    source = tmp_path / "data.csv"
    quoted = HOSTILE.replace('"', '""')
    source.write_text(f'"{quoted}","</script>"\n1,2.1\n2,3.9\n3,6.2\n4,7.8\n5,10.1\n')
    from symlaw.language.parser import quote_name

    run = made(source, "</script>", ["5.0", f"2.0 * {quote_name(HOSTILE)}"], 1)
    page = page_of(run, tmp_path)
    assert [tag for tag, _ in page.elements].count("script") == 1
    assert page.record()["columns"] == [HOSTILE]
    assert page.texts["h1"] == ["A formula for </script>"]
    report_run(run, tmp_path / "report.md")
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    outside = re.sub(r"^(`{3,}).*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    assert "<" not in outside.replace("\\lt", "")


@pytest.mark.long
def test_names_are_in_any_letters(made: Callable[..., Run], tmp_path: Path) -> None:
    source = tmp_path / "data.csv"
    source.write_text("质量,周期\n1,2.1\n2,3.9\n3,6.2\n4,7.8\n5,10.1\n", encoding="utf-8")
    page = page_of(made(source, "周期", ["5.0", "2.0 * `质量`"], 1), tmp_path)
    pictures = [given["src"] or "" for tag, given in page.elements if tag == "img"]
    drawn = [base64.b64decode(one.partition(",")[2]).decode() for one in pictures]
    assert len(drawn) == 7
    assert sum("质量" in svg for svg in drawn) >= 4


def test_markdown_has_formulas_a_table_and_the_record(pendulum: Run, tmp_path: Path) -> None:
    report_run(pendulum, tmp_path / "report.md")
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert [line[3:] for line in text.splitlines() if line.startswith("## ")] == [*HEADINGS, "For programs"]
    assert r"6.283 \cdot \sqrt{\frac{" in text
    assert text.count("](data:image/svg+xml;base64,") == 7
    record = json.loads(text[text.index("```json") + 7 : text.rindex("```")])
    assert record["recommended"] == pendulum.recommended
    tables = [line for line in text.splitlines() if line.startswith("| ★")]
    assert len(tables) == 2


def test_signs_mean_nothing_to_markdown() -> None:
    assert plain_text("a|b_c\n# d") == r"a\|b\_c \# d"
    assert fenced("x ```` y").startswith("`````\n")


@pytest.mark.slow
@pytest.mark.skipif(not any(map(shutil.which, document.BROWSERS)), reason="no browser prints a PDF here")
def test_a_browser_prints_a_pdf(hubble: Run, tmp_path: Path) -> None:
    report_run(hubble, tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF-")


def test_without_a_browser_a_pdf_is_refused(
    hubble: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(document, "BROWSERS", ("no-such-browser",))
    with pytest.raises(MissingDependency, match="write .html and print it"):
        report_run(hubble, tmp_path / "report.pdf")


def test_without_matplotlib_a_report_has_no_pictures(
    hubble: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    page = page_of(hubble, tmp_path)
    assert not any(tag == "img" for tag, _ in page.elements)
    assert any("pip install 'symlaw[plots]'" in text for text in page.texts["p"])


def test_a_model_writes_a_report_too(tmp_path: Path) -> None:
    model = fitted(units={"x0": "m"}, max_evaluations=100)
    model.reason_, model.doubts_, model.stopped_by_, model.n_evaluations_ = "it is short", (), "budget", 100
    model.finding_ = Finding("rivals", (), "probability 0.60")
    X = np.column_stack([np.arange(1.0, 9.0), np.ones(8)])
    model.report(tmp_path / "report.html", X, 2 * X[:, 0] + 0.01 * np.cos(9 * X[:, 0]))
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert "x0 [m], x1" in page.texts["dd"]
    assert "Verdict: rivals; probability 0.60." in page.texts["p"]
    assert page.record()["finding"] == "rivals; probability 0.60"
    assert page.record()["constants"][0]["estimate"] == pytest.approx(2.0, rel=1e-2)
    with pytest.raises(InvalidSetting, match="X and y go together"):
        model.report(tmp_path / "report.html", X)


@pytest.mark.long
def test_other_losses_have_no_standard_errors_and_relative_ones_their_own(
    made: Callable[..., Run], tmp_path: Path
) -> None:
    source = tmp_path / "data.csv"
    source.write_text("x,y\n1,2.1\n2,3.9\n3,6.2\n4,7.8\n50,101\n")
    page = page_of(made(source, "y", ["5.0", "2.0 * x"], 1, loss="absolute"), tmp_path)
    (said,) = (text for text in page.texts["p"] if text.startswith("There are no standard errors"))
    assert said.startswith("There are no standard errors: the loss is absolute, and they are told for")
    assert page.record()["evidence"] == []
    page = page_of(made(source, "y", ["5.0", "2.0 * x"], 1, loss="relative"), tmp_path)
    x, y = np.array([1, 2, 3, 4, 50]), np.array([2.1, 3.9, 6.2, 7.8, 101])
    (constant,) = page.record()["constants"]
    assert constant["estimate"] == pytest.approx(np.sum(x / y) / np.sum((x / y) ** 2))
    assert "Estimates are of a fit to these rows" in " ".join(page.texts["p"])


@pytest.mark.long
def test_weights_of_a_run_that_does_not_name_them_are_named(made: Callable[..., Run], tmp_path: Path) -> None:
    source = tmp_path / "data.csv"
    source.write_text("x,y,w\n1,2.1,1\n2,3.9,1\n3,6.2,4\n4,7.8,2\n5,11,0\n")
    run = made(source, "y", ["5.0", "2.0 * x"], 1, weights="w")
    assert "digest is not that of the run" in " ".join(page_of(run, tmp_path).texts["p"])
    page = page_of(run, tmp_path, weights="w")
    assert "4 rows, those of the run: their digest agrees." in page.texts["p"]
    x, y, w = np.array([1, 2, 3, 4]), np.array([2.1, 3.9, 6.2, 7.8]), np.array([1, 1, 4, 2])
    (constant,) = page.record()["constants"]
    assert constant["estimate"] == pytest.approx(np.sum(w * x * y) / np.sum(w * x * x))


def test_refusals(hubble: Run, tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match=r"let it end in \.html, \.md or \.pdf"):
        report_run(hubble, tmp_path / "report.docx")
    with pytest.raises(FileUnreadable, match="cannot be written"):
        report_run(hubble, tmp_path / "none" / "report.html")
    with pytest.raises(FileUnreadable, match="--data"):
        report_run(hubble, tmp_path / "report.html", tmp_path / "gone.csv")


def test_the_command_writes_a_report(hubble: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "law.html"
    assert main(["report", str(hubble.folder), "-o", str(target)]) == 0
    assert "Written to" in capsys.readouterr().out
    assert target.stat().st_size > 10_000
    assert main(["report", str(hubble.folder), "-o", "law.txt"]) == 2
    assert "let it end in .html" in capsys.readouterr().err
