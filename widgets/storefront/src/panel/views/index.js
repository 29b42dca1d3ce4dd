// Every view by its name: `heading` for while there is nothing to show, `draw` for the rest. Those without `draw` are
// fetched when they are first opened, from the file that is named.
import * as confirm from './confirm.js';
import * as earn from './earn.js';
import * as home from './home.js';
import * as out from './out.js';
import * as redeem from './redeem.js';
import * as rewards from './rewards.js';
import * as tiers from './tiers.js';

/** @typedef {{heading: (page: any) => {title: string, home?: boolean}, draw?: (page: any) => any, file?: string}} View */

/** @type {Record<string, View> & Record<'home'|'out', View & {draw: (page: any) => any}>} */
export const VIEWS = {
  home,
  out,
  earn,
  redeem,
  confirm,
  rewards,
  tiers,
  history: { heading: ({ f }) => ({ title: f.t('history.title') }), file: 'more' },
  refer: { heading: ({ f }) => ({ title: f.t('refer.title') }), file: 'more' },
  friend: { heading: home.heading, file: 'more' },
  suits: { heading: ({ f }) => ({ title: f.t('suits.title') }), file: 'own' },
  about: { heading: ({ f }) => ({ title: f.t('about.title') }), file: 'own' },
  ask: { heading: ({ f }) => ({ title: f.t('ask.title') }), file: 'own' },
  leave: { heading: ({ f }) => ({ title: f.t('leave.title') }), file: 'own' },
};
