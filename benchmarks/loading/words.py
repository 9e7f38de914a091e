"""Words for made-up reports: some in every third report, some in one of many thousands."""

import random
from collections.abc import Iterator
from itertools import accumulate

SENTENCES = 20_000
"""Of which titles and bodies are put together: a word in only one of them is in one of some five
thousand reports. Rarer words (names of places, customers' numbers) are made by the statement."""
FREQUENT, COMMON, UNCOMMON = "jalan", "jembatan", "trotoar"
"""Words of known frequency, for searches: in about every third, thirtieth, 600th report."""

_REAL = {FREQUENT: 0.1, "lampu": 0.05, "bantuan": 0.04, COMMON: 0.008, UNCOMMON: 0.0004}
_SYLLABLES = (
    "ba ca da ga ja ka la ma na pa ra sa ta wa ya bi di ki li mi ni pi ri si ti lu mu nu".split()
)
_VOCABULARY = 30_000
_SEED = 1708


def sentences() -> Iterator[str]:
    """The same at every call."""
    chance = random.Random(_SEED)
    known: dict[str, None] = {}
    while len(known) < _VOCABULARY:
        known["".join(chance.choices(_SYLLABLES, k=chance.choice((2, 3, 3, 4))))] = None
    vocabulary = list(known)
    # As in any language, the n-th most frequent word is n times rarer than the first.
    weights = list(accumulate(1 / (rank + 5) for rank in range(_VOCABULARY)))
    for _ in range(SENTENCES):
        words = chance.choices(vocabulary, cum_weights=weights, k=chance.randint(8, 14))
        words += [word for word, share in _REAL.items() if chance.random() < share]
        chance.shuffle(words)
        yield " ".join(words).capitalize() + "."
