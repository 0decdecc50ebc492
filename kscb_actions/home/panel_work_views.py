"""Panel work: the first page of the child death overview panel's people."""

from typing import Any

from flask import render_template, url_for

from .. import clock
from ..access.guard import Access, viewer
from ..access.policy import Permission
from .attention import Tile
from .blueprint import blueprint
from .panel_work import Keeping, for_coordinator, for_member


@blueprint.route("/panel-work", access=Access(Permission.READ_DEATH))
def panel_work() -> Any:
    """What waits for this person: as co-ordinator, as member, or both."""
    today = clock.today()
    keeping, proposing = for_coordinator(viewer(), today), for_member(viewer())
    return render_template(
        "home/panel_work.html",
        keeping=keeping,
        tiles=_tiles(keeping) if keeping else [],
        proposing=proposing,
        today=today,
    )


def _tiles(found: Keeping) -> list[Tile]:
    """The counts; each leads to the list of what it counts, on this page or on its own."""
    coming = found.coming
    meeting = url_for("panels.show", meeting_id=coming.meeting.id) if coming else url_for("panels.index")
    proposals = coming.proposals if coming else 0
    return [
        Tile(len(found.returns), "Agency returns overdue", "#returns"),
        Tile(found.waiting, "Cases waiting for a panel", url_for("deaths.index", state="waiting")),
        Tile(proposals, "Proposals waited for", meeting),
        Tile(len(found.decisions), "Decisions to record", "#decisions"),
        Tile(len(found.referrals), "Referral decisions to record", "#referrals"),
    ]
