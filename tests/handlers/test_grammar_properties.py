"""Whatever is typed is read or refused, quickly, and means the same when it is spelled again."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from handlers.grammar import Unreadable, Words, spell
from models.message import clean
from tests.handlers.test_grammar import ALIASES, COMMANDS, read


@pytest.mark.parametrize(
    "hostile",
    ["until " + "." * 9000 + "x", "a@" + "." * 9000, "@a" + ".a" * 4500 + "<", '@"' * 4500, "<@U1|" * 1800,
     "team:" * 1800, "this " * 1800, "POL-3 " * 1500 + "x", "@ana " * 1800, "a" * 64 + "@" + "a." * 4500 + "!"],
)  # fmt: skip
def test_no_text_takes_long_to_read(hostile: str) -> None:
    begun = time.process_time()
    with suppress(Unreadable):
        read("incident new " + hostile)
    assert time.process_time() - begun < 1


PIECES = st.one_of(
    st.sampled_from(
        [*COMMANDS, *ALIASES, *COMMANDS["policy"], "this", "last", "--", "\u2014", '"', "\u201c", "\n", "\xa0"]
    ),
    st.sampled_from(["until", "until fri", "until:", "due:2w", "due:x", "as\u2013of:today", 'period:"2026q1 "']),
    st.sampled_from(["POL-3", "pol\u20113V4.", "rev-7.112,", "CC6.1", "a1.1", "CTL-POL-ACK", "C-3PO", "SHA-256"]),
    st.sampled_from(["@ana", '@"Ana Duarte"', "@\u201cA\u201d", '@"', "<@U1|a b>", "<mailto:a@b|c>", "@a.b'", "@_"]),
    st.sampled_from(["a@x.example", "team:eng", 'team:"a  b"', "TEAM:", "sev:a,b,.", 'owner:"@ x"', "owner:<@U1>"]),
    st.sampled_from(["owner:@ana.", 'state:"<@U1>"', "seed:--", "taem:x", "n:a@b.c", 'n:"a@b,"', "n:\u2013"]),
    st.text(st.characters(), max_size=8),
)
BEGINS = st.sampled_from([*COMMANDS, "ack", "policy ask", "incident new", "status"])
TYPED = st.one_of(
    st.text(st.characters()),
    st.lists(PIECES, max_size=8).map(" ".join),
    st.builds("{} {}".format, BEGINS, st.lists(PIECES).map(" ".join)),
    st.builds("{} {}".format, BEGINS, st.lists(PIECES).map("".join)),
)


def read_or_refuse(typed: str) -> Words | str:
    try:
        return read(typed)
    except Unreadable as refused:
        return str(refused)


@settings(max_examples=3000)
@given(TYPED)
@example("incident new \ud800\udfff")
@example("status " + '"\u201c' * 3000)
@example("la\u017ft")
@example("ack la\u017ft")
@example("pol\u212a-3")
def test_every_input_is_read_or_refused_and_reads_the_same_when_spelled(typed: str) -> None:
    words = read_or_refuse(typed)
    if isinstance(words, str):
        assert words.endswith((".", "?"))
    else:
        assert read(spell(words)) == words


@settings(max_examples=1000)
@given(st.builds("{} {}".format, BEGINS, st.lists(PIECES).map(" ".join)))
def test_the_text_is_always_the_end_of_what_was_typed(typed: str) -> None:
    words = read_or_refuse(typed)
    if isinstance(words, Words):
        assert words.raw.endswith(words.rest)
        assert words.rest.endswith(words.text)
        assert clean(words.text) == words.text
