"""What every promise shares: acts that people can do, the context they run in, and the registry that drives everything.

A workflow declares its acts with decorators. Commands, help, home, status, schedules, exports and docs are made from
these declarations, so a new workflow needs no other file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy.orm import Session

from models.campaign import Assignment
from models.gesture import GestureKind
from models.message import Button, Form, Message, Said
from models.moves import Moves
from models.person import Person

if TYPE_CHECKING:
    from workflows.context import Context

Answers = Mapping[str, Any]
Rule = Callable[["Context", Any], bool]
Finder = Callable[["Context", str], Any]
Runner = Callable[["Context", Any, Answers], Said]
Job = Callable[["Context"], int]
Thought = Callable[["Context"], Iterable[Job]]
FormMaker = Callable[["Context", Any], Form]
Standing = Callable[["Context", Any], Message | None]


class Refusal(Exception):
    """A request that cannot be met; nothing is changed. The person sees `said`, which tells what to do instead."""

    def __init__(
        self,
        text: str,
        *more: str,
        status: Literal["refused", "missing", "again"] = "refused",
        buttons: tuple[Button, ...] = (),
    ) -> None:
        super().__init__(text)
        self.said = Message(text, lines=more, buttons=buttons, tone="warn")
        self.status = status


class Unnamed(Refusal):
    """A request that does not say what it is about: `choices` are the (target, label) of what it can be.

    `instead` names an act that is about all of it at once, where there is one.
    """

    def __init__(self, text: str, choices: Iterable[tuple[str, str]] = (), *, instead: str = "") -> None:
        super().__init__(text, status="missing")
        self.choices = tuple(choices)
        self.instead = instead


class Invalid(Exception):
    """Answers that cannot be taken; `errors` maps field names to what is wrong and what to do."""

    def __init__(self, **errors: str) -> None:
        super().__init__(", ".join(errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class Act:
    """One thing people can do or look at. Its name is also its command: "policy.approve" is typed `policy approve`.

    `find` turns the target's id into the thing itself and may refuse; `may` decides at the moment of the gesture.
    `stands` returns how a thing stands where the act asks nothing of it any more: that is shown in place of the form.
    `page` puts the act into the navigation; `personal` acts can never be done on somebody's behalf outside a demo.
    `filters` are the key:value words that an act takes beside the questions of its form; any other is refused.
    `asks` acts reach many, or cannot simply be undone: their form is shown even where one typed line answers all of it.
    """

    name: str
    does: Literal["look", "do"]
    run: Runner
    may: Rule
    help: str
    example: str
    find: Finder
    form: FormMaker | None = None
    stands: Standing | None = None
    kinds: tuple[GestureKind, ...] = ("command", "button")
    aliases: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    page: str = ""
    personal: bool = False
    asks: bool = False
    offers: Rule | None = None

    def offered(self, ctx: Context) -> bool:
        """Return whether help shows the act: `offers` decides where `may` depends on the thing itself."""
        return (self.offers or self.may)(ctx, None)

    @property
    def words(self) -> str:
        """The act as it is typed."""
        return self.name.replace(".", " ")


@dataclass(frozen=True, slots=True)
class Plan:
    """Long thinking: `waits` tells, quickly, whether there is anything to think about; `think` yields what to do then.

    The jobs are handed from one process to another, so they are partials of plain functions, with plain data.
    """

    waits: Callable[[Context], bool]
    think: Thought


@dataclass(frozen=True, slots=True)
class Topic:
    """Something a campaign can ask about: `subject` as assignments name it, `code` as people type it."""

    subject: str
    code: str
    title: str
    days: int


def no_target(ctx: Context, target: str) -> str:
    """The finder of acts that take a plain word, or nothing, as target."""
    return target


@dataclass(eq=False)
class Workflow:
    """One promise (or one neighbour such as `campaign`): its words, its acts, its controls, its cards."""

    name: str
    title: str
    help: str
    criteria: tuple[str, ...] = ()
    deviations: tuple[str, ...] = ()
    cadence: str = ""  # a crontab expression: when a campaign of this workflow falls due by itself
    days: int = 14
    moves: Moves = field(default_factory=dict)
    records: Mapping[str, str] = field(default_factory=dict)  # every type it writes, with what it says happened
    acts: dict[str, Act] = field(default_factory=dict)
    makes_card: Callable[[Context, Assignment, Person], Message] | None = None
    makes_title: Callable[[Session, str], str] | None = None
    finds_criteria: Callable[[Session, str], tuple[str, ...]] | None = None
    makes_bundle: Callable[[Context, Sequence[Assignment], Person], Message] | None = None
    finds_topics: Callable[[Session], Sequence[Topic]] | None = None
    finds_audience: Callable[[Session, str], str] | None = None
    finds_earlier: Callable[[Session, str], Sequence[str]] | None = None
    finds_answered: Callable[[Context, str, Sequence[int]], Mapping[int, str]] | None = None
    jobs: dict[str, Job] = field(default_factory=dict)
    makes_home: Callable[[Context], tuple[Message, ...]] | None = None
    plans: dict[str, Plan] = field(default_factory=dict)

    def look(self, verb: str, **declared: Any) -> Callable[[Runner], Runner]:
        """Declare something people may look at: it changes nothing and may be repeated or lost."""
        return self._declare("look", verb, declared)

    def do(self, verb: str, **declared: Any) -> Callable[[Runner], Runner]:
        """Declare something people may do: committed before it is acknowledged."""
        return self._declare("do", verb, declared)

    def job(self, name: str) -> Callable[[Job], Job]:
        """Declare background work: one small batch in one transaction, safe to repeat; returns how much it did."""

        def keep(run: Job) -> Job:
            self.jobs[name] = run
            return run

        return keep

    def at_home(self, makes: Callable[[Context], tuple[Message, ...]]) -> Callable[[Context], tuple[Message, ...]]:
        """Declare cards that stand on the actor's home beside what they owe; none where it is not for them."""
        self.makes_home = makes
        return makes

    def plan(self, name: str, waits: Callable[[Context], bool]) -> Callable[[Thought], Thought]:
        """Declare long thinking (reading a large file): it runs in a process of its own, where nothing can be written.

        It yields jobs, each to run in a transaction of its own, in order, no later than the first that returns 0.
        Two processes may think at once and may be killed anywhere, so the jobs check that they are still wanted.
        """

        def keep(think: Thought) -> Thought:
            self.plans[name] = Plan(waits, think)
            return think

        return keep

    def _declare(self, does: Literal["look", "do"], verb: str, declared: dict[str, Any]) -> Callable[[Runner], Runner]:
        name = f"{self.name}.{verb}" if verb else self.name
        declared.setdefault("find", no_target)
        declared.setdefault("example", name.replace(".", " "))

        def keep(run: Runner) -> Runner:
            if name in self.acts:
                raise ValueError(f"{name} is declared twice")
            self.acts[name] = Act(name=name, does=does, run=run, **declared)
            return run

        return keep

    def card(self, ctx: Context, assignment: Assignment, viewer: Person) -> Message:
        """Return what `viewer` sees of an assignment, as it stands now."""
        if self.makes_card is None:
            raise LookupError(f"{self.name} has no cards")
        return self.makes_card(ctx, assignment, viewer)

    def criteria_of(self, session: Session, subject: str) -> tuple[str, ...]:
        """Return the SOC 2 criteria that answers about one subject speak to."""
        return self.finds_criteria(session, subject) if self.finds_criteria else self.criteria

    def subject_title(self, session: Session, subject: str) -> str:
        """Return what an assignment's subject is called on a screen."""
        return self.makes_title(session, subject) if self.makes_title else self.title

    def topics(self, session: Session) -> Sequence[Topic]:
        """Return what a campaign can ask about now; a promise without subjects of its own asks about itself."""
        if self.finds_topics:
            return self.finds_topics(session)
        return (Topic(self.name, self.name, self.title, self.days),) if self.makes_card else ()

    def audience_of(self, session: Session, subject: str) -> str:
        """Return whom a subject is for at most (see `workflows.audience`), whatever a campaign says."""
        return self.finds_audience(session, subject) if self.finds_audience else "everyone"

    def asked_as(self, session: Session, subject: str) -> Sequence[str]:
        """Return every subject under which the same may still be owed: itself, and what it has taken the place of."""
        return [subject, *(self.finds_earlier(session, subject) if self.finds_earlier else ())]

    def answered(self, ctx: Context, subject: str, people: Sequence[int]) -> Mapping[int, str]:
        """Return {person id: reason} for those of `people` who need not be asked again about a subject."""
        return self.finds_answered(ctx, subject, people) if self.finds_answered else {}


class Registry:
    """Every workflow in force, by name; filled from `workflows.ALL` when first asked."""

    def __init__(self, names: Callable[[], Iterable[str]]) -> None:
        self._names = names
        self._workflows: dict[str, Workflow] = {}

    def all(self) -> Sequence[Workflow]:
        """Return the workflows in the order of `workflows.ALL`."""
        if not self._workflows:
            for name in self._names():
                workflow = import_module(f"workflows.{name}").WORKFLOW
                self._workflows[workflow.name] = workflow
        return list(self._workflows.values())

    def workflow(self, name: str) -> Workflow:
        """Return the workflow called `name`. Raises KeyError."""
        self.all()
        return self._workflows[name]

    def acts(self) -> dict[str, Act]:
        """Return every declared act by name."""
        return {name: act for workflow in self.all() for name, act in workflow.acts.items()}

    def jobs(self) -> dict[str, Job]:
        """Return every declared job as "workflow: name"."""
        return {f"{flow.name}: {name}": job for flow in self.all() for name, job in flow.jobs.items()}

    def plans(self) -> dict[str, Plan]:
        """Return every declared plan as "workflow: name"."""
        return {f"{flow.name}: {name}": plan for flow in self.all() for name, plan in flow.plans.items()}

    def act(self, name: str) -> Act | None:
        """Return the act called `name`, if there is one."""
        workflow = self._workflows.get(name.split(".", maxsplit=1)[0]) if self._workflows else None
        return (workflow.acts if workflow else self.acts()).get(name)


def _names() -> Iterable[str]:
    names: Iterable[str] = import_module("workflows").ALL
    return names


REGISTRY = Registry(_names)
