// Making elements without a framework: el("button", {class: "x", onclick: f}, child, ...) and icon("tap").

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== null && value !== undefined) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `/static/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** Set an attribute or a text only where it differs, so that nothing flickers and a focus stays. */
export function set(node, name, value) {
  if (name === "text") { if (node.textContent !== value) node.textContent = value; return; }
  if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}
