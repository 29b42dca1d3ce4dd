// <kizuna-invited>: what a friend sees who came by an invitation; everybody else sees nothing of it.
import { invitation } from '../loader/invitation.js';

class KizunaInvited extends HTMLElement {
  connectedCallback() {
    // In the theme editor the merchant sees what a friend would.
    const invited = new URLSearchParams(location.search).has('kz_ref') || Boolean(invitation());
    this.hidden = !invited && !(/** @type {any} */ (window).Shopify?.designMode);
  }
}

if (!customElements.get('kizuna-invited')) customElements.define('kizuna-invited', KizunaInvited);
