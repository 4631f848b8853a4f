"""The code of element-wise operations, four float32 lanes at a time.

Each function takes `(function, *operands)`, the operands as numbers of vector locals, and pushes the result;
`operations` says which operation is which. The elementary functions state their error in ulp (units in the last place
of the true result), measured by `tests/engine/test_elementwise.py`. Their coefficients are minimax fits of our own
(weighted least squares, reweighted until the largest relative error no longer shrinks); the reductions of the argument
are the classic ones (W. J. Cody and W. Waite, "Software Manual for the Elementary Functions", 1980).
"""

import math
import struct
from collections.abc import Callable

from engine.helpers import Helper
from engine.instructions import (
    F32,
    I32,
    I64,
    V128,
    Function,
    call,
    f32,
    f32_abs,
    f32_less,
    f32_mul,
    f32_of_i64,
    f32_sub,
    f32x4_abs,
    f32x4_add,
    f32x4_div,
    f32x4_eq,
    f32x4_gt,
    f32x4_lane,
    f32x4_lt,
    f32x4_mul,
    f32x4_ne,
    f32x4_of_i32x4,
    f32x4_pmax,
    f32x4_pmin,
    f32x4_sub,
    f32x4_with_lane,
    get,
    i32,
    i32_add,
    i32_and,
    i32_bits_of_f32,
    i32_shr,
    i32_sub,
    i32x4_add,
    i32x4_sar,
    i32x4_shl,
    i32x4_sub,
    i64,
    i64_mul,
    i64_of_i32,
    i64_or,
    i64_shl,
    i64_shr,
    put,
    select,
    tee,
    v128_and,
    v128_any_true,
    v128_bitselect,
    v128_or,
    v128_xor,
    when,
)

SIGN_BIT = 0x80000000
# Adding this to |x| < 2²² and subtracting it again rounds x to the nearest integer. In between, the lowest bits of the
# sum hold that integer.
ROUNDER = 1.5 * 2.0**23

# exp(r) = 1 + r + r² · polynomial(r) for |r| ≤ ln 2 / 2, relative error 2⁻²⁸
EXP = (0.49999994, 0.1666652, 0.041668393, 0.0083687808, 0.0013814467)
# ln 2 in two parts; the first has 15 bits, so that its product with an exponent is exact
LN2_HIGH, LN2_LOW = 0.693145751953125, 1.4286068203094172e-06
# log((1 + s) / (1 - s)) = 2 s + s · s² · polynomial(s²) for |s| ≤ 3 - 2 √2, relative error 2⁻³⁰
LOG = (0.66666776, 0.39977481, 0.29873627)
# (exp(2y) - 1) / 2 = y + y² · polynomial(y) for |y| ≤ ln 2 / 4, relative error 2⁻²⁶
TANH = (0.99999994, 0.66666174, 0.33333760, 0.13386528, 0.044424031)
# Beyond this tanh is 1 in float32.
TANH_END = 10.0
# sin(r) = r + r · r² · polynomial(r²) and cos(r) = 1 - r²/2 + r⁴ · polynomial(r²) for |r| ≤ π/4, error 2⁻²⁷
SIN = (-0.16666654, 0.0083321510, -0.00019513984)
COS = (0.041666646, -0.0013887304, 2.4431667e-05)
# Up to here the reduction by parts of π/2 is exact.
LARGEST_ANGLE = 8192.0


def polynomial(function: Function, coefficients: tuple[float, ...], x: int) -> bytes:
    """The polynomial in vector local `x`, coefficients from the lowest power on, by Horner's rule."""
    result = function.number(coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        result = f32x4_mul(result, get(x))
        if coefficient:
            result = f32x4_add(result, function.number(coefficient))
    return result


def plain(operator: Callable[..., bytes]) -> Callable[..., bytes]:
    """The code of an operation that is a single instruction."""
    return lambda function, *operands: operator(*map(get, operands))


def _truth(function: Function, mask: bytes) -> bytes:
    """1.0 where all bits of a lane of `mask` are set, 0.0 where none is."""
    return v128_and(mask, function.number(1.0))


def comparison(operator: Callable[..., bytes]) -> Callable[..., bytes]:
    """The code of a comparison: 1.0 where the instruction `operator` finds it true, else 0.0."""
    return lambda function, a, b: _truth(function, operator(get(a), get(b)))


def _is_true(function: Function, x: int) -> bytes:
    return f32x4_ne(get(x), function.number(0.0))


def logical(operator: Callable[..., bytes]) -> Callable[..., bytes]:
    """The code of a logical operation: 1.0 where the instruction on bits `operator` gives true, else 0.0."""
    return lambda function, a, b: _truth(function, operator(_is_true(function, a), _is_true(function, b)))


def logical_not(function: Function, x: int) -> bytes:
    """1.0 where x is 0, else 0.0."""
    return _truth(function, f32x4_eq(get(x), function.number(0.0)))


def where(function: Function, condition: int, yes: int, no: int) -> bytes:
    """`yes` where the condition is not 0, else `no`."""
    return v128_bitselect(get(yes), get(no), _is_true(function, condition))


def square(function: Function, x: int) -> bytes:
    """x · x."""
    return f32x4_mul(get(x), get(x))


def reciprocal(function: Function, x: int) -> bytes:
    """1 / x."""
    return f32x4_div(function.number(1.0), get(x))


def sign(function: Function, x: int) -> bytes:
    """1 with the sign of x where x is above or below 0; else x itself: ±0 or NaN."""
    signed_one = v128_or(v128_and(get(x), function.integer(SIGN_BIT)), function.number(1.0))
    zero = function.number(0.0)
    return v128_bitselect(signed_one, get(x), v128_or(f32x4_lt(get(x), zero), f32x4_gt(get(x), zero)))


def exp(function: Function, x: int) -> bytes:
    """exp: ≤ 2 ulp. x = n · ln 2 + r, exp(x) = 2ⁿ · exp(r).

    The factor 2ⁿ is applied as two factors of about 2^(n/2), so that results at both ends are right too: denormal, or
    infinite.
    """
    r, n, p = (function.temporary(index) for index in range(3))
    number = function.number
    # Beyond these limits the result is 0 or infinite anyway; a NaN stays.
    limited = f32x4_pmax(f32x4_pmin(get(x), number(90.0)), number(-105.0))
    shifted = f32x4_add(f32x4_mul(tee(r, limited), number(1 / math.log(2))), number(ROUNDER))
    steps = put(p, f32x4_sub(tee(n, shifted), number(ROUNDER)))
    rest = f32x4_sub(f32x4_sub(get(r), f32x4_mul(get(p), number(LN2_HIGH))), f32x4_mul(get(p), number(LN2_LOW)))
    steps += put(r, rest)
    square = f32x4_mul(get(r), get(r))
    value = f32x4_add(
        f32x4_add(get(r), f32x4_mul(square, polynomial(function, EXP, r))),
        number(1.0),
    )
    steps += put(p, value)
    rounder_bits = struct.unpack("<i", struct.pack("<f", ROUNDER))[0]
    steps += put(n, i32x4_sub(get(n), function.integer(rounder_bits)))
    # n + 127 (the exponent's bias), shifted to the exponent's bits, is 2ⁿ as a float32.
    half = tee(r, i32x4_sar(get(n), i32(1)))
    bias = function.integer(127)
    first = i32x4_shl(i32x4_add(half, bias), i32(23))
    second = i32x4_shl(i32x4_add(i32x4_sub(get(n), get(r)), bias), i32(23))
    return steps + f32x4_mul(f32x4_mul(get(p), first), second)


def log(function: Function, x: int) -> bytes:
    """log: ≤ 2 ulp, denormals too. x = 2ⁿ · (1 + f) with √½ ≤ 1 + f < √2; s = f / (2 + f).

    log(1 + f) = f - (f²/2 - s · (f²/2 + R(s²))): the form of FreeBSD's e_log.c (Sun Microsystems, 1993), in which
    the large term f is exact.
    """
    m, n, f, s, z, half_square = (function.temporary(index) for index in range(6))
    number, integer = function.number, function.integer
    # Denormals are made normal by a factor of 2²³; 23 is subtracted from their exponent below.
    tiny = f32x4_lt(get(x), number(2.0**-126))
    steps = put(z, tiny)
    steps += put(m, v128_bitselect(f32x4_mul(get(x), number(2.0**23)), get(x), get(z)))
    # √½ as bits: subtracting it makes the exponent's bits count from √½ on.
    exponent = i32x4_sar(i32x4_sub(get(m), integer(0x3F3504F3)), i32(23))
    steps += put(n, exponent)
    steps += put(f, f32x4_sub(i32x4_sub(get(m), i32x4_shl(get(n), i32(23))), number(1.0)))
    steps += put(n, f32x4_sub(f32x4_of_i32x4(get(n)), v128_and(get(z), number(23.0))))
    steps += put(s, f32x4_div(get(f), f32x4_add(get(f), number(2.0))))
    steps += put(z, f32x4_mul(get(s), get(s)))
    steps += put(half_square, f32x4_mul(f32x4_mul(get(f), get(f)), number(0.5)))
    remainder = f32x4_mul(get(z), polynomial(function, LOG, z))
    inner = f32x4_add(f32x4_mul(get(s), f32x4_add(get(half_square), remainder)), f32x4_mul(get(n), number(LN2_LOW)))
    value = f32x4_sub(f32x4_mul(get(n), number(LN2_HIGH)), f32x4_sub(f32x4_sub(get(half_square), inner), get(f)))
    steps += put(s, value)
    # log 0 = -inf; log inf = inf; NaN stays; below 0: NaN.
    zero, infinity = number(0.0), number(math.inf)
    ordinary = v128_and(f32x4_gt(get(x), zero), f32x4_lt(get(x), infinity))
    special = v128_bitselect(
        number(-math.inf),
        v128_bitselect(number(math.nan), get(x), f32x4_lt(get(x), zero)),
        f32x4_eq(get(x), zero),
    )
    return steps + v128_bitselect(get(s), special, ordinary)


def tanh(function: Function, x: int) -> bytes:
    """tanh: ≤ 3 ulp, never beyond ±1. tanh(x) = h / (h + 1) with h = (exp(2x) - 1) / 2.

    x = n · ln 2 / 2 + y, so h = 2ⁿ · (exp(2y) - 1) / 2 + (2ⁿ - 1) / 2, which is precise for small x too.
    """
    y, n, power = (function.temporary(index) for index in range(3))
    number = function.number
    steps = put(y, f32x4_pmax(f32x4_pmin(get(x), number(TANH_END)), number(-TANH_END)))
    steps += put(n, f32x4_add(f32x4_mul(get(y), number(2 / math.log(2))), number(ROUNDER)))
    # n + 127 (the exponent's bias), shifted to the exponent's bits, is 2ⁿ as a float32.
    steps += put(power, i32x4_add(i32x4_shl(get(n), i32(23)), function.integer(127 << 23)))
    steps += put(n, f32x4_sub(get(n), number(ROUNDER)))
    high, low = f32x4_mul(get(n), number(LN2_HIGH / 2)), f32x4_mul(get(n), number(LN2_LOW / 2))
    steps += put(y, f32x4_sub(f32x4_sub(get(y), high), low))
    inner = f32x4_add(get(y), f32x4_mul(f32x4_mul(get(y), get(y)), polynomial(function, TANH, y)))
    outer = f32x4_sub(f32x4_mul(get(power), number(0.5)), number(0.5))
    steps += put(y, f32x4_add(f32x4_mul(inner, get(power)), outer))
    return steps + f32x4_div(get(y), f32x4_add(get(y), number(1.0)))


def _parts_of_half_pi() -> tuple[float, ...]:
    """π/2 as a sum of float32 numbers: four of 11 bits each, whose products with n < 2¹³ are exact, and the rest."""
    # 2¹²⁰ π / 2
    rest = 0x1921FB54442D18469898CC51701B839
    scale = 2**120
    parts = []
    for _ in range(4):
        unit = 1 << (rest.bit_length() - 11)
        parts.append(rest // unit * unit / scale)
        rest %= unit
    return (*parts, rest / scale)


HALF_PI = _parts_of_half_pi()


def _sine(function: Function, x: int, quadrants: int) -> bytes:
    """sin(x + quadrants · π/2): ≤ 3 ulp for |x| ≤ 8192, beyond that within 3e-7. x = n · π/2 + r with |r| ≤ π/4.

    n modulo 4 decides between sin(r) and cos(r), and the sign.
    """
    r, n, z, sine, cosine = (function.temporary(index) for index in range(5))
    number = function.number
    steps = put(r, get(x))
    beyond = v128_any_true(f32x4_gt(f32x4_abs(get(x)), number(LARGEST_ANGLE)))
    steps += when(beyond, put(r, call(Helper.WRAP_ANGLES, get(x))))
    steps += put(n, f32x4_add(f32x4_mul(get(r), number(2 / math.pi)), number(ROUNDER)))
    steps += put(z, f32x4_sub(get(n), number(ROUNDER)))
    rest = get(r)
    for part in HALF_PI:
        rest = f32x4_sub(rest, f32x4_mul(get(z), number(part)))
    steps += put(r, rest)
    steps += put(z, f32x4_mul(get(r), get(r)))
    steps += put(sine, f32x4_add(get(r), f32x4_mul(get(r), f32x4_mul(get(z), polynomial(function, SIN, z)))))
    curve = f32x4_mul(f32x4_mul(get(z), get(z)), polynomial(function, COS, z))
    steps += put(cosine, f32x4_add(f32x4_sub(number(1.0), f32x4_mul(get(z), number(0.5))), curve))
    if quadrants:
        steps += put(n, i32x4_add(get(n), function.integer(quadrants)))
    odd = i32x4_sar(i32x4_shl(get(n), i32(31)), i32(31))
    sign = v128_and(i32x4_shl(get(n), i32(30)), function.integer(SIGN_BIT))
    return steps + v128_xor(v128_bitselect(get(cosine), get(sine), odd), sign)


def sin(function: Function, x: int) -> bytes:
    """The sine: see `_sine`."""
    return _sine(function, x, 0)


def cos(function: Function, x: int) -> bytes:
    """The cosine: see `_sine`."""
    return _sine(function, x, 1)


def wrap_angle() -> Function:
    """Helper (x float32, |x| > 8192) -> x modulo 2π in [-π, π], within 3e-7; NaN for infinities.

    x = m · 2ᵉ with an integer m < 2²⁴. The fraction of x / 2π is m times the bits of 1 / 2π from the e-th on: the bits
    before it only give whole turns (M. Payne and R. Hanek, "Radian reduction for trigonometric functions", 1983).
    Read as a signed 64-bit fraction of a turn, the product lies between -½ and ½ of a turn.
    """
    function = Function((F32,), (F32,))
    x, bits, start, window = 0, function.local(I32), function.local(I32), function.local(I64)
    function.body += put(bits, i32_bits_of_f32(f32_abs(get(x))))
    # e + 10, which is from 0 (for |x| ≥ 2¹³) to 114.
    function.body += put(start, i32_sub(i32_shr(get(bits), i32(23)), i32(140)))
    mantissa = i32_add(i32_and(get(bits), i32(0x7FFFFF)), i32(0x800000))
    first, second, third = TURN_WORDS
    late = i32_shr(get(start), i32(6))
    high = select(i64(second), i64(first), late)
    low = select(i64(third), i64(second), late)
    shift = i64_of_i32(i32_and(get(start), i32(63)))
    # A shift by 64 would be a shift by 0, so the bits are shifted by one and then by the rest.
    low_bits = i64_shr(i64_shr(low, i64(1)), i64_of_i32(i32_sub(i32(63), i32_and(get(start), i32(63)))))
    function.body += put(window, i64_or(i64_shl(high, shift), low_bits))
    angle = f32_mul(f32_of_i64(i64_mul(get(window), i64_of_i32(mantissa))), f32(2 * math.pi / 2**64))
    angle = f32_mul(angle, select(f32(-1.0), f32(1.0), f32_less(get(x), f32(0.0))))
    function.body += select(angle, f32_sub(get(x), get(x)), f32_less(f32_abs(get(x)), f32(math.inf)))
    return function


# ⌊2¹⁸² / 2π⌋ in words of 64 bits: 1 / 2π behind ten zero bits, for e from -10 on
TURN_WORDS = (0x000A2F9836E4E441, 0x529FC2757D1F534D, 0xDC0DB6295993C439)


def wrap_angles() -> Function:
    """Helper (four float32) -> the same, each replaced by `wrap_angle` of it where |x| > 8192."""
    function = Function((V128,), (V128,))
    x, number = 0, function.local(F32)
    for lane in range(4):
        huge = f32_less(f32(LARGEST_ANGLE), f32_abs(tee(number, f32x4_lane(get(x), lane))))
        wrapped = f32x4_with_lane(get(x), lane, call(Helper.WRAP_ANGLE, get(number)))
        function.body += when(huge, put(x, wrapped))
    function.body += get(x)
    return function


def helpers() -> dict[Helper, Function]:
    """The functions that the code here calls."""
    return {Helper.WRAP_ANGLE: wrap_angle(), Helper.WRAP_ANGLES: wrap_angles()}
