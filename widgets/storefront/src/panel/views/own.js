// The views about the member and what they think. The build puts them into a file of their own, with their words.
import * as about from './about.js';
import * as ask from './ask.js';
import * as leave from './leave.js';
import * as suits from './suits.js';

export const VIEWS = { about, ask, leave, suits };
