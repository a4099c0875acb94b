// Fails when what the first page load transfers (index.html and every script
// and style it names) is over the budget, gzip-compressed.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const budget = 100 * 1024;
const dist = new URL('../dist/', import.meta.url);
const html = readFileSync(new URL('index.html', dist), 'utf8');
const named = [...html.matchAll(/(?:src|href)="\.?\/([^"]+\.(?:js|css))"/g)].map((match) => match[1]);

let total = 0;
for (const name of ['index.html', ...named]) {
  const bytes = gzipSync(readFileSync(new URL(name, dist)), { level: 9 }).length;
  total += bytes;
  console.log(`${(bytes / 1024).toFixed(1).padStart(7)} KB  ${name}`);
}
console.log(`${(total / 1024).toFixed(1).padStart(7)} KB  first load, gzip (budget ${budget / 1024} KB)`);
if (total > budget) {
  console.error('The first load is over its budget: look at the largest file above.');
  process.exit(1);
}
