// Every view by its name: `heading` for while there is nothing to show, `draw` for the rest.
import * as confirm from './confirm.js';
import * as earn from './earn.js';
import * as friend from './friend.js';
import * as history from './history.js';
import * as home from './home.js';
import * as out from './out.js';
import * as redeem from './redeem.js';
import * as refer from './refer.js';
import * as rewards from './rewards.js';
import * as tiers from './tiers.js';

/** @type {Record<string, {heading: (page: any) => {title: string, home?: boolean}, draw: (page: any) => any}>} */
export const VIEWS = { home, out, earn, redeem, confirm, rewards, history, tiers, refer, friend };
