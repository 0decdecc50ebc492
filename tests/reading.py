"""Reads a page of the application as a test wants to ask about it."""

from typing import Any

from flask.testing import FlaskClient
from lxml import html


class Seen:
    """A page as it came back."""

    def __init__(self, answer: Any) -> None:
        self.status: int = answer.status_code
        self.location: str = answer.headers.get("Location", "")
        self.body: str = answer.get_data(as_text=True)
        self.tree = html.fromstring(self.body) if self.body else html.Element("html")

    @property
    def h1(self) -> str:
        """Return the words of the page's heading."""
        return words_of(self.tree.find(".//h1"))

    @property
    def text(self) -> str:
        """Return everything in the main part, on one line."""
        return words_of(self.tree.find(".//main"))

    @property
    def errors(self) -> dict[str, str]:
        """Return {id of the field: message} of the error summary; each link has to hit an element."""
        told = {}
        for link in [link for box in self.tree.find_class("govuk-error-summary") for link in box.iter("a")]:
            target = link.get("href", "#").removeprefix("#")
            if not self.tree.xpath("//*[@id=$target]", target=target):
                raise AssertionError(f"the summary links to nothing: #{target}")
            told[target] = words_of(link)
        return told

    def links(self, inside: str = "") -> list[tuple[str, str]]:
        """Return (words, address) of every link of the main part, or inside a class, in order."""
        parts = self.tree.find_class(inside) if inside else self.tree.findall(".//main")
        return [(words_of(link), link.get("href")) for part in parts for link in part.iter("a")]

    def rows(self, caption: str) -> list[dict[str, str]]:
        """Return the rows of the table with this caption, as {column: words}."""
        for table in self.tree.iter("table"):
            if words_of(table.find("caption")) == caption:
                return [
                    {cell.get("data-label"): words_of(cell) for cell in row if cell.get("data-label")}
                    for row in table.find("tbody")
                ]
        raise AssertionError(f"no table called {caption}")

    def value(self, name: str) -> str:
        """Return what a field of the page's form holds."""
        field = self.tree.xpath("//main//*[@name=$name]", name=name)[0]
        return str(field.text or "" if field.tag == "textarea" else field.get("value") or "").strip()


def see(client: FlaskClient, address: str) -> Seen:
    """Fetch a page."""
    return Seen(client.get(address))


def send(client: FlaskClient, address: str, token: str, **fields: Any) -> Seen:
    """Send a form to a page."""
    return Seen(client.post(address, data={"csrf_token": token, **fields}))


def words_of(element: Any) -> str:
    """Return the words inside an element, on one line."""
    return "" if element is None else " ".join(element.text_content().split())
