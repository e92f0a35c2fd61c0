"""The SOC 2 criteria and the company's controls, as `controls.yaml` tells them.

Criterion ids are those of the 2017 Trust Services Criteria; labels are our own. A mapping to an id that does not exist
is refused on loading, so nothing later has to wonder whether a criterion is real.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from pydantic import TypeAdapter, ValidationError

from config.files import HERE, read_yaml

Cadence = Literal["hire", "version", "event", "continuous", "monthly", "quarterly", "yearly"]
Category = Literal["security", "availability", "confidentiality", "processing-integrity", "privacy"]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One of the 61 criteria: its id, our short label, and the category it belongs to."""

    id: str
    label: str
    category: Category


@dataclass(frozen=True, slots=True)
class Deviation:
    """A way to depart from a control's own wording; `text` says what happened or did not."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Control:
    """What the company does, the criteria it answers to (ids), how often, and which workflow collects the evidence."""

    id: str
    title: str
    primary: tuple[str, ...]
    supporting: tuple[str, ...]
    cadence: tuple[Cadence, ...]
    workflow: str
    deviations: tuple[Deviation, ...]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything one `controls.yaml` says."""

    criteria: Mapping[str, Criterion]
    controls: Mapping[str, Control]


_CRITERION = TypeAdapter(Criterion)
_CONTROL = TypeAdapter(Control)
_FIELDS = {"title", "primary", "supporting", "cadence", "workflow", "deviations"}


def load(path: Path) -> Catalogue:
    """Return the catalogue in the file at `path`.

    Raises ValueError, naming file and key, for an unknown criterion or deviation and for a missing, unknown or
    ill-typed value.
    """
    data = read_yaml(path)
    if set(data) != {"criteria", "deviations", "controls"}:
        raise ValueError(f"{path.name}: expected criteria, deviations and controls, found {', '.join(map(str, data))}")
    try:
        criteria = _criteria(data["criteria"])
        deviations = {name: Deviation(name, text) for name, text in data["deviations"].items()}
        controls = {name: _control(name, body, criteria, deviations) for name, body in data["controls"].items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise ValueError(f"{path.name}: {error}") from error
    return Catalogue(MappingProxyType(criteria), MappingProxyType(controls))


def _criteria(data: Mapping[str, Mapping[str, str]]) -> dict[str, Criterion]:
    return {
        name: _CRITERION.validate_python({"id": name, "label": label, "category": category})
        for category, labels in data.items()
        for name, label in labels.items()
    }


def _control(
    name: str, body: dict[str, Any], criteria: Mapping[str, Criterion], deviations: Mapping[str, Deviation]
) -> Control:
    """Return the control `name`; `body` is its mapping in the file."""
    if set(body) != _FIELDS:
        raise ValueError(f"controls.{name}: missing or unknown: {', '.join(sorted(_FIELDS ^ set(body)))}")
    for key, known in (("primary", criteria), ("supporting", criteria), ("deviations", deviations)):
        if not isinstance(body[key], list):
            raise ValueError(f"controls.{name}.{key}: expected a list, as in [a, b]")  # noqa: TRY004 - the file is wrong, not the caller
        for unknown in (item for item in body[key] if item not in known):
            raise ValueError(f"controls.{name}.{key}: there is no {unknown}")
    if not body["primary"]:
        raise ValueError(f"controls.{name}.primary: a control answers to at least one criterion")
    chosen = [deviations[item] for item in body["deviations"]]
    try:
        return _CONTROL.validate_python({**body, "id": name, "deviations": chosen})
    except ValidationError as error:
        found = error.errors()[0]
        raise ValueError(f"controls.{name}.{'.'.join(map(str, found['loc']))}: {found['msg']}") from error


@functools.cache
def _shipped() -> Catalogue:
    return load(HERE / "controls.yaml")


def criteria() -> Mapping[str, Criterion]:
    """Return the criteria by id, in their usual order."""
    return _shipped().criteria


def controls() -> Mapping[str, Control]:
    """Return the controls by id."""
    return _shipped().controls


def is_criterion(name: str) -> bool:
    """Say whether `name` is the id of a criterion."""
    return name in criteria()


def controls_for(criterion_id: str) -> tuple[Control, ...]:
    """Return the controls that answer to a criterion, those for which it is primary first.

    Raises ValueError where there is no such criterion.
    """
    if not is_criterion(criterion_id):
        raise ValueError(f"there is no criterion {criterion_id}")
    primary = [control for control in controls().values() if criterion_id in control.primary]
    supporting = [control for control in controls().values() if criterion_id in control.supporting]
    return (*primary, *supporting)
