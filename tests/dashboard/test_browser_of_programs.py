"""Programs from pasted examples in a real browser."""

from __future__ import annotations

from typing import Any

import symlaw

from .browsing import MARKS, PATIENCE, expect

pytestmark = MARKS

EXAMPLES = {"Ducati100": "Ducati", "Honda125": "Honda"}
ROWS = ["Ducati100", "Suzuki 700", "BMW-123", "Moto Guzzi 850", "KTM390"]


def paste(page: Any, examples: str, rows: str) -> None:
    page.click("text=From examples")
    page.fill("#examples", examples)
    page.fill("#rows", rows)
    page.click("text=Find a program")
    expect(page.locator("section[aria-label=Program]")).to_be_visible(timeout=PATIENCE)


def bikes(page: Any) -> None:
    paste(page, "\n".join(map("=".join, EXAMPLES.items())), "\n".join(ROWS))


def values(page: Any) -> list[str]:
    shown: list[str] = page.locator("section[aria-label=Rows] tbody td:nth-child(3)").all_text_contents()
    return shown


def test_a_doubtful_row_is_clicked_and_settled(page: Any) -> None:
    bikes(page)
    found = symlaw.transform(EXAMPLES, rows=ROWS)
    expect(page.locator(".program .shown")).to_have_text(str(found))
    assert values(page) == [value or "no value" for value in found(ROWS)]
    first = found.doubtful(ROWS).iloc[0]
    settled = found.settle(first["input"], first["rival"])
    page.click(".doubts tbody tr >> nth=0")
    page.click(f".settle button.answer-pick:has-text('{first['rival']}')")
    expect(page.locator(".program .shown")).to_have_text(str(settled), timeout=PATIENCE)
    assert values(page) == [value or "no value" for value in settled(ROWS)]
    page.click("text=Undo the last answer")
    expect(page.locator(".program .shown")).to_have_text(str(found))


def test_an_answer_is_typed(page: Any) -> None:
    bikes(page)
    row = page.locator(".doubts tbody tr", has_text="Suzuki 700")
    row.click()
    page.fill("[aria-label='What should come']", "Suzuki 7")
    page.press("[aria-label='What should come']", "Enter")
    expect(page.locator("text=Undo the last answer")).to_be_visible(timeout=PATIENCE)
    page.click("section[aria-label=Program] summary:has-text('examples')")
    expect(page.locator("section[aria-label=Program] tbody tr", has_text="Suzuki 7")).to_be_visible()


def test_what_is_pasted_is_text_whatever_it_holds(page: Any) -> None:
    hostile = "<img src=x onerror=alert(1)>"
    paste(page, f"{hostile}1\ta\n<script>2\tb", f"{hostile}3\n</table><b>x</b>")
    assert page.locator("main img, main script, main b").count() == 0
    assert page.locator("section[aria-label=Rows]").inner_text().count(hostile) == 1


def test_a_refusal_is_said_and_what_was_typed_stays(page: Any) -> None:
    page.click("text=From examples")
    page.fill("#examples", "Ducati100")
    page.click("text=Find a program")
    expect(page.locator("[role=alert]")).to_contain_text("has no output")
    page.click("nav >> text=Runs")
    page.click("text=From examples")
    expect(page.locator("#examples")).to_have_value("Ducati100")


def test_a_program_is_copied_and_kept_as_a_run(page: Any) -> None:
    bikes(page)
    page.click("text=Copy all values")
    expect(page.locator("#said")).to_have_text("Copied.")
    assert page.evaluate("() => navigator.clipboard.readText()").split("\n")[0] == "Ducati"
    page.click("text=Keep it as a run")
    expect(page.locator("h1")).to_contain_text("A program for text")
    page.click("text=From examples")
    expect(page.locator(".program .shown")).to_be_visible()


def test_it_fits_a_narrow_screen(page: Any) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    bikes(page)
    page.click(".doubts tbody tr >> nth=0")
    assert page.evaluate("() => document.documentElement.scrollWidth <= 360")
