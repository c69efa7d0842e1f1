"""How plots look; matplotlib is loaded here and nowhere else, when the first one is drawn."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from symlaw.errors import MissingDependency

if TYPE_CHECKING:
    from collections.abc import Iterator

# Okabe and Ito (2008): told apart with any kind of colour vision.
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, VERMILLION, PURPLE = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7",
)  # fmt: skip
GREY, PALE = "#5f6368", "#dadce0"
# Losses below it are rounding, and a logarithmic scale has no 0.
FLOOR = 1e-16
# From this ratio on, positive values are shown on a logarithmic scale.
_WIDE = 300.0
# Letters of a title to an inch, and ratio below which a logarithmic scale has plain numbers.
_LETTERS, _PLAIN = 12.0, 100.0
# Panels on a line.
PER_LINE = 3

# Fonts for letters that the first one lacks, where they are installed.
_FONT = "DejaVu Sans"
_MORE_FONTS = (
    "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans CJK KR", "Microsoft YaHei", "PingFang SC",
    "Hiragino Sans", "Malgun Gothic", "WenQuanYi Micro Hei", "Arial Unicode MS",
)  # fmt: skip

_SETTINGS: dict[str, Any] = {
    "font.family": "sans-serif",
    "font.size": 9.5,
    "axes.titlesize": 9.5,
    "axes.titlelocation": "left",
    "axes.titlecolor": GREY,
    "axes.labelsize": 9.5,
    "axes.edgecolor": GREY,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": "#eceff1",
    "grid.linewidth": 0.6,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.minor.size": 0,
    "ytick.minor.size": 0,
    "lines.linewidth": 1.8,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "figure.facecolor": "white",
    "savefig.dpi": 150,
    "svg.hashsalt": "symlaw",
    # words stay words: searched, read aloud, and in whatever letters the reader's fonts have
    "svg.fonttype": "none",
}


def matplotlib_module(name: str = "matplotlib") -> Any:
    """Matplotlib, or a module of it.

    Raises
    ------
    MissingDependency
        When it is not installed; the message says how to install it.
    """
    try:
        return import_module(name)
    except ImportError as error:
        raise MissingDependency(
            "plots need the package 'matplotlib': install it with pip install 'symlaw[plots]'"
        ) from error


@contextmanager
def styled() -> Iterator[None]:
    """Draw in symlaw's style, whatever the user's is."""
    matplotlib = matplotlib_module()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({**_SETTINGS, "font.sans-serif": [_FONT, *_installed()]})
        yield


def _installed() -> list[str]:
    """Fonts that there are for letters that the first one lacks."""
    known = set(matplotlib_module("matplotlib.font_manager").get_font_names())
    return [name for name in _MORE_FONTS if name in known]


def new_figure(width: float = 6.0, height: float = 4.0) -> Any:
    """A figure of inches that belongs to no window."""
    return matplotlib_module("matplotlib.figure").Figure(figsize=(width, height), layout="constrained")


def panels_of(count: int, *, sharey: bool = False) -> tuple[Any, Any]:
    """A figure with so many panels, three on a line, and the panels; others on the last line are blank."""
    width = min(count, PER_LINE)
    height = -(-count // width)
    figure = new_figure(3.4 * width + 0.8, 2.9 * height + 0.4)
    panels = figure.subplots(height, width, squeeze=False, sharey=sharey).ravel()
    for ax in panels[count:]:
        ax.set_axis_off()
    return figure, panels[:count]


def panel(ax: Any, width: float = 6.0, height: float = 4.0) -> Any:
    """The axes given, or those of a new figure."""
    return new_figure(width, height).add_subplot() if ax is None else ax


def name_axes(ax: Any, x: str, y: str) -> None:
    """Label axes; names are data, so that a dollar in them begins no mathematics."""
    ax.set_xlabel(x, parse_math=False)
    ax.set_ylabel(y, parse_math=False)


def title(ax: Any, text: str) -> None:
    """A line above a panel."""
    share = ax.get_subplotspec().get_gridspec().ncols if ax.get_subplotspec() else 1
    room = int(_LETTERS * ax.figure.get_figwidth() / share)
    ax.set_title(cut(text, room), parse_math=False)


def cut(text: str, longest: int) -> str:
    """A text that fits on a line.

    Examples
    --------
    >>> cut("a + b + c", 8)
    'a + b...'
    """
    flat = " ".join(text.split())
    return flat if len(flat) <= longest else flat[: longest - 3].rstrip() + "..."


def is_wide(values: Any) -> bool:
    """Whether values, all positive, span so much that a logarithmic scale shows them better."""
    least, most = float(min(values)), float(max(values))
    return least > 0 and most / least > _WIDE


def log_scale(axis: Any, values: Any) -> None:
    """A logarithmic scale; values that span little have plain numbers at 1, 2 and 5."""
    ticker = matplotlib_module("matplotlib.ticker")
    getattr(axis.axes, f"set_{axis.axis_name}scale")("log")
    if max(values) / min(values) < _PLAIN:
        axis.set_major_locator(ticker.LogLocator(subs=(1.0, 2.0, 5.0)))
        axis.set_major_formatter(ticker.FuncFormatter(lambda value, _: f"{value:g}"))
        axis.set_minor_formatter(ticker.NullFormatter())
