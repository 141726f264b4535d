import "./lib/locale";
import "./lib/tokens/fonts.css";
import "./lib/tokens/tokens.css";
import "./lib/tokens/base.css";
import { mount } from "svelte";
import App from "./App.svelte";

const target = document.getElementById("app");
if (target) mount(App, { target });
