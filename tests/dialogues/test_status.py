"""What leads, managers and employees see of how far things have come."""

from __future__ import annotations

from sqlalchemy import update

from models.policy import PolicyVersion
from tests.support.company import ask, publish
from tests.support.stage import Stage


def asked(stage: Stage) -> str:
    """Ask four people about one policy; Chidi acknowledges, and the due date passes."""
    policy = publish(stage, "Acceptable Use", "Use things well.")
    for name in ("Chidi", "Keisha", "Callum", "Bruno"):
        ask(stage, stage.person(name), policy)
    stage.person("Chidi").says(f"ack {policy}").fills(agree=True)
    stage.later(days=16)
    return policy


def test_the_lead_sees_the_company(stage: Stage) -> None:
    """Counts, bars with their table, who is late."""
    policy = asked(stage)
    ana = stage.person("Ana")
    ana.says("status").sees("1 of 4 done (25 %), 0 open, 3 overdue.", "By department", "Engineering", "Overdue: 3")
    ana.says(f"status {policy}").sees("1 of 4 done", "Keisha Robinson", "Callum Whitford").misses("Chidi Okafor")
    ana.says("status overdue").sees("Overdue: 3", "Keisha Robinson")
    ana.says("status control CC5.3").sees("1 of 4 done")
    ana.says("status control CC9.9").sees("There is no criterion CC9.9")
    ana.says("status control CC6.1").sees("Nothing has been asked yet that answers to CC6.1")
    ana.says("status POL-99").sees("Nobody you can see was asked about POL-99")
    ana.says("status cc5.3").sees("1 of 4 done")
    stage.write(lambda session: session.execute(update(PolicyVersion).values(controls="CC6.1;CC6.2")))
    ana.says("status control CC6.1").sees("1 of 4 done")
    ana.says("status control CC5.3").sees("Nothing has been asked yet that answers to CC5.3")


def test_filters_narrow_or_are_refused(stage: Stage) -> None:
    """A team is a part of the company; what an act does not know is never dropped without a word."""
    policy = asked(stage)
    ana = stage.person("Ana")
    ana.says("status team:Sales").sees("Status of Sales", "0 of 1 done", "Callum Whitford").misses("Keisha Robinson")
    ana.says(f"status {policy} team:eng").sees("1 of 3 done").misses("Callum Whitford")
    ana.says("status overdue team:sales,security").sees("Overdue: 1").misses("Keisha Robinson")
    ana.says("status as-of:2026-11-20").sees("does not know as-of", "It knows team:").misses("At a glance")
    ana.says("todo until fri").sees("does not know until").misses("waiting for you")
    stage.person("Keisha").says(f"policy ask {policy} from:home May I?").sees("does not know from", "put -- before")
    stage.person("Chidi").says("status team:Engineering").sees("your own status").misses("Keisha")


def test_a_manager_sees_the_team(stage: Stage) -> None:
    """Bruno sees himself and those who report to him, nobody else."""
    asked(stage)
    bruno = stage.person("Bruno")
    bruno.says("status").sees("Your team", "1 of 3 done", "Keisha Robinson").misses("Callum Whitford")
    bruno.says("ack").fills(agree=True)
    bruno.says("status").sees("2 of 3 done (67 %)").misses("66 %")


def test_an_employee_sees_themselves(stage: Stage) -> None:
    """Chidi sees what he did; of others nothing."""
    asked(stage)
    chidi = stage.person("Chidi")
    chidi.says("status").sees("Your status", "Acceptable Use", "Done on Mon 23 Nov 2026").misses("Keisha")
    chidi.says("status overdue").sees("You are not late").misses("Keisha", "Nobody")
    chidi.says("status POL-1").sees("Your status", "Done on Mon 23 Nov 2026").misses("By department")
    chidi.says("status @Keisha").sees("Nobody you can see")
    stage.person("Ana").says("status @Keisha").sees("Status of Keisha Robinson", "Overdue")


def test_who_cannot_agree_is_not_called_late(stage: Stage) -> None:
    """The form promises it; the owner is the one who is waited for."""
    policy = asked(stage)
    stage.person("Keisha").says(f"policy object {policy} It forbids what my job needs")
    ana = stage.person("Ana")
    ana.says("status overdue").sees("Overdue: 2").misses("Keisha Robinson")
    ana.says("status").sees("1 of 4 done (25 %), 1 open, 2 overdue.")


def test_a_whole_promise_can_be_asked_about(stage: Stage) -> None:
    """`status policy` counts everything asked under policies; a promise nobody was asked about is said to be none."""
    ask(stage, stage.person("Chidi"), publish(stage, "Acceptable Use", "Use things well."))
    ana = stage.person("Ana")
    ana.says("status policy").sees("Status of Policies", "0 of 1 done")
    ana.says("status overdue").sees("Nobody is late")
    ana.says("status todo").misses("Status of")
