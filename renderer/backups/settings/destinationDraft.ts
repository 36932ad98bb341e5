import type { NewDestination } from '../../../contract/backupSettings.ts';

export const destinationKinds = ['folder', 'ssh', 's3'] as const;

/** A destination as it is typed: the fields of every kind. */
export type DestinationDraft = {
  kind: (typeof destinationKinds)[number];
  name: string;
  path: string;
  sshHostId: string;
  endpoint: string;
  bucket: string;
  prefix: string;
  region: string;
  accessKeyId: string;
  secret: string;
  byHost: boolean;
};

export const emptyDestination: DestinationDraft = {
  kind: 'folder',
  name: '',
  path: '',
  sshHostId: '',
  endpoint: '',
  bucket: '',
  prefix: '',
  region: 'us-east-1',
  accessKeyId: '',
  secret: '',
  byHost: false,
};

/** Whether all that its kind needs is there. Whether it is right, trying it tells. */
export function isComplete(draft: DestinationDraft): boolean {
  const needed: Record<DestinationDraft['kind'], (keyof DestinationDraft)[]> = {
    folder: ['path'],
    ssh: ['path', 'sshHostId'],
    s3: ['endpoint', 'bucket', 'region', 'accessKeyId', 'secret'],
  };
  return ['name' as const, ...needed[draft.kind]].every((field) => String(draft[field]).trim() !== '');
}

/** The settings without the secret, which goes beside them. */
export function destinationOf(draft: DestinationDraft): NewDestination {
  const name = draft.name.trim();
  const path = draft.path.trim();
  switch (draft.kind) {
    case 'folder':
      return { kind: 'folder', name, path };
    case 'ssh':
      return { kind: 'ssh', name, sshHostId: draft.sshHostId, path };
    case 's3':
      return {
        kind: 's3',
        name,
        endpoint: draft.endpoint.trim(),
        bucket: draft.bucket.trim(),
        prefix: draft.prefix.trim(),
        region: draft.region.trim(),
        accessKeyId: draft.accessKeyId.trim(),
        addressing: draft.byHost ? 'host' : 'path',
      };
  }
}
