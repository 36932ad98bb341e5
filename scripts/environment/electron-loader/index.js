// What Electron's default app does for `electron <folder> …`: opens the app in that folder as if it were packaged here.
// Being an ES module, it holds back the `ready` event until the app's own main module has run.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const { app } = createRequire(import.meta.url)('electron');

// As with the default app, the folder is the first argument that is not a switch.
const index = process.argv.findIndex((argument, position) => position > 0 && !argument.startsWith('-'));
if (index === -1) {
  process.stderr.write('Usage: electron <folder of the app> [arguments]\n');
  process.exit(1);
}
const folder = path.resolve(process.argv[index]);
const description = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8'));

process.defaultApp = true;
app.setAppPath(folder);
app.setName(description.productName ?? description.name);
app.setVersion(description.version ?? process.versions.electron);

await import(pathToFileURL(path.join(folder, description.main ?? 'index.js')).href);
