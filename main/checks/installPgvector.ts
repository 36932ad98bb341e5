import { text } from '../../contract/copy/text.ts';
import type { Fix } from '../../contract/fix.ts';
import type { CheckContext } from './check.ts';
import { containerHint } from './containers.ts';
import { allowList, portalFor } from './portals.ts';
import { isManaged, shellToPaste } from './remedies.ts';
import { newestVector } from './versions.ts';

/** How pgvector gets onto this very server (or becomes newer there): the likeliest way first, from source last. */
export function waysToInstallPgvector(context: CheckContext): Fix[] {
  const listed = allowList('vector', context);
  if (listed !== undefined) return [listed];
  if (isManaged(context)) return [portalFor('vector', context, 'unavailable')];
  const { server } = context;
  switch (server.provider) {
    case 'practice':
      return [];
    case 'windows':
      return [onWindows(context)];
    case 'macos':
      return onMac(context);
    case 'alpine':
      return containerHint(context.facts) === 'no'
        ? [alpinePackage(context), fromSource(context)]
        : [alpineImage(context), alpinePackage(context)];
    case 'debian':
    case 'container': {
      if (containerHint(context.facts) === 'yes') return [image(context)];
      const packaged = [debianPackage(context), fromSource(context)];
      return containerHint(context.facts) === 'likely' ? [image(context), ...packaged] : packaged;
    }
    case 'rhel':
      return [redHatPackage(context), fromSource(context)];
    default:
      return [image(context), fromSource(context)];
  }
}

const majorOf = ({ server }: CheckContext) => Math.floor(server.versionNum / 10_000);

function image(context: CheckContext): Fix {
  const major = majorOf(context);
  return {
    kind: 'paste',
    title: text('fix.pgvector-image.title'),
    language: 'yaml',
    where: text('fix.where.compose', { host: context.address.host }),
    snippet: `services:\n  db:\n    image: pgvector/pgvector:pg${major}\n    shm_size: 1g`,
    why: text('fix.pgvector-image.why', { major }),
  };
}

function alpineImage(context: CheckContext): Fix {
  const major = majorOf(context);
  return {
    kind: 'paste',
    title: text('fix.pgvector-alpine-image.title'),
    language: 'config',
    where: text('fix.where.dockerfile', { host: context.address.host }),
    snippet: [
      `FROM postgres:${major}-alpine`,
      `RUN apk add --no-cache --virtual .build git build-base \\`,
      ` && git clone --depth 1 --branch v${newestVector} https://github.com/pgvector/pgvector.git /tmp/pgvector \\`,
      ` && make -C /tmp/pgvector OPTFLAGS="" with_llvm=no install \\`,
      ` && rm -r /tmp/pgvector && apk del .build`,
    ].join('\n'),
    // The Debian-based image would sort text differently (glibc instead of musl), and indexes with it.
    why: text('fix.pgvector-alpine-image.why', { major }),
  };
}

function alpinePackage(context: CheckContext): Fix {
  return shellToPaste(
    text('fix.pgvector-package.title'),
    'apk add postgresql-pgvector',
    context,
    text('fix.pgvector-alpine-package.why', { major: majorOf(context) }),
  );
}

/**
 * Debian has the package for the major version of its own release since 13; Ubuntu's is too old (24.04: 0.6.0) or missing.
 * PGDG is PostgreSQL's own repository, which has all of them.
 */
function debianPackage(context: CheckContext): Fix {
  const major = majorOf(context);
  const install = `sudo apt install postgresql-${major}-pgvector`;
  const { version } = context.facts.server;
  const fromPgdg = /\.pgdg/.test(version);
  const release = Number(/\+deb(\d+)u/.exec(version)?.[1] ?? 0);
  if (fromPgdg || release >= 13) {
    return shellToPaste(text('fix.pgvector-package.title'), `sudo apt update\n${install}`, context);
  }
  const addRepository = [
    'sudo apt update',
    'sudo apt install -y postgresql-common ca-certificates',
    'sudo /usr/share/postgresql-common/pgdg/apt.postgresql.org.sh -y',
  ];
  return shellToPaste(
    text('fix.pgvector-package.title'),
    [...addRepository, install].join('\n'),
    context,
    text('fix.pgvector-pgdg.why', { platform: context.server.platform, major }),
  );
}

function redHatPackage(context: CheckContext): Fix {
  const major = majorOf(context);
  return shellToPaste(
    text('fix.pgvector-package.title'),
    `sudo dnf install pgvector_${major}`,
    context,
    text('fix.pgvector-rhel.why', { major }),
  );
}

function onMac(context: CheckContext): Fix[] {
  const fixes: Fix[] = [];
  const { version } = context.facts.server;
  if (!/Postgres\.app/.test(version)) {
    fixes.push(
      shellToPaste(
        text('fix.pgvector-package.title'),
        'brew install pgvector',
        context,
        text('fix.pgvector-homebrew.why', { major: majorOf(context) }),
      ),
    );
  }
  if (!/Homebrew/.test(version)) {
    fixes.push({
      kind: 'portal',
      title: text('fix.pgvector-postgres-app.title'),
      steps: [text('fix.pgvector-postgres-app.step')],
      link: 'https://postgresapp.com/',
    });
  }
  return [...fixes, fromSource(context)];
}

function onWindows(context: CheckContext): Fix {
  const major = majorOf(context);
  return {
    kind: 'paste',
    title: text('fix.pgvector-source.title'),
    language: 'shell',
    where: text('fix.where.native-tools', { host: context.address.host }),
    snippet: [
      `set "PGROOT=C:\\Program Files\\PostgreSQL\\${major}"`,
      'cd %TEMP%',
      `git clone --branch v${newestVector} https://github.com/pgvector/pgvector.git`,
      'cd pgvector',
      'nmake /F Makefile.win',
      'nmake /F Makefile.win install',
    ].join('\n'),
    why: text('fix.pgvector-windows.why'),
  };
}

/** Built against exactly this server: another major version's pg_config would make a library that this one refuses. */
function fromSource(context: CheckContext): Fix {
  const major = majorOf(context);
  const ways: Partial<Record<string, { tools: string[]; pgConfig: string }>> = {
    debian: {
      tools: [`sudo apt install -y build-essential git postgresql-server-dev-${major}`],
      pgConfig: `/usr/lib/postgresql/${major}/bin/pg_config`,
    },
    rhel: {
      tools: [`sudo dnf install -y gcc make git redhat-rpm-config postgresql${major}-devel`],
      pgConfig: `/usr/pgsql-${major}/bin/pg_config`,
    },
    alpine: {
      tools: [`apk add build-base git postgresql${major}-dev`],
      pgConfig: `/usr/libexec/postgresql${major}/pg_config`,
    },
  };
  const { tools, pgConfig } = ways[context.server.provider] ?? { tools: [], pgConfig: '"$(command -v pg_config)"' };
  const sudo = context.server.provider === 'alpine' ? '' : 'sudo ';
  return shellToPaste(
    text('fix.pgvector-source.title'),
    [
      ...tools,
      `git clone --depth 1 --branch v${newestVector} https://github.com/pgvector/pgvector.git /tmp/pgvector`,
      `make -C /tmp/pgvector PG_CONFIG=${pgConfig}`,
      `${sudo}make -C /tmp/pgvector install PG_CONFIG=${pgConfig}`,
    ].join('\n'),
    context,
    text('fix.pgvector-source.why', { major }),
  );
}
