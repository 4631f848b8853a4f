"""The timeline of the run: a slider over its epochs, to go back to those that the lab has kept."""

from page.dom import by_id, listen, numbers, set_text

# By how many places keys go, here and on the charts; the other keys go to an end.
STEPS = {
    "ArrowLeft": -1,
    "ArrowDown": -1,
    "ArrowRight": 1,
    "ArrowUp": 1,
    "PageDown": -10,
    "PageUp": 10,
}
ENDS = ("Home", "End")


class Timeline:
    """A view of the run's epoch. Calls `on_seek(epoch)` when a person goes to an epoch.

    Calls `on_branch()` when the run has to continue from there and forget what came after. `sought()` returns
    the epoch that is being gone to, or None: meanwhile answers do not move the slider, which a person has moved.
    """

    def __init__(self, on_seek, on_branch, sought):
        self.on_seek, self.sought = on_seek, sought
        self.kept = [0]
        self.last = self.epoch = 0
        self.slider = by_id("timeline")
        self.branch = by_id("branch")
        listen(self.slider, "input", lambda event: self.go(float(self.slider.value)))
        listen(self.slider, "keydown", self._pressed)
        listen(self.branch, "click", lambda event: on_branch())
        self.show(0, 0)

    def nearest(self, epoch):
        """The epoch nearest to this one that can be gone to: one that was kept, or the end of the run."""
        return min(self._stops(), key=lambda stop: abs(stop - epoch))

    def go(self, epoch):
        """Goes to the epoch nearest to this one, if there are any."""
        if not self.slider.disabled:
            self.on_seek(self.nearest(epoch))

    def _stops(self):
        return self.kept if self.kept[-1] == self.last else self.kept + [self.last]

    def _pressed(self, event):
        """Goes by kept epochs: from one to the next may be farther than the slider's own step."""
        key = event.key
        if event.altKey or event.ctrlKey or event.metaKey or (key not in ENDS and key not in STEPS):
            return
        event.preventDefault()
        stops = self._stops()
        # Where the person is, who may be ahead of the run.
        index = stops.index(self.nearest(float(self.slider.value)))
        index = (0 if key == "Home" else len(stops) - 1) if key in ENDS else index + STEPS[key]
        epoch = stops[min(max(index, 0), len(stops) - 1)]
        self.slider.value = str(epoch)
        self.go(epoch)

    def begin(self, experiment):
        self.kept = [0]
        self.show(0, 0)

    def answered(self, run):
        if self.sought() is not None:
            return
        if run.kept is not None:
            self.kept = [int(epoch) for epoch in numbers(run.kept)] or [0]
        self.show(run.epoch, run.last_epoch)

    def show(self, epoch, last):
        """Shows the run's present epoch and its last epoch."""
        self.epoch, self.last = epoch, last
        if int(float(self.slider.max)) != last:
            self.slider.max = str(last)
        self.slider.disabled = last == 0
        if int(float(self.slider.value)) != epoch:
            self.slider.value = str(epoch)
        back = epoch < last
        text = "epoch %s of %s" % ("{:,}".format(epoch), "{:,}".format(last)) if back else "latest"
        set_text(by_id("timeline-text"), text)
        self.slider.setAttribute("aria-valuetext", "epoch %d of %d" % (epoch, last))
        if self.branch.disabled == back:
            self.branch.disabled = not back
