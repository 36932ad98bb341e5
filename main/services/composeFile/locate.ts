import { isAlias, isMap, isScalar, isSeq, Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import { type Text, text } from '../../../contract/copy/text.ts';
import { publishedPort, scalar } from './composeFor.ts';

/** A value of the server's service. */
export type ServiceChange =
  | { at: 'image' | 'container_name' | 'user'; value: string }
  | { at: 'environment'; name: string; value: string }
  /** A variable of the environment that is to be taken from `.env`; one that is already stays as it is written. */
  | { at: 'variable'; name: string; reference: string }
  /** Where the container's port is published; `address` undefined is on every address. */
  | { at: 'port'; container: number; host: number; address: string | undefined }
  /** Which folder of the host is at this place of the container. */
  | { at: 'volume'; target: string; source: string };

/** One piece of text that takes the place of another, and the value that it gives the service. */
export type Edit = { start: number; end: number; text: string; path: (string | number)[]; value: unknown };

/** It cannot be changed without touching something else. */
export class Unsafe extends Error {
  readonly reason: Text;
  readonly wanted: Pick<Edit, 'path' | 'value'>;

  constructor(reason: Text, wanted: Pick<Edit, 'path' | 'value'>) {
    super(reason.key);
    this.name = 'Unsafe';
    this.reason = reason;
    this.wanted = wanted;
  }
}

/** Where the text has to be changed; undefined when the value is what it should be. Raises Unsafe. */
export function locate(content: string, service: YAMLMap, change: ServiceChange): Edit | undefined {
  switch (change.at) {
    case 'image':
    case 'container_name':
    case 'user':
      return inMap(content, service, [change.at], change.at, change.value);
    case 'environment':
      return environment(content, service, change);
    case 'variable':
      return variable(content, service, change);
    case 'port':
      return port(content, service, change);
    case 'volume':
      return volume(content, service, change);
  }
}

/** Compose reads `$` as the beginning of a variable, and `$$` as one of itself. */
const literal = (value: string) => value.replaceAll('$', '$$$$');

function inMap(content: string, map: YAMLMap, path: (string | number)[], key: string, value: string): Edit | undefined {
  const wanted = { path, value: literal(value) };
  const pair = map.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
  if (pair === undefined) {
    // Where a merge (`<<`) brings it in, a key of its own comes first.
    return addToMap(content, map, key, wanted);
  }
  return replace(content, pair.value, wanted, key);
}

function environment(
  content: string,
  service: YAMLMap,
  { name, value }: Extract<ServiceChange, { at: 'environment' }>,
): Edit | undefined {
  const node = part(service, 'environment', { path: ['environment', name], value: literal(value) });
  if (isMap(node)) return inMap(content, node, ['environment', name], name, value);
  if (!isSeq(node)) throw unsafeShape('environment', { path: ['environment', name], value: literal(value) });
  const index = node.items.findLastIndex((item) => isScalar(item) && String(item.value).split('=')[0] === name);
  const wanted = { path: ['environment', index < 0 ? node.items.length : index], value: `${name}=${literal(value)}` };
  return index < 0 ? addToList(content, node, wanted) : replace(content, node.items[index], wanted, name);
}

/** `$NAME`, `${NAME}`, `${NAME:?…}`: taken from outside under its own name. */
const takesItself = (value: string, name: string) =>
  new RegExp(`^\\$(?:${name}$|\\{${name}(?:[:?-]|\\}$))`).test(value);

function variable(
  content: string,
  service: YAMLMap,
  { name, reference }: Extract<ServiceChange, { at: 'variable' }>,
): Edit | undefined {
  const wanted = { path: ['environment', name], value: reference };
  const node = part(service, 'environment', wanted);
  if (isMap(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === name);
    // Without one, it may come from an `env_file` or a merge.
    if (pair === undefined) throw new Unsafe(text('compose.unsafe.missing', { name }), wanted);
    const value = isScalar(pair.value) ? pair.value.value : undefined;
    if (value === null || takesItself(String(value), name)) return undefined;
    return exchange(content, pair.value, wanted, name);
  }
  if (!isSeq(node)) throw unsafeShape('environment', wanted);
  const index = node.items.findLastIndex((item) => isScalar(item) && String(item.value).split('=')[0] === name);
  if (index < 0) throw new Unsafe(text('compose.unsafe.missing', { name }), wanted);
  const item = node.items[index];
  const line = isScalar(item) ? String(item.value) : '';
  if (line === name || takesItself(line.slice(name.length + 1), name)) return undefined;
  return exchange(content, item, { path: ['environment', index], value: `${name}=${reference}` }, name);
}

/** Another text in a value's place, whatever the value is. The dollar signs of the text are meant. */
function exchange(
  content: string,
  node: unknown,
  wanted: { path: (string | number)[]; value: string },
  name: string,
): Edit {
  if (isAlias(node)) throw new Unsafe(text('compose.unsafe.inherited', { name }), wanted);
  if (!isScalar(node) || node.range == null || node.anchor !== undefined) throw unsafeShape(name, wanted);
  const [start, end] = node.range;
  if (content.slice(start, end).includes('\n') || start === end) throw unsafeShape(name, wanted);
  return { start, end, text: `'${wanted.value.replaceAll("'", "''")}'`, ...wanted };
}

function port(
  content: string,
  service: YAMLMap,
  { container, host, address }: Extract<ServiceChange, { at: 'port' }>,
): Edit | undefined {
  const spec = publishedPort(host, container, address);
  const node = part(service, 'ports', { path: ['ports'], value: [spec] });
  if (!isSeq(node)) throw unsafeShape('ports', { path: ['ports'], value: [spec] });
  for (const [index, item] of node.items.entries()) {
    if (isScalar(item)) {
      const match = new RegExp(`^(?:.*:)?${container}(/(?:tcp|udp))?$`).exec(String(item.value));
      if (match === null || match[1] === '/udp') continue;
      return replace(content, item, { path: ['ports', index], value: `${spec}${match[1] ?? ''}` }, 'ports');
    }
    if (isMap(item) && Number(item.get('target')) === container) {
      const path = ['ports', index, 'published'];
      if ((item.get('host_ip') ?? undefined) !== address) throw unsafeShape('host_ip', { path, value: String(host) });
      return replace(content, item.get('published', true), { path, value: String(host) }, 'published');
    }
  }
  return addToList(content, node, { path: ['ports', node.items.length], value: spec });
}

function volume(
  content: string,
  service: YAMLMap,
  { target, source }: Extract<ServiceChange, { at: 'volume' }>,
): Edit | undefined {
  const spec = `${literal(source)}:${target}`;
  const node = part(service, 'volumes', { path: ['volumes'], value: [spec] });
  if (!isSeq(node)) throw unsafeShape('volumes', { path: ['volumes'], value: [spec] });
  for (const [index, item] of node.items.entries()) {
    if (isScalar(item)) {
      const [, inside, mode = ''] = /^.*?:(\/[^:]*?)\/?(:[\w,]+)?$/.exec(String(item.value)) ?? [];
      if (inside === target)
        return replace(content, item, { path: ['volumes', index], value: `${spec}${mode}` }, target);
    } else if (isMap(item) && item.get('target') === target) {
      const wanted = { path: ['volumes', index, 'source'], value: literal(source) };
      return replace(content, item.get('source', true), wanted, target);
    }
  }
  return addToList(content, node, { path: ['volumes', node.items.length], value: spec });
}

/** A part of the service; it has to be there, and to be the service's own. */
function part(service: YAMLMap, key: string, wanted: Pick<Edit, 'path' | 'value'>): unknown {
  const pair = service.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
  if (pair === undefined) throw new Unsafe(text('compose.unsafe.missing', { name: key }), wanted);
  if (isAlias(pair.value)) throw new Unsafe(text('compose.unsafe.inherited', { name: key }), wanted);
  return pair.value;
}

const unsafeShape = (name: string, wanted: Pick<Edit, 'path' | 'value'>) =>
  new Unsafe(text('compose.unsafe.shape', { name }), wanted);

function replace(
  content: string,
  node: unknown,
  wanted: { path: (string | number)[]; value: string },
  name: string,
): Edit | undefined {
  if (isAlias(node)) throw new Unsafe(text('compose.unsafe.inherited', { name }), wanted);
  if (!isScalar(node) || node.range == null) throw unsafeShape(name, wanted);
  if (node.value === wanted.value) return undefined;
  // A variable stands for a value that is elsewhere: in .env, or in whoever's shell starts it.
  if (/(?<!\$)(?:\$\$)*\$[\w{]/.test(String(node.value))) {
    throw new Unsafe(text('compose.unsafe.variable', { name, value: String(node.value) }), wanted);
  }
  const [start, end] = node.range;
  if (content.slice(start, end).includes('\n') || start === end) throw unsafeShape(name, wanted);
  return { start, end, text: written(wanted.value, node.type), ...wanted };
}

/** In the quotes that are there, as far as the value can be in them. `value` has its dollar signs doubled already. */
function written(value: string, type: string | null | undefined): string {
  const quoted = scalar(value.replaceAll('$$', '$'));
  if (type === Scalar.QUOTE_DOUBLE && /^[ !#-[\]-~]*$/.test(value)) return `"${value}"`;
  const bare = /^[A-Za-z/.][\w./@-]*(?::[\w./@-]+)*$/;
  const word = /^(?:true|false|yes|no|on|off|y|n|null|~|\.inf|\.nan)$/i;
  if (type === Scalar.PLAIN && bare.test(value) && !word.test(value) && !/^\.?\d/.test(value)) return value;
  return quoted;
}

function addToMap(
  content: string,
  map: YAMLMap,
  key: string,
  wanted: { path: (string | number)[]; value: string },
): Edit {
  const [first] = map.items;
  const last = map.items.at(-1);
  const missing = () => new Unsafe(text('compose.unsafe.missing', { name: key }), wanted);
  if (map.flow === true || first === undefined || last === undefined || !isScalar(first.key)) throw missing();
  const begin = first.key.range?.[0];
  const end = endOf(last.value) ?? endOf(last.key);
  if (begin === undefined || end === undefined) throw missing();
  const indent = content.slice(content.lastIndexOf('\n', begin - 1) + 1, begin);
  if (!/^ *$/.test(indent)) throw missing();
  return insertLine(content, end, `${indent}${key}: ${written(wanted.value, undefined)}`, wanted);
}

function addToList(content: string, list: YAMLSeq, wanted: { path: (string | number)[]; value: string }): Edit {
  const last = list.items.at(-1);
  const missing = () => new Unsafe(text('compose.unsafe.missing', { name: String(wanted.path[0]) }), wanted);
  const end = endOf(last);
  if (list.flow === true || !isScalar(last) || last.range == null || end === undefined) throw missing();
  const [start] = last.range;
  const head = content.slice(content.lastIndexOf('\n', start - 1) + 1, start);
  if (!/^ *- +$/.test(head)) throw missing();
  return insertLine(content, end, `${head}${written(wanted.value, undefined)}`, wanted);
}

function endOf(node: unknown): number | undefined {
  if (isScalar(node) || isMap(node) || isSeq(node)) return node.range?.[1];
  return undefined;
}

/** After the line in which the last value ends. */
function insertLine(
  content: string,
  end: number,
  line: string,
  wanted: { path: (string | number)[]; value: string },
): Edit {
  const lineBreak = content.includes('\r\n') ? '\r\n' : '\n';
  const before = content[end - 1] === '\n' ? end : content.indexOf('\n', end) + 1;
  if (before === 0) return { start: content.length, end: content.length, text: `${lineBreak}${line}`, ...wanted };
  return { start: before, end: before, text: `${line}${lineBreak}`, ...wanted };
}
