// A stand-in for Shopify's App Bridge on a developer's machine: the app's frame asks the admin page around it.
// Answers window.shopify.idToken(), puts the token on same-origin fetches, shows toasts, and takes the app's menu.
(() => {
  'use strict';
  const query = new URLSearchParams(location.search);
  const key = document.querySelector('meta[name="shopify-api-key"]')?.content || '';
  const kept = JSON.parse(sessionStorage.getItem('demo-app-bridge') || '{}');
  const config = {
    apiKey: key || document.currentScript.dataset.apiKey || kept.apiKey || '',
    host: query.get('host') || kept.host || '',
    shop: query.get('shop') || kept.shop || '',
    locale: query.get('locale') || kept.locale || 'en',
  };
  sessionStorage.setItem('demo-app-bridge', JSON.stringify(config));

  const admin = new URL(document.currentScript.src).origin;
  if (window.top === window) {
    // Outside the admin there is nobody to ask: go there, as App Bridge does.
    location.replace(`${admin}/admin/apps/kizuna`);
    return;
  }

  let count = 0;
  const waiting = new Map();
  addEventListener('message', (event) => {
    if (event.origin !== admin || event.source !== window.parent || !event.data || !waiting.has(event.data.answer)) return;
    waiting.get(event.data.answer)(event.data.value);
    waiting.delete(event.data.answer);
  });
  const tell = (what, value) => window.parent.postMessage({ demo: what, value }, admin);
  const ask = (what) =>
    new Promise((resolve, reject) => {
      const number = ++count;
      waiting.set(number, resolve);
      window.parent.postMessage({ demo: what, number }, admin);
      setTimeout(() => waiting.delete(number) && reject(new Error(`no answer to ${what}`)), 10000);
    });
  const idToken = () => ask('idToken');

  const plain = window.fetch.bind(window);
  const sameOrigin = (input) => new URL(input instanceof Request ? input.url : input, location.href).origin === location.origin;
  window.fetch = async (input, init) => {
    if (!sameOrigin(input)) return plain(input, init);
    const send = async () => {
      const request = new Request(input instanceof Request ? input.clone() : input, init);
      if (!request.headers.has('Authorization')) request.headers.set('Authorization', `Bearer ${await idToken()}`);
      return plain(request);
    };
    const answer = await send();
    // The app says that the token had run out: once more, with a fresh one.
    return answer.headers.get('X-Shopify-Retry-Invalid-Session-Request') === '1' ? send() : answer;
  };

  window.shopify = {
    config,
    idToken,
    environment: { embedded: true, mobile: false, intent: false, pos: false },
    toast: {
      show: (message, options) => tell('toast', { message: String(message), isError: Boolean(options?.isError) }),
      hide: () => tell('toast', null),
    },
    loading: (on) => tell('loading', on !== false),
    saveBar: { show: async () => {}, hide: async () => {}, leaveConfirmation: async () => {} },
    ready: Promise.resolve(),
  };

  // A page that was asked for without a token comes here, and goes back with one.
  const reload = query.get('shopify-reload');
  if (reload) {
    const back = new URL(reload, location.href);
    idToken().then((token) => {
      back.searchParams.set('id_token', token);
      for (const name of ['shop', 'host', 'locale']) if (config[name]) back.searchParams.set(name, config[name]);
      back.searchParams.set('embedded', '1');
      location.replace(back.href);
    });
    return;
  }

  // The admin's menu leads through the app itself: plain links are clicked, the newer elements are told.
  const places = () => [...document.querySelectorAll('ui-nav-menu a, s-app-nav a, s-app-nav s-link')];
  addEventListener('message', (event) => {
    if (event.origin !== admin || event.source !== window.parent) return;
    const link = places()[event.data?.follow];
    if (link?.localName === 'a') link.click();
    else link?.dispatchEvent(new CustomEvent('shopify:navigate', { bubbles: true, cancelable: true }));
  });

  const menu = () => {
    const links = places();
    tell('menu', links.map((link) => ({ href: link.getAttribute('href') || '', text: (link.textContent || '').trim() })));
    document.querySelectorAll('ui-nav-menu, s-app-nav').forEach((nav) => nav.setAttribute('hidden', ''));
  };
  const settle = () => {
    menu();
    tell('title', document.title);
    tell('at', location.pathname + location.search);
  };
  if (document.readyState === 'loading') addEventListener('DOMContentLoaded', settle);
  else settle();
})();
