"""Coefficients of kernels/math.h and the reference results of tests/test_math.cpp, by mpmath.

    math_reference.py coefficients    prints every polynomial of kernels/math.h, and others, as C++ literals
    math_reference.py reference FILE  writes the reference (tests/data/math_reference.txt)

A line of the reference is `name x [y] result rest`: bits of the arguments and of the correctly rounded
result in hexadecimal (8 digits: float, 16: double), then what the rounding cut off in units of the last
place of the result, so that errors are measured against the true value and not against its rounding.
"""

import math
import random
import struct
import sys

import mpmath as mp

mp.mp.prec = 300

# --- coefficients -----------------------------------------------------------------------------------------

TINY = mp.mpf(2) ** -60  # keeps a weight from vanishing where the error may not


def remez(function, weight, low, high, count):
    """c[0..count-1] that minimise max |weight (function - sum c_i x^i)| on [low, high], and that maximum."""
    low, high = mp.mpf(low), mp.mpf(high)

    def chebyshev(n):
        return [(low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * i / n) for i in range(n + 1)]

    nodes = chebyshev(count)
    for _ in range(12):
        system = mp.matrix(count + 1, count + 1)
        for i, x in enumerate(nodes):
            for j in range(count):
                system[i, j] = x**j
            system[i, count] = (-1) ** i / (weight(x) + TINY)
        solution = mp.lu_solve(system, mp.matrix([function(x) for x in nodes]))
        c = [solution[j] for j in range(count)]
        extrema = []  # the largest error of every run of one sign
        for x in chebyshev(40 * count):
            e = weight(x) * (function(x) - mp.polyval(c[::-1], x))
            if e != 0 and extrema and (extrema[-1][1] > 0) == (e > 0):
                extrema[-1] = max(extrema[-1], (x, e), key=lambda p: abs(p[1]))
            elif e != 0:
                extrema.append((x, e))
        while len(extrema) > count + 1:
            extrema.pop(0 if abs(extrema[0][1]) < abs(extrema[-1][1]) else -1)
        if len(extrema) <= count:
            break
        nodes = [x for x, _ in extrema]
    return c, max(abs(e) for _, e in extrema)


def near_zero(function, limit):
    """function, with its limit for arguments so small that the formula cancels."""
    return lambda x: function(x) if abs(x) > mp.mpf(10) ** -30 else limit


def literal(x, digits):
    """x rounded to `digits` binary digits (24: float, 53: double) as a hexadecimal literal."""
    m, e = mp.frexp(mp.mpf(x))
    mantissa, exponent = math.ldexp(int(mp.nint(mp.ldexp(m, digits))), int(e) - digits).hex().split("p")
    return mantissa.rstrip("0").rstrip(".") + "p" + exponent + ("f" if digits == 24 else "")


def split(x, digits, parts, keep):
    """x as a sum of `parts` numbers, all but the last of `keep` bits."""
    result = []
    for i in range(parts):
        d = digits if i == parts - 1 else keep
        m, e = mp.frexp(x)
        head = mp.ldexp(mp.nint(mp.ldexp(m, d)), int(e) - d)
        result.append(head)
        x -= head
    return [literal(h, digits) for h in result]


def coefficients():
    ln2, half = mp.log(2), mp.log(2) / 2 * mp.mpf("1.0001")
    root = mp.sqrt(2)
    z_log = ((root - 1) / (root + 1)) ** 2 * mp.mpf("1.0001")
    z_sin = (mp.pi / 4 * mp.mpf("1.0001")) ** 2
    exp_tail = near_zero(lambda r: (mp.expm1(r) - r) / r**2, mp.mpf(1) / 2)
    atanh_tail = near_zero(lambda z: (2 * mp.atanh(mp.sqrt(z)) / mp.sqrt(z) - 2) / z, mp.mpf(2) / 3)
    rows = [
        ("exp, expm1, pow: (e^r - 1 - r) / r^2, error relative to e^r - 1", exp_tail,
         near_zero(lambda r: abs(r**2 / mp.expm1(r)), 0), -half, half, 11, 53),
        ("log, log1p: (2 atanh s - 2 s) / s^3 in s^2", atanh_tail, lambda z: z, 0, z_log, 7, 53),
        ("pow: ((2 atanh s - 2 s) / s^3 - 2/3) / s^2 in s^2",
         near_zero(lambda z: (atanh_tail(z) - mp.mpf(2) / 3) / z, mp.mpf(2) / 5),
         lambda z: z**2, 0, z_log, 8, 53),
        ("sin: (sin r - r) / r^3 in r^2", near_zero(lambda z: (mp.sin(mp.sqrt(z)) / mp.sqrt(z) - 1) / z,
         -mp.mpf(1) / 6), lambda z: z, 0, z_sin, 6, 53),
        ("cos: (cos r - 1 + r^2 / 2) / r^4 in r^2",
         near_zero(lambda z: (mp.cos(mp.sqrt(z)) - 1 + z / 2) / z**2, mp.mpf(1) / 24),
         lambda z: z**2, 0, z_sin, 6, 53),
        ("float exp: (e^r - 1 - r) / r^2", exp_tail, lambda r: r**2 / mp.exp(r), -half, half, 5, 24),
        ("float log: (log(1+f) - f + f^2 / 2) / f^3",
         near_zero(lambda f: (mp.log1p(f) - f + f**2 / 2) / f**3, mp.mpf(1) / 3), lambda f: f**2,
         1 / root - 1, root - 1, 9, 24),
        ("float pow: log2(1+f) / f", near_zero(lambda f: mp.log1p(f) / f / ln2, 1 / ln2), abs,
         1 / root - 1, root - 1, 9, 24),
        ("float pow: (2^r - 1) / r", near_zero(lambda r: mp.expm1(r * ln2) / r, ln2), abs,
         mp.mpf("-.5001"), mp.mpf(".5001"), 6, 24),
        ("small_gain of models/adex_calm.h", lambda x: -mp.log(1 - x) / x if x else mp.mpf(1), lambda x: mp.mpf(1), 0, 0.4, 10,
         53),
    ]
    for name, function, weight, low, high, count, digits in rows:
        c, error = remez(function, weight, low, high, count)
        print(f"{name}: error 2^{float(mp.log(error, 2)):.1f}")
        print("    " + ", ".join(literal(v, digits) for v in c))
    print("1/ln2", literal(1 / ln2, 53), literal(1 / ln2, 24))
    print("ln2, head of 42 bits", split(ln2, 53, 2, 42))
    print("ln2, head of 15 bits, float", split(ln2, 24, 2, 15))
    print("2/3", split(mp.mpf(2) / 3, 53, 2, 53))
    print("2/pi", literal(2 / mp.pi, 53))
    print("pi/2", split(mp.pi / 2, 53, 3, 53))


# --- reference --------------------------------------------------------------------------------------------

FORMATS = {24: ("f", "I", -149), 53: ("d", "Q", -1074)}  # digits: float code, integer code, lowest exponent


def bits(x, digits):
    code, integer, _ = FORMATS[digits]
    return "%0*x" % (8 if digits == 24 else 16, struct.unpack(integer, struct.pack(code, x))[0])


def stored(x, digits):
    """The float or double nearest to x."""
    return struct.unpack("f", struct.pack("f", x))[0] if digits == 24 else float(x)


def line(name, function, arguments, digits):
    """One line of the reference, or None where the result is zero, infinite or complex."""
    try:
        value = function(*map(mp.mpf, arguments))
    except (ValueError, ZeroDivisionError):
        return None
    if value == 0 or not mp.isfinite(value) or isinstance(value, mp.mpc):
        return None
    if abs(mp.log(abs(value), 2)) > 1100:
        return None
    lowest = FORMATS[digits][2]
    q = max(int(mp.frexp(value)[1]) - digits, lowest)
    try:
        rounded = stored(math.ldexp(int(mp.nint(mp.ldexp(value, -q))), q), digits)
    except OverflowError:
        return None
    if math.isinf(rounded):
        return None
    unit = max(math.frexp(rounded)[1] - digits, lowest) if rounded else lowest
    rest = mp.ldexp(value - rounded, -unit)
    words = [name, *(bits(a, digits) for a in arguments), bits(rounded, digits), "%+.4f" % float(rest)]
    return " ".join(words)


def arguments():
    """(name, function, digits, list of argument tuples)."""
    uniform = random.uniform

    def several(count, *draws):
        return [(draw(),) for draw in draws for _ in range(count)]

    def power(low, high):
        return lambda: 2.0 ** uniform(low, high)

    def signed(draw):
        return lambda: random.choice((-1, 1)) * draw()

    def between(low, high):
        return lambda: uniform(low, high)

    def halfway(low, high):  # where the reduction of exp switches
        return lambda: float((random.randint(low, high) + mp.mpf(1) / 2) * mp.log(2))

    def quarter():  # where the reduction of sin cancels
        return float(random.randint(1, 10 ** random.randint(1, 9)) * mp.pi / 2)

    def edges(*values):
        return [(x,) for x in values]

    exp_edges = edges(709.782712893384, 709.0, -708.3964185322641, -708.39641853226408, -745.1,
                      -745.1332191019411, 1.0, -1.0, 5e-324, 1e-300, 2.0**-53, -(2.0**-54), 2.0**-27)
    yield "exp", mp.exp, 53, exp_edges + several(
        100, between(-745.1, 709.7), between(-745.1, -708), between(-20, 20), between(-1, 1),
        halfway(-1000, 1000), halfway(-2, 2), signed(power(-60, 0)))
    yield "expm1", mp.expm1, 53, exp_edges + several(
        100, between(-45, 709.7), between(-5, 5), between(-1.1, 1.1), between(-0.4, 0.4), halfway(-3, 3),
        signed(power(-60, 0)), signed(power(-1074, -60)))
    yield "log", mp.log, 53, edges(
        5e-324, 2.2250738585072014e-308, 2.0, 0.5, 1.7976931348623157e308) + several(
        100, power(-1074, 1024 - 1e-9), power(-1074, -1022), power(-2, 2), power(-0.6, 0.6),
        lambda: 1 + random.choice((-1, 1)) * 2.0 ** uniform(-52, -2),
        lambda: 2.0 ** (random.randint(-20, 20) + 0.5) * (1 + random.randint(-9, 9) * 2.0**-52))
    yield "log1p", mp.log1p, 53, edges(5e-324, -0.9999999999999999, 1.0, 1.7976931348623157e308) + several(
        100, power(-1, 1023), power(-1, 60), between(-1, 1), between(-0.5, 2), signed(power(-60, -1)),
        signed(power(-1074, -60)), lambda: 2.0 ** uniform(-53, -1) - 1)
    for name, function in (("sin", mp.sin), ("cos", mp.cos)):
        yield name, function, 53, several(
            100, between(-1, 1), between(-10, 10), between(-1e5, 1e5), between(-1e9, 1e9),
            between(-(2.0**45), 2.0**45), quarter)
    pairs = [(2.0 ** uniform(-20, 20), uniform(-20, 20)) for _ in range(250)]
    pairs += [(2.0 ** uniform(-1074, 1024 - 1e-9), uniform(-1, 1)) for _ in range(150)]
    pairs += [(uniform(0.5, 2), uniform(-1000, 1000)) for _ in range(150)]
    pairs += [(1 + random.choice((-1, 1)) * 2.0**-e, uniform(-700, 700) * 2.0**e)
              for e in (random.randint(3, 52) for _ in range(200))]
    pairs += [(2.0 ** uniform(1, 20), -uniform(1022, 1074) / 20) for _ in range(50)]
    pairs += [(2.0**e, -uniform(1022, 1074) / e) for e in (uniform(1, 20) for _ in range(150))]  # subnormal
    pairs += [(-uniform(0, 10), float(random.randint(-200, 200))) for _ in range(100)]
    pairs += [(uniform(0, 100), y) for y in (0.5, 1.0, 2.0, -1.0, 3.0, 1 / 3, 0.4) for _ in range(15)]
    yield "pow", mp.power, 53, pairs
    yield "expf", mp.exp, 24, several(
        100, between(-103, 88.7), between(-103, -87), between(-1, 1), between(-10, 10))
    yield "logf", mp.log, 24, several(
        100, power(-149, 127.99), power(-149, -126), power(-0.6, 0.6), power(-2, 2))
    pairs = [(10 ** uniform(-30, 30), uniform(-4, 4)) for _ in range(500)]
    pairs += [(10 ** uniform(-3, 1), y) for y in (0.4, 0.5, 1.0, 2.0, 0.02, -0.5) for _ in range(50)]
    pairs += [(uniform(0.9, 1.1), uniform(-4, 4)) for _ in range(100)]
    yield "powf", mp.power, 24, [(x, y) for x, y in pairs if abs(y * math.log2(x)) < 126]


def reference(path):
    random.seed(20)
    with open(path, "w") as file:
        for name, function, digits, tuples in arguments():
            for t in tuples:
                try:
                    text = line(name, function, [stored(x, digits) for x in t], digits)
                except OverflowError:
                    continue
                if text:
                    file.write(text + "\n")


if __name__ == "__main__":
    if sys.argv[1:] == ["coefficients"]:
        coefficients()
    elif sys.argv[1:2] == ["reference"] and len(sys.argv) == 3:
        reference(sys.argv[2])
    else:
        sys.exit(__doc__)
