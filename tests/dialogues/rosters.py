"""Lines of a roster, and how a file of them is handed in and applied."""

from __future__ import annotations

from tests.support.company import PEOPLE
from tests.support.stage import Player, Screen, Stage

HEAD = "employee_id,preferred_name,email,manager,department,country,start,end,kind,role"
FREYA = "E100,Freya Lindholm,freya@halden.example,E005,Engineering,FI,2026-11-23,,employee,employee"
SOREN = "E101,Søren Kjær,soren@halden.example,E100,Engineering,DK,2026-12-01,,employee,employee"
CHIDI = "E006,Chidi Okafor,chidi@halden.example,E005,Engineering,,2024-01-01,,employee,employee"


def hands_in(player: Player, *lines: str, head: str = HEAD, full: bool = False) -> Screen:
    """Hand in a roster and return what is seen."""
    return player.says("people import").fills(file=("people.csv", "\n".join((head, *lines)).encode()), full=full)


def applies(stage: Stage, player: Player, seen: Screen, **answers: str) -> None:
    """Apply what is in front of somebody, and let the batches run."""
    form = seen.presses("Apply")
    (form.fills(**answers) if answers else form.presses("Apply")).sees("Being applied")
    stage.works()


def everybody(*leave_out: str) -> list[str]:
    """Return the company of the dialogues as lines of a file."""
    ids = {name: f"E{number:03}" for number, (name, *_) in enumerate(PEOPLE, 1)}
    return [
        f"{ids[name]},{name},{name.split()[0].lower()}@halden.example,{ids.get(manager, '')},{department},,2024-01-01,,"
        f"employee,{roles}".replace("employee;", "employee|")
        for name, department, manager, roles, _ in PEOPLE
        if name not in leave_out
    ]
