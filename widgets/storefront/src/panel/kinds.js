// Icons and names of earning rules and rewards by kind. Kinds from later versions fall back to their own name.

/** @type {Record<string, string>} */
const EARN_ICONS = { order: 'bag', sign_up: 'user', review: 'star', referral: 'invite', birthday: 'cake' };

/** @param {any} rule */
export const earnIcon = (rule) => EARN_ICONS[rule.kind] || 'earn';

/** @param {any} f @param {any} rule @returns {string} */
export const earnName = (f, rule) => f.local(rule.name) || f.t(f.has(`earn.${rule.kind}`) ? `earn.${rule.kind}` : 'earn.other');

/** @param {any} reward */
export const rewardIcon = (reward) => (reward.deal.kind === 'free_shipping' ? 'truck' : reward.deal.kind === 'percentage' ? 'gift' : 'tag');
