/* The counter's script. Register Alpine components before start(). */
import { start } from "../shared/start.js";

start();
