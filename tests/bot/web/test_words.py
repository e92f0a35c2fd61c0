"""What an employee reads is in plain words: the auditor's are for auditors."""

from __future__ import annotations

import html
import re

import pytest

from tests.attacks.conftest import stage
from tests.support.stage import Stage
from tests.support.wire import signed_in

__all__ = ["stage"]
TECHNICAL = re.compile(r"population|entitlement|attestation|\b(material|minor) change|violation", re.IGNORECASE)


@pytest.mark.parametrize("name", ["Chidi", "Bruno"])
def test_no_page_of_an_employee_speaks_like_an_auditor(stage: Stage, name: str) -> None:
    """Every page that can be reached from what waits for them, and from help."""
    stage.person("Chidi").says("policy ask POL-1 May I use my own phone?")
    stage.person("Farah").says("policy answer POL-1 Yes, if it is encrypted.")
    wire = signed_in(stage, stage.person(name))
    waiting, seen = ["/go/todo", "/say?words=help", "/say?words=status", "/sessions"], dict[str, list[str]]()
    while waiting:
        place = waiting.pop()
        if place not in seen:
            text = wire.get(place).text
            words = html.unescape(re.sub(r"<(style|script).*?</\1>|<[^>]*>", " ", text, flags=re.DOTALL))
            seen[place] = TECHNICAL.findall(words)
            waiting += [html.unescape(link) for link in re.findall(r'href="(/(?:go|say)[^"#]*)"', text)]
    assert {place: found for place, found in seen.items() if found} == {}
    assert len(seen) > 8
