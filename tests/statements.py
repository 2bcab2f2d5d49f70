"""Statements of chapters 1 and 2, true and false, with sizes: what the exact check is tested on."""

from symmetry.formulas import And, Equal, Formula, Member, conjunction, exists, forall, iff, implies
from symmetry.terms import Function, Identity, MatrixGroup, Size, Variable, Zero, pinv, sizes

d, n, m, N, p, q = sizes("d n m N p q")
one = Size.of(1)


def orthogonal(size):
    return MatrixGroup("O", size)


def rotations(size):
    return MatrixGroup("SO", size)


def permutations(size):
    return MatrixGroup("S", size)


Q = Variable("Q", d, d)
Y = Variable("Y", d, N)
Y2 = Variable("Y'", d, N)
X = Variable("X", d, n)
Z = Variable("Z", d, m)
X2 = Variable("X'", d, n)
Z2 = Variable("Z'", d, m)
P = Variable("P", n, n)
E = Identity(d)
u, v, w, y = (Variable(k, d, 1) for k in "uvwy")
H = Variable("H", d, d)


def inG(G, body, Qv=Q):
    return forall(Qv, implies(Member(Qv, G), body))


TRUE: dict[str, tuple[Formula, list[dict[str, int]]]] = {}
FALSE: dict[str, tuple[Formula, list[dict[str, int]]]] = {}
S1 = [{"d": 3, "N": 2}, {"d": 2, "N": 3}, {"d": 3, "N": 4}]
Sk = [{"d": 3, "n": 1, "m": 2}, {"d": 2, "n": 3, "m": 1}, {"d": 4, "n": 2, "m": 1}]
TRUE["1.1"] = (inG(orthogonal(d), forall(Y, Equal((Q * Y).T * (Q * Y), Y.T * Y))), S1)
FALSE["1.1 transpose"] = (inG(orthogonal(d), forall(Y, Equal((Q * Y) * (Q * Y).T, Y * Y.T))), S1)
FALSE["1.1 nohyp"] = (forall(Q, Y, Equal((Q * Y).T * (Q * Y), Y.T * Y)), S1)
FALSE["1.1 2"] = (inG(orthogonal(d), forall(Y, Equal((Q * Y).T * (Q * Y), 2 * Y.T * Y))), S1)
FALSE["1.1 QtY"] = (inG(orthogonal(d), forall(Y, Equal((Q * Y).T * (Q.T * Y), Y.T * Y))), S1)


def refl(c):
    return E - c * w * pinv(w.T * w) * w.T


def r12(c=2, norm=True):
    hy = [Equal(w, u - v)] + ([Equal(u.T * u, v.T * v)] if norm else [])
    c1 = conjunction(
        Equal(H.T, H),
        Equal(H * H, E),
        Equal(H * u, v),
        forall(y, implies(Equal(w.T * y, Zero(one, one)), Equal(H * y, y))),
    )
    return forall(u, v, w, H, implies(*hy, Equal(H, refl(c)), c1))


Sr = [{"d": 3}, {"d": 2}, {"d": 4}]
TRUE["1.2"] = (r12(), Sr)
FALSE["1.2 const"] = (r12(1), Sr)
FALSE["1.2 nonorm"] = (r12(2, norm=False), Sr)
FALSE["1.2 swap"] = (
    forall(u, v, w, H, implies(Equal(u.T * u, v.T * v), Equal(w, u - v), Equal(H, refl(2)), Equal(H * u, u))),
    Sr,
)
FALSE["1.2 fixes all"] = (
    forall(
        u, v, w, H, implies(Equal(u.T * u, v.T * v), Equal(w, u - v), Equal(H, refl(2)), forall(y, Equal(H * y, y)))
    ),
    Sr,
)
FALSE["1.2 u+v"] = (
    forall(u, v, w, H, implies(Equal(u.T * u, v.T * v), Equal(w, u + v), Equal(H, refl(2)), Equal(H * u, v))),
    Sr,
)


def gram(G, hyp):
    return forall(Y, Y2, implies(hyp, exists(Q, And((Member(Q, G), Equal(Q * Y, Y2))))))


TRUE["1.3"] = (gram(orthogonal(d), Equal(Y.T * Y, Y2.T * Y2)), S1)
TRUE["1.3iff"] = (
    forall(Y, Y2, iff(Equal(Y.T * Y, Y2.T * Y2), exists(Q, And((Member(Q, orthogonal(d)), Equal(Y2, Q * Y)))))),
    S1,
)
FALSE["1.3 SO"] = (gram(rotations(d), Equal(Y.T * Y, Y2.T * Y2)), S1)
FALSE["1.3 outer"] = (gram(orthogonal(d), Equal(Y * Y.T, Y2 * Y2.T)), S1)
FALSE["1.3 no"] = (forall(Y, Y2, exists(Q, And((Member(Q, orthogonal(d)), Equal(Q * Y, Y2))))), S1)
FALSE["1.3 unique"] = (
    forall(
        Y,
        Y2,
        implies(
            Equal(Y.T * Y, Y2.T * Y2), exists(Q, And((Member(Q, orthogonal(d)), Equal(Q * Y2, Y), Equal(Q * Y, Y2))))
        ),
    ),
    S1,
)
FALSE["1.3 S"] = (gram(permutations(d), Equal(Y.T * Y, Y2.T * Y2)), S1)
y1, y2, z1, z2 = (Variable(k, d, 1) for k in ("y₁", "y₂", "z₁", "z₂"))
FALSE["1.3 norms"] = (
    forall(
        y1,
        y2,
        z1,
        z2,
        implies(
            Equal(y1.T * y1, z1.T * z1),
            Equal(y2.T * y2, z2.T * z2),
            exists(Q, And((Member(Q, orthogonal(d)), Equal(Q * y1, z1), Equal(Q * y2, z2)))),
        ),
    ),
    Sr,
)
TRUE["1.3 two"] = (
    forall(
        y1,
        y2,
        z1,
        z2,
        implies(
            Equal(y1.T * y1, z1.T * z1),
            Equal(y2.T * y2, z2.T * z2),
            Equal(y1.T * y2, z1.T * z2),
            exists(Q, And((Member(Q, orthogonal(d)), Equal(Q * y1, z1), Equal(Q * y2, z2)))),
        ),
    ),
    Sr,
)
h = Function("h", ((d, N),), (p, q))
g = Function("g", ((N, N),), (p, q))
g0 = Function("g", ((d, d),), (p, q))


def inv(G):
    return inG(G, forall(Y, Equal(h(Q * Y), h(Y))))


fac = exists(g, forall(Y, Equal(h(Y), g(Y.T * Y))))
S4 = [{"d": 3, "N": 2, "p": 1, "q": 2}, {"d": 2, "N": 3, "p": 2, "q": 1}, {"d": 1, "N": 2, "p": 1, "q": 3}]
TRUE["1.4"] = (forall(h, iff(inv(orthogonal(d)), fac)), S4)
TRUE["1.4 free"] = (implies(inv(orthogonal(d)), fac), S4)
FALSE["1.4 SO"] = (forall(h, implies(inv(rotations(d)), fac)), S4)
FALSE["1.4 S"] = (forall(h, implies(inv(permutations(d)), fac)), S4)
FALSE["1.4 outer"] = (forall(h, implies(inv(orthogonal(d)), exists(g0, forall(Y, Equal(h(Y), g0(Y * Y.T)))))), S4)
FALSE["1.4 nohyp"] = (forall(h, fac), S4)
FALSE["1.4 conv outer"] = (forall(h, implies(exists(g0, forall(Y, Equal(h(Y), g0(Y * Y.T)))), inv(orthogonal(d)))), S4)
FALSE["1.4 conv GL"] = (forall(h, implies(fac, forall(Q, Y, Equal(h(Q * Y), h(Y))))), S4)
hk = Function("h", ((d, n), (d, m)), (p, q))
gk = Function("g", ((n, n), (m, n), (m, m)), (p, q))
gk2 = Function("g", ((n, n), (m, m)), (p, q))
gk3 = Function("g", ((n, n), (m, n)), (p, q))


def invk(G):
    return inG(G, forall(X, Z, Equal(hk(Q * X, Q * Z), hk(X, Z))))


fack = exists(gk, forall(X, Z, Equal(hk(X, Z), gk(X.T * X, Z.T * X, Z.T * Z))))
Sk4 = [{"d": 3, "n": 1, "m": 2, "p": 1, "q": 1}, {"d": 2, "n": 3, "m": 1, "p": 2, "q": 1}]
TRUE["1.5"] = (forall(hk, iff(invk(orthogonal(d)), fack)), Sk4)
FALSE["1.5 noB"] = (
    forall(hk, implies(invk(orthogonal(d)), exists(gk2, forall(X, Z, Equal(hk(X, Z), gk2(X.T * X, Z.T * Z)))))),
    Sk4,
)
FALSE["1.5 noC"] = (
    forall(hk, implies(invk(orthogonal(d)), exists(gk3, forall(X, Z, Equal(hk(X, Z), gk3(X.T * X, Z.T * X)))))),
    Sk4,
)
FALSE["1.5 SO"] = (forall(hk, implies(invk(rotations(d)), fack)), Sk4)
FALSE["1.5 Xonly"] = (
    forall(
        hk,
        implies(
            inG(orthogonal(d), forall(X, Z, Equal(hk(Q * X, Z), hk(X, Z)))),
            exists(gk2, forall(X, Z, Equal(hk(X, Z), gk2(X.T * X, Z.T * Z)))),
        ),
    ),
    Sk4,
)
R = Variable("R", d, d)
FALSE["1.5 sep"] = (
    forall(
        hk,
        implies(
            invk(orthogonal(d)),
            inG(orthogonal(d), inG(orthogonal(d), forall(X, Z, Equal(hk(Q * X, R * Z), hk(X, Z))), R)),
        ),
    ),
    Sk4,
)
f = Function("f", ((d, N),), (d, n))


def eq(G, f=f):
    return inG(G, forall(Y, Equal(f(Q * Y), Q * f(Y))))


Sf = [{"d": 3, "N": 2, "n": 1}, {"d": 2, "N": 1, "n": 3}, {"d": 3, "N": 4, "n": 2}]
span = forall(Y, Equal(f(Y), Y * pinv(Y) * f(Y)))
TRUE["2.1"] = (forall(f, implies(eq(orthogonal(d)), span)), Sf)
FALSE["2.1 SO"] = (forall(f, implies(eq(rotations(d)), span)), Sf)
FALSE["2.1 nohyp"] = (forall(f, span), Sf)
FALSE["2.1 S"] = (forall(f, implies(eq(permutations(d)), span)), Sf)
FALSE["2.1 inv"] = (forall(f, implies(inG(orthogonal(d), forall(Y, Equal(f(Q * Y), f(Y)))), span)), Sf)
coef = Function("c", ((d, N),), (N, n))
TRUE["2.2"] = (
    forall(
        f,
        coef,
        implies(
            eq(orthogonal(d)),
            forall(Y, Equal(coef(Y), pinv(Y) * f(Y))),
            And((inG(orthogonal(d), forall(Y, Equal(coef(Q * Y), coef(Y)))), forall(Y, Equal(f(Y), Y * coef(Y))))),
        ),
    ),
    Sf,
)
FALSE["2.2 Yt"] = (
    forall(
        f, coef, implies(eq(orthogonal(d)), forall(Y, Equal(coef(Y), Y.T * f(Y))), forall(Y, Equal(f(Y), Y * coef(Y))))
    ),
    Sf,
)
FALSE["2.2 eqv"] = (
    forall(
        f,
        coef,
        implies(eq(orthogonal(d)), forall(Y, Equal(coef(Y), pinv(Y) * f(Y))), forall(Y, Equal(coef(2 * Y), coef(Y)))),
    ),
    Sf,
)
FALSE["2.2 SO"] = (
    forall(
        f,
        coef,
        implies(eq(rotations(d)), forall(Y, Equal(coef(Y), pinv(Y) * f(Y))), forall(Y, Equal(f(Y), Y * coef(Y)))),
    ),
    Sf,
)
FALSE["2.2 nohyp"] = (
    forall(
        f,
        coef,
        implies(forall(Y, Equal(coef(Y), pinv(Y) * f(Y))), inG(orthogonal(d), forall(Y, Equal(coef(Q * Y), coef(Y))))),
    ),
    Sf,
)
G1 = Function("g", ((N, N),), (N, n))
TRUE["2.3"] = (forall(f, implies(eq(orthogonal(d)), exists(G1, forall(Y, Equal(f(Y), Y * G1(Y.T * Y)))))), Sf)
FALSE["2.3 SO"] = (forall(f, implies(eq(rotations(d)), exists(G1, forall(Y, Equal(f(Y), Y * G1(Y.T * Y)))))), Sf)
G0 = Function("g", ((d, d),), (N, n))
FALSE["2.3 outer"] = (forall(f, implies(eq(orthogonal(d)), exists(G0, forall(Y, Equal(f(Y), Y * G0(Y * Y.T)))))), Sf)
G00 = Function("g", ((N, N),), (d, n))
FALSE["2.3 noY"] = (forall(f, implies(eq(orthogonal(d)), exists(G00, forall(Y, Equal(f(Y), G00(Y.T * Y)))))), Sf)
FALSE["2.3 const"] = (
    forall(f, implies(eq(orthogonal(d)), exists(Variable("K", N, n), forall(Y, Equal(f(Y), Y * Variable("K", N, n)))))),
    Sf,
)
fk = Function("f", ((d, n), (d, m)), (d, n))


def eqk(G):
    return inG(G, forall(X, Z, Equal(fk(Q * X, Q * Z), Q * fk(X, Z))))


g1 = Function("g₁", ((n, n), (m, n), (m, m)), (n, n))
g2 = Function("g₂", ((n, n), (m, n), (m, m)), (m, n))
A, B, C = X.T * X, Z.T * X, Z.T * Z
rep = exists(g1, g2, forall(X, Z, Equal(fk(X, Z), X * g1(A, B, C) + Z * g2(A, B, C))))
TRUE["2.3k"] = (forall(fk, implies(eqk(orthogonal(d)), rep)), Sk)
TRUE["2.3k iff"] = (forall(fk, iff(eqk(orthogonal(d)), rep)), Sk)
FALSE["2.3k SO"] = (forall(fk, implies(eqk(rotations(d)), rep)), Sk)
FALSE["2.3k g1 only"] = (
    forall(fk, implies(eqk(orthogonal(d)), exists(g1, forall(X, Z, Equal(fk(X, Z), X * g1(A, B, C)))))),
    Sk,
)
FALSE["2.3k g2 only"] = (
    forall(fk, implies(eqk(orthogonal(d)), exists(g2, forall(X, Z, Equal(fk(X, Z), Z * g2(A, B, C)))))),
    Sk,
)
g1n = Function("g₁", ((n, n), (m, m)), (n, n))
g2n = Function("g₂", ((n, n), (m, m)), (m, n))
FALSE["2.3k noB"] = (
    forall(
        fk, implies(eqk(orthogonal(d)), exists(g1n, g2n, forall(X, Z, Equal(fk(X, Z), X * g1n(A, C) + Z * g2n(A, C)))))
    ),
    Sk,
)
FALSE["2.3k sep"] = (
    forall(
        fk,
        implies(
            inG(orthogonal(d), forall(X, Z, Equal(fk(Q * X, Z), Q * fk(X, Z)))),
            exists(g1, g2, forall(X, Z, Equal(fk(X, Z), X * g1(A, Zero(m, n), C) + Zero(d, n)))),
        ),
    ),
    Sk,
)
FALSE["2.3k nohyp"] = (forall(fk, rep), Sk)
TRUE["2.4"] = (
    forall(
        g1,
        g2,
        Q,
        X,
        Z,
        implies(
            Member(Q, orthogonal(d)),
            Equal(
                (Q * X) * g1((Q * X).T * (Q * X), (Q * Z).T * (Q * X), (Q * Z).T * (Q * Z))
                + (Q * Z) * g2((Q * X).T * (Q * X), (Q * Z).T * (Q * X), (Q * Z).T * (Q * Z)),
                Q * (X * g1(A, B, C) + Z * g2(A, B, C)),
            ),
        ),
    ),
    Sk,
)
FALSE["2.4 B"] = (
    forall(
        g1,
        g2,
        Q,
        X,
        Z,
        implies(
            Member(Q, orthogonal(d)),
            Equal((Q * X) * g1((Q * X).T * (Q * X), Z.T * (Q * X), (Q * Z).T * (Q * Z)), Q * (X * g1(A, B, C))),
        ),
    ),
    Sk,
)
FALSE["2.4 noQ"] = (
    forall(
        g1,
        g2,
        Q,
        X,
        Z,
        Equal((Q * X) * g1((Q * X).T * (Q * X), (Q * Z).T * (Q * X), (Q * Z).T * (Q * Z)), Q * (X * g1(A, B, C))),
    ),
    Sk,
)
Gx = Function("g", ((d, d),), (N, n))
FALSE["2.4 outer"] = (
    forall(Gx, Q, Y, implies(Member(Q, orthogonal(d)), Equal(Q * Y * Gx((Q * Y) * (Q * Y).T), Q * Y * Gx(Y * Y.T)))),
    Sf,
)
FALSE["2.4 Q right"] = (
    forall(G1, Q, Y, implies(Member(Q, orthogonal(d)), Equal(Q * Y * G1((Q * Y).T * Q * Y), Q.T * Y * G1(Y.T * Y)))),
    Sf,
)
W = Function("W", ((d, m),), (d, d))
al = Function("α", ((m, m),), (1, 1))
be = Function("β", ((m, m),), (m, m))
Sw = [{"d": 3, "m": 2}, {"d": 2, "m": 1}, {"d": 2, "m": 3}, {"d": 3, "m": 1}]


def eqw(G):
    return inG(G, forall(Z, Equal(W(Q * Z), Q * W(Z) * Q.T)))


wr = forall(Z, Equal(W(Z), al(C) * E + Z * be(C) * Z.T))
TRUE["2.8"] = (forall(W, implies(eqw(orthogonal(d)), exists(al, be, wr))), Sw)
TRUE["2.8iff"] = (forall(W, iff(eqw(orthogonal(d)), exists(al, be, wr))), Sw)
FALSE["2.8 sym"] = (
    forall(
        W,
        implies(
            eqw(orthogonal(d)),
            exists(al, be, forall(Z, And((Equal(W(Z), al(C) * E + Z * be(C) * Z.T), Equal(be(C), be(C).T))))),
        ),
    ),
    Sw,
)
FALSE["2.8 SO"] = (forall(W, implies(eqw(rotations(d)), exists(al, be, wr))), Sw)
FALSE["2.8 noalpha"] = (forall(W, implies(eqw(orthogonal(d)), exists(be, forall(Z, Equal(W(Z), Z * be(C) * Z.T))))), Sw)
FALSE["2.8 nohyp"] = (forall(W, exists(al, be, wr)), Sw)
FALSE["2.8 noT"] = (
    forall(W, implies(inG(orthogonal(d), forall(Z, Equal(W(Q * Z), Q * W(Z)))), exists(al, be, wr))),
    Sw,
)
FALSE["2.8 conv"] = (
    forall(W, implies(exists(al, be, wr), inG(orthogonal(d), forall(Z, Equal(W(Q * Z), Q * W(Z) * Q))))),
    Sw,
)
