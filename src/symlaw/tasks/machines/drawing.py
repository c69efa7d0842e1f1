"""Diagrams of states as SVG: states on a circle, arrows between them."""

from __future__ import annotations

import math
from html import escape

_RADIUS, _MARGIN = 26.0, 90.0


def drawn(labels: list[str], arrows: dict[tuple[int, int], list[str]]) -> str:
    """An SVG picture.

    Parameters
    ----------
    labels
        Of the states, the first of which is where sequences begin.
    arrows
        What leads from one state to another.
    """
    ring = 0.0 if len(labels) == 1 else max(80.0, 34.0 * len(labels))
    middle = ring + _MARGIN
    places = [
        (
            middle - ring * math.cos(2 * math.pi * k / len(labels)),
            middle - ring * math.sin(2 * math.pi * k / len(labels)),
        )
        for k in range(len(labels))
    ]
    parts = [
        _arrow(places[one], places[other], texts, (middle, middle)) for (one, other), texts in arrows.items()
    ]
    parts += [
        _state(place, label, is_first=k == 0)
        for k, (place, label) in enumerate(zip(places, labels, strict=True))
    ]
    size = f"{2 * middle:.0f}"
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" width="{size}" height="{size}"'
        ' font-family="sans-serif" font-size="12" text-anchor="middle"><defs>'
        '<marker id="tip" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7"'
        ' orient="auto">'
        '<path d="M0,0 L10,5 L0,10 z"/></marker></defs>'
    )
    return "\n".join([head, *parts, "</svg>"])


def _state(place: tuple[float, float], label: str, *, is_first: bool) -> str:
    x, y = place
    look = f'fill="white" stroke="black" stroke-width="{3 if is_first else 1}"'
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{_RADIUS}" {look}/>'
        f'<text x="{x:.1f}" y="{y + 4:.1f}">{escape(label)}</text>'
    )


def _arrow(
    start: tuple[float, float], end: tuple[float, float], texts: list[str], middle: tuple[float, float]
) -> str:
    text = escape(", ".join(texts))
    if start == end:
        away = math.atan2(start[1] - middle[1], start[0] - middle[0]) if start != middle else -math.pi / 2
        x, y = start[0] + 55 * math.cos(away), start[1] + 55 * math.sin(away)
        ends = [
            (start[0] + _RADIUS * math.cos(away + d), start[1] + _RADIUS * math.sin(away + d))
            for d in (-0.5, 0.5)
        ]
        path = f"M{ends[0][0]:.1f},{ends[0][1]:.1f} Q{x:.1f},{y:.1f} {ends[1][0]:.1f},{ends[1][1]:.1f}"
        return _curve(path, (x, y), text)
    dx, dy = end[0] - start[0], end[1] - start[1]
    far = math.hypot(dx, dy)
    # to one side, so that arrows there and back do not lie on each other
    bend = (start[0] + dx / 2 - 0.15 * dy, start[1] + dy / 2 + 0.15 * dx)
    first = (start[0] + dx / far * _RADIUS, start[1] + dy / far * _RADIUS)
    last = (end[0] - dx / far * _RADIUS, end[1] - dy / far * _RADIUS)
    path = f"M{first[0]:.1f},{first[1]:.1f} Q{bend[0]:.1f},{bend[1]:.1f} {last[0]:.1f},{last[1]:.1f}"
    return _curve(path, bend, text)


def _curve(path: str, place: tuple[float, float], text: str) -> str:
    return (
        f'<path d="{path}" fill="none" stroke="black" marker-end="url(#tip)"/>'
        f'<text x="{place[0]:.1f}" y="{place[1]:.1f}">{text}</text>'
    )
