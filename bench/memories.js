// Counts the bytes of all WebAssembly memories that are alive in a page or a worker: `wasmBytes()`.
(() => {
  const memories = [];
  const note = (memory) => memories.push(new WeakRef(memory));
  const noteExports = (instance) => {
    for (const value of Object.values(instance.exports)) if (value instanceof Memory) note(value);
    return instance;
  };

  const {Memory, Instance, instantiate, instantiateStreaming} = WebAssembly;
  WebAssembly.Memory = new Proxy(Memory, {
    construct: (target, parameters) => {
      const memory = new target(...parameters);
      note(memory);
      return memory;
    },
  });
  WebAssembly.Instance = new Proxy(Instance, {
    construct: (target, parameters) => noteExports(new target(...parameters)),
  });
  const noting = (make) => async (...parameters) => {
    const made = await make.apply(WebAssembly, parameters);
    noteExports(made.instance ?? made);
    return made;
  };
  WebAssembly.instantiate = noting(instantiate);
  WebAssembly.instantiateStreaming = noting(instantiateStreaming);

  globalThis.wasmBytes = () => {
    const alive = new Set(memories.map((reference) => reference.deref()).filter(Boolean));
    return [...alive].reduce((sum, memory) => sum + memory.buffer.byteLength, 0);
  };
})();
