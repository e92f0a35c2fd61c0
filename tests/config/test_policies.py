"""Every policy that ships can be imported as it is: front matter, variables, criteria, people, length and headings."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from typing import Any

import pytest
import yaml
from jinja2 import Environment, StrictUndefined, UndefinedError
from markdown_it import MarkdownIt

from config import catalogue, demo
from config.files import HERE

FOLDER = HERE / "policies"
NAMES = sorted(path.stem for path in FOLDER.glob("*.md") if path.stem != "README")
KEYS = [
    "id",
    "title",
    "author",
    "owner",
    "approver",
    "controls",
    "audience",
    "cadence",
    "days",
    "typed_name",
    "summary",
]
MARKDOWN = MarkdownIt("commonmark").enable("table")
TEXTS = Environment(undefined=StrictUndefined, autoescape=False)  # noqa: S701
ROSTER = list(csv.DictReader(io.StringIO(demo.render("roster.csv", date(2026, 11, 23)))))


def _raw(name: str) -> tuple[str, str]:
    """Return front matter and body of a policy as they stand in the file."""
    opening, front, body = (FOLDER / f"{name}.md").read_text(encoding="utf-8").split("---\n", 2)
    assert opening == ""
    return front, body


def _filled(text: str) -> str:
    return TEXTS.from_string(text).render(demo.company())


def _front(name: str) -> dict[str, Any]:
    """Return the front matter, parsed first and filled afterwards."""
    front = yaml.safe_load(_raw(name)[0])
    return {key: _filled(value) if isinstance(value, str) else value for key, value in front.items()}


def test_the_code_of_conduct_and_the_nine_policies_are_there() -> None:
    assert NAMES == [
        "acceptable-use",
        "access-control",
        "business-continuity",
        "change-management",
        "code-of-conduct",
        "data-classification",
        "incident-response",
        "information-security",
        "risk-management",
        "vendor-management",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_front_matter_has_every_key_in_order(name: str) -> None:
    front = _front(name)
    assert list(front) == KEYS
    assert front["id"] == name
    assert front["cadence"] == "yearly"
    assert front["days"] == 14
    assert front["typed_name"] is (name in {"code-of-conduct", "acceptable-use"})


@pytest.mark.parametrize("name", NAMES)
def test_controls_are_criteria_that_exist(name: str) -> None:
    controls = _front(name)["controls"]
    assert controls
    assert all(catalogue.is_criterion(criterion) for criterion in controls)
    assert len(set(controls)) == len(controls)


def test_the_first_criterion_is_what_the_policy_is_about() -> None:
    assert {name: _front(name)["controls"][0] for name in NAMES} == {
        "acceptable-use": "CC1.1",
        "access-control": "CC6.1",
        "business-continuity": "CC9.1",
        "change-management": "CC8.1",
        "code-of-conduct": "CC1.1",
        "data-classification": "C1.1",
        "incident-response": "CC7.3",
        "information-security": "CC5.3",
        "risk-management": "CC3.1",
        "vendor-management": "CC9.2",
    }


@pytest.mark.parametrize("name", NAMES)
def test_people_work_here_and_nobody_approves_what_they_wrote(name: str) -> None:
    front, working = _front(name), {row["email"] for row in ROSTER if not row["end"]}
    assert {front["author"], front["owner"], front["approver"]} <= working
    assert front["approver"] != front["author"]


@pytest.mark.parametrize("name", NAMES)
def test_each_part_of_an_audience_reaches_somebody(name: str) -> None:
    known = {"everyone", "role:manager"}
    known |= {f"{key}:{row[key]}" for row in ROSTER for key in ("department", "country", "kind")}
    known |= {f"role:{role}" for row in ROSTER for role in row["role"].split(";")}
    assert set(_front(name)["audience"]) <= known


@pytest.mark.parametrize("name", NAMES)
def test_the_summary_is_three_sentences_that_fit_a_chat(name: str) -> None:
    summary = _front(name)["summary"]
    assert len(re.findall(r"[.!?](?=\s|$)", summary)) == 3
    assert len(summary) <= 500


@pytest.mark.parametrize("name", NAMES)
def test_the_body_is_a_text_of_600_to_1200_words_in_numbered_sections(name: str) -> None:
    body = _filled(_raw(name)[1])
    assert 600 <= len(body.split()) <= 1200
    assert body.lstrip().startswith("## 1. Purpose\n")
    tokens = MARKDOWN.parse(body)
    assert {token.tag for token in tokens if token.type == "heading_open"} == {"h2"}
    assert not any(token.type.startswith("html") for token in tokens)
    titles = [tokens[i + 1].content for i, token in enumerate(tokens) if token.type == "heading_open"]
    assert [title.split(".")[0] for title in titles] == [str(n) for n in range(1, len(titles) + 1)]
    assert len(titles) >= 8


@pytest.mark.parametrize("name", NAMES)
def test_variables_are_filled_and_a_missing_one_is_an_error(name: str) -> None:
    front, body = _raw(name)
    filled = _filled(body)
    assert "Halden Instruments" in filled
    assert "March" in filled
    assert "{{" not in filled
    assert "{{" not in str(_front(name))
    with pytest.raises(UndefinedError, match="undefined"):
        TEXTS.from_string(front + body).render(company="Halden Instruments")


@pytest.mark.parametrize("kind", ["table_open", "bullet_list_open", "ordered_list_open", "strong_open"])
def test_the_data_classification_policy_shows_all_that_a_page_must_draw(kind: str) -> None:
    tokens = MARKDOWN.parse(_filled(_raw("data-classification")[1]))
    assert kind in {part.type for token in tokens for part in (token, *(token.children or ()))}


@pytest.mark.parametrize("name", NAMES)
def test_every_table_row_is_as_wide_as_its_head(name: str) -> None:
    for table in re.findall(r"(?:^\|.*\n)+", _raw(name)[1], re.MULTILINE):
        assert len({row.count("|") for row in table.splitlines()}) == 1, table


def test_acknowledgements_made_elsewhere_are_of_policies_we_ship() -> None:
    rows = csv.DictReader(io.StringIO(demo.render("acknowledgements.csv", date(2026, 11, 23))))
    assert {row["policy"] for row in rows} <= set(NAMES)
