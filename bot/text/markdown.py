"""How policies are written: Markdown without HTML, and without images, whose address would tell an outsider who reads.

Parsed once for every surface, so that a text means the same on each of them.
"""

from __future__ import annotations

from markdown_it import MarkdownIt

MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable("image")
