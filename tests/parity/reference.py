"""TensorFlow.js as the reference: trains many cases in one Node process and returns what it computed."""

import json
import subprocess
from pathlib import Path

RUNNER = Path(__file__).with_name("tensorflow_runner.js")


class ReferenceFailure(RuntimeError):
    """TensorFlow.js could not be run, or refused a case; the message says why."""


def run_tensorflow(cases, tf_path, node=("node",), timeout=600):
    """Trains every case with TensorFlow.js and returns its results, in the order of the cases.

    A case is a dict:

    - `id`: any string;
    - `hidden_layers` (list of widths), `classes`, `activation`, `normalization`, `loss`, `optimizer`: keys of
      `spec`; `learning_rate`, `l1`, `l2`, `clip` (not together with `l1` or `l2`); `normalize_output`: whether a
      normalization follows the last dense layer too;
    - `weights`: nested lists: for each dense layer its kernel (in, out) and bias (out), then, if normalized,
      gamma (out) and beta (out) of the normalization after it;
    - `batches`: one `{"x": (rows, 2), "y": targets (rows, outputs)}` per step;
    - `predict_x`: points (rows, 2) to predict after training.

    A result is a dict: `id`; `losses`, one per step, each that of its batch before the update; `predictions`
    (rows, classes); `layers`, their names in order; `weights` after training, as in a case; `moving`,
    `{"mean", "variance"}` of each batch norm layer after training. A loss that is not finite is None.

    `tf_path` is `dist/tf.min.js` of `@tensorflow/tfjs`, `node` the command that runs Node.js, `timeout` is in
    seconds. Raises ReferenceFailure where Node or that file is missing, or where Node fails.
    """
    if not Path(tf_path).is_file():
        raise ReferenceFailure(f"no TensorFlow.js at {tf_path}")
    try:
        process = subprocess.run(
            [*node, str(RUNNER), str(tf_path)],
            input=json.dumps({"cases": cases}),
            capture_output=True,
            encoding="utf-8",
            timeout=timeout,
            check=False,
        )
    except FileNotFoundError as error:
        raise ReferenceFailure(f"TensorFlow.js needs Node.js, and {node[0]} is not a program") from error
    if process.returncode != 0:
        raise ReferenceFailure(f"TensorFlow.js in Node failed ({process.returncode}):\n{process.stderr.strip()}")
    return json.loads(process.stdout)["results"]
