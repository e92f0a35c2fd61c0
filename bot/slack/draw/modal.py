"""Views: a form to fill in, something to read in a modal, the App Home."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from bot.slack.draw.blocks import Drawing, home_groups
from bot.slack.draw.fields import asks, draw_field
from bot.slack.draw.limits import HINT, INPUT, PRIVATE, VIEW_BLOCKS, VIEW_BUTTON, VIEW_BYTES, VIEW_TITLE
from bot.slack.draw.pages import VIEW, Paper, in_bytes, leading_on, paged
from bot.slack.draw.place import Place
from bot.slack.draw.rich import Block, Flow
from bot.slack.draw.text import fits, plain
from bot.text.filled import given
from bot.text.parts import TONES
from bot.text.runs import run, runs
from bot.text.words import Names, readable
from models.message import AnyField, File, Form, Home, Message, Text, Tone

View = dict[str, Any]
FORM, SAID = "form", "said"  # callback_id
NO_FILES = "Files can't be handed in here."
TOO_LONG: tuple[str, Tone] = "This form is too long to fill in here. Nothing was sent: please use its web page.", "warn"
# Kept free for what is wrong, on every page.
_ERRORS = Paper(12, 40_000, in_bytes)
_PAPER = Paper(VIEW_BLOCKS - _ERRORS.blocks - 2, VIEW_BYTES - _ERRORS.size - 20_000, in_bytes)
_TYPED = 6 * INPUT  # bytes of a text that may be typed into a field, in whatever script; emoji take up to twice as much


class Look(NamedTuple):
    """What drawing a view needs; `files`: whether files can be handed in here."""

    names: Names
    base_url: str
    files: bool = False


def form_view(
    form: Form,
    place: Place,
    look: Look,
    values: Mapping[str, Any] | None = None,
    errors: Mapping[str, str] | None = None,
) -> View:
    """Return a form as a modal, on the page that `place` names, filled with `values`.

    With errors it is the first page that has one of them, and all of them stand above it. A form that Slack cannot
    keep between its pages, or that needs a file where none can be handed in, is a message that leads to the web page.
    """
    wrong, known = errors or {}, values or {}
    if not place.fits:
        return _on_the_web(form, place, look, wrong, *TOO_LONG)
    if not look.files and any(isinstance(field, File) and field.required for field in form.fields):
        return _on_the_web(form, place, look, wrong, NO_FILES)
    pages = form_pages(form, look)
    number = _page_in_view(pages, place, wrong)
    about, fields = pages[number - 1]
    blocks = [*_errors(form, wrong, look), *about]
    for field in fields:
        blocks += draw_field(field, given(field, known), look.names, files=look.files)
    if len(pages) > 1:
        blocks.append({"type": "context", "elements": [plain(f"Page {number} of {len(pages)}", VIEW_TITLE)]})
    submit = readable(form.submit, look.names) if number == len(pages) else "Next"
    if _cut(submit, look):
        blocks.append(_line(submit))
    if not VIEW.takes(blocks):
        return _on_the_web(form, place, look, wrong, *TOO_LONG)
    short = _cut(form.title, look) and not _cut(form.submit, look)  # the whole title stands inside
    return {
        **_modal(form.submit if short else form.title, blocks, look, FORM),
        "submit": plain(_short(submit), VIEW_BUTTON),
        "close": plain("Cancel", VIEW_BUTTON),
        "private_metadata": place._replace(page=number).sealed(),
    }


def form_pages(form: Form, look: Look) -> list[tuple[list[Block], list[AnyField]]]:
    """Return the pages of a form, each as what is read and what is asked; the same whatever was answered so far."""
    drawing = Drawing(look.names, look.base_url)
    flow = drawing.header(form.title) if _cut(form.title, look) else Flow()
    about = drawing.about(flow, form)
    if any(not asks(field, look.names, files=look.files) for field in form.fields):
        about.append(drawing.web_page(form))
    pages: list[tuple[list[Block], list[AnyField]]] = [(blocks, []) for blocks in paged([about], _PAPER)]
    blocks, size = len(pages[-1][0]), sum(map(in_bytes, pages[-1][0]))
    for field in form.fields:
        more, weight = _room(field, look)
        if blocks + more > _PAPER.blocks or size + weight > _PAPER.size:
            pages.append(([], []))
            blocks = size = 0
        pages[-1][1].append(field)
        blocks, size = blocks + more, size + weight
    return pages


def _room(field: AnyField, look: Look) -> tuple[int, int]:
    """Return how many blocks and bytes a question may take, as it comes or with what is typed into it."""
    drawn = draw_field(field, given(field, {}), look.names, files=look.files)
    blocks, size = len(drawn), sum(map(in_bytes, drawn))
    if not isinstance(field, Text):
        return blocks, size
    empty = draw_field(field, "", look.names, files=look.files)
    # What is too long for a field stands above it.
    return max(blocks, len(empty) + 2), max(size, sum(map(in_bytes, empty)) + _TYPED)


def beside(form: Form, place: Place, look: Look, errors: Mapping[str, str]) -> dict[str, str] | None:
    """Return errors as Slack shows them beside their fields; None where one is not on the page in view."""
    pages = form_pages(form, look)
    fields = pages[min(place.page, len(pages)) - 1][1]
    there = {one.name for one in fields if asks(one, look.names, files=look.files)}
    if not errors or not set(errors) <= there:
        return None
    return {name: plain(readable(text, look.names), HINT)["text"] for name, text in errors.items()}


def more_to_ask(form: Form, place: Place, look: Look) -> bool:
    """Return whether the page in view is followed by another."""
    return place.page < len(form_pages(form, look))


def message_view(message: Message, place: Place, look: Look) -> View:
    """Return something to read as a modal, on the page that `place` names."""
    drawing = Drawing(look.names, look.base_url)
    title = TONES[message.tone] + readable(message.title, look.names)
    flow = drawing.header(message.title, message.tone) if _cut(title, look) else Flow()
    return _said(title, [drawing.body(flow, message)], place, look)


def list_view(home: Home, place: Place, look: Look) -> View:
    """Return a list of cards as a modal, on the page that `place` names."""
    groups = list(home_groups(home, Drawing(look.names, look.base_url)))
    if not _cut(home.title, look):
        groups[0] = groups[0][1:]  # the title stands above already
    return _said(home.title, groups, place, look)


def home_view(said: Home | Message, place: Place, look: Look) -> View:
    """Return what is said at home as the App Home; what does not fit is on further pages, behind a button."""
    drawing = Drawing(look.names, look.base_url)
    groups = list(home_groups(said, drawing)) if isinstance(said, Home) else [drawing.message(said)]
    pages = leading_on(paged(groups, VIEW, place.again), place.again)
    return {"type": "home", "blocks": _page_of(pages, place), "private_metadata": place.sealed()}


def _said(title: str, groups: list[list[Block]], place: Place, look: Look) -> View:
    sealed = place.sealed()
    kept = place if len(sealed) <= PRIVATE else Place(root=place.root)
    again = kept.again
    pages = leading_on(paged(groups, VIEW, again), again)
    return {
        **_modal(title, _page_of(pages, kept), look, SAID),
        "close": plain("Done", VIEW_BUTTON),
        "private_metadata": sealed if kept is place else kept.sealed(),
    }


def _modal(title: str, blocks: list[Block], look: Look, kind: str) -> View:
    known = readable(title, look.names)
    return {
        "type": "modal",
        "callback_id": kind,
        "title": plain(_short(known), VIEW_TITLE),
        "blocks": blocks or [_line(known)],
    }


def _short(title: str) -> str:
    """Return a title that fits above a modal, cut between words where that leaves enough of it."""
    if fits(title, VIEW_TITLE):
        return title
    whole = " ".join(title.split())[: VIEW_TITLE - 1]
    border = whole.rfind(" ")
    return f"{whole[:border]}…" if border > VIEW_TITLE // 2 else title


def _cut(title: str, look: Look) -> bool:
    return not fits(readable(title, look.names), VIEW_TITLE)


def _line(text: str) -> Block:
    flow = Flow()
    flow.say([run(text or "-", "bold")])
    return flow.blocks[0]


def _page_of(pages: list[list[Block]], place: Place) -> list[Block]:
    return pages[max(1, min(place.page, len(pages))) - 1]


def _page_in_view(pages: list[tuple[list[Block], list[AnyField]]], place: Place, errors: Mapping[str, str]) -> int:
    for number, (_, fields) in enumerate(pages, 1):
        if any(field.name in errors for field in fields):
            return number
    return max(1, min(place.page, len(pages)))


def _errors(form: Form, errors: Mapping[str, str], look: Look) -> list[Block]:
    """Return what is wrong with the answers, each under the name of its question."""
    flow = Flow()
    labels = {field.name: field.label for field in form.fields}
    for name, text in errors.items():
        label = readable(labels.get(name, ""), look.names)
        flow.say([run("⚠️ "), *([run(label, "bold"), run(" ")] if label else []), *runs(text, look.names)])
    first, *others = paged([flow.blocks], _ERRORS)
    return [*first, _line("There is more to correct: it is said when this is sent again.")] if others else first


def _on_the_web(
    form: Form, place: Place, look: Look, errors: Mapping[str, str], why: str, tone: Tone = "plain"
) -> View:
    """Return what is said in place of a form that cannot be filled in here."""
    view = message_view(Message(form.title, (why,), tone=tone), Place(root=place.root), look)
    page = Drawing(look.names, look.base_url).web_page(form)
    return {**view, "blocks": [*_errors(form, errors, look), *view["blocks"], page]}
