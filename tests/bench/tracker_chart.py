# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws how a tracker grows with its peers, as SVG: both axes of both panels go by powers of ten."""

import math

from chart import BOTTOM, HEIGHT, PANEL_LEFTS, PANEL_WIDTH, TOP, WIDTH, fill, stroke, style, text

MIB = 1024 * 1024
MARKS = (("bar", ""), ("ideal", 'stroke-dasharray="6 3"'), ("faint", 'stroke-dasharray="2 3"'))


class Panel:
    def __init__(self, left, sizes, values):
        self.left = left
        self.first, self.last = math.log10(min(sizes)), math.log10(max(sizes))
        self.low = math.floor(math.log10(max(min(values), 0.01)))
        self.high = max(math.ceil(math.log10(max(values))), self.low + 1)

    def x(self, size):
        span = self.last - self.first
        return self.left + PANEL_WIDTH * (0.08 + 0.84 * ((math.log10(size) - self.first) / span if span else 0.5))

    def y(self, value):
        part = (math.log10(max(value, 10 ** self.low)) - self.low) / (self.high - self.low)
        return BOTTOM - (BOTTOM - TOP) * part

    def axes(self, title, sizes):
        yield text(self.left, TOP - 44, title, 14)
        for power in range(self.low, self.high + 1):
            y = self.y(10 ** power)
            yield f'<path d="M{self.left} {y:.1f}h{PANEL_WIDTH}" {stroke("line")}/>'
            yield text(self.left - 8, y + 4, f"{10 ** power:,g}", 12, "faint", "end")
        for size in sizes:
            yield text(self.x(size), BOTTOM + 20, f"{size:,}", 12, "faint", "middle")
        yield text(self.left + PANEL_WIDTH / 2, BOTTOM + 42, "peers", 12, "faint", "middle")

    def line(self, number, name, sizes, values):
        colour, dashes = MARKS[number]
        points = " ".join(f"{self.x(size):.1f},{self.y(value):.1f}" for size, value in zip(sizes, values))
        yield f'<polyline points="{points}" stroke-width="2.5" {dashes} {stroke(colour)}/>'
        for size, value in zip(sizes, values):
            yield f'<circle cx="{self.x(size):.1f}" cy="{self.y(value):.1f}" r="4" {fill(colour)}/>'
        left = self.left + number * PANEL_WIDTH / 3
        yield f'<path d="M{left:.1f} {TOP - 22}h22" stroke-width="2.5" {dashes} {stroke(colour)}/>'
        yield text(left + 28, TOP - 18, name, 12)


def draw_panel(left, title, sizes, series):
    panel = Panel(left, sizes, [value for _, values in series for value in values])
    yield from panel.axes(title, sizes)
    for number, (name, values) in enumerate(series):
        yield from panel.line(number, name, sizes, values)


def draw(results):
    """results: what run_one() gave for each size, the smallest first."""
    sizes = [one["peers"] for one in results]
    n_files = results[0]["files"]
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
             f'font-family="sans-serif">{style()}<rect width="{WIDTH}" height="{HEIGHT}" {fill("paper")}/>',
             text(PANEL_LEFTS[0], 32, f"A tracker of peers with {n_files} files each", 17)]
    parts += draw_panel(PANEL_LEFTS[0], "A search, milliseconds", sizes, [
        ("half, alone", [one["alone"]["p50_ms"] for one in results]),
        ("99 %, alone", [one["alone"]["p99_ms"] for one in results]),
        ("99 %, loaded", [one["loaded"]["p99_ms"] for one in results])])
    parts += draw_panel(PANEL_LEFTS[1], "Memory, MiB; seconds", sizes, [
        ("memory", [one["bytes"] / MIB for one in results]),
        ("registered", [one["register"]["seconds"] for one in results]),
        ("back again", [one["return"]["seconds"] for one in results])])
    return "".join(parts) + "</svg>\n"
