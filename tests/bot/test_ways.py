"""Ways into the web inbox: none of ours leads out of it."""

from __future__ import annotations

import pytest

from bot.ways import address, behind, door, inside, with_to

OUTWARD = [
    "//evil.example",
    "https://evil.example",
    "/\\evil.example",
    "/\t/evil.example",
    "/\u202eelpmaxe.live//",
    "javascript:alert(1)",
    "",
]


@pytest.mark.parametrize("path", OUTWARD)
def test_links_of_ours_stay_inside(path: str) -> None:
    assert inside(path) == "/"
    assert address("https://comply.halden.example", path) == "https://comply.halden.example/"
    assert with_to("/sign-in", path) == "/sign-in"
    assert inside("/policies/3") == "/policies/3"
    assert address("https://comply.halden.example/", "/policies/3") == "https://comply.halden.example/policies/3"
    assert with_to("/sign-in", "/say?words=todo") == "/sign-in?to=%2Fsay%3Fwords%3Dtodo"


@pytest.mark.parametrize("target", ["POL-3v2", "M-12", "../../sign-out?x=1#y", "Søren Kjær"])
def test_a_door_leads_to_what_is_behind_it(target: str) -> None:
    path = door("go", "policy.show", target)
    assert behind(path) == ("policy.show", target)
    assert inside(path) == path
    assert behind(door("go", "todo")) == ("todo", "")


@pytest.mark.parametrize("path", ["/do/policy.show/POL-3v2", "/go/policy.show/POL-3v2?x=1", "/sessions", "/go/A"])
def test_other_places_are_no_door(path: str) -> None:
    assert behind(path) is None
