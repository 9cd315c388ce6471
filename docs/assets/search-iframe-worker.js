// Stands between the theme and its search worker, for two things.
// A search for Chinese: the index has every character as a word, so a query of several asks for each of them (+回 +执).
// From file://, where browsers start no workers, the worker's script runs in a hidden frame: the theme looks for `IFrameWorker`
// in the parent window, and adds a script of a CDN where no file named like this one is set.
const NativeWorker = window.Worker;

function splitHan(message) {
  if (typeof message.data !== "string") return message;
  const data = message.data.replace(/\p{sc=Han}+/gu, (run) => ` ${[...run].map((one) => `+${one}`).join(" ")} `);
  return { ...message, data: data.trim() };
}

class FrameWorker extends EventTarget {
  constructor(url) {
    super();
    const frame = document.createElement("iframe");
    frame.hidden = true;
    this.frame = frame;
    this.loaded = new Promise((resolve) => { frame.onload = () => resolve(frame.contentWindow); });
    addEventListener("message", (event) => {
      if (event.source === frame.contentWindow) {
        this.dispatchEvent(new MessageEvent("message", { data: event.data }));
      }
    });
    const close = "</" + "script>";
    frame.srcdoc = `<script>postMessage = (data) => parent.postMessage(data, "*")${close}<script src="${new URL(url, location)}">${close}`;
    document.body.append(frame);
  }

  postMessage(message) {
    this.loaded.then((inner) => inner.dispatchEvent(new MessageEvent("message", { data: splitHan(message) })));
  }

  terminate() { this.frame.remove(); }
}

if (location.protocol === "file:") {
  window.IFrameWorker = window.Worker = FrameWorker;
} else {
  window.Worker = class extends NativeWorker {
    postMessage(message) { super.postMessage(splitHan(message)); }
  };
}
