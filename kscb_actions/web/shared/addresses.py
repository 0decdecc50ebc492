"""What may stand in an address."""

from werkzeug.routing import IntegerConverter, Map


class RowNumber(IntegerConverter):
    """Match a whole number in an address, no larger than a database key can be: a larger one is not there."""

    def __init__(self, url_map: Map) -> None:
        super().__init__(url_map, max=2**31 - 1)
