"""``symlaw dashboard``: the runs as a page in the browser."""

from __future__ import annotations

from typing import Annotated

import typer

from symlaw.cli import options as option

Port = Annotated[int, typer.Option("--port", metavar="N", help="Port; any free one by default.")]
Browser = Annotated[
    bool, typer.Option("--browser/--no-browser", help="Whether to open the page in the browser.")
]
MaxUpload = Annotated[
    float, typer.Option("--max-upload", metavar="MB", min=0.001, help="Size of a dropped table at most.")
]


def dashboard(
    runs: option.RunsFolder = option.RUNS,
    port: Port = 0,
    browser: Browser = True,
    max_upload: MaxUpload = 50.0,
) -> None:
    """Show runs as a page in the browser, on this machine only.

    Follow runs, look at their formulas, start a search by dropping a table.
    Searches started there go on when the page and this command have ended.

    \b
    Examples:
      symlaw dashboard
      symlaw dashboard --runs project/.symlaw/runs --port 8765 --no-browser
    """
    import webbrowser

    from symlaw.dashboard.server import check_installed, open_place, serve

    check_installed()
    place = open_place(port)

    def ready() -> None:
        typer.echo(f"The page is at {place.link}")
        typer.echo("Ctrl-C ends it; searches go on.")
        if browser:
            webbrowser.open(place.link)

    serve(runs, place, int(max_upload * 1e6), ready)
