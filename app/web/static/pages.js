// What the merchant's pages do beyond plain links and forms: copying, and moving about inside a store's admin.
'use strict';

const root = document.documentElement;

const greet = () => {
  for (const button of document.querySelectorAll('[data-copy][hidden]')) button.hidden = !navigator.clipboard;
};

document.addEventListener('click', async (event) => {
  const button = event.target.closest('[data-copy]');
  if (!button) return;
  await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
  button.textContent = button.dataset.copied;
  button.setAttribute('role', 'status');
});

greet();

// Inside the admin's frame there are no cookies: App Bridge puts a fresh session token on every fetch, so pages are
// fetched and put in place instead of being navigated to.
if (root.dataset.shell === 'embedded') {
  const clean = (address) => {
    const url = new URL(address, location.href);
    url.searchParams.delete('id_token');
    return url;
  };

  const put = (text, address, { keep = false } = {}) => {
    const next = new DOMParser().parseFromString(text, 'text/html');
    const page = next.querySelector('main');
    if (!page) return false;
    page.id = 'main';
    page.tabIndex = -1;
    page.classList.add('page');
    document.querySelector('main').replaceWith(document.adoptNode(page));
    document.title = next.title;
    if (!keep) history.pushState({}, '', clean(address));
    scrollTo(0, 0);
    page.focus({ preventScroll: true });
    greet();
    return true;
  };

  const go = async (address, options = {}, place = {}) => {
    window.shopify?.loading?.(true);
    try {
      const answer = await fetch(address, {
        ...options,
        headers: { Accept: 'text/html', 'Accept-Language': root.lang },
      });
      if (!put(await answer.text(), answer.url, place)) location.assign(clean(address));
    } finally {
      window.shopify?.loading?.(false);
    }
  };

  const ours = (link) => link && link.origin === location.origin && (!link.target || link.target === '_self');

  history.replaceState({}, '', clean(location.href));

  // Shopify itself asks the merchant for what the app may do besides; refused, everything stays as it is.
  document.addEventListener('click', async (event) => {
    const link = event.target.closest('a[data-scopes]');
    if (!link || !window.shopify?.scopes) return;
    event.preventDefault();
    await window.shopify.scopes.request(link.dataset.scopes.split(' '));
    go(location.href, {}, { keep: true });
  });

  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest('a[href]');
    if (!ours(link) || link.getAttribute('href').startsWith('#')) return;
    event.preventDefault();
    go(link.href);
  });

  document.addEventListener('submit', (event) => {
    const form = event.target;
    event.preventDefault();
    const sent = new URLSearchParams(new FormData(form, event.submitter));
    if (form.method === 'post') {
      go(form.action, { method: 'POST', body: sent });
      return;
    }
    const url = new URL(form.action);
    url.search = sent.toString();
    go(url.href);
  });

  // The admin's own menu.
  document.addEventListener('shopify:navigate', (event) => {
    const href = event.target?.getAttribute?.('href');
    if (href) go(new URL(href, location.href).href);
  });

  addEventListener('popstate', () => go(location.href, {}, { keep: true }));
}
