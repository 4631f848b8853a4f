// Watches the page from outside: every answer of the lab as it arrives, every frame of the display, every long task.
// Runs before the page's own scripts.
(() => {
  const watch = {answers: [], frames: 0, long: [], starts: 0, drawnSinceStart: 0};
  window.watch = watch;

  const bytesIn = (value) => {
    if (ArrayBuffer.isView(value)) return value.byteLength;
    if (!value || typeof value !== "object") return 0;
    return Object.values(value).reduce((sum, part) => sum + bytesIn(part), 0);
  };

  const hear = ({data}) => {
    if (!Array.isArray(data)) return;
    if (data.flat().some((part) => part && part.engine)) {
      watch.starts += 1;
      watch.drawnSinceStart = 0;
    }
    const answer = data.flat().find((part) => part && part.metrics);
    if (!answer) return;
    watch.drawnSinceStart += answer.picture ? 1 : 0;
    watch.answers.push({
      time: performance.now(),
      step: answer.step,
      bytes: bytesIn(answer),
      drawn: Boolean(answer.picture),
      positions: Boolean(answer.picture?.positions),
      resolution: answer.picture?.resolution ?? null,
      milliseconds: [...answer.milliseconds],
    });
  };

  // PyScript and its worker have their own message channel.
  const Channel = window.MessageChannel;
  window.MessageChannel = class extends Channel {
    constructor() {
      super();
      for (const port of [this.port1, this.port2]) port.addEventListener("message", hear);
    }
  };

  const count = () => {
    watch.frames += 1;
    requestAnimationFrame(count);
  };
  requestAnimationFrame(count);
  new PerformanceObserver((list) => watch.long.push(...list.getEntries().map((entry) => entry.duration))).observe({
    type: "longtask",
  });
})();
