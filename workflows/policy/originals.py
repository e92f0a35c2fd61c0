"""Files kept byte for byte: what kind they really are, and who may have them."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Sequence
from pathlib import PurePosixPath

from sqlalchemy import select

from models import message as m
from models.gesture import Upload
from models.policy import Original, PolicyVersion
from workflows.context import Context, insert_or_ignore
from workflows.policy import states
from workflows.who import leads
from workflows.workflow import Invalid, Refusal

MOST_BYTES = 25_000_000
PAPERS = (".pdf", ".docx", ".png", ".jpg", ".eml", ".txt", ".md")
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_KINDS = {
    ".pdf": "application/pdf",
    ".docx": _WORD,
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".md": "text/plain",
    ".eml": "text/plain",
}


def kind_of(body: bytes) -> str:
    """Return what a file is by its content: ".pdf", ".docx", ".png", ".jpg", ".txt", or "" for anything else."""
    if body.startswith(b"%PDF-"):
        return ".pdf"
    if body.startswith(b"\x89PNG\r\n\x1a\n"):
        return ".png"
    if body.startswith(b"\xff\xd8\xff"):
        return ".jpg"
    if body.startswith(b"PK\x03\x04"):
        return ".docx" if _is_word(body) else ""
    try:
        return "" if "\x00" in body.decode("utf-8-sig") else ".txt"
    except UnicodeDecodeError:
        return ""


def _is_word(body: bytes) -> bool:
    """Return whether a zip is a Word document without macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        return False
    return {"[Content_Types].xml", "word/document.xml"} <= names and "word/vbaProject.bin" not in names


def keep(ctx: Context, upload: Upload, field: str, accept: Sequence[str]) -> Original:
    """Keep a file under its hash and return it. Raises Invalid on `field` for one of another kind than accepted."""
    if len(upload.body) > MOST_BYTES:
        raise Invalid(**{field: f"The file has {len(upload.body) / 1e6:.0f} MB; {MOST_BYTES // 1_000_000} MB fit."})
    name = PurePosixPath(m.clean(upload.name).replace("\\", "/").replace("\n", " ")).name[:200]
    kind, ending = kind_of(upload.body), PurePosixPath(name).suffix.lower().replace(".jpeg", ".jpg")
    if kind == ".txt" and ending in accept and _KINDS[ending].startswith("text/"):
        kind = ending  # one text is like another; what it is meant to be, only its name says
    if not upload.body or kind not in accept:
        raise Invalid(**{field: f"Its content is none of: {', '.join(accept)}. The name alone does not count."})
    sha256 = hashlib.sha256(upload.body).hexdigest()
    row = {"sha256": sha256, "media_type": _KINDS[kind], "name": name, "body": upload.body, "kept_at": ctx.now}
    ctx.session.execute(insert_or_ignore(ctx.session, Original), row)
    return ctx.session.get_one(Original, sha256)


def find(ctx: Context, sha256: str) -> Original:
    """Return a kept file that the actor may have. Raises Refusal, the same for a stranger's as for none at all."""
    original = ctx.session.get(Original, sha256)
    if original is None or not _may_have(ctx, sha256):
        raise Refusal("There is no such file.", "Type `policy list` to see the policies.", status="missing")
    return original


def _may_have(ctx: Context, sha256: str) -> bool:
    """Whoever may read the policy has its file; other files (imports, minutes) are the leads'."""
    if leads(ctx, None):
        return True
    versions = ctx.session.scalars(select(PolicyVersion).where(PolicyVersion.original_sha256 == sha256))
    return any(states.readable(ctx, version) for version in versions)
