"""Texts for sentences: numbers as a person writes them, and quotations of what a person typed."""


def number_text(value):
    """The shortest text for a number: `0.07`, `8`, `1e16`, `2.5e-7`.

    Both Pythons read it as exactly that number. MicroPython's own text of a float is often not the shortest.
    """
    if value == 0:
        return "0"
    for digits in range(17):
        text = ("%." + str(digits) + "e") % value
        if float(text) == value:
            break
    mantissa, _, exponent = text.partition("e")
    return _placed(mantissa, int(exponent))


def _placed(mantissa, exponent):
    """A mantissa such as `-2.50` with its point moved by `exponent` places; a long text keeps the exponent instead."""
    sign = "-" if mantissa[0] == "-" else ""
    digits = mantissa.lstrip("-").replace(".", "").rstrip("0") or "0"
    if not -6 <= exponent < 15:
        return sign + digits[0] + ("." + digits[1:] if len(digits) > 1 else "") + "e%d" % exponent
    if exponent < 0:
        return sign + "0." + "0" * (-exponent - 1) + digits
    whole = digits[: exponent + 1]
    whole += "0" * (exponent + 1 - len(whole))
    fraction = digits[exponent + 1 :]
    return sign + whole + ("." + fraction if fraction else "")


def bytes_in_words(count):
    """A number of bytes as a person reads it: `12 MB`, `3.7 GB`."""
    units = ("bytes", "kB", "MB", "GB", "TB", "PB", "EB")
    unit = 0
    while count >= 999.5 and unit < len(units) - 1:
        count /= 1000
        unit += 1
    return ("%.1f %s" if unit and count < 9.95 else "%.0f %s") % (count, units[unit])


def quoted(text):
    """What a person typed, in quotation marks, cut if it is long; a sign stands for each invisible character."""
    text = text.strip()
    if not text:
        return "an empty box"
    text = text if len(text) <= 24 else text[:23] + "…"
    return "“%s”" % "".join(["�" if _is_unseen(ord(letter)) else letter for letter in text])


def _is_unseen(code):
    """Whether a character is a control character, has no width, or changes the direction of writing."""
    return (
        code < 32
        or 127 <= code < 160
        or 0x200B <= code <= 0x200F
        or 0x2028 <= code <= 0x202E
        or 0x2066 <= code <= 0x2069
    )
