"""The company's policy folder, small, and how a policy comes into force through the normal path."""

from __future__ import annotations

import io
import zipfile

from models.policy import Policy
from tests.support.stage import Stage

FRONT = """---
id: {slug}
title: {title}
author: {author}
owner: farah@halden.example
approver: {approver}
controls: [CC1.1, CC5.3]
audience: [{audience}]
cadence: {cadence}
days: 14
typed_name: {typed_name}
summary: "{summary}"
---
"""


def policy_file(slug: str, text: str, **front: str) -> tuple[str, bytes]:
    """Return (name, content) of a policy file."""
    head = {
        "title": slug.replace("-", " ").title(),
        "author": "farah@halden.example",
        "approver": "margit@halden.example",
        "audience": "everyone",
        "cadence": "yearly",
        "typed_name": "false",
        "summary": f"What {slug} asks of you.",
    }
    return f"{slug}.md", (FRONT.format(slug=slug, **{**head, **front}) + text).encode()


def zipped(*files: tuple[str, bytes]) -> tuple[str, bytes]:
    """Return (name, content) of a zip of files."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        for name, content in files:
            archive.writestr(name, content)
    return "policies.zip", body.getvalue()


def bring(stage: Stage, *files: tuple[str, bytes]) -> None:
    """Ana imports files."""
    stage.person("Ana").says("policy import").fills(file=zipped(*files)).sees("new draft")


def approve(stage: Stage, code: str) -> None:
    """Ana sends a draft to Margit, who approves it."""
    stage.person("Ana").says(f"policy submit {code}").fills(changes="").sees("in review")
    stage.person("Margit").says(f"policy approve {code}").presses("Approve").sees("approved")


def in_force(stage: Stage, slug: str, text: str, how: str = "", **front: str) -> str:
    """Bring a policy into force through import, approval and publication; return POL-n."""
    bring(stage, policy_file(slug, text, **front))
    code = stage.read(lambda session: session.query(Policy).filter_by(slug=slug).one().code)
    approve(stage, code)
    form = stage.person("Ana").says(f"policy publish {code}")
    (form.fills(how=how, changes="") if how else form.presses("Publish")).sees("is in force")
    return code
