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

/**
 * Makes what is in one node what is in another, keeping the nodes that are alike. WebKit lays out a changed text several
 * times as fast as a new element: it looks up the fonts of new ones, again after every SVG image with letters in it.
 */
export function become(node: Node, wanted: Node): void {
  const [had, children] = [[...node.childNodes], [...wanted.childNodes]];
  for (const [i, child] of children.entries()) {
    const old = had[i];
    if (!old) node.appendChild(child);
    else if (!alike(old, child)) node.replaceChild(child, old);
    else if (old.nodeType !== Node.TEXT_NODE) become(old, child);
    else if (old.nodeValue !== child.nodeValue) old.nodeValue = child.nodeValue;
  }
  for (const old of had.slice(children.length)) node.removeChild(old);
}

/** Whether two nodes differ at most in what is in them. */
function alike(a: Node, b: Node): boolean {
  if (a instanceof Element && b instanceof Element) return a.cloneNode().isEqualNode(b.cloneNode());
  return a.nodeType === b.nodeType;
}

/** Fills an element with such markup, again whenever it changes. */
export function filledWith(markup: string): (element: HTMLElement) => void {
  return (element) => become(element, safeMarkup(markup));
}
