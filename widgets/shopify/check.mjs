// Lints the theme app extension as Shopify does before it takes it. Offline.
import { themeCheckRun } from '@shopify/theme-check-node';
import { readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
let count = 0;
for (const extension of readdirSync(join(here, 'extensions'))) {
  const { offenses, theme } = await themeCheckRun(join(here, 'extensions', extension), join(here, '.theme-check.yml'));
  for (const { uri, start, check, message } of offenses) console.error(`${relative(here, fileURLToPath(uri))}:${start.line + 1} ${check}: ${message}`);
  if (!theme.length) console.error(`${extension}: nothing to check`);
  count += offenses.length + (theme.length ? 0 : 1);
}
console.log(`theme check: ${count} offences`);
process.exitCode = count ? 1 : 0;
