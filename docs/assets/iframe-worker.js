/* Search from a folder (file://), where browsers refuse web workers: the theme's search worker runs in a hidden frame.
   The theme looks for the name IFrameWorker; its script loads further ones with importScripts, as a promise. */
if (location.protocol === "file:") {
  window.IFrameWorker = window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.appendChild(frame);
      this.frame = frame;
      this.inner = frame.contentWindow;
      const page = this.inner.document;
      page.open();
      page.write("<!doctype html><html><body></body></html>");
      page.close();
      this.inner.postMessage = (data) => setTimeout(() => {
        const message = new MessageEvent("message", { data });
        this.dispatchEvent(message);
        if (this.onmessage) this.onmessage(message);
      });
      const load = (source) => new Promise((done, failed) => {
        const script = page.createElement("script");
        script.src = source;
        script.onload = done;
        script.onerror = failed;
        page.body.appendChild(script);
      });
      this.inner.importScripts = (...sources) => sources.reduce((before, one) => before.then(() => load(one)), Promise.resolve());
      this.ready = load(new URL(url, location.href).href);
    }
    postMessage(data) {
      this.ready.then(() => this.inner.dispatchEvent(new this.inner.MessageEvent("message", { data })));
    }
    terminate() {
      this.frame.remove();
    }
  };
}
