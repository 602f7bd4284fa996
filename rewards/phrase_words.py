"""The words that a phrase chunker goes by: closed lists of English words, no grammar."""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ARTICLES: Final = _words(
    "a an the this that these those his her hers its their our my your some any each every another"
)
"""They begin a phrase, and are left off it: `a dog` and `the dog` are one phrase."""

FINITE: Final = _words(
    "is are was were isn't aren't has have had contains contain shows show depicts depict holds "
    "wears sits stands lies runs rides looks seems appears reads says walks"
)
"""Verbs that a clause has one of; a second one begins the next clause."""

VERBS: Final = FINITE | _words(
    "be been being am do does did having can could may might must shall should will would "
    "showing depicting containing including includes include featuring features feature see sees "
    "seen seeing look looking appear appearing seem wear wearing hold holding sit sitting stand "
    "standing lie lying lay laying rest resting placed located positioned situated surrounded "
    "covered filled made used using visible there's it's that's let let's describe describes"
)

PREPOSITIONS: Final = _words(
    "of in on at to from by with within into onto over under above below behind beside besides "
    "between among near next across along around against inside outside through toward towards "
    "upon for as like than off up down out about during before after beneath underneath atop"
)

JOINS: Final = _words(
    "and or but nor so yet while whereas although though however because if then plus also whether "
    "either both which who whom whose where when what how"
)
"""They stand between clauses."""

PRONOUNS: Final = _words(
    "i you he she it we they me him us them itself himself herself themselves one ones there here "
    "someone somebody anything everything nothing"
)

ADVERBS: Final = _words(
    "very quite rather really just only even still again too well clearly possibly perhaps maybe "
    "probably likely slightly mostly mainly together respectively more most less least such same "
    "other others not no never without neither none cannot lacks lacking absence"
)

FUNCTION: Final = ARTICLES | VERBS | PREPOSITIONS | JOINS | PRONOUNS | ADVERBS
"""Words that no noun phrase is made of."""

EMPTY: Final = FUNCTION | _words(
    "image images picture pictures photo photos photograph photographs shot view scene figure "
    "illustration screenshot background foreground middle center centre side sides top bottom left "
    "right front back rear part parts area edge corner end thing things stuff "
    "something object objects item items element elements detail details kind type sort lot lots "
    "number variety bunch various several many few different overall general whole entire"
)
"""Words that fit any image: a phrase of nothing else says nothing, and is left out."""

NEGATIONS: Final = _words("no not never without neither nor none cannot lacks lacking absence")
HARMLESS: Final = _words("only just doubt")
"""Behind a negation they undo it: `not only a dog`."""

CONTRASTS: Final = _words("but however although though")
"""Where a negation ends."""
