// Builds elements. Text always arrives as text nodes, so nothing a merchant or a shopper wrote can become markup.

/** @typedef {Node|string|false|null|undefined|Child[]} Child */

/**
 * @param {string} tag with classes after dots: `p.sub.num`
 * @param {Record<string, any>|null} [props] attributes; `on` takes a click handler, `style` a map of CSS properties
 * @param {...Child} children
 * @returns {HTMLElement}
 */
export function h(tag, props, ...children) {
  const [name, ...classes] = tag.split('.');
  const element = document.createElement(name);
  if (classes.length) element.className = classes.join(' ');
  for (const [key, value] of Object.entries(props || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key === 'on') element.addEventListener('click', value);
    // Set through the object model: a style attribute is what a strict content policy refuses.
    else if (key === 'style') for (const [rule, to] of Object.entries(value)) element.style.setProperty(rule, String(to));
    else element.setAttribute(key, value === true ? '' : String(value));
  }
  add(element, children);
  return element;
}

/** @param {Node} parent @param {Child[]} children */
function add(parent, children) {
  for (const child of children) {
    if (Array.isArray(child)) add(parent, child);
    else if (child || child === '') parent.appendChild(typeof child === 'string' ? document.createTextNode(child) : child);
  }
}

/**
 * Addresses we follow: of this store, or https (http on a developer's machine). Anything else is no address.
 * @param {unknown} url @returns {string|null}
 */
export function safeUrl(url) {
  return typeof url === 'string' && /^(https?:\/\/[^\s]+|\/([^/\\\s][^\s]*)?)$/.test(url) ? url : null;
}

/** A link where there is an address, else the words. @param {string|null} url @param {string} words @returns {Node} */
export const link = (url, words) => (url ? h('a', { href: url }, words) : document.createTextNode(words));
