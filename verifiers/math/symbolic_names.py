"""Names that the symbolic tier knows: tables only."""

# ruff: noqa: RUF001  the look-alikes are what the table is about

UNICODE: dict[str, str] = {
    "−": "-", "–": "-", "—": "-", "×": "*", "·": "*", "⋅": "*", "∗": "*", "÷": "/", "∕": "/",
    "⁄": "/", "≤": " \\le ", "≥": " \\ge ", "⩽": " \\le ", "⩾": " \\ge ", "≠": " \\ne ",
    "≈": " \\approx ", "±": " \\pm ", "∓": " \\mp ", "∞": " \\infty ", "∪": " \\cup ",
    "∩": " \\cap ", "∈": " \\in ", "∖": " \\setminus ", "∅": " \\emptyset ", "∀": " \\forall ",
    "∃": " \\exists ", "ℝ": " \\mathbb{R} ", "ℤ": " \\mathbb{Z} ", "ℕ": " \\mathbb{N} ",
    "ℚ": " \\mathbb{Q} ", "ℂ": " \\mathbb{C} ", "π": " \\pi ", "θ": " \\theta ", "α": " \\alpha ",
    "β": " \\beta ", "γ": " \\gamma ", "δ": " \\delta ", "λ": " \\lambda ", "μ": " \\mu ",
    "φ": " \\phi ", "ω": " \\omega ", "σ": " \\sigma ", "ρ": " \\rho ", "ε": " \\epsilon ",
    "τ": " \\tau ", "Δ": " \\Delta ", "Ω": " \\Omega ", "√": " \\sqrt ", "°": "^\\circ ",
    "…": " \\ldots ", "½": "(1/2)", "⅓": "(1/3)", "⅔": "(2/3)", "¼": "(1/4)", "¾": "(3/4)",
    "，": ",", "。": ".", "〈": "\\langle ", "〉": "\\rangle ", "⟨": "\\langle ", "⟩": "\\rangle ",
    "′": "'", "’": "'", "\u200b": "", "\u200c": "", "\u200d": "", "\ufeff": "", "\u2061": "",
    "\u2062": "*",
}  # fmt: skip
"""Characters by what they stand for."""

SYNONYMS: dict[str, str] = {
    "\\dfrac": "\\frac", "\\tfrac": "\\frac", "\\cfrac": "\\frac", "\\dbinom": "\\binom",
    "\\tbinom": "\\binom", "\\leq": "\\le", "\\leqslant": "\\le", "\\geq": "\\ge",
    "\\geqslant": "\\ge", "\\neq": "\\ne", "<=": "\\le", ">=": "\\ge", "!=": "\\ne", "\\lt": "<",
    "\\gt": ">", "\\times": "*", "\\cdot": "*", "\\div": "/", "\\ast": "*", "\\lbrace": "\\{",
    "\\rbrace": "\\}", "\\lbrack": "[", "\\rbrack": "]", "\\lvert": "|", "\\rvert": "|",
    "\\vert": "|", "\\mid": "|", "\\dots": "\\ldots", "\\cdots": "\\ldots", "\\dotsc": "\\ldots",
    "\\dotsb": "\\ldots", "\\varnothing": "\\emptyset", "\\degree": "\\circ", "\\land": "\"and",
    "\\lor": "\"or", "\\wedge": "\"and", "\\vee": "\"or", "\\arccot": "\\acot",
    "\\backslash": "\\setminus", "\\tg": "\\tan", "\\ctg": "\\cot", "\\arctg": "\\arctan",
    "\\operatorname*": "\\operatorname", "\\simeq": "\\approx", "\\doteq": "\\approx",
    "\\colon": ":", "\\%": "%", "\ue000": '"$', "\\varphi": "\\phi", "\\varepsilon": "\\epsilon",
    "\\lgroup": "(", "\\rgroup": ")", "\\iff": "\\iff", "\\#": "#", "\\&": "\"and",
}  # fmt: skip
"""Commands by the one that is read."""

LAYOUT: frozenset[str] = frozenset(
    "\\left \\right \\bigl \\bigr \\Bigl \\Bigr \\big \\Big \\bigg \\Bigg \\biggl \\biggr "
    "\\Biggl \\Biggr "
    "\\mleft \\mright "
    "\\displaystyle \\textstyle \\scriptstyle \\limits \\nolimits \\quad \\qquad \\, \\; "
    "\\: \\! \\> "
    "\\( \\) \\[ \\] \\boxed "
    "\\fbox \\middle \\allowbreak \\hspace \\rm \\bf \\it \\cal ~".split()
) | {"\\ ", "\\\n"}
"""What only lays out."""

TEXT_COMMANDS: dict[str, str] = {
    "\\text": "prose", "\\textbf": "prose", "\\textit": "prose", "\\textrm": "prose",
    "\\textnormal": "prose", "\\mbox": "prose", "\\hbox": "prose", "\\mathrm": "prose",
    "\\operatorname": "prose", "\\mathbf": "math", "\\mathit": "math", "\\boldsymbol": "math",
    "\\bm": "math", "\\mathcal": "math", "\\mathsf": "math", "\\mathbb": "set", "\\pmb": "math",
    "\\emph": "prose", "\\mathop": "math", "\\unit": "prose",
}  # fmt: skip
"""Commands whose argument is prose or mathematics in another font."""

FUNCTION_WORDS: frozenset[str] = frozenset(
    "sin cos tan cot sec csc arcsin arccos arctan asin acos atan acot sinh cosh tanh "
    "arcsinh arccosh arctanh "
    "asinh acosh "
    "atanh ln log lg exp sqrt abs max min gcd lcm floor ceil cbrt".split()
)
"""Functions that are written without a backslash, too."""

CONSTANT_WORDS: dict[str, str] = {
    "pi": "\\pi", "infinity": "\\infty", "inf": "\\infty", "oo": "\\infty", "theta": "\\theta",
    "alpha": "\\alpha", "beta": "\\beta", "lambda": "\\lambda", "degrees": "\\deg",
    "degree": "\\deg", "deg": "\\deg", "percent": "%", "pct": "%", "percentage": "%",
    "gamma": "\\gamma", "omega": "\\omega", "phi": "\\phi", "sigma": "\\sigma",
    "delta": "\\delta", "union": "\\cup", "e": "e", "i": "i", "d": "d",
}  # fmt: skip
"""Words that stand for a sign."""

PROSE: frozenset[str] = frozenset(
    "a is are the of no yes for all any not if to in by so or and we at on it cm mm km ml "
    "kg hr min sec ft "
    "th st nd rd "
    "only odd red day men six two one ten mod let has can but its sum via per does "
    "and are can did for had has nor not off one out per the was via you who how why each".split()
)
"""Short English words and units, which are no products of variables; longer words never are."""

GREEK: frozenset[str] = frozenset(
    "alpha beta gamma delta epsilon zeta eta theta vartheta iota kappa lambda mu nu xi rho "
    "sigma tau "
    "upsilon phi chi psi "
    "omega Gamma Delta Theta Lambda Xi Pi Sigma Upsilon Phi Psi Omega ell hbar imath jmath".split()
)
"""Commands that are variables."""
