// The mark: two cords, woven, that read as a heart. One colour here, that of the text around it.

const CORDS = [
  'M4.5 16.2C5.6 15.1 6.6 14 7.7 13C8.7 11.9 9.8 10.9 10.8 9.8M13.2 7.5C14.4 6.3 16.6 6.5 17.7 7.9C18.7 9.2 18 11.2 16.8 12.4C15.6 13.6 14.4 14.8 13.2 16M10.8 18.3C10.1 19 9.4 19.7 8.7 20.4',
  'M15.3 20.4C14.2 19.3 13.1 18.3 12.1 17.2C11 16.2 10 15.1 8.9 14.1M6.6 11.7C5.4 10.5 5.6 8.3 7 7.2C8.3 6.2 10.3 6.9 11.5 8.1C12.7 9.3 13.9 10.5 15.1 11.7M17.4 14.1C18.1 14.8 18.8 15.5 19.5 16.2',
];

/** @param {string} tag @param {Record<string, string>} attributes */
export function svg(tag, attributes) {
  const element = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/** @returns {Element} the mark, decorative */
export function logo() {
  const mark = svg('svg', { class: 'art art-logo', viewBox: '2 3.5 20 19', 'aria-hidden': 'true' });
  mark.append(...CORDS.map((d) => svg('path', { d })));
  return mark;
}
