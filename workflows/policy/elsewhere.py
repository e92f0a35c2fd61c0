"""`policy import-acknowledgements`: what people acknowledged before or outside this system counts for its year."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, time

from sqlalchemy import select

from evidence.record import Subject
from models import message as m
from models.campaign import Assignment
from models.person import Person
from models.policy import AcknowledgementImport, Original, PolicyVersion
from workflows import duty
from workflows.context import SYSTEM_AUTH, Context, insert_or_ignore, zone_of
from workflows.policy import originals
from workflows.policy.acknowledge import facts_of
from workflows.policy.base import WORKFLOW, codes_of, controls_of, subject_of
from workflows.policy.elsewhere_file import COLUMNS, Line, Reading, read
from workflows.policy.standing import Answer, counts
from workflows.who import leads
from workflows.workflow import Answers, Invalid, Refusal

BATCH = 50
SHOWN = 100
IMPORTED = SYSTEM_AUTH._replace(scheme="import", assurance="imported")


def upload_form(ctx: Context, target: str) -> m.Form:
    """Return the form that takes the file."""
    return m.Form(
        "policy.import-acknowledgements",
        "",
        "Import acknowledgements",
        (m.File("file", "Acknowledgements", f"CSV with the columns {', '.join(COLUMNS)}.", accept=(".csv",)),),
        lines=("They were made elsewhere. You see first what would be kept. The file itself is kept as it is.",),
        submit="Read the file",
    )


@WORKFLOW.do(
    "import-acknowledgements",
    help="bring in acknowledgements made elsewhere, from a CSV file",
    form=upload_form,
    may=leads,
)
def receive(ctx: Context, target: str, answers: Answers) -> m.Form:
    """Keep the file and return what would be kept of it, to be confirmed."""
    original = originals.keep(ctx, answers["file"], "file", (".csv",))
    try:
        reading = read(ctx, original.body)
    except ValueError as wrong:
        raise Invalid(file=str(wrong)) from wrong
    if not reading.lines:
        first = " ".join(f"Line {number}: {text}" for number, text in reading.problems[:3])
        raise Invalid(file=f"No line can be kept. {first}".strip())
    facts = {"matched": len(reading.lines), "unmatched": len(reading.problems)}
    subject = Subject("file", original.sha256[:12], sha256=original.sha256)
    ctx.record("policy.acknowledgements-received", subject, outcome="previewed", facts=facts)
    return confirm_form(ctx, original)


def _find(ctx: Context, target: str) -> Original:
    """Find a file that was handed in and not yet confirmed."""
    original = ctx.session.get(Original, target) if leads(ctx, None) else None
    if original is None or original.media_type != "text/csv":
        raise Refusal("There is no such file.", "Type `policy import-acknowledgements`.", status="missing")
    return original


def confirm_form(ctx: Context, original: Original) -> m.Form:
    """Return the preview: how many of which version, every line that is left out, and the declaration."""
    reading = read(ctx, original.body)
    return m.Form(
        "policy.confirm-acknowledgements",
        original.sha256,
        f"Keep {len(reading.lines)} acknowledgements?",
        (
            m.Toggle(
                "identical", "The text these people acknowledged is word for word that of the versions named here."
            ),
        ),
        lines=("They are marked as imported, and count until a year after their own date.",),
        facts=(m.Fact("File", original.name), m.Fact("Fingerprint", original.sha256)),
        tables=_tables(reading),
        submit="Keep them",
    )


def _tables(reading: Reading) -> tuple[m.Table, ...]:
    counted = Counter(line.version.code for line in reading.lines)
    titles = {line.version.code: line.version for line in reading.lines}
    kept = tuple(
        (titles[code].title, code, str(number), titles[code].sha256) for code, number in sorted(counted.items())
    )
    found = m.Table("To be kept", ("Policy", "Version", "People", "Fingerprint"), kept)
    if not reading.problems:
        return (found,)
    left_out = [(str(number), text) for number, text in reading.problems[:SHOWN]]
    if len(reading.problems) > SHOWN:
        left_out.append(("", f"and {len(reading.problems) - SHOWN} more lines"))
    return (found, m.Table(f"Left out: {len(reading.problems)} lines", ("Line", "Why"), tuple(left_out)))


@WORKFLOW.do(
    "confirm-acknowledgements",
    help="keep acknowledgements after looking at what they are",
    form=confirm_form,
    find=_find,
    may=leads,
    offers=lambda ctx, thing: False,
)
def confirm(ctx: Context, original: Original, answers: Answers) -> m.Message:
    """Put the lead's declaration on record; a job keeps the lines."""
    row = {
        "original_sha256": original.sha256, "by_id": ctx.person.id, "confirmed_at": ctx.now, "cursor": 0, "kept": 0,
    }  # fmt: skip
    added = insert_or_ignore(ctx.session, AcknowledgementImport).returning(AcknowledgementImport.id)
    if ctx.session.scalar(added, row) is None:
        raise Refusal("This file was imported already.", "Nothing is kept twice.", status="again")
    reading = read(ctx, original.body)
    ctx.record(
        "policy.acknowledgements-imported",
        Subject("file", original.sha256[:12], sha256=original.sha256),
        outcome="declared identical",
        facts={
            "declared_by": ctx.person.ref,
            "versions": sorted({line.version.code for line in reading.lines}),
            "matched": len(reading.lines),
            "unmatched_lines": [number for number, _ in reading.problems],
        },
        private={"file_name": original.name},
    )
    return m.Message(f"{len(reading.lines)} acknowledgements are being kept.", lines=("You are told when it is done.",))


@WORKFLOW.job("keep imported acknowledgements")
def keep_imported(ctx: Context) -> int:
    """Keep the next lines of a confirmed file; the row remembers the last line, and is the lock between workers."""
    waiting = select(AcknowledgementImport).where(AcknowledgementImport.finished_at.is_(None))
    import_ = ctx.session.scalar(waiting.order_by(AcknowledgementImport.id).limit(1).with_for_update(skip_locked=True))
    if import_ is None:
        return 0
    original = ctx.session.get_one(Original, import_.original_sha256)
    lead = ctx.session.get_one(Person, import_.by_id)
    reading = read(ctx, original.body, after=import_.cursor, limit=BATCH)
    if reading.last == import_.cursor:
        import_.finished_at = ctx.now
        said = m.Message(
            "The acknowledgements are imported", lines=(f"{import_.kept} were new and are kept.",), tone="good"
        )
        ctx.say(lead, said, kind="notice", dedupe=f"acknowledgements:{original.sha256}")
        return 1
    import_.kept += sum(_keep(ctx, line, original, lead) for line in reading.lines)
    import_.cursor = reading.last
    return BATCH


def _keep(ctx: Context, line: Line, original: Original, lead: Person) -> bool:
    """Keep one acknowledgement, unless a later one of the same text is known; return whether it was new."""
    person, version = line.person, line.version
    at = datetime.combine(line.on, time(12), zone_of(person))
    same = select(Assignment.id).where(
        Assignment.owed_by_id == person.id,
        Assignment.workflow == WORKFLOW.name,
        Assignment.subject == version.code,
        Assignment.state == "done",
        Assignment.closed_at >= at,
    )
    if ctx.session.scalar(same.limit(1)) is not None:
        return False
    open_ = _settled_by(ctx, line)
    target = open_[0] if open_ else duty.assign(
        ctx, WORKFLOW, person, version.code, reason="imported", due_on=line.on
    )  # fmt: skip
    proof = replace(ctx, auth=IMPORTED).record(
        "policy.acknowledged",
        subject_of(version),
        outcome="imported",
        facts={
            **facts_of(ctx, target, version),
            "acknowledged_on": line.on.isoformat(),
            "source_sha256": original.sha256,
            "line": line.number,
            "declared_identical_by": lead.ref,
        },
        private={"source": line.source},
        control_ids=controls_of(version),
    )
    for one in open_ or [target]:
        ctx.move(one, "answer", duty.MOVES, proof, closed_at=at, next_nudge_at=None, record_id=proof)
        duty.redraw(ctx, one)
    return True


def _settled_by(ctx: Context, line: Line) -> Sequence[Assignment]:
    """Return the open duties that an imported acknowledgement answers: those for a text it still counts for."""
    in_force_id, today = line.version.policy.in_force_id, ctx.now.astimezone(zone_of(line.person)).date()
    in_force = ctx.session.get(PolicyVersion, in_force_id) if in_force_id else None
    if in_force is None or not counts(in_force, Answer(line.version.number, line.on), today):
        return ()
    rows = select(Assignment).where(
        Assignment.owed_by_id == line.person.id,
        Assignment.workflow == WORKFLOW.name,
        Assignment.subject.in_(codes_of(in_force)),
        Assignment.state.in_(duty.OPEN),
    )
    return ctx.session.scalars(rows.order_by(Assignment.id)).all()
