import "./lib/locale";
import "./lib/tokens/fonts.css";
import "./lib/tokens/tokens.css";
import "./lib/tokens/base.css";
import { mount } from "svelte";
import App from "./App.svelte";
import { desk } from "./lib/state/desk.svelte";
import { askEarly } from "./views/library/listing";

// A start waits for this: asked before anything is drawn.
if (desk.view === "library") askEarly();

const target = document.getElementById("app");
const begin = (): unknown => target && mount(App, { target });
// Text without its font is laid out invisibly, and again: the font is on its way since the page is, and is waited for
// no longer than a blink.
void Promise.race([document.fonts.load("1em Inter"), new Promise((late) => setTimeout(late, 150))]).then(begin, begin);
