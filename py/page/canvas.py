"""Canvases that are as sharp as the screen, and spare ones that keep drawings which do not change."""

from pyscript import document, window
from pyscript.ffi import create_proxy, to_js

# A media query gives the ratio as a text, which may have fewer digits than the ratio itself.
TOLERANCE = 0.001
# The least size of text, in CSS pixels, that what is drawn is made for.
TEXT = 13


def size(canvas):
    """`(width, height)` of a canvas in CSS pixels, which need not be whole numbers."""
    box = canvas.getBoundingClientRect()
    return box.width, box.height


def fit(canvas):
    """Gives a canvas as many pixels as it covers on the screen. Returns its `(width, height)` in CSS pixels.

    Its context is set up so that drawing is in CSS pixels.
    """
    ratio = window.devicePixelRatio
    width, height = size(canvas)
    pixels = _pixels(width, ratio), _pixels(height, ratio)
    if (canvas.width, canvas.height) != pixels:
        canvas.width, canvas.height = pixels
    # The number of pixels may be the same although the ratio has changed, for half the size with twice the ratio.
    context_of(canvas).setTransform(ratio, 0, 0, ratio, 0, 0)
    return width, height


def text_size():
    """The size of text that a person or the layout has chosen, in CSS pixels, but at least the one drawn for."""
    size = window.getComputedStyle(document.documentElement).fontSize
    return max(TEXT, round(float(size.replace("px", ""))))


def follow_ratio(on_change):
    """Calls `on_change()` whenever the ratio of screen pixels to CSS pixels changes, as on another screen."""

    def follow(event=None):
        ratio = window.devicePixelRatio
        limits = ratio - TOLERANCE, ratio + TOLERANCE
        query = window.matchMedia("(min-resolution: %.6fdppx) and (max-resolution: %.6fdppx)" % limits)
        # The query fires when the ratio changes from this one; the next change needs another query.
        query.addEventListener("change", proxy, once)
        if event:
            on_change()

    once = to_js({"once": True})
    proxy = create_proxy(follow)
    follow()


def spare(width, height, ratio=None):
    """`(canvas, context)` of a new canvas that is not on the page, `width` by `height` in CSS pixels."""
    ratio = ratio or window.devicePixelRatio
    canvas = document.createElement("canvas")
    canvas.width, canvas.height = _pixels(width, ratio), _pixels(height, ratio)
    context = context_of(canvas)
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    return canvas, context


def _pixels(length, ratio):
    """The number of screen pixels in a length in CSS pixels; halves are rounded up, as JavaScript does."""
    return int(length * ratio + 0.5)


def context_of(canvas):
    """The two-dimensional context of a canvas."""
    return canvas.getContext("2d", to_js({"alpha": True}))
