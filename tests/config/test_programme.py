"""The default programme says what the documents promise, agrees with the policies, and refuses the impossible."""

from __future__ import annotations

from datetime import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from config.files import HERE
from config.programme import load, programme

TEXT = (HERE / "programme.yaml").read_text(encoding="utf-8")


def _policies() -> dict[str, dict[str, Any]]:
    paths = [path for path in (HERE / "policies").glob("*.md") if path.stem != "README"]
    return {path.stem: yaml.safe_load(path.read_text(encoding="utf-8").split("---\n", 2)[1]) for path in paths}


def test_people_are_asked_on_joining_at_each_version_and_yearly() -> None:
    policies = programme().policies
    assert policies.when == {"hire", "version", "yearly"}
    assert policies.days == 14


def test_the_ladder_of_reminders() -> None:
    reminders = programme().reminders
    assert reminders.days_before == (7, 3, 1)
    assert (reminders.manager_after, reminders.lead_after) == (5, 10)
    assert (programme().hours.start, programme().hours.end) == (time(9), time(17))


def test_the_thresholds() -> None:
    told = programme()
    assert (told.campaigns.confirm_above, told.campaigns.hold_minutes) == (25, 10)
    assert (told.imports.confirm_percent, told.imports.confirm_leavers) == (5, 10)
    assert (told.sign_in.link_minutes, told.sign_in.session_idle_hours, told.sign_in.session_days) == (10, 12, 14)
    assert (told.sign_in.attempts_per_address, told.sign_in.attempt_minutes) == (5, 15)
    assert told.sign_in.attempts_per_origin > 10 * told.sign_in.attempts_per_address


def test_every_policy_stands_in_one_bundle_and_both_name_the_same_people() -> None:
    bundled = {policy: bundle for bundle in programme().policies.bundles for policy in bundle.policies}
    policies = _policies()
    assert set(bundled) == set(policies)
    for name, front in policies.items():
        assert list(bundled[name].audience) == front["audience"], name
        assert front["days"] == programme().policies.days, name


def test_nobody_changes_the_programme_in_passing() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        programme().reminders.lead_after = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ('start: "09:00"', 'start: "18:00"', r"programme\.yaml: hours: .*end comes after start"),
        ('end: "17:00"', "end: 17:00", r"programme\.yaml: hours\.end: .*in quotes"),
        ("lead_after: 10", "lead_after: 5", r"programme\.yaml: reminders: .*later than manager_after"),
        ("[7, 3, 1]", "[1, 3, 7]", r"programme\.yaml: reminders\.days_before: .*largest first"),
        ("weekly_budget: 5", "weekly_budget: 0", r"programme\.yaml: reminders\.weekly_budget: "),
        ("weekly_budget: 5", 'weekly_budget: "5"', r"programme\.yaml: reminders\.weekly_budget: "),
        ("confirm_percent: 5", "confirm_percent: 101", r"programme\.yaml: imports\.confirm_percent: "),
        ("link_minutes: 10", "link_minuts: 10", r"programme\.yaml: sign_in\.link_minutes: Field required"),
        ("link_minutes: 10", "link_minutes: 9999", r"programme\.yaml: sign_in\.link_minutes: "),
        ("work_days: mon-fri", "work_days: weekdays", r"programme\.yaml: hours\.work_days: "),
        (
            "[risk-management]",
            "[acceptable-use]",
            r"programme\.yaml: policies: .*acceptable-use stands in more than one",
        ),
        ("audience: [everyone]", "audience: [everybody]", r"programme\.yaml: policies\.bundles\.0\.audience\.0: "),
        ("[hire, version, yearly]", "[hire, often]", r"programme\.yaml: policies\.when"),
        ("categories: [security,", "categories: [safety,", r"programme\.yaml: categories\.0: "),
        ("categories: [security, ", "categories: [", r"programme\.yaml: as a whole: .*categories hold security"),
        ("hours:\n", "hours: []\nclock:\n", r"programme\.yaml: clock: Extra inputs"),
    ],
)
def test_what_cannot_be_is_refused_with_file_and_key(tmp_path: Path, good: str, bad: str, said: str) -> None:
    assert good in TEXT
    path = tmp_path / "programme.yaml"
    path.write_text(TEXT.replace(good, bad, 1), encoding="utf-8")
    with pytest.raises(ValueError, match=said):
        load(path)
