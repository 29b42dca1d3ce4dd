// Builds the files a store loads, checks their weight, and puts copies where each platform's package wants them.
// With --check nothing is written: it fails when what is committed differs from a fresh build.
import { build } from 'esbuild';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const widgets = dirname(here);

// Compressed as stores send them. Shopify's linter also wants an app block's script below 10,000 bytes as it is.
const LOADER = { gzip: 10 * 1024, raw: 10_000 };
const BLOCKS_RAW = 10_000; // the same linter's limit
const PANEL_GZIP = 30 * 1024; // script, style and the words of one language
const LATER_GZIP = 10 * 1024; // each file of views that are fetched when first opened, with their words
/** The files of such views, and what their words begin with; their titles are said before. */
const LATER = {
  more: /^(friend|history|refer)\.(?!title$)/,
  own: /^(about|ask|leave|suits)\.(?!title$)/,
};
const LANGUAGES = ['en', 'ja'];

// Shopify uploads its folder as it is; `make plugin` packs the plugin from dist.
const FOLDERS = [join(here, 'dist'), join(widgets, 'shopify', 'extensions', 'kizuna-rewards', 'assets')];

const common = { bundle: true, minify: true, write: false, target: 'es2022', charset: 'utf8', legalComments: 'none', logLevel: 'warning' };

/** Style sheets travel inside the script, for they belong to the shadow root. */
const styles = {
  name: 'styles',
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { transform } = await import('esbuild');
      const { code } = await transform(readFileSync(path, 'utf8'), { loader: 'css', minify: true, target: ['chrome109', 'safari16', 'firefox115'] });
      return { contents: code.trim(), loader: 'text' };
    });
  },
};

/** @returns {Promise<Record<string, string>>} the built files by name */
async function fresh() {
  const one = async (name, contents, format) => {
    const stdin = { contents, resolveDir: join(here, 'src') };
    const result = await build({ ...common, stdin, format, plugins: [styles], banner: { js: '/* Kizuna storefront widget. MIT. Source: widgets/storefront/src */' } });
    return [name, result.outputFiles[0].text];
  };
  const fileOf = (id) => Object.keys(LATER).find((file) => LATER[file].test(id));
  /** The words of a language that the views of a file need; without a name those that come with the panel. */
  const words = (language, file) => {
    const all = JSON.parse(readFileSync(join(here, 'src', 'messages', `${language}.json`), 'utf8'));
    return JSON.stringify(Object.fromEntries(Object.entries(all).filter(([id]) => fileOf(id) === file)));
  };
  const later = (file, language) =>
    one(`${file}-${language}.js`, `export { VIEWS } from './panel/views/${file}.js'; export const words = ${words(language, file)}`, 'esm');
  return Object.fromEntries([
    await one('loader.js', "import './loader/element.js'", 'iife'),
    await one('blocks.js', "import './blocks/earn.js'; import './blocks/invited.js'", 'iife'),
    await one('panel.js', "export { mount } from './panel/panel.js'", 'esm'),
    ...(await Promise.all(LANGUAGES.map((language) => one(`words-${language}.js`, `export default ${words(language)}`, 'esm')))),
    ...(await Promise.all(Object.keys(LATER).flatMap((file) => LANGUAGES.map((language) => later(file, language))))),
  ]);
}

const check = process.argv.includes('--check');
const files = await fresh();
let failed = false;

/** @param {string} name */
const packed = (name) => gzipSync(files[name], { level: 9 }).length;
const spend = (/** @type {string} */ what, /** @type {number} */ bytes, /** @type {number} */ budget) => {
  console.log(`${what}: ${bytes} bytes of ${budget}`);
  if (bytes > budget) {
    console.error(`${what} is over its budget`);
    failed = true;
  }
};
spend('loader, compressed', packed('loader.js'), LOADER.gzip);
spend('loader, as it is', Buffer.byteLength(files['loader.js']), LOADER.raw);
spend('blocks, as they are', Buffer.byteLength(files['blocks.js']), BLOCKS_RAW);
for (const language of LANGUAGES)
  spend(`panel with words (${language}), compressed`, packed('panel.js') + packed(`words-${language}.js`), PANEL_GZIP);
for (const file of Object.keys(LATER))
  for (const language of LANGUAGES) spend(`${file} views (${language}), compressed`, packed(`${file}-${language}.js`), LATER_GZIP);

for (const folder of FOLDERS) {
  for (const [name, text] of Object.entries(files)) {
    const path = join(folder, name);
    if (!check) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(path, text);
    } else if (!existsSync(path) || readFileSync(path, 'utf8') !== text) {
      console.error(`${path.slice(widgets.length + 1)} is not what its source builds: npm run build`);
      failed = true;
    }
  }
}
process.exitCode = failed ? 1 : 0;
