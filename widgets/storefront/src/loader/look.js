// Colours of the programme as a style sheet the store's content policy cannot refuse.

const HEX = /^#[0-9a-f]{6}$/i;

/**
 * Adds a style sheet to a shadow root.
 * @param {ShadowRoot} root @param {string} css
 */
export function addStyle(root, css) {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  } catch {
    // Browsers from before constructed sheets.
    root.append(Object.assign(document.createElement('style'), { textContent: css }));
  }
}

/**
 * @param {any} look of the contract
 * @returns {string} the tones as custom properties, for light and dark
 */
export function toneCss(look) {
  const block = (/** @type {Record<string, string>} */ tones) =>
    Object.entries(tones || {})
      .filter(([, colour]) => HEX.test(colour))
      .map(([name, colour]) => `--kz-b-${name.replace('_', '-')}:${colour}`)
      .join(';');
  return `.kz{${block(look.light)}}.kz[data-theme=dark]{${block(look.dark)}}`;
}

/**
 * Sets data-theme, and follows the system while the theme is "auto".
 * @param {HTMLElement} frame @param {string} theme
 */
export function followTheme(frame, theme) {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const set = () => (frame.dataset.theme = theme === 'dark' || (theme === 'auto' && dark.matches) ? 'dark' : 'light');
  set();
  dark.addEventListener('change', set);
}
