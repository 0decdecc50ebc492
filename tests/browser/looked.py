"""What of the pages axe has looked at, told to all processes of a run: what is drawn alike is not again."""

import fcntl
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

# How something is drawn, whatever text it holds: the same tags and classes, controls with as many labels, the
# same attributes for readers of screens, empty or not, described by as many.
OWN = """
  const TOLD = "role|type|scope|lang|tabindex|autocomplete";
  const read = new RegExp(`^(aria-.*|alt|title|href|disabled|hidden|open|headers|${TOLD})$`);
  const told_of = new RegExp(`^(${TOLD})$`);
  const of = one => told_of.test(one.name) ? one.value : !!one.value.trim();
  const named = each => [...each.attributes].filter(one => read.test(one.name))
    .map(one => one.name + of(one)).sort();
  const described = each => (each.getAttribute("aria-describedby") ?? "").split(/\\s+/)
    .filter(id => id && document.getElementById(id)).length;
  const own = each => [
    each.tagName, each.className, named(each), each.labels?.length, described(each),
    !!each.textContent.trim(),
  ].join("|");
"""
SHAPE = f"""
  {OWN}
  const shape = each => own(each) + "|" + [...each.children].map(shape).join();
"""
WHOLE_SHAPE = f"() => {{ {SHAPE} return [shape(document.documentElement)]; }}"
# What a page is put together of: each element in the one above it that is more than a column, each control
# beside one before it, all that is in a part (a field with its label, a row, a list), each heading after the
# one before, the landmarks, and ids that are there twice.
PARTS = f"""
() => {{
  {OWN}
  const PART = ".govuk-form-group, fieldset, table, thead, tr, ul, ol, dl, details, nav, header, footer";
  const CONTROL = "a, button, input:not([type=hidden]), select, textarea, summary";
  const COLUMN = "div:not([class]), div[class^=govuk-grid]";
  const found = new Set(), known = new Map(), all = [...document.querySelectorAll("*")];
  const told = each => known.get(each) ?? (known.set(each, own(each)), known.get(each));
  const above = each => each.parentElement?.matches(COLUMN) ? above(each.parentElement) : each.parentElement;
  for (const each of all) {{
    const over = above(each), before = each.previousElementSibling;
    if (over) found.add(told(each) + " in " + told(over));
    if (each.matches(CONTROL) && before?.matches(CONTROL)) found.add(told(each) + " beside " + told(before));
    const inside = [...new Set([...each.children].map(told))].sort();
    if (each.matches(PART)) found.add(told(each) + " of " + inside);
  }}
  const headings = [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")].map(each => each.tagName);
  headings.forEach((each, at) => found.add("heading " + each + " after " + headings[at - 1]));
  const landmark = each => told(each) + each.getAttribute("aria-label");
  found.add("landmarks " + [...document.querySelectorAll("header, nav, main, footer, aside")].map(landmark));
  const ids = all.map(each => each.id).filter(Boolean);
  for (const id of ids.filter((each, at) => ids.indexOf(each) !== at)) found.add("twice " + id);
  return [...found];
}}
"""
# What gives a text its contrast: its colour, size and weight as they are drawn, and what is behind it, as far
# as something covers the rest. Which elements have them is kept on the page.
COLOURS = """
() => {
  const CLEAR = "rgba(0, 0, 0, 0)";
  const found = new Map(), behind = new Map([[null, ""]]);
  const under = each => {
    if (!behind.has(each)) {
      const {backgroundColor: colour, backgroundImage: image, opacity, position} = getComputedStyle(each);
      const own = [
        colour === CLEAR ? "" : colour, image === "none" ? "" : image, opacity === "1" ? "" : opacity,
        /absolute|fixed|sticky/.test(position) ? each.className : "",
      ].join("");
      const covers = /^rgb\\(/.test(colour) && opacity === "1";
      behind.set(each, own + (covers ? "" : "<" + under(each.parentElement)).replace(/<+/g, "<"));
    }
    return behind.get(each);
  };
  const note = each => {
    const {width, height} = each.getBoundingClientRect();
    if (width <= 1 || height <= 1) return;
    const {color, fontSize, fontWeight} = getComputedStyle(each);
    const own = ["contrast", color, fontSize, fontWeight, !!each.closest("[disabled]")].join("|");
    const key = own + under(each);
    found.set(key, [...(found.get(key) ?? []), each]);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode())
    if (texts.currentNode.data.trim()) note(texts.currentNode.parentElement);
  for (const field of document.querySelectorAll("input, select, textarea")) note(field);
  window.coloured = found;
  return [...found.keys()];
}
"""


class Looked:
    """What was found without a barrier, by all processes of a run: in a file that each adds to."""

    def __init__(self, file: Path) -> None:
        self._file, self._read = file, 0
        self._known: set[str] = set()

    def new(self, told: Iterable[str]) -> list[str]:
        """Return which of these have not been looked at."""
        if self._file.exists():
            with self._file.open("rb") as file:
                file.seek(self._read)
                lines = file.read().decode().splitlines()
                self._read = file.tell()
            self._known.update(lines)
        return [each for each in told if _mark(each) not in self._known]

    def add(self, told: Iterable[str]) -> None:
        """Keep that these were looked at."""
        with self._file.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write("".join(f"{_mark(each)}\n" for each in told).encode())


def _mark(told: str) -> str:
    return blake2b(told.encode(), digest_size=12).hexdigest()
