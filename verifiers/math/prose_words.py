"""Words beside a number that are no nouns, by what they do to it: tables only."""

DENIALS = frozenset(
    "not no never neither nor none nothing without except excepting excluding but besides "
    "wrong incorrect incorrectly false untrue mistaken error cannot isn't isnt ain't "
    "aren't wasn't don't doesn't unlikely doubtful impossible undefined unknown unless "
    "instead rather unequal invalid bad".split()
)
"""Words that say that a value is not the answer."""
OPEN = frozenset(
    "about approx approximately around roughly nearly almost circa maybe perhaps possibly "
    "possible probably likely guess between beyond under over above below versus vs more "
    "less most least fewer greater smaller bigger higher lower larger than until till past "
    "before after through something somewhat ish max min maximum minimum maximal minimal "
    "plusminus random question".split()
)
"""Words that leave a value open."""
OPERATIONS = frozenset(
    "plus minus times negative negated inverted inverse opposite reciprocal factorial "
    "choose modulo mod divided multiplied raised power powers root square squared cube "
    "cubed squareroot log logarithm sine cosine tangent sin cos tan cot ln exp half halves "
    "halved double doubled twice triple tripled thrice quadruple quadrupled fold quarter "
    "quarters percentages tens dozens hundreds thousands millions billions gross score "
    "base binary octal hex hexadecimal decimal factor multiple divisible infinite infinity "
    "zero even odd prime point".split()
)
"""Words that make another value of a number."""
SCALES = frozenset("dozen hundred thousand million billion trillion lakh crore couple pair".split())
"""Words that multiply a number."""
FUNCTION = frozenset(
    "a an the of is are was were be been being am it its they them this that these those "
    "which what who so then therefore hence thus because since for as at by in on from "
    "with to into onto if when where while whether each every any all some either both or "
    "and also per apiece up down yes true equal equals gives give given do does did has "
    "have had can will would should must including exactly first second last next previous "
    "term place position index digit remainder couple short ratio mean mode column".split()
)
"""Words that are no noun, and words of places in an order."""
DONE = frozenset(
    "squared cubed halved doubled tripled quadrupled negated inverted raised multiplied "
    "divided tens dozens hundreds thousands millions billions percentages factorial th st "
    "nd rd".split()
)
"""Words behind a number that say what is done with it."""
SELECTING = frozenset(
    "each every any some per first last next or and by either if apiece up down".split()
)
"""Words before a number that make it one of several."""
CARDINALS = frozenset(
    "one two three four five six seven eight nine ten eleven twelve twenty thirty forty "
    "fifty sixty seventy eighty ninety".split()
)
"""Number words, which name nothing that is counted."""
DESCRIBING = frozenset(
    "square sq cubic cu possible odd even prime equal decimal binary negative random".split()
)
"""Words that change a number, but not where a noun follows: `5 odd numbers`."""
