"""Two numbers or expressions with their units: equal, different, or not known."""

from fractions import Fraction

import msgspec

from rewardkit.verifiers.math import form as fm
from rewardkit.verifiers.math.form import Form
from rewardkit.verifiers.math.numeric import approximate
from rewardkit.verifiers.math.quantity import constant
from rewardkit.verifiers.math.rounding import rounds_to
from rewardkit.verifiers.math.units import TEMPERATURES, Unit
from rewardkit.verifiers.math.values import Quantity
from rewardkit.verifiers.math.work import Unreadable


class Finding(msgspec.Struct, frozen=True):
    """What a comparison found: equal or not, by which rule, and a remark for the reason."""

    equal: bool
    rule: str
    note: str = ""
    hedge: bool = False


_ONE = Fraction(1)
_DEGREE = fm.divide(fm.atom("pi"), fm.number(180))
_TIMES = frozenset(Fraction(n) for n in (3, 12, 16, 24, 60, 365, 1440, 3600, 5280, 86400)) | {
    Fraction(10) ** k for k in range(1, 10)
}
_POUNDS = ("pound", "pounds")
_UNIT_LETTERS = frozenset("mgshLlNJWVAKCFdkMB")


def agree_numbers(answer: Quantity, reference: Quantity, figures: int) -> Finding | None:
    """Compare two numbers with their units; None where the exact tier can't tell."""
    if answer.unit is not None and reference.unit is not None:
        return _with_units(answer, reference, answer.unit, reference.unit, figures)
    if answer.loose != reference.loose and not (constant(answer.form) and constant(reference.form)):
        return None
    found = _values(answer, reference, answer.form, reference.form, (_ONE, _ONE), figures)
    if found is not None and found.equal:
        if answer.noun and reference.noun and not _same_noun(answer.noun, reference.noun):
            return None
        if any(q.loose and q.noun for q in (answer, reference)) and answer.noun != reference.noun:
            return None  # Three letters after a number: a noun, or a product of variables.
        noun, unit_ = answer.noun or reference.noun, answer.unit or reference.unit
        if noun and unit_ and not (noun in _POUNDS and unit_.name in ("gbp", "lb")):
            return None
        return found
    if answer.percent != reference.percent and constant(answer.form):
        return _one_percent(answer, reference, figures) or found
    unit = answer.unit or reference.unit
    if found is None or unit is None:
        return found
    return _one_unit(answer, reference, unit, found)


def _with_units(
    a: Quantity, r: Quantity, unit_a: Unit, unit_r: Unit, figures: int
) -> Finding | None:
    names = f"units: {unit_a.name} against {unit_r.name}"
    if unit_a.dimensions != unit_r.dimensions:
        kinds = {d for d, _ in unit_a.dimensions + unit_r.dimensions}
        if kinds <= TEMPERATURES:
            return None
        if kinds == {"yen", "yuan"} and "jpy" in (unit_a.name, unit_r.name):
            # The sign is that of both.
            return _values(a, r, a.form, r.form, (_ONE, _ONE), figures)
        if kinds == {"angle", "radian"}:
            left = fm.times(a.form, _DEGREE) if unit_a.dimensions[0][0] == "angle" else a.form
            right = fm.times(r.form, _DEGREE) if unit_r.dimensions[0][0] == "angle" else r.form
            return Finding(True, "angle", names) if fm.equal(left, right) else None
        return Finding(False, "units", names)
    if unit_a.factor == unit_r.factor:
        return _values(a, r, a.form, r.form, (_ONE, _ONE), figures)
    left, right = (
        fm.times(a.form, fm.number(unit_a.factor)),
        fm.times(r.form, fm.number(unit_r.factor)),
    )
    found = _values(a, r, left, right, (unit_a.factor, unit_r.factor), figures)
    return found and Finding(found.equal, "units", names)


def _one_percent(a: Quantity, r: Quantity, figures: int) -> Finding | None:
    """A percent sign on one side only: 25 % is 0.25, and 25 where percents are asked for."""
    hundred = fm.number(100)
    left, right = (
        (fm.times(a.form, hundred), r.form) if a.percent else (a.form, fm.times(r.form, hundred))
    )
    scales = (Fraction(100), _ONE) if a.percent else (_ONE, Fraction(100))
    share = (left if a.percent else right).rational
    if share is not None and abs(share) < 1:
        return None  # Nobody asks for less than a percent; a half is no half percent.
    found = _values(a, r, left, right, scales, figures)
    return Finding(True, "percent", "percent sign on one side") if found and found.equal else None


def _one_unit(a: Quantity, r: Quantity, unit: Unit, found: Finding) -> Finding | None:
    """A unit on one side only, unequal numbers: radians, or a conversion that may be asked for."""
    measured, plain = (a, r) if a.unit is not None else (r, a)
    kind = unit.dimensions[0][0]
    if kind == "angle":
        turned = fm.times(measured.form, fm.times(_DEGREE, fm.number(unit.factor)))
        if fm.equal(turned, plain.form):
            return Finding(True, "angle", "degrees as radians")
        return found if plain.step is None else None
    x, y = measured.form.rational, plain.form.rational
    if x and y and (x / y in _TIMES or y / x in _TIMES or len(unit.dimensions) > 1):
        return None
    return found


def _values(
    a: Quantity,
    r: Quantity,
    left: Form,
    right: Form,
    scales: tuple[Fraction, Fraction],
    figures: int,
) -> Finding | None:
    if fm.equal(left, right):
        return Finding(True, _rule(left, a, r))
    if constant(left) and constant(right):
        how = rounds_to(a, r, left, right, scales, figures)
        if how:
            return Finding(True, "rounding", how)
        if (a.inexact or r.inexact) and _near(left, right):
            return None
        return Finding(False, _rule(right, a, r))
    if a.inexact or r.inexact:
        return None
    return _expressions(left, right)


def _near(a: Form, r: Form) -> bool:
    """Whether two constants differ by less than 2 %, or can't be compared."""
    try:
        size = max(abs(approximate(a)), abs(approximate(r)))
        return 50 * abs(approximate(fm.add(a, fm.negative(r)))) < size
    except Unreadable:
        return True


def _rule(value: Form, a: Quantity, r: Quantity) -> str:
    exact = value.rational
    if exact is None:
        if not constant(value):
            return "expression"
        return (
            "complex number"
            if "i" in value.atoms()
            else "infinity"
            if "oo" in value.atoms()
            else "exact value"
        )
    if a.percent or r.percent:
        return "percent"
    if a.step is not None or r.step is not None:
        return "decimal"
    return "integer" if exact.denominator == 1 else "fraction"


def _expressions(a: Form, r: Form) -> Finding | None:
    """Unequal forms with variables: different only where the normal form is known to be one."""
    left, right = a.atoms(), r.atoms()
    if any(
        atom.startswith(("p:-1", "p:v")) or "f:" in atom or atom.count("p:") > 1
        for atom in left | right
    ):
        return None
    names, others = _variables(left), _variables(right)
    odd = left ^ right
    if names != others and (len(names) == len(others) or odd & {"v:C", "v:c", "v:K"}):
        return None
    if odd & {"i", "e", "oo"} or ((not names or not others) and _maybe_unit(a if names else r)):
        return None
    return Finding(False, "expression")


def _variables(atoms: frozenset[str]) -> frozenset[str]:
    plain = {atom for atom in atoms if atom.startswith("v:")}
    # The variables of an exponent are in the name of its atom: "p:2:(('v:n', 1),)".
    inside = {
        "v:" + part.split("'", 1)[0]
        for a in atoms
        if a.startswith("p:")
        for part in a.split("'v:")[1:]
    }
    return frozenset(plain | inside)


def _maybe_unit(form: Form) -> bool:
    """Whether an expression is a number times one letter that also names a unit: 5m."""
    if form.den is not None or len(form.num) != 1:
        return False
    (term,) = form.num
    names = [name[2:] for name, _ in term if name.startswith("v:")]
    return (len(names) == 1 and names[0] in _UNIT_LETTERS) or (
        # "7 ox" is a count, not 7 times o times x.
        len(names) > 1 and all(len(n) == 1 for n in names) and all(x == 1 for _, x in term)
    )


def _same_noun(a: str, b: str) -> bool:
    stems = [{w.removesuffix("s").removesuffix("e") for w in text.split()} for text in (a, b)]
    return stems[0] <= stems[1] or stems[1] <= stems[0]
