"""A run's page in a real browser: progress, notes, deletion, own formulas, reports, predictions, columns."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

from symlaw.runs.annotations.notes import Note, read_note, write_note

from .browsing import MARKS, expect, open_run
from .conftest import Client, Growing, grouped_run

pytestmark = MARKS


def test_the_loss_falls_as_the_run_goes(client: Client, growing: Growing, page: Any) -> None:
    growing.add("x + 1", 0.25)
    open_run(page, "growing")
    chart = page.locator("section[aria-label='Loss over time']")
    expect(chart).to_contain_text("Latest improvement: loss 0.25")
    expect(page.locator("[aria-label=Progress]")).to_contain_text("of 60.0 s")
    expect(page.locator("[aria-label=Progress]")).to_contain_text("It may end sooner")
    before = chart.locator("path.line").get_attribute("d")
    growing.add("x**2", 0.001)
    expect(chart).to_contain_text("Latest improvement: loss 0.001")
    assert len(chart.locator("path.line").get_attribute("d")) > len(before)
    page.select_option("[aria-label='Horizontal axis of the loss']", "evaluations")
    expect(chart.locator("text.label").first).to_have_text("formulas tried")
    growing.writer.fail("the disk is full")
    expect(page.locator("[aria-label=Progress]")).to_contain_text("Cut off: the disk is full.")


def test_progress_stands_beside_the_budget(client: Client, page: Any) -> None:
    open_run(page, "pendulum")
    bar = page.locator("[aria-label=Progress] progress")
    assert abs(float(bar.get_attribute("value")) - 2.5 / 60) < 1e-9
    assert bar.get_attribute("aria-valuetext") == "2.5 s of 60.0 s (4%)"
    expect(page.locator("[aria-label=Progress]")).to_contain_text("Ended by: evaluations.")


def test_without_a_budget_there_is_no_bar(client: Client, growing: Growing, page: Any) -> None:
    growing.header.settings.update(time_budget=None, patience=5000)
    growing.writer._write_header({})
    growing.add("x", 0.5)
    open_run(page, "growing")
    words = page.locator("[aria-label=Progress]")
    expect(words).to_contain_text("no limit of time or formulas. It ends after 5,000 formulas without")
    assert words.locator("progress").count() == 0


def test_a_name_and_a_note_are_kept(client: Client, page: Any) -> None:
    open_run(page, "pendulum")
    save = page.locator("[data-focus=save-note]")
    expect(save).to_be_disabled()
    page.fill("#run-name", "<b>clean</b>")
    page.fill("#run-note", "Row 7 was left out.")
    save.click()
    page.wait_for_selector("text=The note is kept.")
    expect(page.locator("h1")).to_contain_text("<b>clean</b>")
    assert read_note(client.root / "pendulum") == Note("<b>clean</b>", "Row 7 was left out.")
    page.reload()
    page.wait_for_selector(".front tbody tr")
    expect(page.locator("#run-note")).to_have_value("Row 7 was left out.")
    # what somebody is writing is not overwritten by what comes from elsewhere
    page.fill("#run-note", "Row 8")
    write_note(client.root / "pendulum", Note("terminal"))
    expect(page.locator("h1")).to_contain_text("terminal")
    expect(page.locator("#run-note")).to_have_value("Row 8")
    page.click("nav >> text=Runs")
    page.fill("[aria-label='Filter runs']", "terminal")
    expect(page.locator(".runs tbody tr")).to_have_count(1)


def test_a_run_is_deleted_once_that_is_confirmed(client: Client, growing: Growing, page: Any) -> None:
    growing.add("x", 0.5)
    open_run(page, "growing")
    expect(page.locator("button:has-text('Delete this run')")).to_be_disabled()
    open_run(page, "pendulum")
    page.wait_for_selector("h1:has-text('period')")
    page.click("button:has-text('Delete this run')")
    page.click("dialog button:text-is('Keep it')")
    assert (client.root / "pendulum" / "run.json").exists()
    page.click("button:has-text('Delete this run')")
    page.keyboard.press("Escape")
    expect(page.locator("dialog")).to_be_hidden()
    page.click("button:has-text('Delete this run')")
    page.click("dialog button:text-is('Delete')")
    page.wait_for_selector(".runs")
    expect(page.locator(".runs")).not_to_contain_text("pendulum.csv")
    assert not (client.root / "pendulum").exists()


def test_an_own_formula_is_drawn_on_the_front(client: Client, page: Any) -> None:
    open_run(page, "pendulum")
    front = page.locator("section[aria-label=Front]")
    assert front.locator("path.own").count() == 0
    for formula in ("3 * sqrt(`length [m]`) + 1", "`mass [kg]` / 2"):
        page.fill("[name=formula]", formula)
        page.click("button:has-text('Score')")
        page.wait_for_selector(f".own code:has-text('{formula[-10:-5]}')")
    expect(front.locator("path.own")).to_have_count(2)
    expect(front.locator("path.own.chosen")).to_have_count(1)
    expect(front.locator("figcaption")).to_contain_text("your own")
    shown = page.text_content("code.whole")
    page.click(".own tbody tr:nth-child(2)")
    expect(page.locator("code.whole")).not_to_have_text(shown)
    page.click(".front tbody tr:nth-child(1)")
    expect(front.locator("path.own.chosen")).to_have_count(0)
    expect(front.locator("path.own")).to_have_count(2)


def test_a_report_can_be_saved(client: Client, page: Any, tmp_path: Path) -> None:
    open_run(page, "pendulum")
    starts = {"html": b"<!DOCTYPE html>", "md": b"# ", "pdf": b"%PDF"}
    for form, start in starts.items():
        with page.expect_download(timeout=120_000) as told:
            page.click(f"section[aria-label=Report] [data-form={form}]")
        assert told.value.suggested_filename == f"report-pendulum.{form}"
        told.value.save_as(tmp_path / form)
        assert (tmp_path / form).read_bytes().lower().startswith(start.lower())
    expect(page.locator("section[aria-label=Report]")).to_contain_text("saved with your downloads")


def test_without_a_browser_the_page_says_that_there_is_no_pdf(
    client: Client, page: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("symlaw.report.document.BROWSERS", ())
    open_run(page, "pendulum")
    expect(page.locator("[data-form=pdf]")).to_be_disabled()
    expect(page.locator("section[aria-label=Report]")).to_contain_text("A PDF needs Chromium or Chrome")


def test_a_formula_predicts_another_table(client: Client, page: Any, tmp_path: Path) -> None:
    open_run(page, "pendulum")
    page.wait_for_selector(".export")
    path = tmp_path / "new data.csv.gz"
    path.write_bytes(gzip.compress(b"length [m],gravity [m/s^2],mass [kg]\n1,9.81,1\n-1,9.81,1\n"))
    with page.expect_download() as told:
        page.set_input_files("#predict-file", path)
    assert told.value.suggested_filename == "new data-predicted.csv"
    told.value.save_as(tmp_path / "out.csv")
    head, first, second = (tmp_path / "out.csv").read_text().splitlines()
    assert head == "period_predicted [s]" and second == "nan" and abs(float(first) - 2.006) < 0.01
    expect(page.locator(".formula-part")).to_contain_text("2 rows, 1 without a value (nan)")
    path = tmp_path / "other.csv"
    path.write_text("a,b\n1,2\n")
    page.set_input_files("#predict-file", path)
    page.wait_for_selector(".said.bad:has-text('length [m]')")


def test_the_columns_of_plots_are_chosen(client: Client, page: Any) -> None:
    open_run(page, "pendulum")
    fit = page.locator("select[aria-label='Horizontal axis of the fit']")
    expect(fit).to_have_value("column gravity [m/s^2]")
    shown = page.locator(".plot svg[aria-label^='Measured values and']")
    assert shown.locator("path.line.law").count() == 1
    for choice, label in (("column mass [kg]", "mass [kg]"), ("row", "row number")):
        fit.select_option(choice)
        expect(shown).to_have_attribute("aria-label", f"Measured values and the formula's against {label}")
        assert shown.locator("path.line.law").count() == 0 and shown.locator("circle").count() == 24
    residuals = page.locator("select[aria-label='Horizontal axis of the residuals']")
    expect(residuals).to_have_value("formula")
    residuals.select_option("column gravity [m/s^2]")
    page.wait_for_selector("svg[aria-label='Residuals against gravity [m/s^2]']")
    # the choice stays for the next formula
    page.click(".front tbody tr:nth-child(2)")
    page.wait_for_selector(".equation:not(:has-text('6.28'))")
    expect(page.locator(".formula-part .old")).to_have_count(0)
    expect(residuals).to_have_value("column gravity [m/s^2]")
    page.wait_for_selector("svg[aria-label='Residuals against gravity [m/s^2]']")
    expect(fit).to_have_value("row")


def test_constants_of_groups_are_shown_with_their_labels(client: Client, page: Any) -> None:
    grouped_run(client.root)
    open_run(page, "groups")
    page.wait_for_selector("table.constants")
    rows = page.locator("table.constants tbody tr")
    expect(rows).to_have_count(4)
    expect(rows.nth(2)).to_contain_text("a[south]")
    page.select_option("select[aria-label='Horizontal axis of the fit']", "column site")
    ticks = page.locator("svg[aria-label$='against site'] text.tick")
    expect(ticks.filter(has_text="west")).to_have_count(1)


@pytest.mark.parametrize("name", ["new.csv.gz", "new.xlsx"])
def test_packed_tables_and_sheets_can_be_chosen_for_a_search(
    client: Client, page: Any, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    rows = [["length [m]", "time [s]"], *([k, k**0.5] for k in range(1, 9))]
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress("\n".join(",".join(map(str, row)) for row in rows).encode()))
    else:
        book = pytest.importorskip("openpyxl").Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
    page.click("nav >> text=New search")
    page.set_input_files("#file", path)
    page.wait_for_selector("#target")
    expect(page.locator("h2")).to_contain_text(name)
    expect(page.locator("#target")).to_have_value("time [s]")
    expect(page.locator("[aria-label='Unit of length [m]']")).to_have_value("m")
