"""The page of a system of equations in a real browser."""

from __future__ import annotations

from typing import Any

from symlaw import DynamicsRegressor

from .browsing import MARKS, expect
from .conftest import Client
from .test_other_questions import growth_model, growth_run

pytestmark = MARKS

__all__ = ["growth_model"]


def test_equations_pictures_and_forms_are_shown(
    client: Client, page: Any, growth_model: DynamicsRegressor
) -> None:
    growth_run(client.root, growth_model)
    page.click("text=growth.csv >> xpath=../a")
    expect(page.locator("h1")).to_contain_text("Equations for x")
    expect(page.locator("section[aria-label=Equations] pre")).to_have_text(str(growth_model.system_))
    assert page.locator("section[aria-label=Equations] math").count() == 1
    first = page.locator("figure img").first
    page.wait_for_function("() => document.querySelector('figure img').complete")
    assert first.evaluate("node => node.naturalWidth") > 100
    page.select_option("[aria-label=Form]", "c")
    expect(page.locator("section[aria-label='Other forms'] pre")).to_contain_text("#include <math.h>")
    expect(page.locator("[data-form=html]")).to_be_enabled()


def test_a_run_that_goes_is_followed_to_its_end(
    client: Client, page: Any, growth_model: DynamicsRegressor
) -> None:
    writer = growth_run(client.root, growth_model, finished=False)
    page.evaluate("() => { location.hash = '#/answer/growth' }")
    expect(page.locator("[data-what=remark]")).to_have_text("Now: right sides for x")
    page.click("[data-focus=ask-stop]")
    writer.finish(
        growth_model.save, {"reason": "stopped by the user", "seconds": 1.0, **growth_model.outcome()}
    )
    expect(page.locator("section[aria-label=Search]")).to_contain_text("stopped by the user")
    assert page.locator("[data-focus=ask-stop]").count() == 0
