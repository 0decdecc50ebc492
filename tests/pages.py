"""Reads and sends pages as a person would: what is wrong, what was kept, what a page says."""

from typing import Any

from flask.testing import FlaskClient
from lxml import html


class Page:
    """An answer: its status, where it leads, and its text."""

    def __init__(self, answer: Any) -> None:
        self.status: int = answer.status_code
        self.leads_to: str = answer.headers.get("Location", "")
        self.source: str = answer.get_data(as_text=True)
        self.tree = html.fromstring(self.source) if self.source else None

    @property
    def text(self) -> str:
        """Return the words of the main part, white space made single."""
        return " ".join(self.tree.xpath("string(//main)").split())

    @property
    def errors(self) -> dict[str, str]:
        """Return {id of the target: message} of the error summary; each target must be on the page."""
        found = {}
        for item in self.tree.xpath("//div[contains(@class, 'govuk-error-summary')]//li"):
            target = "".join(item.xpath("./a/@href")).removeprefix("#")
            if item.xpath("./a"):
                assert self.tree.xpath(f"//*[@id='{target}']"), f"#{target} is not on the page"
            found[target] = " ".join(item.text_content().split())
        return found

    def value(self, name: str) -> Any:
        """Return what a field holds: a text, the chosen option, or the list of ticked boxes."""
        for area in self.tree.xpath(f"//textarea[@name='{name}']"):
            return area.text_content().strip()
        for select in self.tree.xpath(f"//select[@name='{name}']"):
            return "".join(select.xpath(".//option[@selected]/@value"))
        if boxes := self.tree.xpath(f"//input[@name='{name}'][@type='checkbox' or @type='radio']"):
            return [box.get("value") for box in boxes if box.get("checked") is not None]
        values = [each.get("value", "") for each in self.tree.xpath(f"//input[@name='{name}']")]
        return values[0] if len(values) == 1 else values

    def links(self) -> set[str]:
        """Return where the links of the main part lead."""
        return set(self.tree.xpath("//main//a/@href"))


class Visitor:
    """Somebody at the pages, signed in or not."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client, self.token = client, token

    def get(self, path: str) -> Page:
        """Open a page."""
        return Page(self.client.get(path))

    def post(self, path: str, fields: dict[str, Any] | None = None, **more: Any) -> Page:
        """Send a form with its token."""
        return Page(self.client.post(path, data={"csrf_token": self.token, **(fields or {}), **more}))

    def send(self, path: str, fields: dict[str, Any] | None = None, **more: Any) -> Page:
        """Open a form and send it as it is filled, with `fields` changed."""
        form = self.get(path)
        names = set(form.tree.xpath("//form[@method='post']//*[@name]/@name")) - {"next", "submit", "remove"}
        filled = {name: form.value(name) for name in names}
        return self.post(path, {**filled, **(fields or {}), **more})
