"""What a person does in the browser, in a person's words."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import apsw
from playwright.sync_api import ConsoleMessage, Dialog, Locator, Page, Request, expect

from ..long import LONG
from .looked import COLOURS, PARTS, SHAPE, WHOLE_SHAPE, Looked

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Of rows and items that are drawn alike the first is looked at.
# What passed is not asked for: on a long page it is far more to hand over than the page itself.
VIOLATIONS = f"""
async ([rules, fresh]) => {{
  {SHAPE}
  for (const chain of fresh ?? []) for (const each of coloured.get(chain)) each.dataset.freshColours = "";
  if (fresh) axe.configure({{rules: [{{id: "color-contrast", selector: "[data-fresh-colours]"}}]}});
  const exclude = [];
  for (const list of document.querySelectorAll("main :is(tbody, ul, ol, dl, select)")) {{
    const seen = new Set();
    for (const item of list.children) {{
      const own = shape(item);
      if (seen.has(own)) exclude.push(item);
      seen.add(own);
    }}
  }}
  const options = {{
    runOnly: {{type: "tag", values: rules}},
    rules: {{"color-contrast": {{enabled: !fresh || fresh.length > 0}}}},
    resultTypes: ["violations"],
  }};
  const found = await axe.run({{include: [document], exclude}}, options);
  return found.violations.map(each => [each.id, each.nodes[0].target]);
}}
"""
# Nothing chosen and nothing typed, so that each form says what it misses.
EMPTIES = """
() => {
  for (const field of document.querySelectorAll("main form[method=post] :is(input, textarea, select)")) {
    if (["radio", "checkbox"].includes(field.type)) field.checked = false;
    else if (field.type !== "hidden" && field.tagName !== "SELECT") field.value = "";
  }
}
"""
# What a page is at once: how many main headings it has, and what the first says.
HEADINGS = """
() => {
  const found = document.querySelectorAll("h1");
  return [found.length, found[0]?.textContent.trim() ?? ""];
}
"""
# The cookies of who has signed in, by the site and their address: nobody types a password twice.
_signed_in: dict[tuple[str, str], Any] = {}


@dataclass(frozen=True)
class Site:
    """Where the application answers, its instance folder, and what of its pages axe has looked at."""

    address: str
    instance: Path
    password: str
    looked: Looked

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Look into the database, past the application."""
        with closing(apsw.Connection(str(self.instance / "kscb.db"))) as connection:
            return connection.execute(sql, values).fetchall()


@dataclass
class Navigator:
    """A person at a browser.

    complaints  what went wrong behind the page
    questions   what the browser asked, such as "beforeunload"; answered with yes where the person `leaves`
    """

    page: Page
    site: Site
    complaints: list[str] = field(default_factory=list)
    questions: list[str] = field(default_factory=list)
    leaves: bool = True

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("requestfailed", self._failed)
        self.page.on("dialog", self._asked)
        self.page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))

    def opens(self, address: str) -> None:
        """Open an address of the site."""
        self.page.goto(self.site.address + address)

    def signs_in(self, email: str) -> None:
        """Sign in at the sign-in page; whoever has done so before in a usual run comes with that browser."""
        cookies, key = self.page.context, (self.site.address, email)
        if key in _signed_in and not LONG:
            cookies.clear_cookies()
            cookies.add_cookies(_signed_in[key])
            self.opens("/")
            if self.page.get_by_role("button", name="Sign out").count():
                return
        self.opens("/sign-in")
        self.page.get_by_label("Email address").fill(email)
        self.page.get_by_label("Password", exact=True).fill(self.site.password)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("button", name="Sign out")).to_be_visible()
        _signed_in[key] = cookies.cookies()

    def signs_out(self) -> None:
        """Leave the place to somebody else; in a long run by signing out."""
        if LONG:
            self.presses("Sign out")
        else:
            self.page.context.clear_cookies()

    def presses(self, words: str) -> None:
        """Press the button with these words."""
        self.page.get_by_role("button", name=words, exact=True).first.click()

    def follows(self, words: str, exact: bool = False) -> None:
        """Follow the link with these words, also where it looks like a button."""
        for folded in self.page.locator(".app-more:not([open]) > summary").all():
            if self.page.locator(".app-more a", has_text=words).count():
                folded.click()
        plain = self.page.get_by_role("link", name=words, exact=exact)
        self.page.locator("a").and_(
            plain.or_(self.page.get_by_role("button", name=words, exact=exact))
        ).first.click()

    def fills(self, label: str, text: str) -> None:
        """Type into the field with this label."""
        self.page.get_by_label(label, exact=True).fill(text)

    def dates(self, legend: str, day: int, month: int, year: int) -> None:
        """Type a date in three boxes."""
        group = self.page.get_by_role("group", name=legend)
        for label, value in (("Day", day), ("Month", month), ("Year", year)):
            group.get_by_label(label).fill(str(value))

    def chooses(self, label: str) -> None:
        """Tick a box or a radio by its label."""
        self.page.get_by_label(label, exact=True).check()

    def sees(self, words: str) -> None:
        """Fail unless the words are on the page."""
        expect(self.page.locator("body")).to_contain_text(words)

    def heading(self) -> str:
        """Return the page's h1."""
        return (self.page.locator("h1").text_content() or "").strip()

    def finds_no_barrier(self, where: str) -> None:
        """Fail where axe-core finds anything wrong with the page as it is now.

        A page that is put together of what was looked at is not looked at again; in a long run one that is
        drawn alike as a whole.
        """
        # A page that has only begun to arrive has neither heading nor main part.
        self.page.wait_for_load_state()
        looked, parts = self.site.looked, self.page.evaluate(WHOLE_SHAPE if LONG else PARTS)
        colours = self.page.evaluate(COLOURS)
        fresh = colours if LONG else looked.new(colours)
        if not looked.new(parts) and (LONG or not fresh):
            return
        self.page.evaluate(AXE)
        asked = [RULES, None if LONG else fresh]
        wrong = [f"{where}: {rule} at {target}" for rule, target in self.page.evaluate(VIOLATIONS, asked)]
        assert not wrong, "; ".join(wrong)
        looked.add([*parts, *fresh])

    def walks(self, addresses: Sequence[str], form: Callable[[str], str]) -> None:
        """Open each page, which is no barrier and fits a phone, and send its form empty, which says so.

        Of a form axe looks at the page that says what is wrong, which draws all of it; in a long run at both.

        form  the button to press on the page of an address, as a selector; "" for none
        """
        for address in addresses:
            self.opens(address)
            count, heading = self.page.evaluate(HEADINGS)
            assert count == 1 and heading not in ("Page not found", "You cannot do this"), address
            self.fits_a_phone(address)
            buttons = self.page.locator(form(address)) if form(address) else None
            has_form = buttons is not None and buttons.count() > 0
            if LONG or not has_form:
                self.finds_no_barrier(address)
            if buttons is not None and has_form and not self._sends_nothing(address, buttons) and not LONG:
                # It was sent as it stood, or led to another page: its own has not been looked at.
                self.opens(address)
                self.finds_no_barrier(address)

    def _sends_nothing(self, address: str, buttons: Locator) -> bool:
        """Send a form empty; return whether its own page says what is wrong: all that it drew, and more."""
        path = urlsplit(self.page.url).path
        self.page.evaluate(EMPTIES)
        with self.page.expect_navigation():
            buttons.last.evaluate("each => each.click()")
        self.finds_no_barrier(f"{address} after sending")
        errors = self.page.locator(".govuk-error-summary__list a")
        targets = errors.evaluate_all("links => links.map(each => each.getAttribute('href'))")
        for target in targets:
            assert self.page.locator(target).count() == 1, f"{address}: {target} leads nowhere"
        return bool(targets) and urlsplit(self.page.url).path == path

    def fits_a_phone(self, where: str) -> None:
        """Fail where the page scrolls sideways at 320 px (WCAG 2.2, 1.4.10)."""
        self.page.set_viewport_size({"width": 320, "height": 700})
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        self.page.set_viewport_size({"width": 1280, "height": 900})
        assert wide <= 320, f"{where} is {wide} px wide on a phone"

    def _asked(self, dialog: Dialog) -> None:
        self.questions.append(dialog.type)
        if self.leaves:
            dialog.accept()
        else:
            dialog.dismiss()

    def _heard(self, message: ConsoleMessage) -> None:
        expected = "Failed to load resource: the server responded with a status of"
        if message.type == "error" and not message.text.startswith(expected):
            self.complaints.append(f"console: {message.text}")

    def _failed(self, request: Request) -> None:
        if request.failure and "ERR_ABORTED" not in request.failure:
            self.complaints.append(f"request failed: {request.url} {request.failure}")
