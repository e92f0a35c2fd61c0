"""Everything that can be said, as hostile as people are: for property tests."""

from __future__ import annotations

from hypothesis import strategies as st

from models import message as m

ANA, BRUNO = "a" * 32, "b" * 32
NAMES = {ANA: "Ana <!channel> *Ferreira*", BRUNO: "برونو `Keller` & <@U1>"}
HOSTILE = (
    "<!channel>", "<@U0123>", "<#C1|general>", "@here", "&lt;!everyone&gt;", "*bold*", "_it_", "`todo`", "``",
    "> quote", "<https://evil.example|Ana>", "\u202egnp.exe", "👩‍👩‍👧‍👦", "🇩🇪", "e\u0301", "日本語", "\U0001d518",
    "a\x00b", "{{ 7*7 }}",
    m.mention(ANA), m.mention(BRUNO), m.mention("c" * 32), "\n\n", " ", "x" * 200,
)  # fmt: skip
pieces_of_text = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=6))
texts = st.lists(pieces_of_text, max_size=4).map("".join)
long_texts = st.one_of(
    texts,
    texts,
    texts,
    st.tuples(texts, st.sampled_from(["word ", "Sentence. ", "線", "👍🏽", "unbroken", "a\u0301", "\n"]), texts).map(
        lambda parts: parts[0] + parts[1] * 900 + parts[2]
    ),
)
codes = st.from_regex(r"[A-Z]{1,3}-[1-9][0-9]{0,4}", fullmatch=True)
acts = st.from_regex(r"[a-z]{1,9}(\.[a-z-]{1,12})?", fullmatch=True)
paths = st.one_of(
    st.builds("/go/{}/{}".format, acts, codes), st.sampled_from(["/my/data", "/export/policy.csv?x=1&y=2", "/"])
)
rows_wide = st.integers(1, 6).flatmap(
    lambda width: st.builds(
        lambda caption, head, rows, times: m.Table(caption, head, rows * times),
        texts,
        st.tuples(*[texts] * width),
        st.lists(st.tuples(*[texts] * width), max_size=3).map(tuple),
        st.sampled_from([1, 1, 1, 170]),
    )
)
series = st.lists(st.sampled_from(["Done", "Open", "Overdue", "Waived"]), unique=True, max_size=4)
charts = st.builds(
    m.Chart,
    texts,
    series.flatmap(
        lambda names: st.lists(
            st.builds(m.Bar, texts, st.tuples(*(st.tuples(st.just(name), st.integers(0, 10**6)) for name in names))),
            max_size=4,
        ).map(tuple)
    ),
)
facts = st.lists(st.builds(m.Fact, texts, long_texts), max_size=5).map(tuple)
styles = st.sampled_from(["plain", "primary", "danger"])
buttons = st.lists(st.builds(m.Button, texts, acts, st.one_of(codes, st.just("")), styles), max_size=6).map(tuple)
links = st.lists(st.builds(m.Link, texts, paths), max_size=3).map(tuple)
lines = st.lists(long_texts, max_size=3).map(tuple)
tables = st.lists(rows_wide, max_size=2).map(tuple)
tones = st.sampled_from(["plain", "good", "warn", "bad"])
messages = st.builds(
    m.Message,
    title=long_texts,
    lines=lines,
    facts=facts,
    charts=st.lists(charts, max_size=2).map(tuple),
    tables=tables,
    buttons=buttons,
    links=links,
    tone=tones,
)
small_messages = st.builds(m.Message, texts, st.tuples(texts), buttons=buttons)
homes = st.builds(
    m.Home,
    title=texts,
    lines=lines,
    cards=st.one_of(
        st.lists(messages, max_size=2).map(tuple),
        st.builds(lambda card, times: (card,) * times, small_messages, st.sampled_from([0, 1, 9, 60])),
    ),
    empty=texts,
    buttons=buttons,
)
options = st.one_of(
    st.lists(st.builds(m.Option, codes, texts, texts), unique_by=lambda one: one.value, max_size=12),
    st.integers(90, 260).map(lambda many: [m.Option(f"T-{n}", f"Team {n}") for n in range(many)]),
).map(tuple)
named = {"label": texts, "hint": long_texts, "required": st.booleans()}
field_kinds = st.one_of(
    st.builds(m.Choice, name=st.just(""), options=options, many=st.booleans(), value=codes, **named),
    st.builds(m.Text, name=st.just(""), long=st.booleans(), limit=st.integers(1, 9000), value=long_texts, **named),
    st.builds(m.Person, name=st.just(""), value=st.sampled_from([ANA, "", "Fernando"]), **named),
    st.builds(m.Date, name=st.just(""), value=st.sampled_from(["2026-11-30", "", "next friday"]), **named),
    st.builds(m.Toggle, name=st.just(""), value=st.booleans(), **named),
    st.builds(m.File, name=st.just(""), accept=st.sampled_from([(), (".csv", ".pdf")]), **named),
)
