"""``symlaw prior``: which operators are expected where, counted from formulas."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from symlaw.cli import options as option
from symlaw.errors import FileUnreadable

if TYPE_CHECKING:
    from symlaw.knowledge.priors.prior import Prior

FILE = Path("symlaw-prior.json")
_ROW = "{:<12} {:>8} {:>7}  {}"
_MOST = 4

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, context_settings={"max_content_width": 80})


@app.callback()
def _prior() -> None:
    """Operators that are expected, counted from formulas.

    \b
    Examples:
      symlaw prior show
      symlaw prior fit formulas.txt -o prior.json
      symlaw fit data.csv -t y --prior prior.json
    """


@app.command("fit")
def fit_prior(
    formulas: Annotated[
        Path, typer.Argument(metavar="FILE", help="One formula per line; # begins a remark.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="File to write.")] = FILE,
    library: option.Library = None,
) -> None:
    """Count what stands inside what in the formulas of a file.

    \b
    Examples:
      symlaw prior fit formulas.txt -o prior.json
    """
    from symlaw.knowledge.priors.prior import Prior
    from symlaw.tasks.library.store import file_in

    output = output if library is None else file_in(library, "prior.json")
    prior = Prior.from_formulas(_lines(formulas), {"file": formulas.name})
    prior.save(output)
    typer.echo(f"{prior.n_formulas:,} formulas counted; written to {output}.")


@app.command()
def show(
    prior: Annotated[str, typer.Argument(metavar="[FILE]", help='File, or "corpus".')] = "corpus",
    as_json: Annotated[bool, typer.Option("--json", help="As JSON, for programs.")] = False,
) -> None:
    """Show how often operators occur, and what stands inside them.

    \b
    Examples:
      symlaw prior show
      symlaw prior show prior.json --json
    """
    from symlaw.knowledge.priors.prior import CORPUS, corpus_prior, read_prior

    found = corpus_prior() if prior == CORPUS else read_prior(Path(prior))
    typer.echo(json.dumps(found.record(), indent=1) if as_json else _told(found))


def _lines(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FileUnreadable(f"{str(path)!r} cannot be read: {error}") from None
    texts = (line.partition("#")[0].strip() for line in lines)
    return [text for text in texts if text]


def _told(prior: Prior) -> str:
    """A prior as lines."""
    seen: dict[str, float] = {}
    for inside in prior.children.values():
        for child, count in inside.items():
            seen[child] = seen.get(child, 0) + count
    total = sum(seen.values())
    sizes = [int(size) for size, count in prior.sizes.items() for _ in range(count)]
    lines = [
        f"{prior.n_formulas:,} formulas, half of them of {sorted(sizes)[len(sizes) // 2]} nodes or fewer"
    ]
    lines += [
        f"  {one['package']} {one['version']} ({one['licence']}): {one['formulas']:,}"
        for one in prior.source.get("packages", ())
    ]
    lines += ["", _ROW.format("symbol", "count", "share", "inside it most often")]
    for name in sorted(seen, key=lambda name: (-seen[name], name)):
        inside = prior.children.get(name, {})
        most = sorted(inside, key=lambda child: (-inside[child], child))[:_MOST]
        shares = (f"{child} {inside[child] / sum(inside.values()):.0%}" for child in most)
        lines.append(
            _ROW.format(name, f"{seen[name]:g}", f"{seen[name] / total:.1%}", ", ".join(shares)).rstrip()
        )
    return "\n".join(lines)
