"""Turns events of pointer and wheel into gestures: hover, tap, drag, pinch and wheel, by mouse, pen and finger."""

from pyscript.ffi import create_proxy, to_js

from page.dom import listen

# A press that moves less than this, in CSS pixels, is a tap.
TAP = 5
# The directions of the arrow keys: (right, up).
ARROWS = {"ArrowLeft": (-1, 0), "ArrowRight": (1, 0), "ArrowUp": (0, 1), "ArrowDown": (0, -1)}


class Gestures:
    """Listens to a canvas's events and calls methods of `view`, in CSS pixels from the canvas's top left corner.

    These are `hover(x, y, touch)`, `leave()`, `tap(x, y)`, `drag_began(x, y, event)`, which returns whether the view
    uses the drag, `drag(x, y, dx, dy)`, `drag_ended(cancelled)`, `pinch(factor, x, y, dx, dy)`, and
    `wheel(factor, x, y)`, which returns whether the view has used it.
    """

    def __init__(self, canvas, view):
        self.canvas, self.view = canvas, view
        # The place of every pressed pointer, by its id.
        self.pointers = {}
        self.start = None
        self.dragging = False
        self.pinched = False
        for name, handler in (
            ("pointerdown", self._down),
            ("pointermove", self._move),
            ("pointerup", self._up),
            ("pointercancel", self._cancel),
            ("pointerleave", self._leave),
        ):
            listen(canvas, name, handler)
        # Not passive: the page must not scroll while the picture is zoomed.
        canvas.addEventListener("wheel", create_proxy(self._wheel), to_js({"passive": False}))

    def _place(self, event):
        return event.offsetX, event.offsetY

    def _down(self, event):
        if event.pointerType == "mouse" and event.button != 0:
            return
        place = self._place(event)
        self.pointers[event.pointerId] = place
        self.canvas.setPointerCapture(event.pointerId)
        if len(self.pointers) == 1:
            self.start = place
            self.dragging = self.pinched = False
        elif self.dragging:
            self.view.drag_ended(True)
            self.dragging = False

    def _move(self, event):
        place = self._place(event)
        before = self.pointers.get(event.pointerId)
        if before is None:
            if not self.pointers:
                self.view.hover(place[0], place[1], event.pointerType == "touch")
            return
        if len(self.pointers) == 2:
            self._pinch(event.pointerId, place)
            return
        self.pointers[event.pointerId] = place
        if len(self.pointers) > 2 or self.pinched:
            return
        if not self.dragging:
            if abs(place[0] - self.start[0]) + abs(place[1] - self.start[1]) < TAP:
                return
            if not self.view.drag_began(self.start[0], self.start[1], event):
                self.start = place
                return
            self.dragging = True
            before = self.start
        self.view.drag(place[0], place[1], place[0] - before[0], place[1] - before[1])

    def _pinch(self, identifier, place):
        before = self.pointers[identifier]
        other = next(other for number, other in self.pointers.items() if number != identifier)
        self.pinched = True
        self.pointers[identifier] = place
        apart = _distance(before, other)
        if apart > 0:
            middle = (place[0] + other[0]) / 2, (place[1] + other[1]) / 2
            self.view.pinch(
                _distance(place, other) / apart,
                middle[0],
                middle[1],
                (place[0] - before[0]) / 2,
                (place[1] - before[1]) / 2,
            )

    def _up(self, event):
        if self.pointers.pop(event.pointerId, None) is None or self.pointers:
            return
        if self.dragging:
            self.dragging = False
            self.view.drag_ended(False)
        elif not self.pinched:
            self.view.tap(*self._place(event))

    def _cancel(self, event):
        self.pointers.pop(event.pointerId, None)
        if self.dragging:
            self.dragging = False
            self.view.drag_ended(True)

    def _leave(self, event):
        if not self.pointers and event.pointerType != "touch":
            self.view.leave()

    def _wheel(self, event):
        # Some mice report lines or pages, which are about 16 and 400 pixels.
        pixels = event.deltaY * (1, 16, 400)[event.deltaMode]
        if self.view.wheel(2 ** (-min(max(pixels, -400), 400) / 300), event.offsetX, event.offsetY):
            event.preventDefault()


def _distance(one, other):
    return ((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2) ** 0.5
