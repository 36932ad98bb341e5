import { isDeepStrictEqual } from 'node:util';
import { type Document, isMap, isScalar, parseDocument, stringify, type YAMLMap } from 'yaml';
import { type Text, text } from '../../../contract/copy/text.ts';
import { unifiedDiff } from './diff.ts';
import { type Edit, locate, type ServiceChange, Unsafe } from './locate.ts';

export type ComposeEdit =
  | { kind: 'changed'; text: string }
  /** Why nothing was changed, and what to change by hand: a diff of the service as Compose understands it. */
  | { kind: 'by-hand'; reason: Text; diff: string };

type Tree = Record<string, unknown>;

/** What Aperture's image is called wherever it comes from. */
const serverImage = /(?:^|\/)aperture(?:[:@]|$)/;

const read = (content: string) => parseDocument(content, { merge: true, logLevel: 'error' });

/**
 * Changes values of one service in a compose file that somebody may have edited: every byte outside of the changed values stays as it
 * is, comments, order, quoting, anchors and line ends included. What cannot be changed without changing something else is not changed.
 * `service` is the server's own one unless told.
 */
export function changeCompose(content: string, changes: readonly ServiceChange[], service?: string): ComposeEdit {
  let done = content;
  for (const change of changes) {
    const edited = changeOne(done, change, service);
    if (edited.kind === 'by-hand') return edited;
    done = edited.text;
  }
  return { kind: 'changed', text: done };
}

function changeOne(content: string, change: ServiceChange, wanted: string | undefined): ComposeEdit {
  const document = read(content);
  if (document.errors.length > 0) return byHand(text('compose.unsafe.not-yaml'));
  const found = findService(document, wanted);
  if (found === undefined) return byHand(text('compose.unsafe.no-service'));
  const { name, node } = found;
  const before = plain(document);
  let edit: Edit | undefined;
  try {
    edit = locate(content, node, change);
  } catch (error) {
    if (!(error instanceof Unsafe)) throw error;
    return byHand(error.reason, before, name, error.wanted);
  }
  if (edit === undefined) return { kind: 'changed', text: content };
  const changed = content.slice(0, edit.start) + edit.text + content.slice(edit.end);
  // Whatever was overlooked (an anchor that another service uses, a merge) shows here: nothing else may read differently.
  const expected = withValue(before, ['services', name, ...edit.path], edit.value);
  const after = read(changed);
  if (after.errors.length > 0 || !isDeepStrictEqual(plain(after), expected)) {
    return byHand(text('compose.unsafe.shared'), before, name, { path: edit.path, value: edit.value });
  }
  return { kind: 'changed', text: changed };
}

function byHand(reason: Text, before?: Tree, name?: string, wanted?: Pick<Edit, 'path' | 'value'>): ComposeEdit {
  if (before === undefined || name === undefined || wanted === undefined) return { kind: 'by-hand', reason, diff: '' };
  const of = (tree: Tree) => stringify({ services: { [name]: serviceIn(tree, name) } });
  const after = withValue(before, ['services', name, ...wanted.path], wanted.value);
  return { kind: 'by-hand', reason, diff: unifiedDiff('docker-compose.yml', of(before), of(after)) };
}

function serviceIn(tree: Tree, name: string): unknown {
  const { services } = tree;
  return typeof services === 'object' && services !== null ? (services as Tree)[name] : undefined;
}

/** The service with this name, else the only one that runs Aperture, else the one that is called so. */
export function findService(
  document: Document,
  wanted: string | undefined,
): { name: string; node: YAMLMap } | undefined {
  const services = document.get('services');
  if (!isMap(services)) return undefined;
  const all = services.items.flatMap(({ key, value }) =>
    isScalar(key) && isMap(value) ? [{ name: String(key.value), node: value }] : [],
  );
  if (wanted !== undefined) return all.find(({ name }) => name === wanted);
  const servers = all.filter(({ node }) => serverImage.test(String(node.get('image'))));
  // An image of one's own may be called anything.
  if (servers.length === 0) return all.find(({ name }) => name === 'aperture');
  return servers.length === 1 ? servers[0] : undefined;
}

/** As plain data in which nothing is shared any more. */
function plain(document: Document): Tree {
  return JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: 200 }))) as Tree;
}

function withValue(tree: Tree, path: readonly (string | number)[], value: unknown): Tree {
  const copy = structuredClone(tree);
  let at: Record<string | number, unknown> = copy;
  for (const key of path.slice(0, -1)) {
    const next = at[key];
    if (typeof next !== 'object' || next === null) at[key] = {};
    at = at[key] as Record<string | number, unknown>;
  }
  const last = path.at(-1);
  if (last !== undefined) at[last] = value;
  return copy;
}
