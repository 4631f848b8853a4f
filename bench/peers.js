// The contenders of the benchmark. `PEERS` maps the name of each to a function that loads its library and returns
// an async function `prepare(network)`.
//
// A network is plain data: `hiddenLayers` (widths), `activation`, `learningRate`, `momentum`, `classes`, and one batch:
// `points` (rows of two coordinates) and `labels` (class numbers). What is trained on it is a network with softmax and
// cross entropy by gradient descent with momentum; one step is forward, backward and update of the whole batch.
//
// A prepared contender has
//   run(steps)   trains that many steps and resolves to milliseconds, once their results can be read
//   loss()       resolves to the loss on the batch, as the network is now
//   dispose()    gives its memory back

const VENDOR = new URL("../vendor/", import.meta.url).href;

/** Loads a classic script, once its predecessors are there. */
function loadScript(url) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.onload = resolve;
    script.onerror = () => reject(new Error(`cannot load ${url}`));
    document.head.append(script);
  });
}

/** Milliseconds that `steps` calls of `step` take, up to the end of `settle`; both may be asynchronous. */
async function timed(steps, step, settle) {
  const start = performance.now();
  for (let count = 0; count < steps; count++) {
    const pending = step();
    if (pending) await pending;
  }
  await settle();
  return performance.now() - start;
}

async function loadTensorFlow(backend) {
  await loadScript(`${VENDOR}tfjs/tf.min.js`);
  if (backend === "wasm") {
    await loadScript(`${VENDOR}tfjs/tf-backend-wasm.min.js`);
    tf.wasm.setWasmPaths(`${VENDOR}tfjs/`);
  }
  tf.enableProdMode();
  if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js could not start its ${backend} backend`);
  await tf.ready();
}

/** The batch as tensors: points (rows, 2), one-hot labels (rows, classes). */
function tensorsOf(network) {
  const labels = tf.tensor1d(network.labels, "int32");
  const y = tf.oneHot(labels, network.classes).toFloat();
  labels.dispose();
  return { x: tf.tensor2d(network.points), y };
}

/** TensorFlow.js by its layers and `trainOnBatch`, which downloads the loss of every step. */
async function prepareLayers(network) {
  const { x, y } = tensorsOf(network);
  const dense = (units, options) => tf.layers.dense({ units, kernelInitializer: "heNormal", ...options });
  const model = tf.sequential();
  model.add(tf.layers.inputLayer({ inputShape: [2] }));
  for (const width of network.hiddenLayers) model.add(dense(width, { activation: network.activation }));
  model.add(dense(network.classes, { activation: "softmax" }));
  const optimizer = tf.train.momentum(network.learningRate, network.momentum);
  model.compile({ optimizer, loss: "categoricalCrossentropy" });
  return {
    run: (steps) => timed(steps, () => model.trainOnBatch(x, y), () => {}),
    loss: async () => {
      const loss = model.evaluate(x, y, { batchSize: network.labels.length });
      const [value] = await loss.data();
      loss.dispose();
      return value;
    },
    dispose: () => {
      model.dispose();
      optimizer.dispose();
      tf.dispose([x, y]);
    },
  };
}

/** Trainable kernels and biases of a network, he-normal and zeros. */
function makeVariables(network) {
  const widths = [2, ...network.hiddenLayers, network.classes];
  return widths.slice(1).map((units, index) => {
    const inputs = widths[index];
    return tf.tidy(() => ({
      kernel: tf.variable(tf.truncatedNormal([inputs, units], 0, Math.sqrt(2 / inputs))),
      bias: tf.variable(tf.zeros([units])),
    }));
  });
}

/** TensorFlow.js by `optimizer.minimize` of a loss written out, downloading nothing until the last step is done. */
async function prepareMinimize(network) {
  const { x, y } = tensorsOf(network);
  const layers = makeVariables(network);
  const variables = layers.flatMap(({ kernel, bias }) => [kernel, bias]);
  const biases = layers.map(({ bias }) => bias);
  const optimizer = tf.train.momentum(network.learningRate, network.momentum);
  const activate = tf[network.activation];
  const dense = (a, { kernel, bias }) => tf.fused.matMul({ a, b: kernel, bias });
  const computeLoss = () => {
    const hidden = layers.slice(0, -1).reduce((input, layer) => activate(dense(input, layer)), x);
    return tf.losses.softmaxCrossEntropy(y, dense(hidden, layers.at(-1)));
  };
  const step = () => {
    tf.tidy(() => optimizer.minimize(computeLoss, false, variables));
  };
  return {
    // A backend on a GPU works its queue off in order: when the last updates are here, all of it is done.
    run: (steps) => timed(steps, step, () => Promise.all(biases.map((bias) => bias.data()))),
    loss: async () => {
      const loss = tf.tidy(computeLoss);
      const [value] = await loss.data();
      loss.dispose();
      return value;
    },
    dispose: () => {
      optimizer.dispose();
      tf.dispose([x, y, ...variables]);
    },
  };
}

function tensorFlow(backend, prepare) {
  return async () => {
    await loadTensorFlow(backend);
    return prepare;
  };
}

async function openConvNet() {
  await loadScript(`${VENDOR}convnetjs/convnet-min.js`);
  return prepareConvNet;
}

/** ConvNetJS: its trainer takes one point at a time and updates after a whole batch. */
async function prepareConvNet(network) {
  const net = new convnetjs.Net();
  net.makeLayers([
    { type: "input", out_sx: 1, out_sy: 1, out_depth: 2 },
    ...network.hiddenLayers.map((width) => ({ type: "fc", num_neurons: width, activation: network.activation })),
    { type: "softmax", num_classes: network.classes },
  ]);
  const trainer = new convnetjs.Trainer(net, {
    method: "sgd",
    batch_size: network.labels.length,
    learning_rate: network.learningRate,
    momentum: network.momentum,
  });
  const volumes = network.points.map((point) => new convnetjs.Vol(point));
  const step = () => {
    volumes.forEach((volume, row) => {
      trainer.train(volume, network.labels[row]);
    });
  };
  const lossOfRow = (volume, row) => -Math.log(net.forward(volume).w[network.labels[row]]);
  return {
    run: (steps) => timed(steps, step, () => {}),
    loss: async () => volumes.map(lossOfRow).reduce((sum, loss) => sum + loss) / volumes.length,
    dispose: () => {},
  };
}

/**
 * This lab: Pyodide in a worker, as the page has it, running `lab_steps.py`; `engine` is "wasm", or "autograd" for
 * plain autograd. `prepare.ask` runs another of the benchmark's Python modules.
 */
function lab(engine) {
  return async ({ modules }) => {
    const call = connect(new Worker(new URL("lab_worker.js", import.meta.url), { type: "module" }));
    await call("open", modules);
    const prepare = async (network) => {
      await call("prepare", { ...network, engine });
      return {
        run: (steps) => call("run", steps),
        loss: () => call("loss"),
        dispose: () => call("dispose"),
      };
    };
    prepare.ask = (module, argument) => call("ask", { module, argument });
    return prepare;
  };
}

/** A function `call(method, argument)` that resolves to what the worker answers, one call at a time. */
function connect(worker) {
  return (method, argument) =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => {
        if ("error" in data) reject(new Error(data.error));
        else if ("value" in data) resolve(data.value);
      };
      worker.onerror = (event) => reject(new Error(event.message ?? "the worker did not start"));
      worker.postMessage({ method, argument });
    });
}

export const PEERS = {
  lab: lab("wasm"),
  autograd: lab("autograd"),
  "tensorflow-cpu-layers": tensorFlow("cpu", prepareLayers),
  "tensorflow-cpu-minimize": tensorFlow("cpu", prepareMinimize),
  "tensorflow-wasm-layers": tensorFlow("wasm", prepareLayers),
  "tensorflow-wasm-minimize": tensorFlow("wasm", prepareMinimize),
  "tensorflow-webgl-layers": tensorFlow("webgl", prepareLayers),
  "tensorflow-webgl-minimize": tensorFlow("webgl", prepareMinimize),
  convnetjs: openConvNet,
};
