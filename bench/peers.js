// The contenders of the benchmark. `PEERS` maps the name of each to a function that loads its library and returns
// an async function `prepare(network)`.
//
// A network is plain data: `hiddenLayers` (widths), `activation`, `learningRate`, `momentum`, `classes`, one batch:
// `points` (rows of two coordinates) and `labels` (class numbers), and the `kernels` to start from, a Float32Array
// (inputs × outputs, row by row) for each dense layer; biases start from zero. What is trained is a network with
// softmax and cross entropy by gradient descent with momentum; one step is forward, backward and update of the whole
// batch. All contenders compute the same numbers, except for rounding.
//
// A prepared contender has
//   run(steps)   trains that many steps and resolves to milliseconds, once their results can be read
//   loss()       resolves to the present loss on the batch
//   dispose()    frees its memory

import { Network } from "./object_per_neuron.js";

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

/** The widths of a network's layers, from its input to its classes. */
const widthsOf = (network) => [2, ...network.hiddenLayers, network.classes];

/** For each dense layer `make(kernel, inputs, outputs)`, `kernel` a Float32Array. */
function mapLayers(network, make) {
  const widths = widthsOf(network);
  return network.kernels.map((kernel, index) => make(kernel, widths[index], widths[index + 1]));
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
  const dense = (units, options) => tf.layers.dense({ units, ...options });
  const model = tf.sequential();
  model.add(tf.layers.inputLayer({ inputShape: [2] }));
  for (const width of network.hiddenLayers) model.add(dense(width, { activation: network.activation }));
  model.add(dense(network.classes, { activation: "softmax" }));
  tf.tidy(() => {
    model.setWeights(
      mapLayers(network, (kernel, ...shape) => [tf.tensor2d(kernel, shape), tf.zeros([shape[1]])]).flat(),
    );
  });
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

/** A network's kernels and biases as variables. */
function makeVariables(network) {
  return mapLayers(network, (kernel, ...shape) =>
    tf.tidy(() => ({
      kernel: tf.variable(tf.tensor2d(kernel, shape)),
      bias: tf.variable(tf.zeros([shape[1]])),
    })),
  );
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
    // A backend on a GPU works through its queue in order: when the last updates can be read, everything is done.
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
  const dense = net.layers.filter((layer) => layer.layer_type === "fc");
  mapLayers(network, (kernel, inputs, outputs) => ({ kernel, inputs, outputs })).forEach((each, index) => {
    const { filters, biases } = dense[index];
    filters.forEach(({ w }, output) => {
      for (let input = 0; input < each.inputs; input++) w[input] = each.kernel[input * each.outputs + output];
    });
    biases.w.fill(0);
  });
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
 * jax-js on one of its devices, "wasm" or "webgpu". Steps are "queued", as in its own examples, or each of them is
 * "awaited", as it recommends for long runs.
 */
function jaxJs(device, pace) {
  return async () => {
    const jax = await import(`${VENDOR}jax-js/index.js`);
    const devices = await jax.init(device);
    if (!devices.includes(device)) throw new Error(`jax-js could not start its ${device} device`);
    jax.defaultDevice(device);
    return (network) => prepareJax(jax, network, pace);
  };
}

/**
 * jax-js by one step that is compiled as a whole with `jit`: `valueAndGrad` of the loss, and the update as the `sgd` of
 * its optimizers computes it. A function consumes its arguments; `ref` keeps one for further use.
 */
async function prepareJax({ blockUntilReady, jit, nn, numpy: np, tree, valueAndGrad }, network, pace) {
  const x = np.array(network.points);
  const y = nn.oneHot(np.array(network.labels, { dtype: np.int32 }), network.classes);
  let parameters = mapLayers(network, (kernel, ...shape) => [np.array(kernel).reshape(shape), np.zeros([shape[1]])]);
  let velocities = mapLayers(network, (_, ...shape) => [np.zeros(shape), np.zeros([shape[1]])]);
  const activate = np[network.activation];
  const dense = (input, [kernel, bias]) => np.dot(input, kernel).add(bias);
  const computeLoss = (layers, x, y) => {
    const hidden = layers.slice(0, -1).reduce((input, layer) => activate(dense(input, layer)), x);
    const logits = dense(hidden, layers.at(-1));
    return nn.logSoftmax(logits).mul(y).sum().mul(-1 / network.labels.length);
  };
  const compiledLoss = jit(computeLoss);
  const compiledStep = jit((layers, velocities, x, y) => {
    const [loss, gradients] = valueAndGrad(computeLoss)(tree.ref(layers), x, y);
    const moved = tree.map((velocity, gradient) => velocity.mul(network.momentum).add(gradient), velocities, gradients);
    const descend = (parameter, velocity) => parameter.sub(velocity.mul(network.learningRate));
    return [loss, tree.map(descend, layers, tree.ref(moved)), moved];
  });
  const step = () => {
    let loss;
    [loss, parameters, velocities] = compiledStep(parameters, velocities, x.ref, y.ref);
    if (pace === "awaited") return loss.data();
    loss.dispose();
  };
  return {
    run: (steps) => timed(steps, step, () => blockUntilReady(parameters)),
    loss: async () => (await compiledLoss(tree.ref(parameters), x.ref, y.ref).data())[0],
    dispose: () => {
      tree.dispose([parameters, velocities, x, y]);
      compiledStep.dispose();
      compiledLoss.dispose();
    },
  };
}

/** Objects for neurons and links, as TensorFlow Playground has them; see object_per_neuron.js. */
async function prepareObjects(network) {
  const net = new Network(widthsOf(network), network.kernels, network.activation);
  const examples = network.points.map((point, row) => ({ point, label: network.labels[row] }));
  return {
    run: (steps) => timed(steps, () => net.trainBatch(examples, network.learningRate, network.momentum), () => {}),
    loss: async () => net.loss(examples),
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
  "jax-wasm-awaited": jaxJs("wasm", "awaited"),
  "jax-wasm-queued": jaxJs("wasm", "queued"),
  "jax-webgpu-awaited": jaxJs("webgpu", "awaited"),
  "jax-webgpu-queued": jaxJs("webgpu", "queued"),
  objects: async () => prepareObjects,
};
