// Drawing: views say what should be there, paint changes what is different. So
// a screen can be drawn anew whenever something happens and whoever is typing
// keeps the cursor. Everything that somebody wrote becomes a text node.

const vector = new Set(["svg", "path", "circle", "rect"]);

/** h describes an element: its tag, its attributes (on… are listeners), its children. */
export const h = (tag, props, ...children) => ({ tag, props: props ?? {}, children: children.flat(9).filter((c) => c !== null && c !== undefined && c !== false && c !== "") });

/** paint makes the children of an element what is described. */
export function paint(el, ...nodes) {
  patchChildren(el, nodes.flat(9).filter((n) => n !== null && n !== undefined && n !== false && n !== ""));
}

const keyOf = (node) => (typeof node === "object" ? node.props.key : undefined);
const fits = (dom, node) => (typeof node === "object" ? dom.nodeType === 1 && dom.described?.tag === node.tag : dom.nodeType === 3);

function patchChildren(el, nodes) {
  const keyed = new Map();
  for (const dom of el.childNodes) if (dom.described?.props.key !== undefined) keyed.set(dom.described.props.key, dom);
  const wanted = new Set(nodes.map(keyOf).filter((k) => k !== undefined));
  let cursor = el.firstChild;
  const skip = () => {
    while (cursor && cursor.described?.props.key !== undefined && !wanted.has(cursor.described.props.key)) {
      const gone = cursor;
      cursor = cursor.nextSibling;
      gone.remove();
    }
  };
  for (const node of nodes) {
    skip();
    const key = keyOf(node);
    let dom = key !== undefined ? keyed.get(key) : cursor && cursor.described?.props.key === undefined && fits(cursor, node) ? cursor : null;
    if (dom && !fits(dom, node)) dom = null;
    if (!dom) dom = create(node, el);
    if (dom === cursor) cursor = cursor.nextSibling;
    else el.insertBefore(dom, cursor);
    patch(dom, node);
  }
  while (cursor) {
    const gone = cursor;
    cursor = cursor.nextSibling;
    gone.remove();
  }
}

function create(node) {
  if (typeof node !== "object") return document.createTextNode(String(node));
  const dom = vector.has(node.tag) ? document.createElementNS("http://www.w3.org/2000/svg", node.tag) : document.createElement(node.tag);
  dom.described = { tag: node.tag, props: {} };
  dom.listeners = {};
  return dom;
}

function patch(dom, node) {
  if (typeof node !== "object") {
    if (dom.data !== String(node)) dom.data = String(node);
    return;
  }
  const old = dom.described.props;
  for (const name of Object.keys(old)) if (!(name in node.props)) setProp(dom, name, undefined, old[name]);
  patchChildren(dom, node.children); // options before the value of their select
  for (const [name, value] of Object.entries(node.props)) setProp(dom, name, value, old[name]);
  const born = dom.described.born === undefined;
  dom.described = { tag: node.tag, props: node.props, born: true };
  if (born) node.props.onBorn?.(dom);
  node.props.onDrawn?.(dom);
}

function setProp(dom, name, value, old) {
  if (name === "key" || name === "onBorn" || name === "onDrawn") return;
  if (name.startsWith("on")) {
    const type = name.slice(2).toLowerCase();
    if (!dom.listeners[type]) dom.addEventListener(type, (ev) => dom.listeners[type]?.(ev));
    dom.listeners[type] = value;
    return;
  }
  if (name === "value" || name === "checked") {
    if (value !== undefined && dom[name] !== value) dom[name] = value;
    return;
  }
  if (value === old) return;
  if (value === undefined || value === null || value === false) dom.removeAttribute(name);
  else dom.setAttribute(name, value === true ? "" : String(value));
}

/** own is what somebody wrote, in its own direction. */
export const own = (text, cls) => h("bdi", { class: cls, dir: "auto" }, text);

/** ltr is a number, an address or a code, which run left to right in every language. */
export const ltr = (text, cls) => h("bdi", { class: cls, dir: "ltr" }, text);
