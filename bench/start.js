// Notes in `window.start`, in milliseconds since navigation, when the things that a person waits for are ready. Runs
// before the page's own scripts.
(() => {
  const start = (window.start = {});
  const note = (name) => (start[name] ??= performance.now());

  new PerformanceObserver((list) => {
    for (const { name, startTime } of list.getEntries()) if (name === "first-contentful-paint") start.painted = startTime;
  }).observe({ type: "paint", buffered: true });

  new PerformanceObserver((list) => {
    start.longest = Math.max(start.longest ?? 0, ...list.getEntries().map(({ duration }) => duration));
  }).observe({ type: "longtask", buffered: true });

  // When a second picture is seen in the left view: something moves. A few of its pixels tell; before the first picture
  // they are transparent.
  const SAMPLES = 12;
  const small = document.createElement("canvas");
  small.width = small.height = SAMPLES;
  const context = small.getContext("2d", { willReadFrequently: true });
  let seen = null;
  const look = () => {
    const canvas = document.getElementById("boundary");
    if (canvas?.width) {
      const from = 0.3 * Math.min(canvas.width, canvas.height);
      context.clearRect(0, 0, SAMPLES, SAMPLES);
      context.drawImage(canvas, from, from, from, from, 0, 0, SAMPLES, SAMPLES);
      const pixels = context.getImageData(0, 0, SAMPLES, SAMPLES).data;
      const picture = pixels.every((value, index) => index % 4 < 3 || value === 255) ? pixels.join() : null;
      if (seen && picture && picture !== seen) return note("moves");
      seen = picture;
    }
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);

  // PyScript and its worker have their own message channel.
  const hear = ({ data }) => {
    if (!Array.isArray(data)) return;
    if (data.flat().some((part) => part && part.engine)) note("network");
    const answer = data.flat().find((part) => part && part.picture);
    if (answer) note("picture");
    // The page draws an answer on a later frame; when the next answer comes, the previous one has been drawn.
    if (answer && answer.epoch > 0) requestAnimationFrame(() => requestAnimationFrame(() => note("trained")));
  };
  const Channel = window.MessageChannel;
  window.MessageChannel = class extends Channel {
    constructor() {
      super();
      for (const port of [this.port1, this.port2]) port.addEventListener("message", hear);
    }
  };
})();
