/* Two short tones when points are given, one low one when something is refused. Heard only if wanted. */

const KEY = "counter-muted";
let context;

export const muted = () => localStorage.getItem(KEY) === "1";

function tone(frequency, at, length) {
  const oscillator = context.createOscillator();
  const gain = context.createGain();
  oscillator.frequency.value = frequency;
  gain.gain.setValueAtTime(0.0001, context.currentTime + at);
  gain.gain.exponentialRampToValueAtTime(0.2, context.currentTime + at + 0.01);
  gain.gain.exponentialRampToValueAtTime(0.0001, context.currentTime + at + length);
  oscillator.connect(gain).connect(context.destination);
  oscillator.start(context.currentTime + at);
  oscillator.stop(context.currentTime + at + length);
}

export function play(kind) {
  if (muted() || !window.AudioContext) return;
  context ??= new AudioContext();
  context.resume?.();
  document.documentElement.dataset.heard = kind;
  if (kind === "good") {
    tone(660, 0, 0.12);
    tone(990, 0.1, 0.18);
  } else tone(196, 0, 0.25);
}

export function startSound() {
  const box = document.getElementById("sound");
  if (!box) return;
  box.checked = !muted();
  box.addEventListener("change", () => {
    localStorage.setItem(KEY, box.checked ? "0" : "1");
    play("good");
  });
  document.addEventListener("counter:sold", () => play("good"));
  document.addEventListener("counter:joined", () => play("good"));
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.querySelector?.("[data-not-sold], [data-refused]")) play("bad");
  });
}
