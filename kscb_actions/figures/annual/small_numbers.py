"""Small numbers of children in a text that people write: one to four, near a word for a child or a death.

The check asks people to read, it does not judge: what it finds may be harmless, and what it misses may not
be.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# How many words may stand between a number and what it counts; and of a long sentence, how much is shown.
NEAR, LONGEST_EXCERPT = 6, 300


@dataclass(frozen=True)
class SmallNumber:
    """Hold a sentence (of a very long one the part around the first number) and its numbers as written."""

    sentence: str
    numbers: tuple[str, ...]


_NUMBERS = frozenset("1 2 3 4 one two three four".split())
_MANY = re.compile(r"[1-4][–-][1-4]")
_CHILD_WORDS = frozenset(
    """child children child's children's baby babies baby's infant infants infant's newborn newborns
    neonate neonates toddler toddlers boy boys boy's girl girls girl's teenager teenagers adolescent
    adolescents youngster youngsters youth youths pupil pupils sibling siblings brother brothers sister
    sisters son sons daughter daughters twin twins triplet triplets patient patients family families
    victim victims death deaths fatality fatalities suicide suicides stillbirth stillbirths case cases
    review reviews inquest inquests referral referrals""".split()
)
_DEATH_WORDS = frozenset("die dies died dying dead killed".split())
# What else numbers count. The sign stands for a body that is called after children.
_OTHER_COUNTED = frozenset(
    """# % year years year's month months week weeks day days night nights hour hours minute minutes am pm
    o'clock time times occasion occasions percent per quarter quarters third thirds half hundred
    thousand million meeting meetings agency agencies panel panels board boards recommendation
    recommendations action actions session sessions lesson lessons district districts hospital hospitals
    workshop workshops course courses event events professional professionals organisation organisations
    factor factors cause causes reason reasons area areas member members report reports page pages theme
    themes category categories domain domains parent parents mother mothers father fathers adult adults
    people person staff point points step steps stage stages question questions objective objectives
    priority priorities trust trusts authority authorities service services team teams nurse nurses
    doctor doctors officer officers school schools campaign campaigns leaflet leaflets message messages
    way ways thing things part parts change changes policy policies table tables figure figures year-end
    kilogram kilograms miles metres pounds pence""".split()
)
_LABELS = frozenset(
    """category categories level levels tier tiers grade grades stage stages phase phases step steps
    section sections chapter chapters figure figures table tables appendix annex part parts page pages
    paragraph paragraphs edition version volume issue form forms regulation regulations schedule
    recommendation recommendations action actions objective objectives priority priorities standard
    standards domain domains theme themes type types band bands class group groups ward room number no
    no. quarter""".split()
)
_AGES = frozenset("aged age ages turned".split())
_BOUNDS = frozenset("under over below above than".split())
_JOINED = frozenset("and or to between from –".split())
_MONTHS = frozenset(
    """January February March April May June July August September October November December Jan Feb Mar Apr
    Jun Jul Aug Sep Sept Oct Nov Dec""".split()
)
_NOT_A_COUNT_AFTER = frozenset(
    """no any every each which this that some twenty thirty forty fifty sixty seventy eighty ninety point £
    $ € day""".split()
)
_PRONOUNS = frozenset("them these those whom".split())
_BODIES = re.compile(
    r"child death overview panels?|child death reviews? (?:team|service|group|meeting)s?"
    r"|safeguarding children boards?|serious case reviews? (?:sub-?group|panel|committee)s?"
    r"|children['’]s (?:services?|centres?|hospitals?|homes?|trusts?|wards?|social care)"
    r"|child (?:protection|health|safeguarding|death)"
    r" (?:nurse|team|lead|adviser|course|conference|professional|service|doctor|training)s?",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"(?:[^\s,;:!?()\[\]{}“”\"#]|(?<=\d)[,:](?=\d))+|#+")
# After its last word a sentence may close quotation marks and brackets, before its sign and after it.
_ENDS = re.compile(r"[ ”\"'’)\]]{0,9}(?:[.!?;]['’”\")\]]{0,9}(?:\s|$)|[^\S\n]*\n\s*\n)")
_SIGNS = ".'’*_"
_SHORT = frozenset("no. nos. e.g. i.e. approx. st. dr.".split())


@dataclass(frozen=True)
class _Token:
    """Hold a word as written, the same without signs, its place, and the signs that touch it."""

    raw: str
    word: str
    start: int
    end: int
    head: str
    tail: str


def small_numbers(text: str) -> list[SmallNumber]:
    """Return the sentences of a text in which one to four children, deaths or cases seem to be counted."""
    plain = unicodedata.normalize("NFKC", text)
    found: list[SmallNumber] = []
    is_child_antecedent = False
    for tokens in _sentences(plain):
        places = range(len(tokens))
        numbers = [
            span for place in places if (span := _counts(tokens, place, is_child_antecedent)) is not None
        ]
        if numbers:
            end = tokens[-1].end + (tokens[-1].tail in ("!", "?"))
            sentence = _excerpt(plain, tokens[0].start, end, numbers[0][0])
            written = tuple(plain[start:end].strip(_SIGNS) for start, end in numbers)
            found.append(SmallNumber(sentence, written))
        known = [kind for place in places if (kind := _kind(tokens, place, is_child_antecedent)) is not None]
        is_child_antecedent = known[-1] if known else is_child_antecedent
    return found


def _sentences(plain: str) -> Iterator[list[_Token]]:
    """Yield the words of each sentence.

    A body that is called after children ("children's services") becomes a single sign, for it is not a
    child.
    """
    blotted = _BODIES.sub(lambda body: "#" * len(body.group()), plain)
    sentence: list[_Token] = []
    for match in _TOKEN.finditer(blotted):
        raw, (start, end) = match.group(), match.span()
        word = raw.strip(_SIGNS).replace("’", "'").casefold() if raw[0] != "#" else "#"
        head, tail = blotted[max(0, start - 1) : start], blotted[end : end + 1]
        sentence.append(_Token(raw.strip("."), word, start, end, head, tail))
        if raw.casefold() not in _SHORT and _ENDS.match(blotted, end - raw.endswith(".")):
            yield sentence
            sentence = []
    if sentence:
        yield sentence


def _counts(tokens: Sequence[_Token], place: int, is_child_antecedent: bool) -> tuple[int, int] | None:
    """Return (start, end) of the number at this word, if it seems to count children or their deaths."""
    token = tokens[place]
    if token.word in ("single", "only", "couple", "pair"):
        return _counts_few(tokens, place, is_child_antecedent)
    if token.word == "both":
        return (token.start, token.end) if _counts_both(tokens, place) else None
    if token.word not in _NUMBERS and not _MANY.fullmatch(token.word):
        return None
    is_item = token.tail == ")" and token.head != "("
    is_other = is_item or _is_part(tokens, place) or _is_name(tokens, place) or _is_day(tokens, place)
    return (token.start, token.end) if not is_other and _is_near(tokens, place, is_child_antecedent) else None


def _counts_few(tokens: Sequence[_Token], place: int, is_child_antecedent: bool) -> tuple[int, int] | None:
    """Return (start, end) of “a single child”, “the only death”, “a couple of boys”."""
    token, is_of = tokens[place], tokens[place].word in ("couple", "pair")
    articles = ("the", "an") if token.word == "only" else ("a",)
    if _word(tokens, place - 1) not in articles or (is_of and _word(tokens, place + 1) != "of"):
        return None
    kinds = [_kind(tokens, at, is_child_antecedent) for at in range(place + 1, place + 3 + is_of)]
    is_child = next((kind for kind in kinds if kind is not None), False)
    return (tokens[place - 1].start, token.end) if is_child else None


def _counts_both(tokens: Sequence[_Token], place: int) -> bool:
    """Return whether this is “both children”, “both of the deaths”; not “both the child and the family”."""
    at = place + 1
    while at < place + 4 and _word(tokens, at) in ("of", "the", *_PRONOUNS):
        at += 1
    return _kind(tokens, at, False) is True and _word(tokens, at + 1) != "and"


def _is_part(tokens: Sequence[_Token], place: int) -> bool:
    """Return whether it belongs to a larger number or a fixed phrase: “forty two”, “no one”."""
    before, after = _word(tokens, place - 1), _word(tokens, place + 1)
    is_sum = before == "and" and _word(tokens, place - 2) in ("hundred", "thousand")
    return is_sum or before in _NOT_A_COUNT_AFTER or after in ("another", "too")


def _is_name(tokens: Sequence[_Token], place: int) -> bool:
    """Return whether it is a label or an age: “Category 1”, “levels 3 and 4”, “aged 2”, “under 1”."""
    at, after = _past_numbers(tokens, place, -1), _word(tokens, place + 1)
    named, before = _word(tokens, at), _word(tokens, at - 1)
    if named in _LABELS:
        return before not in ("this", "that", "same", "each")
    if named in _BOUNDS or (named == "of" and before == "age"):
        return after not in _CHILD_WORDS
    return named in _AGES or (named == "year" and tokens[at].raw[0].isupper())


def _is_day(tokens: Sequence[_Token], place: int) -> bool:
    """Return whether it is a day of a month: “1 April”, “1 and 3 of May”, “April 1,”."""
    if not tokens[place].word[0].isdigit():
        return False
    after, before = _past_numbers(tokens, place, +1), _past_numbers(tokens, place, -1)
    if _word(tokens, after) == "of":
        after += 1
    if after < len(tokens) and tokens[after].raw in _MONTHS:
        return True
    is_people = _word(tokens, place + 1) in _CHILD_WORDS and tokens[place].tail != ","
    return before >= 0 and tokens[before].raw in _MONTHS and not is_people


def _past_numbers(tokens: Sequence[_Token], place: int, step: int) -> int:
    """Return the place of the word next to this number, past the figures that are joined to it."""
    at = place + step
    while tokens[place].word[0].isdigit() and abs(at - place) <= NEAR and _is_joined(_word(tokens, at)):
        at += step
    return at


def _is_joined(word: str) -> bool:
    return word in _JOINED or (word.isdigit() and len(word) < 3)


def _is_near(tokens: Sequence[_Token], place: int, is_child_antecedent: bool) -> bool:
    """Return whether what is named first after the number, or else last before it, is a child or a death."""
    for near in (range(place + 1, place + 2 + NEAR), range(place - 1, place - 2 - NEAR, -1)):
        for at in near:
            kind = _kind(tokens, at, is_child_antecedent)
            if kind is not None:
                return kind
    return False


def _kind(tokens: Sequence[_Token], place: int, is_child_antecedent: bool) -> bool | None:
    """Return True for a child or a death, False for anything else that is counted, None for other words."""
    word = _word(tokens, place)
    if word in _CHILD_WORDS or word in _DEATH_WORDS:
        return True
    if word in ("people", "person", "people's", "person's"):
        return _word(tokens, place - 1) == "young"
    if word in _PRONOUNS and _word(tokens, place - 1) == "of":
        return is_child_antecedent or None
    return False if word in _OTHER_COUNTED else None


def _word(tokens: Sequence[_Token], place: int) -> str:
    return tokens[place].word if 0 <= place < len(tokens) else ""


def _excerpt(plain: str, start: int, end: int, number: int) -> str:
    """Return the sentence on one line; of a very long one, what stands around the number."""
    if end - start <= LONGEST_EXCERPT:
        return " ".join(plain[start:end].split())
    first, last = max(start, number - LONGEST_EXCERPT // 2), min(end, number + LONGEST_EXCERPT // 2)
    return f"{'…' if first > start else ''}{' '.join(plain[first:last].split())}{'…' if last < end else ''}"
