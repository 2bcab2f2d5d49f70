"""Statements of chapter 4 (permutations), true and false, with sizes, and those of chapters 1 and 2 before them."""

from statements import FALSE, TRUE, A, B, C, P, X, Z, eqk, fk, g1, g2, orthogonal, permutations, rotations

from symmetry.formulas import And, Equal, Member, exists, forall, implies
from symmetry.terms import Average, Variable, sizes

d, n, m = sizes("d n m")


def inS(body):
    return forall(P, implies(Member(P, permutations(n)), body))


tok = inS(forall(X, Z, Equal(fk(X * P, Z), fk(X, Z) * P)))
Aa, Bb, Cc = Variable("A", n, n), Variable("B", m, n), Variable("C", m, m)
laws = And(
    (
        inS(forall(Aa, Bb, Cc, Equal(g1(P.T * Aa * P, Bb * P, Cc), P.T * g1(Aa, Bb, Cc) * P))),
        inS(forall(Aa, Bb, Cc, Equal(g2(P.T * Aa * P, Bb * P, Cc), g2(Aa, Bb, Cc) * P))),
    )
)


def rep41(laws):
    return exists(g1, g2, And((forall(X, Z, Equal(fk(X, Z), X * g1(A, B, C) + Z * g2(A, B, C))), laws)))


Sp = [{"d": 2, "n": 3, "m": 1}, {"d": 4, "n": 2, "m": 1}, {"d": 4, "n": 3, "m": 1}, {"d": 3, "n": 1, "m": 2}]
TRUE["4.1"] = (forall(fk, implies(eqk(orthogonal(d)), tok, rep41(laws))), Sp)
badlaws = inS(forall(Aa, Bb, Cc, Equal(g1(P.T * Aa * P, Bb * P, Cc), P * g1(Aa, Bb, Cc) * P.T)))
FALSE["4.1 PgPt"] = (forall(fk, implies(eqk(orthogonal(d)), tok, rep41(badlaws))), Sp)
FALSE["4.1 notok"] = (forall(fk, implies(eqk(orthogonal(d)), rep41(laws))), Sp)
FALSE["4.1 SO"] = (forall(fk, implies(eqk(rotations(d)), tok, rep41(laws))), Sp)
FALSE["4.1 invg"] = (
    forall(
        fk,
        implies(
            eqk(orthogonal(d)), tok, rep41(inS(forall(Aa, Bb, Cc, Equal(g1(P.T * Aa * P, Bb * P, Cc), g1(Aa, Bb, Cc)))))
        ),
    ),
    Sp,
)
avg = Average(P, permutations(n), P * g1(P.T * Aa * P, Bb * P, Cc) * P.T)
P0 = Variable("P₀", n, n)
avg0 = Average(P, permutations(n), P * g1(P.T * (P0.T * Aa * P0) * P, (Bb * P0) * P, Cc) * P.T)
TRUE["4.1 avg law"] = (
    forall(g1, P0, Aa, Bb, Cc, implies(Member(P0, permutations(n)), Equal(avg0, P0.T * avg * P0))),
    Sp,
)
FALSE["4.1 avg law wrong"] = (
    forall(g1, P0, Aa, Bb, Cc, implies(Member(P0, permutations(n)), Equal(avg0, P0 * avg * P0.T))),
    Sp,
)
FALSE["4.1 avg noop"] = (forall(g1, Aa, Bb, Cc, Equal(avg, g1(Aa, Bb, Cc))), Sp)
X_ = Average(P, permutations(n), fk(X * P, Z) * P.T)
TRUE["4.1 avg f"] = (forall(fk, implies(tok, forall(X, Z, Equal(X_, fk(X, Z))))), Sp)
FALSE["4.1 avg f nohyp"] = (forall(fk, forall(X, Z, Equal(X_, fk(X, Z)))), Sp)
FALSE["4.1 avg f P"] = (
    forall(fk, implies(tok, forall(X, Z, Equal(Average(P, permutations(n), fk(X * P, Z) * P), fk(X, Z))))),
    Sp,
)
