// Icons and names of earning rules and rewards by kind. Kinds from later versions fall back to their own name.

/** @type {Record<string, string>} */
const EARN_ICONS = {
  order: 'bag',
  per_order: 'bag',
  first_order: 'bag',
  kth_order: 'list',
  renewal: 'clock',
  sign_up: 'user',
  birthday: 'cake',
  anniversary: 'cake',
  dividend: 'clock',
  review: 'star',
  referral: 'invite',
  referral_milestone: 'invite',
};

/** What networks call themselves, in every language. @type {Record<string, string>} */
export const NETWORKS = { facebook: 'Facebook', x: 'X', instagram: 'Instagram', line: 'LINE', youtube: 'YouTube', tiktok: 'TikTok' };

/** @param {any} rule */
export const earnIcon = (rule) => EARN_ICONS[rule.kind] || 'earn';

/** A merchant names an event by a text of their own, `earn.event.<name>`. @param {any} f @param {any} rule @returns {string} */
export const earnName = (f, rule) => f.local(rule.name) || f.t([`earn.event.${rule.event}`, `earn.${rule.kind}`].find(f.has) || 'earn.other');

/** @param {any} reward */
export const rewardIcon = (reward) => (reward.deal.kind === 'free_shipping' ? 'truck' : reward.deal.kind === 'percentage' ? 'gift' : 'tag');
