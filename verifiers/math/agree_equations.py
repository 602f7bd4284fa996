"""Two equations or inequalities compared; and an equation with a number."""

from fractions import Fraction

from rewardkit.verifiers.math import form as fm
from rewardkit.verifiers.math.numbers import Finding
from rewardkit.verifiers.math.quantity import constant
from rewardkit.verifiers.math.values import Quantity, Relation, Value


def agree_relations(a: Relation, r: Relation) -> Finding | None:
    """Compare equations or inequalities: equal up to a rational factor.

    Returns:
        None where a rounded coefficient or a form that is not linear leaves it open.
    """
    if a.sign != r.sign:
        return None
    factor = fm.same_up_to_factor(a.form, r.form)
    if factor is not None and (factor > 0 or a.sign in ("=", "!=")):
        return Finding(True, "equation" if a.sign == "=" else "inequality", _times(factor))
    if factor is not None:
        return Finding(False, "inequality", "the other direction")
    if _nearly_proportional(a.form, r.form):
        return None  # A rounded coefficient, perhaps.
    if (
        a.sign == "="
        and _is_linear(a.form)
        and _is_linear(r.form)
        and a.form.atoms() == r.form.atoms()
    ):
        return Finding(False, "equation")
    return None


def _times(factor: Fraction) -> str:
    return "" if factor == 1 else f"times {factor}"


def _nearly_proportional(a: fm.Form, r: fm.Form) -> bool:
    if a.num.keys() != r.num.keys() or not a.num:
        return False
    factors = [a.num[term] / r.num[term] for term in a.num]
    return all(abs(f - factors[0]) * 50 <= abs(factors[0]) for f in factors)


def _is_linear(form: fm.Form) -> bool:
    if form.den is not None:
        return False
    names = form.atoms()
    return all(n.startswith("v:") for n in names) and all(
        sum(exponent for _, exponent in term) in (0, 1) and len(term) < 2 for term in form.num
    )


def agree_relation_and_number(a: Value, r: Value) -> Finding | None:
    """An equation in several variables is no number; one in a single variable may stand for it."""
    relation, other = (a, r) if isinstance(a, Relation) else (r, a)
    if not isinstance(relation, Relation) or not isinstance(other, Quantity):
        return None
    names = {n for n in relation.form.atoms() if n.startswith("v:")}
    if relation.sign == "=" and len(names) > 1 and constant(other.form):
        return Finding(False, "equation", "an equation is not a number")
    return None
