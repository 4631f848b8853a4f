"""The loss as a pitch, for whoever cannot see the curve: fetched when somebody wants to hear it."""

import math

from pyscript import document, window
from pyscript.ffi import create_proxy

# A loss of 1 has this frequency, in hertz; one that is so many times as large sounds an octave higher.
FREQUENCY, OCTAVE = 880, 4
# What can be heard, from small loudspeakers as well.
LOWEST, HIGHEST = 55, 3520
# The pitch follows at most so often, in milliseconds.
EVERY = 100
# Quiet. The seconds in which loudness and pitch come nearer to what they shall be, by a factor of e.
LOUDNESS, ATTACK, GLIDE = 0.05, 0.08, 0.03


def frequency(loss):
    """The frequency, in hertz, by which a loss is heard; the highest if it is not finite."""
    if loss != loss or loss == float("inf"):
        return HIGHEST
    if loss <= 0:
        return LOWEST
    # Not the power of the logarithm, which may be too large for a number.
    octaves = math.log(loss) / math.log(OCTAVE)
    octaves = min(max(octaves, math.log(LOWEST / FREQUENCY) / math.log(2)), math.log(HIGHEST / FREQUENCY) / math.log(2))
    return FREQUENCY * 2**octaves


class Listen:
    """A tone whose pitch is the loss, until `close` is called.

    `read()` returns the loss, or None, and whether the run is training: otherwise, and while the page is hidden, it is
    silent.
    """

    def __init__(self, read):
        self.read = read
        # The frequency and the loudness that were asked for last.
        self.frequency, self.loudness = None, 0
        self.context = window.AudioContext.new()
        self.tone, self.gain = self.context.createOscillator(), self.context.createGain()
        self.gain.gain.value = 0
        self.tone.connect(self.gain)
        self.gain.connect(self.context.destination)
        self.tone.start()
        self.context.resume()
        self.follow_proxy = create_proxy(self.follow)
        self.timer = window.setInterval(self.follow_proxy, EVERY)
        document.addEventListener("visibilitychange", self.follow_proxy)

    def follow(self, *event):
        """Lets the loss be heard as it is now."""
        loss, is_training = self.read()
        now = self.context.currentTime
        if loss is not None and frequency(loss) != self.frequency:
            self.frequency = frequency(loss)
            self.tone.frequency.setTargetAtTime(self.frequency, now, GLIDE)
        loudness = LOUDNESS if is_training and loss is not None and not document.hidden else 0
        if loudness != self.loudness:
            self.loudness = loudness
            self.gain.gain.setTargetAtTime(loudness, now, ATTACK)

    def close(self):
        """Ends the tone for good."""
        window.clearInterval(self.timer)
        document.removeEventListener("visibilitychange", self.follow_proxy)
        self.context.close()
