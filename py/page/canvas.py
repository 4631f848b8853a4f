"""A canvas as sharp as the screen, and a spare one to keep drawings that do not change."""

from pyscript import document, window
from pyscript.ffi import to_js


def size(canvas):
    """`(width, height)` of a canvas where it lies, in CSS pixels, which need not be whole."""
    box = canvas.getBoundingClientRect()
    return box.width, box.height


def fit(canvas, width=None, height=None):
    """Gives a canvas as many pixels as the screen has where it lies: `(width, height)` in CSS pixels, or None.

    That is its size in whole pixels, unless it is given. Its context is set up so that drawing is in CSS pixels. None
    where nothing changed since the last call.
    """
    ratio = window.devicePixelRatio
    if width is None:
        width, height = canvas.clientWidth, canvas.clientHeight
    pixels = round(width * ratio), round(height * ratio)
    if (canvas.width, canvas.height) == pixels:
        return None
    canvas.width, canvas.height = pixels
    context_of(canvas).setTransform(ratio, 0, 0, ratio, 0, 0)
    return width, height


def spare(width, height, ratio=None):
    """`(canvas, context)` that is not on the page, `width` by `height` in CSS pixels, cleared."""
    ratio = ratio or window.devicePixelRatio
    canvas = document.createElement("canvas")
    canvas.width, canvas.height = round(width * ratio), round(height * ratio)
    context = context_of(canvas)
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    return canvas, context


def context_of(canvas):
    return canvas.getContext("2d", to_js({"alpha": True}))
