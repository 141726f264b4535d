/** Elements that a rendered table or its notes are made of; everything else becomes its text. */
const ELEMENTS = new Set([
  "table",
  "thead",
  "tbody",
  "tfoot",
  "tr",
  "th",
  "td",
  "caption",
  "colgroup",
  "col",
  "figure",
  "figcaption",
  "p",
  "i",
  "b",
  "em",
  "strong",
  "sup",
  "sub",
  "span",
  "br",
  "ul",
  "ol",
  "li",
  "h1",
  "h2",
  "h3",
  "h4",
  "code",
]);
const ATTRIBUTES = new Set(["colspan", "rowspan", "scope", "class"]);
/** Elements whose content is no text to read. */
const SILENT = new Set([
  "script",
  "style",
  "template",
  "iframe",
  "object",
  "embed",
  "noscript",
  "title",
  "svg",
  "math",
]);

/** Markup from `crates/publish` as nodes: known elements without attributes that could load or run anything. */
export function safeMarkup(markup: string): DocumentFragment {
  // A document made by the parser runs no script and loads nothing.
  const parsed = new DOMParser().parseFromString(markup, "text/html");
  const fragment = document.createDocumentFragment();
  for (const child of parsed.body.childNodes) append(fragment, child);
  return fragment;
}

function append(to: Node, node: Node): void {
  if (node.nodeType === Node.TEXT_NODE) {
    to.appendChild(document.createTextNode(node.textContent ?? ""));
    return;
  }
  if (!(node instanceof Element)) return;
  const name = node.localName;
  if (SILENT.has(name)) return;
  if (!ELEMENTS.has(name)) {
    for (const child of node.childNodes) append(to, child);
    return;
  }
  const made = document.createElement(name);
  for (const attribute of node.attributes) {
    if (ATTRIBUTES.has(attribute.name)) made.setAttribute(attribute.name, attribute.value);
  }
  for (const child of node.childNodes) append(made, child);
  to.appendChild(made);
}

/** Fills an element with such markup, again whenever it changes. */
export function filledWith(markup: string): (element: HTMLElement) => void {
  return (element) => element.replaceChildren(safeMarkup(markup));
}
