import { text } from '../../../contract/copy/text.ts';
import type { Fix } from '../../../contract/fix.ts';

/** Where the server's DATABASE_URL has its CA; see databaseUrl. */
const inContainer = '/etc/aperture/database-ca.pem';

/** The certificate as a file beside the compose file, mounted to where DATABASE_URL names it. */
export function certificateFixes(pem: string | undefined): Fix[] {
  return [
    ...(pem === undefined
      ? []
      : [
          {
            kind: 'paste' as const,
            title: text('reach.fix.ca-file'),
            language: 'config' as const,
            where: text('reach.where.ca-file'),
            snippet: pem.trim(),
          },
        ]),
    {
      kind: 'paste',
      title: text('reach.fix.ca-mount'),
      language: 'yaml',
      where: text('docker.where.compose'),
      snippet: `    volumes:\n      - './database-ca.pem:${inContainer}:ro'`,
      why: text('reach.fix.ca-mount.why', { path: inContainer }),
    },
  ];
}
