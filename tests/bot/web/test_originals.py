"""Files that are policies, downloaded in the web inbox."""

from __future__ import annotations

from tests.dialogues.policies import approve
from tests.support.company import found
from tests.support.stage import on_stage
from tests.support.web import WebSurface


def test_whoever_may_read_the_policy_may_download_it(sqlite_url: str) -> None:
    """A draft's file is for those who work on it; a hostile name ends no header; a file is never drawn as a page."""
    with on_stage(sqlite_url, company="Halden Instruments") as stage:
        stage.surface = surface = WebSurface(stage)
        found(stage)
        ana, chidi = stage.person("Ana"), stage.person("Chidi")
        name, body = '"tra; filename=x.html vel\u202e".pdf', b"%PDF-1.7 <script>"
        ana.says("policy upload").fills(
            file=(name, body), title="Travel", summary="Travel safely.", approver="Margit"
        ).sees("is a draft now")
        (link,) = [
            href
            for _, href, _ in surface.says(ana.row, "policy show POL-1").page.links
            if href.startswith("/original/")
        ]

        status, headers, kept = surface.browser(ana.row).download(link)
        assert (status, kept) == (200, body)
        assert headers["Content-Type"] == "application/pdf"
        assert headers["X-Content-Type-Options"] == "nosniff"
        disposition = headers["Content-Disposition"]
        assert disposition.startswith("attachment; filename*=UTF-8''")
        assert "\u202e" not in disposition
        assert surface.browser(chidi.row).download(link)[0] == 404
        assert surface.browser(chidi.row).download("/original/" + "0" * 64)[0] == 404

        approve(stage, "POL-1")
        ana.says("policy publish POL-1").presses("Publish").sees("is in force")
        assert surface.browser(chidi.row).download(link)[0] == 200
