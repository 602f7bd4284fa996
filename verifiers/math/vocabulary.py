"""Words and symbols that the parser of expressions knows."""

from rewardkit.verifiers.math.lexer import Token

GREEK = frozenset(
    "alpha beta gamma delta epsilon varepsilon zeta eta theta vartheta kappa lambda mu nu xi "
    "rho sigma tau phi "
    "varphi chi psi omega Gamma Delta Theta Lambda Sigma Phi Psi Omega ell".split()
)
"""Letters by their LaTeX names."""
FUNCTIONS = frozenset("sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh arccot".split())
"""Functions that are not looked into."""
BESIDE = GREEK | {"pi"}
"""Commands that belong to the argument of a function without brackets."""
CALLED = frozenset("fghFGHP")
"""Letters that name functions where a bracket follows."""
BRACKETS = {"(": ")", "[": "]"}
"""Brackets that group, and what closes them."""
STOPS = frozenset(("+", "-", ")", "]", "}", "/", "|", ",", "&", "\\\\"))
"""Symbols that end a product."""
END: Token = ("s", "")
"""What stands after the last token."""
ENGLISH = frozenset(
    "a an and are as at be but by can do for had has he if in is it no nor not of off on one or "
    "out per so "
    "the to two ten six up us via was we yes you all any day mod gcd lcm max min am pm cm mm km "
    "kg mg ml hr "
    "min sec lb oz ft yd mi mph cot cos sin tan log lim det dim arg ker inf sup".split()
)
"""Short words that are no product of letters."""
