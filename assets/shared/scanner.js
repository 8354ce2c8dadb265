/* Reads QR and bar codes from the camera: by the browser itself where it can, else by zxing in WebAssembly that we
   serve ourselves. `shopScanner.scan({video, found})` calls `found(text)` once per code and answers how to stop. */

import { BarcodeDetector as Zxing, prepareZXingModule } from "barcode-detector/ponyfill";

const FORMATS = ["qr_code", "code_128", "ean_13"];

prepareZXingModule({
  overrides: {
    locateFile: (path, prefix) => (path.endsWith(".wasm") ? document.documentElement.dataset.wasm : prefix + path),
  },
});

async function detector() {
  if ("BarcodeDetector" in window) {
    const known = await window.BarcodeDetector.getSupportedFormats();
    if (FORMATS.every((format) => known.includes(format))) return new window.BarcodeDetector({ formats: FORMATS });
  }
  return new Zxing({ formats: FORMATS });
}

async function scan({ video, found }) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  video.srcObject = stream;
  video.playsInline = true;
  video.muted = true;
  await video.play();
  const reader = await detector();
  let stopped = false;
  let last = "";
  const look = async () => {
    if (stopped) return;
    const codes = await reader.detect(video).catch(() => []);
    const text = codes[0]?.rawValue;
    if (text && text !== last && !stopped) found((last = text));
    setTimeout(look, 150);
  };
  look();
  return () => {
    stopped = true;
    stream.getTracks().forEach((track) => track.stop());
    video.srcObject = null;
  };
}

window.shopScanner = { scan };
