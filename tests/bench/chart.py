# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws the mean download time by number of peers as SVG: two panels, one scale each."""

import math
from xml.sax.saxutils import escape

WIDTH, HEIGHT = 860, 492
TOP, BOTTOM = 104, 400
PANEL_WIDTH = 330
PANEL_LEFTS = (76, 498)

# Presentation attributes are what a viewer without style sheets shows: the light colours.
LIGHT = {"paper": "#ffffff", "ink": "#1f2328", "faint": "#59636e", "line": "#d5d9de",
         "bar": "#1c71d8", "ideal": "#b03a00"}
DARK = {"paper": "#1e1e20", "ink": "#f2f2f4", "faint": "#b4b8bf", "line": "#44474d",
        "bar": "#78aeed", "ideal": "#ff9d5c"}


def style():
    dark = "".join(f".{name}-fill{{fill:{value}}}.{name}-stroke{{stroke:{value}}}"
                   for name, value in DARK.items())
    return f"<style>@media (prefers-color-scheme:dark){{{dark}}}</style>"


def fill(name):
    return f'class="{name}-fill" fill="{LIGHT[name]}"'


def stroke(name):
    return f'class="{name}-stroke" stroke="{LIGHT[name]}" fill="none"'


DASHED = f'stroke-width="2.5" stroke-dasharray="5 3" {stroke("ideal")}'


def text(x, y, words, size=13, colour="ink", anchor="start", extra=""):
    return (f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}" text-anchor="{anchor}" '
            f'{fill(colour)} {extra}>{escape(words)}</text>')


def round_step(most, n_steps):
    """A step of 1, 2 or 5 times a power of ten that reaches `most` in about n_steps."""
    rough = most / n_steps
    power = 10 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)


class Panel:
    def __init__(self, left, most, n_peers):
        self.left = left
        self.step = round_step(most * 1.08, 5)
        self.top_value = math.ceil(most * 1.08 / self.step - 1e-9) * self.step
        self.slot = PANEL_WIDTH / n_peers
        self.n_peers = n_peers

    def x(self, n):
        return self.left + (n - 0.5) * self.slot

    def y(self, value):
        return BOTTOM - (BOTTOM - TOP) * value / self.top_value

    def axes(self, title, unit, scale):
        digits = max(0, -math.floor(math.log10(self.step * scale) + 1e-9))
        parts = [text(self.left, TOP - 18, title, 14, extra='font-weight="600"')]
        value = 0.0
        while value <= self.top_value * 1.0001:
            y = self.y(value)
            parts.append(f'<path d="M{self.left} {y:.1f}h{PANEL_WIDTH}" {stroke("line")}/>')
            shown = f"{value * scale:.{digits}f}"
            parts.append(text(self.left - 8, y + 4, shown, 12, "faint", "end"))
            value += self.step
        for n in range(1, self.n_peers + 1):
            parts.append(text(self.x(n), BOTTOM + 18, str(n), 12, "faint", "middle"))
        parts.append(text(self.left + PANEL_WIDTH / 2, BOTTOM + 40, "peers that share the file", 13,
                          "ink", "middle"))
        middle = (TOP + BOTTOM) / 2
        x = self.left - 52
        parts.append(text(x, middle, f"mean download time ({unit})", 13, "ink", "middle",
                          f'transform="rotate(-90 {x} {middle})"'))
        return parts

    def bars(self, series, unit, scale, digits):
        parts = []
        width = self.slot * 0.56
        for n, times in enumerate(series, 1):
            mean = sum(times) / len(times)
            y = self.y(mean)
            shown = f"{mean * scale:.{digits}f}"
            told = f"{n} {'peer' if n == 1 else 'peers'}: {shown} {unit}"
            parts.append(f'<rect x="{self.x(n) - width / 2:.1f}" y="{y:.1f}" width="{width:.1f}" '
                         f'height="{BOTTOM - y:.1f}" {fill("bar")}><title>{told}</title></rect>')
            slowest, fastest = self.y(max(times)), self.y(min(times))
            parts.append(f'<path d="M{self.x(n):.1f} {fastest:.1f}V{slowest:.1f}" '
                         f'stroke-width="2" {stroke("ink")}/>')
            parts.append(text(self.x(n), slowest - 6, shown, 11, "ink", "middle"))
        return parts

    def ideal(self, values):
        """A short line across each bar: what the limits alone would allow."""
        half = self.slot * 0.42
        return [f'<path d="M{self.x(n) - half:.1f} {self.y(value):.1f}h{2 * half:.1f}" {DASHED}/>'
                for n, value in enumerate(values, 1)]


def draw(mib, limit_mib, ideal, limited, unlimited):
    """The SVG as text. For 1, 2, … peers: `ideal`, what the limits allow; `limited`, `unlimited`,
    the seconds of every run."""
    slowest = max([max(times) for times in limited] + ideal)
    left = Panel(PANEL_LEFTS[0], slowest, len(limited))
    right = Panel(PANEL_LEFTS[1], max(max(times) for times in unlimited), len(unlimited))
    legend_y = HEIGHT - 14
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" '
        f'height="{HEIGHT}" font-family="sans-serif" role="img" aria-labelledby="title">',
        style(),
        f'<rect width="{WIDTH}" height="{HEIGHT}" {fill("paper")}/>',
        f'<title id="title">Mean time to download {mib} MiB, by number of peers</title>',
        text(24, 34, f"Mean time to download {mib} MiB, by number of peers", 19,
             extra='font-weight="600"'),
        text(24, 58, f"Loopback, every block verified, to disk; mean of {len(limited[0])} "
             f"{'run' if len(limited[0]) == 1 else 'runs'}", 13, "faint"),
        *left.axes(f"Each peer sends at most {limit_mib:g} MiB/s", "s", 1),
        *left.bars(limited, "s", 1, 2),
        *left.ideal(ideal),
        *right.axes("No limits", "ms", 1000),
        *right.bars(unlimited, "ms", 1000, 0),
        f'<rect x="76" y="{legend_y - 11}" width="16" height="12" {fill("bar")}/>',
        text(98, legend_y, "mean", 12, "faint"),
        f'<path d="M160 {legend_y - 12}v14" stroke-width="2" {stroke("ink")}/>',
        text(170, legend_y, "fastest to slowest run", 12, "faint"),
        f'<path d="M330 {legend_y - 5}h30" {DASHED}/>',
        text(368, legend_y, "what the limits allow", 12, "faint"),
        "</svg>", ""]
    return "\n".join(parts)
