"""Text as it comes in: cleaned once at entry, and again at every way out; and email addresses."""

import re
import unicodedata
from collections.abc import Mapping

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_DIGITS = re.compile("([0-9]+)")
LONGEST = 10_000
# A reason stands in a line of a history or a paper: so much of it is read there.
LONGEST_REASON = 2_000
# A number of so many digits fits every column of both databases.
MOST_DIGITS = 9
# A year from 1 April to 31 March as it is printed, like 2011-12: not a part of a date or of a reference.
REPORTING_YEAR = re.compile(r"(?<![\w-])(20\d\d)-(\d\d)(?![\w-])", re.ASCII)
LONGEST_ADDRESS = 254
LONGEST_LOCAL = 64
# What is longer is no address with something around it.
MOST_TYPED = 10 * LONGEST_ADDRESS
NO_ADDRESS = "Enter an email address, like name@agency.example."
# What may stand before the @ (RFC 5322, 3.2.3, dot-atom) and after it (RFC 1123, 2.1). A mail server that
# takes other letters needs SMTPUTF8 on every server of the way (RFC 6531), which few offer.
_LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]")
_DOMAIN = re.compile(r"[a-z0-9.-]")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_BRACKETED = re.compile(r"<([^<>]*@[^<>]*)>")
_SCHEME = re.compile(r"(?:mailto:)+")
_AROUND = " \"'‘’‚‛“”„‟«»‹›<>()[]{}.,;:"
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn")


class InvalidInput(Exception):
    """What somebody typed cannot be taken. Nothing has been changed.

    `errors` maps each field's name to a sentence for the reader: what is wrong and what to do.
    """

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors: dict[str, str] = dict(errors)
        super().__init__(" ".join(self.errors.values()))


def clean_text(value: str) -> str:
    """Return `value` in Unicode form NFC, with `\\n` line ends and nothing that XML 1.0 forbids.

    Control characters, lone surrogates and the two non-characters go (XML 1.0, production 2, Char);
    so do spaces at the end of a line and blank lines at the end. Tabs, line breaks, indents and
    characters outside the basic plane stay. Cleaning twice changes nothing.
    """
    # What can be printed is neither forbidden nor white space other than a blank: most texts are done here.
    if value.replace("\n", "").isprintable() and " \n" not in value and _is_composed(value):
        return value.rstrip()
    if _SURROGATE.search(value):
        value = _join_surrogates(value)
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    value = unicodedata.normalize("NFC", _FORBIDDEN.sub("", value))
    return "\n".join(line.rstrip() for line in value.split("\n")).rstrip()


def _is_composed(value: str) -> bool:
    return value.isascii() or unicodedata.is_normalized("NFC", value)


def one_line(value: str) -> str:
    """Return `value` cleaned and on one line: each run of white space one space, and none at the ends."""
    if value.isascii() and value.isprintable() and "  " not in value:
        return value.strip()
    return " ".join(clean_text(value).split())


def order_key(text: str) -> str:
    """Return what references are sorted by: numbers in them by their size, and capitals as small letters.

    SCR-2 before SCR-10, A2 before A10. In hexadecimal digits, which every database sorts alike whatever its
    language; two that differ have two keys.
    """
    parts = _DIGITS.split(text.lower())
    numbers = [digits.lstrip("0") for digits in parts[1::2]]
    parts[1::2] = [f"{len(digits):03}{digits}" for digits in numbers]
    return "\0".join(("".join(parts), text)).encode().hex()


def is_digits(text: str) -> bool:
    """Return whether `text` is ASCII digits, at least one, and nothing else."""
    return text.isascii() and text.isdigit()


def whole_number(text: str | None, most_digits: int = MOST_DIGITS) -> int | None:
    """Return the whole number of at most `most_digits` ASCII digits that `text` is; None where it is none."""
    return int(text) if text is not None and is_digits(text) and len(text) <= most_digits else None


def why_too_long(value: str, longest: int = LONGEST) -> str | None:
    """Return why a text cannot be taken for its length (in characters), for the reader; None when it can."""
    if len(value) <= longest:
        return None
    return f"Use at most {longest:,} characters. This has {len(value):,}."


def _join_surrogates(value: str) -> str:
    # Some senders split a 4-byte character into two halves: a matching pair is mended, a lone half is lost.
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


def as_address(text: str) -> str:
    """Return what somebody typed or pasted as addresses are kept. Doing it twice changes nothing.

    Invisible characters go, and what mail programs and writers put around an address: a name before angle
    brackets, “mailto:” and what it says of the message, quotes, brackets, punctuation, spaces. So do spaces
    beside the @ and beside dots, where a line was broken. All else stays: `why_no_address` names it.
    """
    if len(text) > MOST_TYPED:
        return ""
    text = unicodedata.normalize("NFKC", "".join(map(_seen, text))).lower()
    found = _BRACKETED.search(text)
    address = found.group(1) if found else text
    kept = None
    while kept != address:
        kept = address
        address = re.sub(r" *([@.]) *", r"\1", address).strip(_AROUND)
        if _SCHEME.match(address):
            address = _SCHEME.sub("", address).partition("?")[0]
    return " ".join(address.split())


def why_no_address(address: str) -> str | None:
    """Return why a normalised address is none that mail can go to, for the reader; None when it can."""
    local, _, domain = address.partition("@")
    for each, allowed in ((local, _LOCAL), (domain, _DOMAIN)):
        wrong = next((character for character in each if not allowed.fullmatch(character)), None)
        if wrong is not None:
            return f"There is {_named(wrong)} in the address. {NO_ADDRESS}"
    labels = domain.split(".")
    is_host = len(labels) > 1 and all(map(_LABEL.fullmatch, labels))
    is_short = len(address) <= LONGEST_ADDRESS and len(local) <= LONGEST_LOCAL
    return None if is_host and is_short and "" not in local.split(".") else NO_ADDRESS


# What is written in several ways and means one thing: quotation marks, hyphens and dashes.
_PLAIN = {
    **dict.fromkeys(map(ord, "‘’‚‛′ʼ＇`´"), "'"),
    **dict.fromkeys(map(ord, "“”„‟″＂"), '"'),
    **dict.fromkeys(map(ord, "‐‑‒–—―−﹣－"), "-"),
    **dict(zip(map(ord, "æÆøØłŁđĐœŒß…•"), "ae AE o O l L d D oe OE ss ... *".split(), strict=True)),
}


def plain_letters(text: str) -> str:
    """Return a text with plain marks and without accents, like naive - "Zoe" for naïve – “Zoë”.

    Letters that are written otherwise in no plain way, such as Greek ones, stay.
    """
    decomposed = unicodedata.normalize("NFKD", text.translate(_PLAIN)).translate(_PLAIN)
    return "".join(each for each in decomposed if not unicodedata.combining(each))


def folded(text: str) -> str:
    """Return a text as searches compare it: spellings that mean the same have one, on every database.

    So capitals, accents, ligatures, width, composition, kinds of quotation marks and hyphens, white space and
    what nobody sees make no difference (Unicode's NFKD and full case folding, UAX 15 and 3.13). Folding twice
    changes nothing, and a part of a text is a part of the folded text.
    """
    if text.isascii() and text.isprintable():
        return text.lower().replace("`", "'")
    plain = unicodedata.normalize("NFKD", text.translate(_SPELT).translate(_PLAIN)).translate(_PLAIN)
    small = unicodedata.normalize("NFKD", plain.casefold()).translate(_PLAIN)
    return "".join(_seen(each) for each in small if not unicodedata.combining(each))


def alike(name: str) -> str:
    """Return what a name is compared by: two that look the same, or differ in capitals alone, have one.

    So width, ligatures, composition, invisible characters, white space and kinds of quotation marks and
    hyphens make no difference; accents do (Unicode's NFKC and full case folding, UAX 15 and 3.13).
    """
    if name.isascii() and name.isprintable():
        return " ".join(name.translate(_PLAIN_MARKS).casefold().split())
    seen = "".join(map(_seen, unicodedata.normalize("NFKC", name)))
    folded = unicodedata.normalize("NFKC", seen.translate(_PLAIN_MARKS).casefold())
    return " ".join(folded.split())


def as_name(text: str) -> str:
    """Return a name as it is kept: on one line, without what nobody sees. `why_no_name` names the rest."""
    return one_line(text.translate(_UNSEEN))


def why_no_name(name: str) -> str | None:
    """Return why a kept name cannot stand for its characters, for the reader; None when it can."""
    unseen = (each for each in name if unicodedata.category(each) in _INVISIBLE)
    wrong = next((each for each in unseen if each not in _JOINERS), None)
    return f"There is {_named(wrong)} in it. Type it anew without that." if wrong else None


# Hyphenation, and marks of where a line may break or a text begins: pasted along, and nothing without them.
_UNSEEN = dict.fromkeys(map(ord, "\u00ad\u200b\u2060\ufeff"))
# Persian and Indic words are spelt with them.
_JOINERS = "\u200c\u200d"
# A small letter whose capital is that of another.
_SPELT = {ord("ı"): "i"}
_PLAIN_MARKS = {code: plain for code, plain in _PLAIN.items() if plain in "'\"-"}


def _seen(character: str) -> str:
    """Return a character as it is seen: white space as a space, and nothing for what is invisible."""
    if character.isspace():
        return " "
    return "" if unicodedata.category(character) in _INVISIBLE else character


def _named(character: str) -> str:
    if character == " ":
        return "a space"
    if character == "@":
        return "a second ‘@’"
    if character.isascii():
        return f"a ‘{character}’"
    if unicodedata.category(character) in _INVISIBLE:
        name = unicodedata.name(character, "without a name").lower()
        return f"a character that cannot be seen ({name})"
    return f"a ‘{character}’ ({unicodedata.name(character, 'a character without a name').lower()})"
