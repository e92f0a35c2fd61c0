"""The default programme, as `programme.yaml` tells it: scope, who is asked what, reminders, and thresholds.

The comments in the file say what each number means; the names here carry its unit.
"""

from __future__ import annotations

import functools
from datetime import time
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from config.catalogue import Category
from config.files import HERE, read_yaml

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Audience = Annotated[str, Field(pattern=r"^(everyone|(department|country|kind|role):\S.*)$")]
WorkDays = Annotated[str, Field(pattern=r"^(mon|tue|wed|thu|fri|sat|sun)-(mon|tue|wed|thu|fri|sat|sun)$")]
Count = Annotated[int, Field(strict=True, ge=1)]


def _quoted(value: object) -> object:
    # YAML reads an unquoted 17:00 as the number 1020, which would quietly become seventeen minutes past midnight.
    if not isinstance(value, str | time):
        raise ValueError('write times in quotes, as in "17:00"')  # noqa: TRY004 - the file is wrong, not the caller
    return value


def _nearing(days: tuple[int, ...]) -> tuple[int, ...]:
    if list(days) != sorted(set(days), reverse=True):
        raise ValueError("largest first, each once")
    return days


Clock = Annotated[time, BeforeValidator(_quoted)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bundle(_Part):
    """Policies (by id) asked in one message of one audience (filters as in `policies/README.md`)."""

    name: str = Field(min_length=1)
    audience: tuple[Audience, ...] = Field(min_length=1)
    policies: tuple[Slug, ...] = Field(min_length=1)


class Policies(_Part):
    """When policies are asked, how many days people have, and what is asked together."""

    when: frozenset[Literal["hire", "version", "yearly"]]
    days: Count
    bundles: tuple[Bundle, ...]

    @model_validator(mode="after")
    def _once(self) -> Self:
        named = [policy for bundle in self.bundles for policy in bundle.policies]
        for policy in named:
            if named.count(policy) > 1:
                raise ValueError(f"{policy} stands in more than one bundle")
        return self


class Reminders(_Part):
    """Days before the due date, then work days after it."""

    days_before: Annotated[tuple[Count, ...], AfterValidator(_nearing)]
    daily_limit: Count
    manager_after: Count
    lead_after: Count
    weekly_budget: Count

    @model_validator(mode="after")
    def _manager_first(self) -> Self:
        if self.lead_after <= self.manager_after:
            raise ValueError("lead_after comes later than manager_after")
        return self


class Hours(_Part):
    """When people may be written to, on the clock where they are."""

    start: Clock
    end: Clock
    work_days: WorkDays

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end <= self.start:
            raise ValueError("end comes after start")
        return self


class Campaigns(_Part):
    """Launching to more than `confirm_above` people asks for the number; nothing is sent for `hold_minutes`."""

    confirm_above: Annotated[int, Field(strict=True, ge=0)]
    hold_minutes: Annotated[int, Field(strict=True, ge=0)]


class Imports(_Part):
    """Ending more people than either of these asks for the number."""

    confirm_percent: Annotated[int, Field(strict=True, ge=0, le=100)]
    confirm_leavers: Annotated[int, Field(strict=True, ge=0)]


class SignIn(_Part):
    """How long a one-time link and a session live, and how often a link may be asked for."""

    link_minutes: Annotated[int, Field(strict=True, ge=1, le=60)]
    session_idle_hours: Count
    session_days: Count
    attempts_per_address: Count
    attempts_per_origin: Count
    attempt_minutes: Count


class Programme(_Part):
    """Everything one `programme.yaml` says."""

    categories: tuple[Category, ...] = Field(min_length=1)
    policies: Policies
    reminders: Reminders
    hours: Hours
    campaigns: Campaigns
    imports: Imports
    sign_in: SignIn

    @model_validator(mode="after")
    def _security_always(self) -> Self:
        if "security" not in self.categories:
            raise ValueError("categories hold security; the others come beside it")
        return self


def load(path: Path) -> Programme:
    """Return the programme in the file at `path`. Raises ValueError naming file, key and what is wrong, all at once."""
    try:
        return Programme.model_validate(read_yaml(path))
    except ValidationError as error:
        wrong = [f"{'.'.join(map(str, found['loc'])) or 'as a whole'}: {found['msg']}" for found in error.errors()]
        raise ValueError("\n".join(f"{path.name}: {line}" for line in wrong)) from error


@functools.cache
def programme() -> Programme:
    """Return the programme that ships."""
    return load(HERE / "programme.yaml")
