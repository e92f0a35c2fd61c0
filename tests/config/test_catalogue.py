"""The catalogue holds exactly the 61 criteria, and no control points outside them."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from config import catalogue

GOOD = """
criteria:
  security: {CC1.1: Ethics and conduct, CC6.2: Credentials}
deviations: {late: done late}
controls:
  CTL-ONE:
    title: One thing
    primary: [CC1.1]
    supporting: [CC6.2]
    cadence: [yearly]
    workflow: policy
    deviations: [late]
"""


def _loaded(folder: Path, text: str) -> catalogue.Catalogue:
    path = folder / "controls.yaml"
    path.write_text(text, encoding="utf-8")
    return catalogue.load(path)


def test_there_are_61_criteria_with_the_usual_ids() -> None:
    assert len(catalogue.criteria()) == 61
    assert all(re.fullmatch(r"(CC[1-9]|A1|C1|PI1|P[1-8])\.[1-8]", name) for name in catalogue.criteria())


def test_each_category_has_its_count() -> None:
    counted = Counter(criterion.category for criterion in catalogue.criteria().values())
    assert counted == {
        "security": 33, "availability": 3, "confidentiality": 2, "processing-integrity": 5, "privacy": 18
    }  # fmt: skip


def test_a_category_holds_only_its_own_family() -> None:
    family = {
        "CC": "security",
        "A": "availability",
        "C": "confidentiality",
        "PI": "processing-integrity",
        "P": "privacy",
    }
    for criterion in catalogue.criteria().values():
        assert criterion.category == family[re.sub(r"[\d.]", "", criterion.id)], criterion.id


@pytest.mark.parametrize("name", ["CC9.9", "PP1.1", "P1.0", "cc1.1", ""])
def test_ids_seen_elsewhere_that_do_not_exist(name: str) -> None:
    assert not catalogue.is_criterion(name)
    with pytest.raises(ValueError, match=f"there is no criterion {re.escape(name)}"):
        catalogue.controls_for(name)


def test_every_mapping_points_to_a_criterion_once() -> None:
    for control in catalogue.controls().values():
        mapped = control.primary + control.supporting
        assert all(catalogue.is_criterion(name) for name in mapped), control.id
        assert len(set(mapped)) == len(mapped), control.id


def test_every_criterion_is_somebodys_first_concern() -> None:
    uncovered = [
        name for name in catalogue.criteria() if not any(name in c.primary for c in catalogue.controls_for(name))
    ]
    assert uncovered == []


def test_control_ids_are_stable_words_and_titles_differ() -> None:
    controls = catalogue.controls().values()
    assert all(re.fullmatch(r"CTL-[A-Z]{2,3}(-[A-Z]+)+", control.id) for control in controls)
    assert len({control.title for control in controls}) == len(controls)


def test_wiping_devices_belongs_to_offboarding_and_never_to_access_reviews() -> None:
    assert all(control.workflow != "access" for control in catalogue.controls_for("CC6.5"))
    assert "CTL-OFF-DEVICE" in {control.id for control in catalogue.controls_for("CC6.5")}


def test_acknowledgements_answer_to_conduct_accountability_and_practice() -> None:
    control = catalogue.controls()["CTL-POL-ACK"]
    assert control.primary == ("CC1.1", "CC1.5", "CC5.3")
    assert control.cadence == ("hire", "version", "yearly")
    assert {deviation.id for deviation in control.deviations} == {"late", "missing", "old-version", "before-approval"}


def test_primary_controls_come_first() -> None:
    found = catalogue.controls_for("CC4.1")
    primary = ["CC4.1" in control.primary for control in found]
    assert primary == sorted(primary, reverse=True)
    assert True in primary
    assert False in primary


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("primary: [CC1.1]", "primary: [CC9.9]", r"controls\.yaml: controls\.CTL-ONE\.primary: there is no CC9\.9"),
        (
            "supporting: [CC6.2]",
            "supporting: [PP1.1]",
            r"controls\.yaml: controls\.CTL-ONE\.supporting: there is no PP1\.1",
        ),
        ("primary: [CC1.1]", "primary: CC1.1", r"controls\.yaml: controls\.CTL-ONE\.primary: expected a list"),
        ("{late: done late}", "", r"controls\.yaml: "),
        ("deviations: [late]", "deviations: [lazy]", r"controls\.CTL-ONE\.deviations: there is no lazy"),
        ("primary: [CC1.1]", "primary: []", r"controls\.CTL-ONE\.primary: a control answers to at least one"),
        ("cadence: [yearly]", "cadence: [sometimes]", r"controls\.yaml: controls\.CTL-ONE\.cadence\.0"),
        ("    workflow: policy\n", "", r"controls\.CTL-ONE: missing or unknown: workflow"),
        ("    workflow: policy\n", "    workflow: policy\n    colour: red\n", r"CTL-ONE: missing or unknown: colour"),
        ("  security:", "  safety:", r"controls\.yaml: .*category"),
        ("    cadence:", "    title: Two things\n    cadence:", r"controls\.yaml: title stands here twice"),
        ("criteria:", "criterion:", r"controls\.yaml: expected criteria, deviations and controls"),
        ("controls:\n  CTL-ONE:", "controls: [", r"controls\.yaml: "),
    ],
)
def test_a_wrong_file_is_refused_with_file_and_key(tmp_path: Path, good: str, bad: str, said: str) -> None:
    assert good in GOOD
    assert list(_loaded(tmp_path, GOOD).controls) == ["CTL-ONE"]
    with pytest.raises(ValueError, match=r"(?s)" + said):
        _loaded(tmp_path, GOOD.replace(good, bad))
