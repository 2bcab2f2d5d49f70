"""Symbolic forms: what the theorems say a function with a symmetry looks like, as SymPy objects.

A form is read off the theorem that the kernel replays when it is first asked for; nothing is typed here but the id of
the claim. :func:`symmetry.derive` gives the form of any problem in the one-line language.

>>> form = equivariant_with_knowledge()
>>> form.expression
X*g₁(X.T*X, Z.T*X, Z.T*Z) + Z*g₂(X.T*X, Z.T*X, Z.T*Z)
>>> form.concrete(g1=lambda A, B, C: A, g2=lambda A, B, C: B)
Traceback (most recent call last):
...
symmetry.errors.UsageError: g₁ must give a (n, k) matrix, not X.T*X of shape (n, n)
>>> form.with_sizes(k="n").concrete(g1=lambda A, B, C: A, g2=lambda A, B, C: B)
X*(X.T*X) + Z*(Z.T*X)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from symmetry.errors import UsageError
from symmetry.formulas import And, Equal, Exists, ForAll, Formula, Implies
from symmetry.sizes import Size, SizeLike
from symmetry.substitution import substitute
from symmetry.syntax import Node, free
from symmetry.terms import Apply, Function, Term, Variable, Zero

if TYPE_CHECKING:
    from symmetry.derivation import Derivation
    from symmetry.kernel import Theorem
    from symmetry.problem import Problem

__all__ = [
    "Form",
    "equivariant",
    "equivariant_with_knowledge",
    "form_of",
    "invariant",
    "invariant_with_knowledge",
]


@dataclass(frozen=True)
class Form:
    """The general form of the functions with a symmetry.

    Args:
        claim: id of the claim whose theorem says so.
        equations: f(inputs) = body, one for each output.
        free_functions: the unknown functions in the bodies, which may be chosen at will, within the laws.
        laws: what the free functions obey.
        derivations: those of the theorem and of everything it rests on, lemmas first.
        problem: what it was derived for.
        symbols: letter = term, for each argument of the free functions that is not an input itself.
        reading: the definition of ours that it supposes besides the symmetry; empty where there is none.
        gathered: the equation as that definition writes it, and what is abbreviated in it.
        within: the forms of the functions from which the definition gathers f; these are then the free functions.
        positions: what f is at each position, where it has only the symmetry of permutations: one function φ of what is
            seen from there.
        numbers: how many numbers a free function sees at most, with the definition and without it, as formulas.
        notes: remarks on names and layout, in words.

    Raises:
        UsageError: from :meth:`concrete`, where a choice does not fit.
    """

    claim: str
    equations: tuple[Equal, ...]
    free_functions: tuple[Function, ...]
    laws: tuple[Formula, ...] = ()
    derivations: tuple[Derivation, ...] = field(default=(), compare=False, repr=False)
    problem: Problem | None = None
    symbols: tuple[Equal, ...] = ()
    reading: str = ""
    gathered: tuple[Equal, ...] = ()
    within: tuple[Form, ...] = ()
    positions: tuple[Formula, ...] = ()
    numbers: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def function(self) -> Function:
        """The function in question, f or h; of several outputs, the first."""
        return self._left(0).function

    @property
    def inputs(self) -> tuple[Variable, ...]:
        """Its arguments."""
        return tuple(argument for argument in self._left(0).arguments if isinstance(argument, Variable))

    @property
    def body(self) -> Term:
        """What it equals; of several outputs, the first (:attr:`equations` has all)."""
        return self.equations[0].right

    @property
    def short(self) -> tuple[Equal, ...]:
        """The equations with letters for the arguments of the free functions."""
        long = {equation.right: equation.left for equation in self.symbols}
        return tuple(Equal(equation.left, _shortened(equation.right, long)) for equation in self.equations)

    @property
    def derivation(self) -> Derivation:
        """The derivation of the theorem; it uses the others of :attr:`derivations`."""
        return self.derivations[-1]

    @property
    def claims(self) -> tuple[str, ...]:
        """Ids of the theorems that state the form, on which none of the other derivations rests."""
        used = {lemma for derivation in self.derivations for lemma in derivation.lemmas}
        return tuple(each.claim for each in self.derivations if each.claim not in used)

    @property
    def rests_on(self) -> tuple[str, ...]:
        """Ids of all other claims that the theorems rest on."""
        return tuple(each.claim for each in self.derivations if each.claim not in self.claims)

    def replay(self) -> tuple[Theorem, ...]:
        """Replay every derivation, and give the theorems.

        Raises:
            DerivationError: a step does not hold.

        >>> equivariant().replay()[-1].assumptions
        frozenset()
        """
        from symmetry.kernel import replay

        theorems: dict[str, Theorem] = {}
        for derivation in self.derivations:
            theorems[derivation.claim] = replay(derivation, theorems)[derivation.steps[-1].name]
        return tuple(theorems.values())

    @property
    def expression(self) -> Any:
        """The form as a SymPy matrix expression; a tuple where there are several outputs."""
        from symmetry.sympy_door import to_sympy

        return _one_or_all(to_sympy(equation.right) for equation in self.equations)

    @property
    def equation(self) -> Any:
        """f(…) = the form, as a SymPy equation; a tuple where there are several outputs."""
        from sympy import Eq

        from symmetry.sympy_door import to_sympy

        return _one_or_all(
            Eq(to_sympy(equation.left), to_sympy(equation.right), evaluate=False) for equation in self.equations
        )

    def with_sizes(self, **lengths: SizeLike) -> Form:
        """The form at other sizes: names such as ``k="n"``, or integers.

        Raises:
            UsageError: a size that does not occur.
        """
        known = self._sizes
        unknown = sorted(set(lengths) - known)
        if unknown:
            raise UsageError(f"the form has no size {', '.join(unknown)}; it has {', '.join(sorted(known))}")
        sizes = {name: Size.of(value) for name, value in lengths.items()}
        names = ("equations", "free_functions", "laws", "symbols", "gathered", "positions")
        parts: dict[str, Any] = {name: substitute(getattr(self, name), sizes) for name in names}
        within = (part.with_sizes(**{n: v for n, v in lengths.items() if n in part._sizes}) for part in self.within)
        return replace(self, **parts, within=tuple(within))

    @property
    def _sizes(self) -> frozenset[str]:
        return frozenset(name for name in free(self.equations) if isinstance(name, str))

    def concrete(self, **choices: Callable[..., Any]) -> Any:
        """The SymPy expression with free functions chosen by callables on matrix expressions; g1 stands for g₁.

        Whether the choices obey the laws is not checked.
        """
        from symmetry.sympy_door import put_in

        if len(self.equations) == 1:
            return put_in(self.expression, choices)
        raise UsageError(f"the form has {len(self.equations)} outputs: take one, as in form.parts[0].concrete(…)")

    @property
    def parts(self) -> tuple[Form, ...]:
        """One form for each output."""
        return tuple(self._part(equation) for equation in self.equations)

    def latex(self) -> str:
        """The equation f(…) = the form, typeset; one line for each output."""
        from sympy import latex

        from symmetry.sympy_door import to_sympy

        lines = [f"{latex(to_sympy(each.left))} = {latex(to_sympy(each.right))}" for each in self.equations]
        return lines[0] if len(lines) == 1 else r"\begin{gathered}" + r"\\".join(lines) + r"\end{gathered}"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def __str__(self) -> str:
        return "\n".join(map(str, (*self.equations, *self.laws)))

    def _left(self, index: int) -> Apply:
        left = self.equations[index].left
        if not isinstance(left, Apply):
            raise UsageError(f"{left} is not a function at its inputs")
        return left

    def _part(self, equation: Equal) -> Form:
        used = free(equation)
        functions = tuple(function for function in self.free_functions if function in used)
        laws = tuple(law for law in self.laws if not free(law).isdisjoint(functions))
        return replace(self, equations=(equation,), free_functions=functions, laws=laws)


def _one_or_all(found: Any) -> Any:
    every = tuple(found)
    return every[0] if len(every) == 1 else every


def _shortened(item: Any, long: dict[Term, Term]) -> Any:
    """The arguments of functions replaced where a letter stands for them."""
    if isinstance(item, Apply):
        return Apply(item.function, tuple(long.get(argument, argument) for argument in item.arguments))
    if isinstance(item, Node):
        return type(item)(*(_shortened(part, long) for part in item.key[1:]))
    return tuple(_shortened(part, long) for part in item) if isinstance(item, tuple) else item


def equivariant() -> Form:
    """f(Y) = Y g(YᵀY), where f(QY) = Q f(Y) for all orthogonal Q (theory 2.3).

    >>> print(equivariant())
    f(Y) = Y g(YᵀY)
    """
    return form_of("representation")


def equivariant_with_knowledge() -> Form:
    """f(X, Z) = X g₁ + Z g₂, where f(QX, QZ) = Q f(X, Z) for all orthogonal Q (theory 2.3; Ma and Ying 2022).

    >>> print(equivariant_with_knowledge())
    f(X, Z) = X g₁(XᵀX, ZᵀX, ZᵀZ) + Z g₂(XᵀX, ZᵀX, ZᵀZ)
    """
    return form_of("representation-with-knowledge")


def invariant() -> Form:
    """h(Y) = g(YᵀY), where h(QY) = h(Y) for all orthogonal Q (theory 1.4).

    >>> print(invariant())
    h(Y) = g(YᵀY)
    """
    return form_of("invariant-functions")


def invariant_with_knowledge() -> Form:
    """h(X, Z) = g(XᵀX, ZᵀX, ZᵀZ), where h(QX, QZ) = h(X, Z) for all orthogonal Q (theory 1.5).

    >>> print(invariant_with_knowledge())
    h(X, Z) = g(XᵀX, ZᵀX, ZᵀZ)
    """
    return form_of("invariant-functions-with-knowledge")


@lru_cache(maxsize=64)
def form_of(claim: str) -> Form:
    """The form that a claim's theorem gives: ∃ free functions. ∀ inputs. f(inputs) = body.

    Raises:
        UsageError: the claim is unknown, or its theorem does not state a form.
    """
    from symmetry.verification import derivations

    found = derivations([claim])
    form = read_form(found[-1].statement)
    if form is None:
        raise UsageError(f"the theorem of {claim!r} does not state a form: {found[-1].statement}")
    return replace(form, claim=claim, derivations=found)


def read_form(formula: Formula, functions: tuple[Function, ...] = ()) -> Form | None:
    """The first part that says: there are functions, which obey laws, and for all inputs f(inputs) = body.

    ``None`` where nothing does. Where nothing is said to exist, only f(inputs) = 0 is a form.
    """
    if isinstance(formula, Exists) and isinstance(formula.variable, Function):
        return read_form(formula.body, (*functions, formula.variable))
    if isinstance(formula, ForAll):
        inputs: list[Variable] = []
        inner: Formula = formula
        while isinstance(inner, ForAll) and isinstance(inner.variable, Variable):
            inputs.append(inner.variable)
            inner = inner.body
        if inputs and isinstance(inner, Equal) and isinstance(inner.left, Apply):
            if inner.left.arguments == tuple(inputs) and (functions or isinstance(inner.right, Zero)):
                return Form("", (inner,), functions)
        return read_form(formula.body, functions)
    if isinstance(formula, Implies):
        return read_form(formula.conclusion, functions)
    if isinstance(formula, And):
        found = [read_form(part, functions) for part in formula.parts]
        form = next((each for each in found if each is not None), None)
        if form is not None and functions and found[0] is form:
            return replace(form, laws=formula.parts[1:])
        return form
    return None
