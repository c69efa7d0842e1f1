"""The page in a real browser: from a dropped table to an exported formula, live, attacked, by keyboard."""

from __future__ import annotations

import io
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from symlaw import parse
from symlaw.report import fonts

from .browsing import MARKS, PATIENCE, drop, expect, open_run
from .conftest import EXAMPLES, Client, Growing

pytestmark = MARKS
EVIL = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>\'`x'


def test_from_a_dropped_table_to_an_exported_formula(command: str, visit: Callable[..., Any]) -> None:
    page = visit(command)
    assert "token" not in page.url
    page.click("text=Start a search")
    drop(page, "pendulum.csv", (EXAMPLES / "pendulum.csv").read_text())
    page.select_option("#target", "period [s]")
    assert page.is_checked("#units") and page.input_value("[aria-label='Unit of gravity [m/s^2]']") == "m/s^2"
    page.uncheck("[aria-label='Use mass [kg]']")
    page.click("summary:has-text('Operators')")
    page.uncheck("label:has-text('tanh') input")
    page.fill("#seconds", "600")
    page.click("button:has-text('Start')")
    page.wait_for_selector(".front tbody tr.chosen", timeout=PATIENCE)
    page.wait_for_selector("code.whole:has-text('sqrt(`length [m]`')", timeout=PATIENCE)
    page.click("button:has-text('Pause')")
    page.wait_for_selector(".badge.paused")
    page.click("button:has-text('Resume')")
    page.wait_for_selector(".badge.running")
    page.click("button:has-text('Stop')")
    page.wait_for_selector(".badge.finished", timeout=PATIENCE)
    assert page.is_visible("text=ended by: stopped by the user")
    page.wait_for_selector(".constants tbody tr")
    assert page.locator(".plot svg").count() >= 5
    page.select_option("[aria-label=Form]", "python")
    expect(page.locator(".export")).to_contain_text("def ")
    page.click("[data-focus=copy-export]")
    page.wait_for_selector("text=Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "def " in copied and "sqrt" in copied and copied == page.text_content(".export")
    page.click("nav >> text=Runs")
    assert "pendulum.csv" in page.text_content(".runs tbody tr")


def test_a_new_formula_shows_while_the_page_is_open(client: Client, growing: Growing, page: Any) -> None:
    growing.add("2.5 * x", 0.25)
    open_run(page, "growing")
    assert page.locator(".front tbody tr").count() == 1
    began = time.monotonic()
    growing.add("x**2", 0.01)
    page.wait_for_selector(".front code:has-text('x**2')", timeout=5000)
    assert time.monotonic() - began < 5
    assert page.locator("svg .pick").count() == 2
    # the formula that was chosen by hand stays chosen
    page.click(".front code:text-is('2.5 * x')")
    growing.add("x**2", 0.001)
    expect(page.locator(".front")).to_contain_text("0.999000")
    assert page.text_content("code.whole") == "2.5 * x"


def test_fast_updates_leave_no_more_behind(client: Client, growing: Growing, page: Any) -> None:
    growing.add("x + 0.5", 1.0)
    open_run(page, "growing")

    def held() -> int:
        told = f"{growing.evaluations:,} formulas"
        expect(page.locator("[data-what=counters]")).to_contain_text(told)
        # the chosen formula's data are asked for a moment after the front, and drawn when they are there
        expect(page.locator(".formula-part .old")).to_have_count(0)
        # the axes of the loss over time have as many ticks as their ranges ask for
        return int(page.evaluate("document.querySelectorAll('*:not(.tick, .grid)').length"))

    counts = []
    for _ in range(3):
        for number in range(40):
            growing.add(
                f"{growing.evaluations}.5 * x + {'x + ' * (number % 8)}1", 1.0 / (growing.evaluations + 1)
            )
        counts.append(held())
    assert counts[1] == counts[2]


def test_names_of_columns_are_text_everywhere(client: Client, page: Any) -> None:
    evil = Growing(client.root / "evil", EVIL, EVIL)
    quoted = "`" + EVIL.replace("`", "``") + "`"
    evil.add(f"2.5 * {quoted}", 0.25)
    open_run(page, "evil")
    page.wait_for_selector("math")
    assert EVIL in page.text_content("h1") and EVIL in page.text_content("math")
    page.click("text=New search")
    rows = "\n".join(f"{k},{k * k}" for k in range(1, 9))
    head = EVIL.replace('"', '""')
    drop(page, f"{EVIL}.csv", f'"{head}","{head}2"\n{rows}\n')
    page.wait_for_selector("#target")
    assert EVIL in page.text_content(".columns")
    page.click("nav >> text=Runs")
    page.wait_for_selector(".runs")
    assert page.evaluate("window.hacked") is None
    assert page.locator("main img, main script").count() == 0
    evil.writer._close()


def test_a_hostile_table_can_be_searched(command: str, visit: Callable[..., Any]) -> None:
    page = visit(command)
    page.click("nav >> text=New search")
    head = EVIL.replace('"', '""')
    rows = "\n".join(f"{k},{3 * k * k}" for k in range(1, 12))
    drop(page, "evil.csv", f'"{head}","-t=$(id)"\n{rows}\n')
    page.wait_for_selector("#target")
    page.fill("#seconds", "2")
    page.click("button:has-text('Start')")
    page.wait_for_selector(".badge.finished", timeout=PATIENCE)
    page.wait_for_selector(".export")
    assert page.text_content("h1").endswith("-t=$(id)")
    assert page.evaluate("window.hacked") is None


def test_a_search_with_error_bars_and_what_is_known(command: str, visit: Callable[..., Any]) -> None:
    page = visit(command)
    page.click("nav >> text=New search")
    rows = "\n".join(f"{k},{2 * k + (-1) ** k / 10},{0.1 if k % 3 else 0.4}" for k in range(1, 25))
    drop(page, "bars.csv", f"x,y,u\n{rows}\n")
    page.wait_for_selector("#target")
    page.select_option("#target", "y")
    page.click("summary:has-text('Errors, groups')")
    page.select_option("#weighing", "y_std u")
    page.select_option("#holdout", "last")
    page.fill("#constraints", "increasing in x\n")
    page.fill("#seed", "3")
    page.fill("#seconds", "2")
    page.click("button:has-text('Start')")
    page.wait_for_selector(".badge.finished", timeout=PATIENCE)
    page.wait_for_selector(".export")
    text = page.text_content("main")
    assert "increasing in x" in text and "last fifth" in text
    assert "u" not in page.text_content(".law math") if page.locator(".law math").count() else True


def test_a_file_that_is_too_large_is_refused_in_a_sentence(client: Client, page: Any, tmp_path: Path) -> None:
    page.click("nav >> text=New search")
    path = tmp_path / "large.csv"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 13_000_000)
    page.set_input_files("#file", path)
    page.wait_for_selector("[role=alert]:has-text('52.0 MB and the page takes 0.1 MB')")
    assert not (client.root / ".tables").exists()


def test_a_formula_of_many_brackets_is_refused_in_a_sentence(client: Client, page: Any) -> None:
    open_run(page, "pendulum")
    page.fill("[name=formula]", "(" * 20_000 + "1" + ")" * 20_000)
    page.click("button:has-text('Score')")
    page.wait_for_selector(".said.bad:has-text('nests deeper than 100 levels')")
    page.fill("[name=formula]", "3 * sqrt(`length [m]`)")
    page.click("button:has-text('Score')")
    page.wait_for_selector(".own tbody tr")
    page.wait_for_selector(".export:has-text('sqrt')")


def test_without_the_token_there_is_a_sentence(client: Client, chromium: Any) -> None:
    for path in ("/", "/?token=guess", "/api/runs"):
        context = chromium.new_context()
        page = context.new_page()
        answer = page.goto(client.origin + path)
        assert answer.status == 403 and "Open the link that symlaw dashboard printed" in page.text_content(
            "body"
        )
        context.close()


def test_another_site_reads_and_changes_nothing(
    client: Client, growing: Growing, visit: Callable[..., Any]
) -> None:
    """A page of another port, in a browser that holds the cookie."""
    growing.add("x", 0.5)
    page = visit(client.place.link)
    asks = """async ([path, method]) => {
        try {
            const told = await fetch(path, { method, body: method === "POST" ? '{"what": "stop"}' : undefined,
                                             mode: "no-cors", credentials: "include" });
            return told.type + (await told.text());
        } catch { return "refused"; }
    }"""
    other = page.context.new_page()
    other.route(
        "http://127.0.0.1:9/*",
        lambda route: route.fulfill(body="<title>other</title>", content_type="text/html"),
    )
    other.goto("http://127.0.0.1:9/")
    for path, method in (("/api/runs", "GET"), ("/api/runs/growing/ask", "POST")):
        assert other.evaluate(asks, [client.origin + path, method]) in ("refused", "opaque")
    assert not (growing.writer.folder / "control").exists()


def test_pins_and_hides(client: Client, page: Any) -> None:
    open_run(page, "pendulum")
    assert page.locator(".front tbody tr").count() == 4
    page.click(".front tbody tr:nth-child(4)")
    page.click("button:text-is('Hide')")
    expect(page.locator(".front tbody tr")).to_have_count(3)
    page.click("button:has-text('Show 1 hidden')")
    expect(page.locator(".front tbody tr")).to_have_count(4)
    page.click(".front tbody tr:nth-child(2)")
    page.click("button:text-is('Pin')")
    page.wait_for_selector(".front tbody tr:nth-child(2) [title=pinned]")
    marks = json.loads((client.root / "pendulum" / "marks.json").read_text())
    assert sorted(one["mark"] for one in marks["formulas"]) == ["hidden", "pinned"]
    page.reload()
    page.wait_for_selector(".front tbody tr:nth-child(2) [title=pinned]")
    assert page.locator(".front tbody tr").count() == 3


def test_compares_two_runs(page: Any) -> None:
    page.wait_for_selector(".runs")
    page.check("[aria-label='Compare run pendulum']")
    page.check("[aria-label='Compare run hubble']")
    page.click("text=Compare the two")
    page.wait_for_selector("text=They are of different data.")
    assert page.locator("section:has-text('Fronts') tbody tr").count() >= 4


def test_all_can_be_done_by_keyboard(client: Client, page: Any) -> None:
    page.wait_for_selector(".runs")

    def reach(selector: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"{selector} cannot be reached with Tab")

    reach("[data-focus='run-pendulum']")
    page.keyboard.press("Enter")
    page.wait_for_selector(".front tbody tr")
    reach(".front button")
    page.keyboard.press("ArrowDown")
    first = page.text_content("code.whole")
    page.keyboard.press("ArrowDown")
    assert page.text_content("code.whole") != first
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"
    reach("[data-focus='mark-pinned']")
    page.keyboard.press("Enter")
    page.wait_for_selector("[title=pinned]")
    reach("[data-focus='copy-export']")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Copied.")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_no_page_is_wider_than_the_screen(client: Client, visit: Callable[..., Any], width: int) -> None:
    page = visit(client.place.link, viewport={"width": width, "height": 844})
    page.wait_for_selector(".runs")

    def check() -> None:
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    check()
    for run in ("pendulum", "hubble"):
        open_run(page, run)
        page.wait_for_selector(".export")
        page.wait_for_selector(".plot svg")
        check()
    page.evaluate("location.hash = '#/new'")
    drop(page, "gas.csv", (EXAMPLES / "gas.csv").read_text())
    page.wait_for_selector("#target")
    check()
    page.evaluate("location.hash = '#/compare/pendulum/hubble'")
    page.wait_for_selector("text=They are of different data.")
    check()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(client: Client, visit: Callable[..., Any], scheme: str) -> None:
    """At least 4.5 to 1, as WCAG 2.2 (1.4.3) asks for."""
    page = visit(client.place.link, color_scheme=scheme)
    open_run(page, "pendulum")
    page.wait_for_selector(".export")
    found = page.evaluate("""() => {
        const rgb = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
        const ground = (node) => {
            for (; node; node = node.parentElement) {
                const own = rgb(getComputedStyle(node).backgroundColor);
                if (own.length === 3) return own;
            }
            return [255, 255, 255];
        };
        const out = [];
        for (const node of document.querySelectorAll("main *, header *")) {
            const words = [...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
            if (!words || !node.checkVisibility()) continue;
            const style = getComputedStyle(node);
            const ink = node.closest("svg") ? style.fill : style.color;
            out.push([node.textContent.slice(0, 30), rgb(ink).slice(0, 3), ground(node)]);
        }
        return out;
    }""")
    assert len(found) > 50
    for text, ink, ground in found:
        assert contrast(ink, ground) >= 4.5, (text, ink, ground)
    dark = sum(found[0][2]) < 3 * 128
    assert dark == (scheme == "dark")


def contrast(first: list[float], second: list[float]) -> float:
    """Contrast of two colours after WCAG 2.2."""

    def light(colour: list[float]) -> float:
        parts = [c / 255 for c in colour]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(first), light(second)))
    return (high + 0.05) / (low + 0.05)


def test_says_so_when_the_server_is_gone(client: Client, page: Any) -> None:
    page.wait_for_selector(".runs")
    page.route(re.compile("/api/"), lambda route: route.abort())
    page.evaluate("location.hash = '#/run/pendulum'")
    page.wait_for_selector("[role=alert]:has-text('is symlaw dashboard still running?')")


FORMULAS = (
    "sqrt(k / m)",
    "sqrt((a / b + 1) / c)",
    "sqrt(a / (b + c / d)) + 1 / sqrt(e)",
    "((a + b / c) / d)**2.5",
)


def lowest_ink(page: Any, sign: dict[str, float]) -> float:
    """How far down a box something is drawn, as a share of its height."""
    from matplotlib.image import imread

    dark = imread(io.BytesIO(page.screenshot(clip=sign)))[..., :3].mean(axis=2) < 0.5
    rows = np.flatnonzero(dark.any(axis=1))
    return float((rows[-1] + 1) / len(dark)) if len(rows) else 0.0


@pytest.mark.parametrize("text", FORMULAS)
def test_roots_and_brackets_grow_with_what_is_in_them(chromium: Any, text: str) -> None:
    """Common fonts draw the root of a fraction as a sign beside it; the one that reports hold does not."""
    style = f"<style>{fonts.embedded()} math {{ font-family: 'symlaw math', math; font-size: 40px }}"
    page = chromium.new_page()
    page.set_content(f"<!doctype html>{style}</style><body>{parse(text).export('mathml')}")
    page.evaluate("document.fonts.ready")
    signs = page.evaluate(
        """() => [...document.querySelectorAll('msqrt, mo')]
            .filter(one => one.localName === 'msqrt' || one.textContent === '(')
            .map(one => {
                const box = one.getBoundingClientRect();
                const next = one.localName === 'msqrt' ? one.firstElementChild : one.nextElementSibling;
                const inside = next.getBoundingClientRect();
                return {x: box.left, y: inside.top, width: inside.left - box.left, height: inside.height};
            })"""
    )
    grown = [lowest_ink(page, sign) > 0.8 for sign in signs]
    page.close()
    assert grown and all(grown)
