"""A canvas as sharp as the screen, and a spare one to keep drawings that do not change."""

from pyscript import document, window
from pyscript.ffi import create_proxy, to_js

# A media query compares ratios as texts say them, which may be a little less than all of their digits.
TOLERANCE = 0.001


def size(canvas):
    """`(width, height)` of a canvas where it lies, in CSS pixels, which need not be whole."""
    box = canvas.getBoundingClientRect()
    return box.width, box.height


def fit(canvas):
    """Gives a canvas as many pixels as the screen has where it lies: its `(width, height)` in CSS pixels.

    Its context is set up so that drawing is in CSS pixels.
    """
    ratio = window.devicePixelRatio
    width, height = size(canvas)
    pixels = _pixels(width, ratio), _pixels(height, ratio)
    if (canvas.width, canvas.height) != pixels:
        canvas.width, canvas.height = pixels
    # The pixels may be as many as before though the ratio is another: half the size, twice as fine.
    context_of(canvas).setTransform(ratio, 0, 0, ratio, 0, 0)
    return width, height


def follow_ratio(on_change):
    """Calls `on_change()` whenever a CSS pixel comes to be another number of the screen's, as on another screen."""

    def follow(event=None):
        ratio = window.devicePixelRatio
        limits = ratio - TOLERANCE, ratio + TOLERANCE
        query = window.matchMedia("(min-resolution: %.6fdppx) and (max-resolution: %.6fdppx)" % limits)
        # It tells of leaving this ratio; of the next one another query does.
        query.addEventListener("change", proxy, once)
        if event:
            on_change()

    once = to_js({"once": True})
    proxy = create_proxy(follow)
    follow()


def spare(width, height, ratio=None):
    """`(canvas, context)` that is not on the page, `width` by `height` in CSS pixels, cleared."""
    ratio = ratio or window.devicePixelRatio
    canvas = document.createElement("canvas")
    canvas.width, canvas.height = _pixels(width, ratio), _pixels(height, ratio)
    context = context_of(canvas)
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
    return canvas, context


def _pixels(length, ratio):
    """Pixels of the screen to a length in CSS pixels; halves are rounded up, as JavaScript does."""
    return int(length * ratio + 0.5)


def context_of(canvas):
    return canvas.getContext("2d", to_js({"alpha": True}))
