"""A network's diagram as SVG: plain shapes and escaped text, no script, nothing loaded."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Final

from archspec.diagnostics.printable import printable, shortened
from archspec.display.layout import LINE, PADDING, Arrow, Layout, Placed, lay_out
from archspec.display.picture import Box, Picture, pictures
from archspec.network import Network

_MARGIN: Final = 16
_BETWEEN: Final = 36
_TITLE: Final = 26
_LONGEST: Final = 48
_FILL: Final = {"input": "#f3f4f6", "output": "#f3f4f6", "op": "#ffffff", "block": "#e8f0fe"}
_EDGE: Final = {"input": "#9ca3af", "output": "#9ca3af", "op": "#9ca3af", "block": "#5b8def"}
_FONT: Final = 'font-family="ui-sans-serif, system-ui, sans-serif"'


def svg(network: Network) -> str:
    """The network, and beside it the blocks of its file."""
    panels = [(_fit(picture), lay_out(_fit(picture))) for picture in pictures(network)]
    width = sum(max(layout.width, 120) for _, layout in panels) + _BETWEEN * (len(panels) - 1) + 2 * _MARGIN
    height = max(layout.height for _, layout in panels) + _TITLE + 2 * _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="0 0 {width:.0f} {height:.0f}" role="img" {_FONT} font-size="11">',
        f"<title>{_text(network.name)}</title>",
        f'<rect width="{width:.0f}" height="{height:.0f}" rx="6" fill="#ffffff"/>',
    ]
    x: float = _MARGIN
    for picture, layout in panels:
        parts.append(f'<g transform="translate({x:.1f} {_MARGIN})">')
        parts += _panel(picture.title, layout)
        parts.append("</g>")
        x += max(layout.width, 120) + _BETWEEN
    return "\n".join([*parts, "</svg>"]) + "\n"


def _panel(title: str, layout: Layout) -> Iterator[str]:
    yield f'<text x="0" y="12" font-size="14" font-weight="600" fill="#111827">{_text(title)}</text>'
    yield f'<g transform="translate(0 {_TITLE})">'
    for arrow in layout.arrows:
        yield f'<path d="{_path(arrow)}" fill="none" stroke="#9ca3af"/>'
        x, y = arrow.end
        head = f"M{x - 3:.1f} {y - 5:.1f}L{x:.1f} {y:.1f}L{x + 3:.1f} {y - 5:.1f}"
        yield f'<path d="{head}" fill="none" stroke="#9ca3af"/>'
    for box in layout.boxes:
        yield from _box(box)
    yield "</g>"


def _path(arrow: Arrow) -> str:
    (x1, y1), (x2, y2) = arrow.start, arrow.end
    if arrow.lane is None:
        middle = (y1 + y2) / 2
        return f"M{x1:.1f} {y1:.1f}C{x1:.1f} {middle:.1f} {x2:.1f} {middle:.1f} {x2:.1f} {y2:.1f}"
    lane, down, up = arrow.lane, y1 + 20, y2 - 20
    return (
        f"M{x1:.1f} {y1:.1f}C{x1:.1f} {down:.1f} {lane:.1f} {y1:.1f} {lane:.1f} {down:.1f}"
        f"L{lane:.1f} {up:.1f}C{lane:.1f} {y2:.1f} {x2:.1f} {up:.1f} {x2:.1f} {y2:.1f}"
    )


def _box(placed: Placed) -> Iterator[str]:
    box, left, top = placed.box, placed.x - placed.width / 2, placed.y - placed.height / 2
    yield (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{placed.width:.1f}" height="{placed.height:.1f}" rx="5" '
        f'fill="{_FILL[box.role]}" stroke="{_EDGE[box.role]}"/>'
    )
    styles = ('font-weight="600" fill="#111827"', 'fill="#1d4ed8"', 'fill="#6b7280"')
    lines = [(line, style) for line, style in zip((box.name, box.op, box.shape), styles, strict=True) if line]
    for number, (line, style) in enumerate(lines):
        y = top + PADDING / 2 + LINE * (number + 0.75)
        yield f'<text x="{placed.x:.1f}" y="{y:.1f}" text-anchor="middle" {style}>{_text(line)}</text>'


def _fit(picture: Picture) -> Picture:
    """With texts cut to a width that leaves the picture readable."""
    boxes = [Box(_short(box.name), _short(box.op), _short(box.shape), box.role) for box in picture.boxes]
    return Picture(picture.title, boxes, picture.arrows)


def _short(text: str) -> str:
    return shortened(printable(text), _LONGEST)


def _text(text: str) -> str:
    return escape(printable(text))
