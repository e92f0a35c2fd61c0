"""Files and folders of this machine, handed in as a browser would."""

from __future__ import annotations

import io
import mimetypes
import zipfile
from pathlib import Path

from bot.app import UPLOAD_LIMIT
from bot.deployment import CannotStart
from models.gesture import Upload
from models.message import File


def upload(path: Path, asked: File) -> Upload:
    """Return the file, or the folder as one ZIP file. Raises CannotStart where it cannot be taken."""
    try:
        if path.is_dir():
            return _zipped(path, asked)
        if path.stat().st_size > UPLOAD_LIMIT:
            raise CannotStart(f"{path.name} is larger than {UPLOAD_LIMIT // 1024 // 1024} MB.")
        return Upload(path.name, mimetypes.guess_type(path.name)[0] or "application/octet-stream", path.read_bytes())
    except OSError as error:
        raise CannotStart(f"{path} cannot be read: {error.strerror}.") from None


def _zipped(folder: Path, asked: File) -> Upload:
    """Return everything in a folder that is no hidden file; the same files give the same bytes."""
    if ".zip" not in asked.accept:
        raise CannotStart(f"{folder} is a folder; name one file ({', '.join(asked.accept)}).")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = path.relative_to(folder).as_posix()
            if not any(part.startswith(".") for part in name.split("/")):
                archive.writestr(zipfile.ZipInfo(name), path.read_bytes())
    return Upload(f"{folder.name}.zip", "application/zip", packed.getvalue())
