"""The timeline of the run: a slider over the epochs that the lab has kept, to go back to them."""

from page.dom import by_id, listen, numbers, set_text


class Timeline:
    """A view of the run's epoch. Calls `on_seek(epoch)` when a person moves the slider to an epoch.

    Calls `on_branch()` when the run has to continue from there and forget what came after. `sought()` returns
    the epoch that is being gone to, or None: meanwhile answers do not move the slider, which a person has moved.
    """

    def __init__(self, on_seek, on_branch, sought):
        self.sought = sought
        self.kept = [0]
        self.last = self.epoch = 0
        self.slider = by_id("timeline")
        self.branch = by_id("branch")
        listen(self.slider, "input", lambda event: on_seek(self._chosen()))
        listen(self.branch, "click", lambda event: on_branch())
        self.show(0, 0)

    def _chosen(self):
        """The epoch at the slider's position; the slider's end is the end of the run, whether that is kept or not."""
        index = int(float(self.slider.value))
        epochs = self._stops()
        return epochs[min(index, len(epochs) - 1)]

    def _stops(self):
        return self.kept if self.kept[-1] == self.last else self.kept + [self.last]

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
        stops = self._stops()
        if int(self.slider.max) != len(stops) - 1:
            self.slider.max = str(len(stops) - 1)
        self.slider.disabled = len(stops) < 2
        index = max([index for index, stop in enumerate(stops) if stop <= epoch] or [0])
        if int(float(self.slider.value)) != index:
            self.slider.value = str(index)
        back = epoch < last
        text = "epoch %s of %s" % ("{:,}".format(epoch), "{:,}".format(last)) if back else "now"
        set_text(by_id("timeline-text"), text)
        self.slider.setAttribute("aria-valuetext", "epoch %d of %d" % (epoch, last))
        if self.branch.disabled == back:
            self.branch.disabled = not back
