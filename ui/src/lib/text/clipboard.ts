/** Puts text on the clipboard. WebKit may refuse the asynchronous way; a selected text field still works then. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    return;
  } catch {
    // Tried another way below.
  }
  const field = document.createElement("textarea");
  field.value = text;
  field.setAttribute("aria-hidden", "true");
  field.style.position = "fixed";
  field.style.opacity = "0";
  const open = [...document.querySelectorAll("dialog[open]")].pop();
  (open ?? document.body).append(field);
  const before = document.activeElement;
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  if (!copied) throw new Error("the desktop's clipboard refused the text; select it and copy it by hand");
}
