import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { standInMigrations } from './migrations.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
const standIn = fileURLToPath(new URL('../standIn/', import.meta.url));

/** How the stand-in server's image is made, on an image with PostgreSQL's client programs and Node. */
export function serverRecipe(base: string): string {
  return `FROM ${base}
WORKDIR /app
COPY --chown=1001:1001 node_modules ./node_modules
COPY --chown=1001:1001 packages ./packages
COPY --chown=1001:1001 apps ./apps
COPY --chown=1001:1001 db ./db
RUN ["/bin/sh", "-euc", "mkdir -p /app/uploads; chown 1001:1001 /app /app/uploads"]
USER aperture
ENV NODE_ENV=production PORT=3456 DOCKER_ENV=true
EXPOSE 3456
HEALTHCHECK --interval=30s --timeout=10s --start-period=5s --retries=3 CMD wget -qO- http://localhost:3456/health || exit 1
CMD ["node", "apps/api/dist/index.js"]
`;
}

/** The layout of /app is the real image's: the driver in pnpm's store, reached by a link from the package that uses it. */
export function fillServerContext(context: string, version: string, migrations: number): void {
  const core = path.join(context, 'packages/core');
  const store = 'node_modules/.pnpm/pg@8.16.3/node_modules';
  const api = path.join(context, 'apps/api/dist');
  const sql = path.join(context, 'db/migrations');
  for (const folder of [
    path.join(core, 'node_modules'),
    path.join(core, 'dist'),
    path.join(context, store),
    api,
    sql,
  ]) {
    mkdirSync(folder, { recursive: true });
  }
  for (const [name, folder] of driverClosure()) {
    cpSync(folder, path.join(context, store, name), {
      recursive: true,
      filter: (file) => path.basename(file) !== 'node_modules',
    });
  }
  symlinkSync(`../../../${store}/pg`, path.join(core, 'node_modules/pg'));
  for (const name of readdirSync(standIn)) cpSync(path.join(standIn, name), path.join(core, 'dist', name));
  writeFileSync(path.join(core, 'dist/package.json'), JSON.stringify({ type: 'module', version }));
  writeFileSync(path.join(api, 'index.js'), "import '../../../packages/core/dist/index.js';\n");
  writeFileSync(path.join(api, 'package.json'), JSON.stringify({ type: 'module' }));
  for (const migration of standInMigrations().slice(0, migrations)) {
    writeFileSync(path.join(sql, migration.name), migration.sql);
  }
}

/** The driver in the server's version with all that it needs: names to folders. */
function driverClosure(): Map<string, string> {
  const found = new Map<string, string>();
  const add = (name: string, installed: string, from: string) => {
    if (found.has(name)) return;
    const folder = installedPackage(installed, from);
    found.set(name, folder);
    const manifest = readFileSync(path.join(folder, 'package.json'), 'utf8');
    const { dependencies = {} } = JSON.parse(manifest) as { dependencies?: object };
    for (const each of Object.keys(dependencies)) add(each, each, folder);
  };
  add('pg', 'pg-of-the-server', here);
  return found;
}

/** Where a package is installed, as seen from a folder; by path, because some packages do not export their manifest. */
function installedPackage(name: string, from: string): string {
  const folder = path.join(from, 'node_modules', name);
  if (existsSync(folder)) return folder;
  if (from === path.dirname(from)) throw new Error(`${name} is not installed: run "npm run environment"`);
  return installedPackage(name, path.dirname(from));
}
