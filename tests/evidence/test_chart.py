"""A chart says the same three times: drawn, in text, and as a table."""

from __future__ import annotations

import xml.etree.ElementTree as ET  # our own drawing is read back here, nothing from outside

import pytest

from evidence.chart import chart_table, chart_text, percent, series, svg
from models.message import Bar, Chart

SVG = "{http://www.w3.org/2000/svg}"
DEPARTMENTS = Chart(
    "Acknowledged by department",
    (
        Bar("Engineering", (("Done", 13), ("Open", 5), ("Overdue", 3))),
        Bar("Finance", (("Done", 6),)),
        Bar("People", ()),
    ),
)


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(0, 0, 0), (0, 5, 0), (13, 21, 62), (1, 1000, 1), (999, 1000, 99), (5, 5, 100)],
)
def test_all_and_none_are_said_only_when_exact(part: int, whole: int, said: int) -> None:
    assert percent(part, whole) == said


def test_text_bars_line_up_and_carry_the_numbers() -> None:
    assert chart_text(DEPARTMENTS) == [
        "Engineering  ▓▓▓▓▓▓░░░░ 62 %  (13 of 21)",
        "Finance      ▓▓▓▓▓▓▓▓▓▓ 100 %  (6 of 6)",
        "People       ░░░░░░░░░░ none",
    ]


def test_what_is_done_counts_even_where_it_is_not_named_first() -> None:
    chart = Chart("C-1", (Bar("Operations", (("Overdue", 3), ("Done", 1))),))
    assert chart_text(chart) == ["Operations  ▓▓░░░░░░░░ 25 %  (1 of 4)"]


def test_the_table_has_every_series_in_every_row() -> None:
    table = chart_table(DEPARTMENTS)
    assert table.head == ("", "Done", "Open", "Overdue", "Total")
    assert table.rows == (
        ("Engineering", "13", "5", "3", "21"),
        ("Finance", "6", "0", "0", "6"),
        ("People", "0", "0", "0", "0"),
    )


def test_segments_fill_the_bar_in_proportion() -> None:
    drawing = ET.fromstring(svg(Chart("C-1", (Bar("A", (("Done", 1), ("Open", 3))),)), "c1"))  # noqa: S314
    widths = [rect.get("width") for rect in drawing.iter(f"{SVG}rect") if (rect.get("width") or "").endswith("%")]
    assert widths == ["100%", "25.00%", "75.00%"]


def test_a_drawing_names_itself_and_says_its_numbers() -> None:
    drawing = ET.fromstring(svg(DEPARTMENTS, "c1"))  # noqa: S314
    assert drawing.get("role") == "img"
    spoken = {
        part.get("id"): part.text
        for part in (drawing.find(f"{SVG}title"), drawing.find(f"{SVG}desc"))
        if part is not None
    }
    assert set((drawing.get("aria-labelledby") or "").split()) == set(spoken)
    assert spoken["c1-title"] == "Acknowledged by department"
    assert "Engineering: 13 done, 5 open, 3 overdue" in (spoken["c1-desc"] or "")


def test_series_differ_without_colour() -> None:
    drawing = ET.fromstring(svg(DEPARTMENTS, "c1"))  # noqa: S314
    legend = {text.text for text in drawing.iter(f"{SVG}text")}
    assert set(series(DEPARTMENTS)) <= legend
    fills = [
        rect.get("fill") for rect in drawing.iter(f"{SVG}rect") if rect.get("x") == "0" and rect.get("width") != "100%"
    ]
    assert {pattern.get("id") for pattern in drawing.iter(f"{SVG}pattern")} == {"c1-open", "c1-late"}
    assert fills


def test_unknown_series_do_not_look_like_each_other() -> None:
    chart = Chart("Vendors", (Bar("2026", (("Low", 4), ("Medium", 2), ("High", 1))),))
    drawing = ET.fromstring(svg(chart, "c1"))  # noqa: S314
    looks = [(rect.get("class"), rect.get("fill")) for rect in drawing.iter(f"{SVG}rect") if rect.get("height") == "12"]
    assert len(set(looks[:3])) == 3


def test_hostile_labels_are_text_and_long_ones_stay_whole_in_the_description() -> None:
    label = "<script>alert(1)</script> & sons, a department with a very long name"
    drawn = svg(Chart("<b>", (Bar(label, (("Done", 1),)),)), "c1")
    assert "<script" not in drawn
    description = ET.fromstring(drawn).find(f"{SVG}desc")  # noqa: S314
    assert description is not None
    assert label in (description.text or "")


def test_nothing_to_draw_is_no_accident() -> None:
    empty = Chart("Nothing yet", ())
    assert chart_text(empty) == []
    assert chart_table(empty).rows == ()
    ET.fromstring(svg(empty, "c1"))  # noqa: S314
