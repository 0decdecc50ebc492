"""The texts that are searched, as they are compared."""

import peewee

from kscb_actions.database import Model


class SearchText(Model):
    """The texts of one row that are searched together, folded (`text.folded`), on a line each.

    what  in which search they are found: a name that the row's table gives in `searched`
    row   the id of the row that has them
    """

    event_room = "settings"
    keeps_no_history = "made of texts that the events of their own rows tell"

    what = peewee.CharField(max_length=20)
    row = peewee.IntegerField()
    text = peewee.TextField()

    class Meta:
        indexes = ((("what", "row"), True),)
