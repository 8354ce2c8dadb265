/* The counter's script. Register Alpine components before start(). */
import { start } from "../shared/start.js";
import { startCamera } from "./camera.js";
import { startKeys } from "./keys.js";
import { startLocking, startPad } from "./lock.js";
import { startQueue } from "./queue.js";
import { startSale } from "./sale.js";
import { startSound } from "./sound.js";

start();
startPad();
startKeys();
startLocking();
startSale();
startSound();
startCamera();
startQueue();
