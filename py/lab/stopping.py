"""When a run stops by itself: at an epoch, at a loss, or when its loss has not become better for some epochs. Pure.

A rule is a value of the field *Stop at*: `(kind, number)`, or () for none.
"""

import math
from typing import NamedTuple


class Watch(NamedTuple):
    """What has been seen of the losses so far.

    since: after how many steps the rule was set; what was seen for an earlier one does not count. best: the least loss
    since then, or since the last stop. waited: for how many epochs there has been none that is less. reached: whether
    the last loss was as small as the rule asks for.
    """

    since: int = 0
    best: float = math.inf
    waited: int = 0
    reached: bool = False


def next_epoch(rule, epoch):
    """The next epoch after `epoch` at whose end the rule has to be looked at; infinity if there is none."""
    kind, number = rule or ("epoch", 0)
    if kind == "epoch":
        return number if number > epoch else math.inf
    return epoch + 1


def watched(watch, rule, epoch, loss):
    """`(watch, stops)` at the end of an epoch: what is known then, and whether the run stops there by a rule.

    `patience` is that of Keras's `EarlyStopping` with `min_delta` 0; after a stop it counts afresh, as there. A run
    that goes on from where its loss was small enough stops again when the loss falls so far anew.
    """
    kind, number = rule
    if kind == "epoch":
        return watch, epoch == number
    if kind == "loss":
        reached = loss <= number
        return watch._replace(reached=reached), reached and not watch.reached
    if loss < watch.best:
        return watch._replace(best=loss, waited=0), False
    waited = watch.waited + 1
    if waited >= number:
        return Watch(watch.since), True
    return watch._replace(waited=waited), False
