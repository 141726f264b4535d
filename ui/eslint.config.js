import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

export default ts.config(
    { ignores: ["dist/", "node_modules/", "src/lib/ipc/bindings.ts"] },
    js.configs.recommended,
    ...ts.configs.strict,
    ...svelte.configs.recommended,
    {
        languageOptions: { globals: { ...globals.browser } },
        rules: {
            "@typescript-eslint/no-explicit-any": "error",
            // The compiler knows better which names exist.
            "no-undef": "off",
            // Everything that comes from the backend is hostile text.
            "svelte/no-at-html-tags": "error",
            "svelte/no-navigation-without-resolve": "off",
            // Dates here are made, printed and thrown away.
            "svelte/prefer-svelte-reactivity": "off",
        },
    },
    {
        files: ["**/*.svelte", "**/*.svelte.ts"],
        languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: [".svelte"], svelteConfig } },
    },
    { files: ["*.js", "*.config.ts", "scripts/**"], languageOptions: { globals: { ...globals.node } } },
);
