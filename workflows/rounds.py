"""Going through a table from end to end in small batches, once in a while, however many workers there are."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import select

from models.desk import Meta
from workflows.context import Context, insert_or_ignore


def go_on(ctx: Context, name: str, every: timedelta, look: Callable[[int], tuple[int, int]]) -> int:
    """Deal with the next batch of the round `name`, if one is under way or due; return how much was looked at.

    `look` gets the id after which to go on and returns (how many it looked at, the last id); with none the round is
    over, and the next begins `every` so often. One row remembers how far it came, and is the lock between workers.
    """
    insert = insert_or_ignore(ctx.session, Meta)
    ctx.session.execute(insert, {"name": name, "value": json.dumps({"begun": "", "after": 0, "over": True})})
    place = ctx.session.scalar(select(Meta).where(Meta.name == name).with_for_update(skip_locked=True))
    if place is None:
        return 0  # another worker is at it
    stands = json.loads(place.value)
    if stands["over"] and stands["begun"] and ctx.now - datetime.fromisoformat(stands["begun"]) < every:
        return 0
    if stands["over"]:
        stands = {"begun": ctx.now.isoformat(), "after": 0, "over": False}
    looked_at, last = look(stands["after"])
    place.value = json.dumps({**stands, "after": last, "over": not looked_at})
    return looked_at
