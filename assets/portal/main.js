/* The portal's script. Register Alpine components before start(). */
import { start } from "../shared/start.js";
import { keepCard } from "./card.js";

start();
keepCard();
