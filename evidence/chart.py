"""Draws a `Chart`: as SVG for pages and PDF, as text for chats, and as the table that always stands beside it.

The percentage shown is the share of what is done: the series of that meaning, or the chart's first. Colours come from
the page's style sheet by class, with a fill of their own for where there is none, and every series has a pattern and a
name too, so nothing depends on seeing colours. Widths are percentages: the text keeps its size on a phone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape

from models.message import Bar, Chart, Table

ROW, LEGEND, BAR = 46, 26, 12  # heights in pixels
LABEL_ROOM, LEGEND_ROOM = 30, 320  # characters of a label, pixels of a line of the legend: what fits on a phone
TEXT_BARS = 10


@dataclass(frozen=True, slots=True)
class Look:
    """How a series is drawn: the class that carries its colour, the colour without a style sheet, its pattern."""

    name: str
    fill: str
    pattern: str = ""


DONE = Look("done", "#0f5f70")
OPEN = Look("open", "#8fbfca", '<circle class="ink" cx="3" cy="3" r="1.1" fill="#0f5f70"/>')
LATE = Look("late", "#c2410c", '<rect class="ink" width="2" height="6" fill="#ffffff"/>')
IDLE = Look("idle", "#e4e2dc")
AWAY = Look("away", "#b8b4aa", '<rect class="ink" width="6" height="2" fill="#ffffff"/>')
OTHER = Look("other", "#7a5c99", '<path class="ink" d="M0 3h6M3 0v6" stroke="#ffffff" fill="none"/>')
LOOKS = {
    "done": DONE, "acknowledged": DONE, "complete": DONE, "decided": DONE, "passed": DONE,
    "open": OPEN, "waiting": OPEN, "asked": OPEN, "in progress": OPEN,
    "overdue": LATE, "late": LATE, "failed": LATE,
    "not started": IDLE, "not sent": IDLE, "not yet asked": IDLE,
    "on leave": AWAY, "exempt": AWAY, "unreachable": AWAY, "excluded": AWAY,
}  # fmt: skip


def percent(part: int, whole: int) -> int:
    """Return `part` of `whole` in percent; 0 and 100 are said only when they are exact."""
    if not whole or not part:
        return 0
    return 100 if part >= whole else min(99, max(1, round(100 * part / whole)))


def series(chart: Chart) -> list[str]:
    """Return the names of the chart's series, in the order in which they first appear."""
    return list(dict.fromkeys(name for bar in chart.bars for name, _ in bar.parts))


def chart_table(chart: Chart) -> Table:
    """Return the chart's numbers as a table: one row a bar, one column a series, then the total."""
    names = series(chart)
    rows = []
    for bar in chart.bars:
        counts = [_of(bar, name) for name in names]
        rows.append((bar.label, *(str(count) for count in counts), str(sum(counts))))
    return Table(chart.title, ("", *names, "Total"), tuple(rows))


def chart_text(chart: Chart) -> list[str]:
    """Return one line a bar, e.g. "Engineering  ▓▓▓▓▓▓░░░░ 62 %  (13 of 21)", aligned for a fixed-width font."""
    room = min(LABEL_ROOM, max((len(bar.label) for bar in chart.bars), default=0))
    wanted = _finished(chart)
    return [f"{bar.label:<{room}}  {_blocks(bar, wanted)} {_spoken(bar, wanted)}" for bar in chart.bars]


def svg(chart: Chart, ident: str) -> str:
    """Return the chart as one `<svg>` element; `ident` begins every id inside, so it is unique on its page."""
    looks = _looks(series(chart))
    legend, top = _legend(looks, ident)
    wanted = _finished(chart)
    rows = [_row(bar, looks, ident, top + number * ROW, wanted) for number, bar in enumerate(chart.bars)]
    spoken = ". ".join(f"{bar.label}: {_all_parts(bar)}" for bar in chart.bars)
    return "".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" width="100%" height="{top + len(rows) * ROW}"',
            f' role="img" aria-labelledby="{ident}-title {ident}-desc" font-size="14" fill="#1d2326">',
            f'<title id="{ident}-title">{escape(chart.title)}</title><desc id="{ident}-desc">{escape(spoken)}</desc>',
            f"<defs>{''.join(_pattern(look, ident) for look in looks.values() if look.pattern)}</defs>",
            *legend,
            *rows,
            "</svg>",
        ]
    )


def _looks(names: Iterable[str]) -> dict[str, Look]:
    """Give every series a look; names we do not know take those that are left, then share the last."""
    known = {name: LOOKS[name.lower()] for name in names if name.lower() in LOOKS}
    spare = (look for look in (DONE, OPEN, OTHER, AWAY, IDLE) if look not in known.values())
    return {name: known.get(name) or next(spare, OTHER) for name in names}


def _pattern(look: Look, ident: str) -> str:
    turn = ' patternTransform="rotate(45)"' if look is LATE else ""
    return (
        f'<pattern id="{ident}-{look.name}" class="{look.name}" width="6" height="6"{turn}'
        ' patternUnits="userSpaceOnUse">'
        f'<rect class="fill" width="6" height="6" fill="{look.fill}"/>{look.pattern}</pattern>'
    )


def _rect(look: Look, ident: str, place: str) -> str:
    fill = f"url(#{ident}-{look.name})" if look.pattern else look.fill
    return f'<rect class="{"patterned" if look.pattern else look.name}" {place} rx="2" fill="{fill}"/>'


def _legend(looks: dict[str, Look], ident: str) -> tuple[list[str], int]:
    """Return the drawn legend and its height; a new line begins where the next name would leave a phone's width."""
    drawn, x, y = [], 0, 2
    for name, look in looks.items():
        width = 36 + 7 * len(name)
        if x and x + width > LEGEND_ROOM:
            x, y = 0, y + LEGEND
        place = f'x="{x}" y="{y}" width="{BAR}" height="{BAR}"'
        drawn.append(f'{_rect(look, ident, place)}<text class="quiet" x="{x + 18}" y="{y + 11}">{escape(name)}</text>')
        x += width
    return drawn, y + LEGEND + 4


def _row(bar: Bar, looks: dict[str, Look], ident: str, y: int, wanted: str) -> str:
    label = bar.label if len(bar.label) <= LABEL_ROOM else bar.label[: LABEL_ROOM - 1] + "…"
    words = (
        f'<text x="0" y="{y + 14}">{escape(label)}</text>'
        f'<text class="quiet" x="100%" y="{y + 14}" text-anchor="end">{_spoken(bar, wanted)}</text>'
        f'<rect class="track" x="0" y="{y + 22}" width="100%" height="{BAR}" rx="2" fill="#f1efea"/>'
    )
    return words + "".join(_segments(bar, looks, ident, y + 22))


def _segments(bar: Bar, looks: dict[str, Look], ident: str, y: int) -> Iterator[str]:
    total, before = _total(bar), 0
    for name, count in bar.parts:
        if count:
            left, width = 100 * before / total, 100 * count / total
            yield _rect(looks[name], ident, f'x="{left:.2f}%" y="{y}" width="{width:.2f}%" height="{BAR}"')
        before += count


def _total(bar: Bar) -> int:
    return sum(count for _, count in bar.parts)


def _finished(chart: Chart) -> str:
    """Return the name of the series that counts as done."""
    names = series(chart)
    return next((name for name in names if LOOKS.get(name.lower()) is DONE), names[0] if names else "")


def _of(bar: Bar, wanted: str) -> int:
    return sum(count for name, count in bar.parts if name == wanted)


def _spoken(bar: Bar, wanted: str) -> str:
    done, total = _of(bar, wanted), _total(bar)
    return f"{percent(done, total)} %  ({done} of {total})" if total else "none"


def _blocks(bar: Bar, wanted: str) -> str:
    full = percent(_of(bar, wanted), _total(bar)) * TEXT_BARS // 100
    return "▓" * full + "░" * (TEXT_BARS - full)


def _all_parts(bar: Bar) -> str:
    return ", ".join(f"{count} {name.lower()}" for name, count in bar.parts) or "none"
