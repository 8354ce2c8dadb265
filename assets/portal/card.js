/* The code that turns every half minute, the card to be read aloud, and the card kept for when there is no network. */
import Alpine from "@alpinejs/csp";

const SHARED_BROWSERS = /FBAN|FBAV|FB_IAB|Instagram|Zalo|MicroMessenger|Line\//i;

/* <div x-data="rotating" data-left="17" data-every="30" data-from="/me/card/code"> */
Alpine.data("rotating", () => ({
  left: 0,
  away: false,
  get fresh() {
    return !this.away;
  },
  get stale() {
    return this.away ? "portal-stale" : "";
  },
  init() {
    this.root = this.$el;
    this.start(Number(this.root.dataset.left));
    this.timer = setInterval(() => this.tick(), 1000);
    // a page that slept in a pocket shows an old code
    document.addEventListener("visibilitychange", () => document.hidden || this.tick());
    addEventListener("online", () => this.renew());
  },
  destroy() {
    clearInterval(this.timer);
  },
  start(seconds) {
    this.ends = performance.now() + seconds * 1000;
    this.draw();
  },
  draw() {
    this.left = Math.max(0, Math.ceil((this.ends - performance.now()) / 1000));
    this.$refs.ring.style.strokeDashoffset = 100 - (100 * this.left) / Number(this.root.dataset.every);
  },
  tick() {
    this.draw();
    if (this.left === 0) this.renew();
  },
  async renew() {
    if (this.asking || document.hidden) return;
    this.asking = true;
    try {
      const answer = await fetch(this.root.dataset.from, { headers: { "HX-Request": "true" } });
      if (answer.headers.get("HX-Redirect")) location.assign(answer.headers.get("HX-Redirect"));
      if (!answer.ok) throw new Error(`${answer.status}`);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      this.$refs.code.replaceChildren(...page.querySelector(".portal-qr").childNodes);
      this.away = false;
      this.start(Number(page.querySelector(".portal-code").dataset.left));
    } catch {
      this.away = true;
      this.start(5); // and try again
    } finally {
      this.asking = false;
    }
  },
}));

/* The code, or the numbers in big digits. */
Alpine.data("showing", () => ({
  code: true,
  get digits() {
    return !this.code;
  },
  asCode() {
    this.code = true;
  },
  asDigits() {
    this.code = false;
  },
}));

/* Offered where the browser can install, never inside another app's browser. */
let offer = null;
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  if (SHARED_BROWSERS.test(navigator.userAgent)) return;
  offer = event;
  dispatchEvent(new Event("shop-installable"));
});
Alpine.data("installing", () => ({
  possible: offer !== null,
  init() {
    addEventListener("shop-installable", () => (this.possible = true));
  },
  async install() {
    this.possible = false;
    await offer?.prompt();
  },
}));

/* The card without a network: <main data-worker="/me/sw.js" data-keep="/me/offline"> for whoever has signed in. */
export async function keepCard() {
  const page = document.getElementById("content");
  if (!page?.dataset.worker || !("serviceWorker" in navigator) || !("caches" in window)) return;
  try {
    await navigator.serviceWorker.register(page.dataset.worker, { scope: "/me/" });
    if (!page.dataset.keep) {
      await caches.delete("card"); // nobody is signed in here any more
      return;
    }
    const answer = await fetch(page.dataset.keep);
    if (answer.ok && !answer.redirected) await (await caches.open("card")).put(page.dataset.keep, answer);
  } catch {
    /* a browser that keeps nothing: the portal works without */
  }
}
