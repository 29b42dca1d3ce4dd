// The views that not every visit needs. The build puts them into a file of their own, with their words.
import * as friend from './friend.js';
import * as history from './history.js';
import * as refer from './refer.js';

export const VIEWS = { history, refer, friend };
