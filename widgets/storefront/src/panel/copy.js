// Puts a text on the clipboard, also where the page is not allowed the modern way.

/** @param {string} text @param {ShadowRoot} root @returns {Promise<boolean>} whether it is there now */
export async function copy(text, root) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const field = document.createElement('textarea');
    const focused = /** @type {HTMLElement|null} */ (root.activeElement);
    field.value = text;
    field.readOnly = true;
    (root.querySelector('dialog[open]') || document.body).append(field);
    field.select();
    const done = document.execCommand('copy');
    field.remove();
    focused?.focus();
    return done;
  }
}
