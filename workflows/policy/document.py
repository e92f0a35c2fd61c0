"""A document as text for reading, where that is possible."""

from __future__ import annotations

import io
import re
import zipfile

from models import message as m
from models.policy import Original
from workflows.policy import originals
from workflows.policy.front import MOST_CHARACTERS

MOST_XML = 10_000_000  # bytes of a document unpacked; beyond that it is only offered for download


def as_markdown(original: Original) -> str:
    """Return a Word document as Markdown for reading; nothing for what cannot be shown, which is downloaded instead."""
    import mammoth

    if originals.kind_of(original.body) != ".docx":
        return ""
    with zipfile.ZipFile(io.BytesIO(original.body)) as archive:
        if sum(one.file_size for one in archive.infolist() if one.filename.endswith(".xml")) > MOST_XML:
            return ""
    try:
        shown = mammoth.convert_to_markdown(io.BytesIO(original.body), convert_image=lambda image: [])
    except Exception:  # noqa: BLE001 - a library that reads strangers' files fails in many ways; the file itself stays
        return ""
    text = m.clean(re.sub(r'<a id="[^"]*"></a>', "", str(shown.value))).strip()
    return text if len(text) <= MOST_CHARACTERS else ""
