import { setTimeout as delay } from 'node:timers/promises';
import { cancelled, ProblemError } from '../../problems/ProblemError.ts';

export type S3Place = {
  /** For people. */
  name: string;
  endpoint: string;
  region: string;
  bucket: string;
  accessKeyId: string;
  addressing: 'path' | 'host';
};

export type S3Request = {
  method: 'GET' | 'PUT' | 'POST' | 'DELETE' | 'HEAD';
  /** Undefined: the bucket itself. */
  key?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: Uint8Array | string;
  signal: AbortSignal;
  /** Answers with these are handed out instead of raised. */
  accept?: readonly number[];
};

/** Milliseconds for one request: a part of 8 MiB at 30 KB a second. */
const requestTimeout = 5 * 60_000;
/** Waits between attempts, in milliseconds. */
const pauses = [500, 1_000, 2_000, 5_000, 10_000, 20_000];

/**
 * Requests to an S3-compatible storage, signed (version 4), repeated where the storage or the network was not ready. Everything that is
 * sent is signed with its checksum, so the storage refuses what was changed on its way.
 */
export class S3Client {
  readonly #place: S3Place;
  readonly #secret: () => Promise<string>;
  readonly #pauses: readonly number[];

  constructor(place: S3Place, secret: () => Promise<string>, waits: readonly number[] = pauses) {
    this.#place = place;
    this.#secret = secret;
    this.#pauses = waits;
  }

  /** Raises `destination-…` and `cancelled`. */
  async request(request: S3Request): Promise<Response> {
    const { signal, accept = [] } = request;
    for (let attempt = 0; ; attempt += 1) {
      const outcome = await this.#attempt(request);
      if (outcome instanceof Response && (outcome.ok || accept.includes(outcome.status))) return outcome;
      if (signal.aborted) throw cancelled(signal.reason);
      const problem = outcome instanceof Response ? await this.#problem(outcome) : this.#unreachable(outcome);
      const pause = this.#pauses[attempt];
      const again = !(outcome instanceof Response) || outcome.status >= 500 || [408, 429].includes(outcome.status);
      if (!again || pause === undefined || problem.problem.code === 'destination-full') throw problem;
      await delay(pause, undefined, { signal }).catch((reason) => {
        throw cancelled(reason);
      });
    }
  }

  /** The answer as objects: lists are always lists. */
  async xml(response: Response): Promise<unknown> {
    return parseXml(await response.text());
  }

  #url({ key, query = {} }: S3Request): URL {
    const { endpoint, bucket, addressing } = this.#place;
    const url = new URL(endpoint);
    const base = url.pathname.replace(/\/+$/, '');
    const path = (key ?? '').split('/').map(encodeURIComponent).join('/');
    if (addressing === 'host') url.host = `${bucket}.${url.host}`;
    url.pathname =
      addressing === 'host' ? `${base}/${path}` : `${base}/${bucket}${key === undefined ? '' : `/${path}`}`;
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url;
  }

  async #attempt(request: S3Request): Promise<Response | Error> {
    const { AwsClient } = await import('aws4fetch');
    const { createHash } = await import('node:crypto');
    const { accessKeyId, region } = this.#place;
    const { method, body, headers, signal } = request;
    const client = new AwsClient({ accessKeyId, secretAccessKey: await this.#secret(), region, service: 's3' });
    const signed = await client.sign(this.#url(request).href, {
      method,
      ...(body === undefined ? {} : { body: body as BodyInit }),
      headers: {
        ...headers,
        'x-amz-content-sha256': createHash('sha256')
          .update(body ?? '')
          .digest('hex'),
        // Some storages compare this one, some the other.
        ...(body === undefined ? {} : { 'content-md5': createHash('md5').update(body).digest('base64') }),
      },
    });
    try {
      return await fetch(signed, { signal: AbortSignal.any([signal, AbortSignal.timeout(requestTimeout)]) });
    } catch (error) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  #unreachable(error: Error): ProblemError {
    const cause = error.cause instanceof Error ? error.cause : error;
    return new ProblemError(
      'destination-unreachable',
      { name: this.#place.name },
      { detail: cause.message, cause: error },
    );
  }

  async #problem(response: Response): Promise<ProblemError> {
    const { name, bucket } = this.#place;
    const { code, message } = await errorIn(response);
    const detail = `${response.status} ${code}${message === '' ? '' : `: ${message}`}`;
    if (/QuotaExceeded|StorageFull|InsufficientCapacity|DiskFull/i.test(code) || response.status === 507) {
      return new ProblemError('destination-full', { name, file: '' }, { detail });
    }
    if (code === 'NoSuchBucket') return new ProblemError('destination-missing', { name, place: bucket }, { detail });
    if (code === 'BadDigest' || code === 'XAmzContentSHA256Mismatch') {
      return new ProblemError('destination-damaged', { name, file: '' }, { detail });
    }
    if (response.status === 401 || response.status === 403) {
      return new ProblemError('destination-refused', { name }, { detail });
    }
    if (response.status === 404) return new ProblemError('destination-missing', { name, place: bucket }, { detail });
    return new ProblemError('destination-failed', { name }, { detail });
  }
}

/** The storage's own words: an answer to HEAD has none. */
async function errorIn(response: Response): Promise<{ code: string; message: string }> {
  const body = await response.text().catch(() => '');
  const code = /<Code>([^<]{1,100})<\/Code>/.exec(body)?.[1] ?? response.statusText;
  const message = /<Message>([^<]{0,500})<\/Message>/.exec(body)?.[1] ?? '';
  return { code, message };
}

async function parseXml(text: string): Promise<unknown> {
  const { XMLParser } = await import('fast-xml-parser');
  const lists = new Set(['Contents', 'Upload', 'Part']);
  // Numbers stay text: an ETag or a key may look like one.
  return new XMLParser({ parseTagValue: false, isArray: (name) => lists.has(name) }).parse(text);
}
