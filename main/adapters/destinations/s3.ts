import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import { z } from 'zod';
import { ProblemError } from '../../problems/ProblemError.ts';
import { checkedName, type Destination, type PutOptions, type Source, type StoredFile } from './destination.ts';
import { S3Client, type S3Place } from './s3Client.ts';

const mebibyte = 1 << 20;
/** An upload has at most 10,000 parts, all but the last of at least 5 MiB: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
const mostParts = 10_000;
const usualPart = 8 * mebibyte;
/** Parts on their way at once; each is in memory. */
const atOnce = 2;
/** Milliseconds after which an upload that nobody has gone on with is given up: its parts are paid for. */
const abandonedAfter = 24 * 3_600_000;

const listSchema = z.object({
  ListBucketResult: z.object({
    Contents: z.array(z.object({ Key: z.string(), Size: z.coerce.number() })).default([]),
    IsTruncated: z.string().optional(),
    NextContinuationToken: z.string().optional(),
  }),
});
const startedSchema = z.object({ InitiateMultipartUploadResult: z.object({ UploadId: z.string() }) });
const uploadsSchema = z.object({
  ListMultipartUploadsResult: z.object({
    Upload: z.array(z.object({ Key: z.string(), UploadId: z.string(), Initiated: z.coerce.date() })).default([]),
  }),
});
const partsSchema = z.object({
  ListPartsResult: z.object({
    Part: z.array(z.object({ PartNumber: z.coerce.number(), ETag: z.string(), Size: z.coerce.number() })).default([]),
    IsTruncated: z.string().optional(),
    NextPartNumberMarker: z.string().optional(),
  }),
});
const completedSchema = z.object({ CompleteMultipartUploadResult: z.object({ ETag: z.string().optional() }) });

/**
 * A bucket of an S3-compatible storage. A large file goes in parts; what has arrived stays when the connection breaks, and the next
 * attempt, also of another process, sends only the rest. Each part is checked by the storage against the checksum that it is signed with.
 */
export class S3Destination implements Destination {
  readonly name: string;
  readonly #client: S3Client;
  readonly #prefix: string;
  readonly #partBytes: number;

  constructor(
    place: S3Place & { prefix: string },
    secret: () => Promise<string>,
    { partBytes = usualPart, pauses }: { partBytes?: number; pauses?: readonly number[] } = {},
  ) {
    this.name = place.name;
    this.#client = new S3Client(place, secret, pauses);
    this.#prefix = place.prefix === '' ? '' : `${place.prefix.replace(/\/+$/, '')}/`;
    this.#partBytes = partBytes;
  }

  /** Buckets are made by whoever pays for them; that it is there and can be listed is found out. */
  async prepare(signal: AbortSignal): Promise<void> {
    await this.list(signal);
  }

  async put(name: string, source: Source, options: PutOptions): Promise<void> {
    const key = this.#key(name);
    const { signal } = options;
    if (source.bytes <= this.#partBytes) {
      const body = await bytesOf(source, 0, source.bytes);
      await this.#client.request({ method: 'PUT', key, body, headers: { 'x-amz-meta-sha256': source.sha256 }, signal });
    } else {
      await this.#putParts(key, source, options);
    }
    const stored = await this.#client.request({ method: 'HEAD', key, signal });
    if (Number(stored.headers.get('content-length')) !== source.bytes) {
      await this.remove(name, signal);
      throw new ProblemError('destination-damaged', { name: this.name, file: name });
    }
    options.progress(source.bytes);
  }

  async get(name: string, signal: AbortSignal): Promise<Readable> {
    const key = this.#key(name);
    const response = await this.#client.request({ method: 'GET', key, signal, accept: [404] });
    if (response.status === 404 || response.body === null) {
      await response.body?.cancel();
      throw new ProblemError('destination-missing', { name: this.name, place: key });
    }
    return Readable.fromWeb(response.body as unknown as NodeReadableStream<Uint8Array>, { signal });
  }

  async list(signal: AbortSignal): Promise<StoredFile[]> {
    const found: StoredFile[] = [];
    let token: string | undefined;
    do {
      const query = {
        'list-type': '2',
        prefix: this.#prefix,
        ...(token === undefined ? {} : { 'continuation-token': token }),
      };
      const { ListBucketResult: page } = await this.#answer(listSchema, { method: 'GET', query, signal });
      for (const { Key, Size } of page.Contents) {
        const name = Key.slice(this.#prefix.length);
        if (name !== '' && !name.includes('/')) found.push({ name, bytes: Size });
      }
      token = page.IsTruncated === 'true' ? page.NextContinuationToken : undefined;
    } while (token !== undefined);
    return found;
  }

  async remove(name: string, signal: AbortSignal): Promise<void> {
    await this.#client.request({ method: 'DELETE', key: this.#key(name), signal, accept: [404] });
  }

  async freeBytes(): Promise<undefined> {
    return undefined;
  }

  async #putParts(key: string, source: Source, { signal, progress }: PutOptions): Promise<void> {
    const size = Math.max(this.#partBytes, Math.ceil(source.bytes / mostParts / mebibyte) * mebibyte);
    const count = Math.ceil(source.bytes / size);
    const { uploadId, sent } = await this.#begin(key, source.sha256, signal);
    const tags: string[] = [];
    let done = 0;
    let next = 0;
    const work = async () => {
      while (next < count) {
        const index = next;
        next += 1;
        const from = index * size;
        const body = await bytesOf(source, from, Math.min(from + size, source.bytes));
        const md5 = createHash('md5').update(body).digest('hex');
        const before = sent.get(index + 1);
        if (before !== undefined && before.bytes === body.length && unquoted(before.tag) === md5) {
          tags[index] = before.tag;
        } else {
          const query = { partNumber: String(index + 1), uploadId };
          const response = await this.#client.request({ method: 'PUT', key, query, body, signal });
          tags[index] = response.headers.get('etag') ?? `"${md5}"`;
        }
        done += body.length;
        progress(done);
      }
    };
    // After a failure the others end with what they are at; the parts that have arrived wait for the next attempt.
    const outcomes = await Promise.allSettled(Array.from({ length: atOnce }, work));
    for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    const parts = tags.map(
      (tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escaped(tag)}</ETag></Part>`,
    );
    const body = `<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`;
    const response = await this.#client.request({ method: 'POST', key, query: { uploadId }, body, signal });
    const answer = await this.#client.xml(response);
    // It may answer 200 and an error: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CompleteMultipartUpload.html
    if (!completedSchema.safeParse(answer).success) {
      throw new ProblemError('destination-failed', { name: this.name }, { detail: JSON.stringify(answer) });
    }
  }

  /** Takes up an upload of the same file that broke off, else begins one. Gives up those that were abandoned. */
  async #begin(
    key: string,
    sha256: string,
    signal: AbortSignal,
  ): Promise<{ uploadId: string; sent: Map<number, { tag: string; bytes: number }> }> {
    const sent = new Map<number, { tag: string; bytes: number }>();
    const uploads = await this.#uploads(signal);
    const known = uploads.filter(({ Key }) => Key === key).at(-1);
    for (const { Key, UploadId, Initiated } of uploads) {
      if (UploadId === known?.UploadId || Date.now() - Initiated.getTime() < abandonedAfter) continue;
      await this.#client.request({ method: 'DELETE', key: Key, query: { uploadId: UploadId }, signal, accept: [404] });
    }
    if (known === undefined) {
      const query = { uploads: '' };
      const started = await this.#answer(startedSchema, {
        method: 'POST',
        key,
        query,
        headers: { 'x-amz-meta-sha256': sha256 },
        signal,
      });
      return { uploadId: started.InitiateMultipartUploadResult.UploadId, sent };
    }
    let after: string | undefined;
    do {
      const query = { uploadId: known.UploadId, ...(after === undefined ? {} : { 'part-number-marker': after }) };
      const { ListPartsResult: page } = await this.#answer(partsSchema, { method: 'GET', key, query, signal });
      for (const { PartNumber, ETag, Size } of page.Part) sent.set(PartNumber, { tag: ETag, bytes: Size });
      after = page.IsTruncated === 'true' ? page.NextPartNumberMarker : undefined;
    } while (after !== undefined);
    return { uploadId: known.UploadId, sent };
  }

  /** A storage that cannot list them begins anew each time. */
  async #uploads(signal: AbortSignal) {
    const response = await this.#client.request({
      method: 'GET',
      query: { uploads: '', prefix: this.#prefix },
      signal,
      accept: [400, 403, 404, 405, 501],
    });
    const parsed = uploadsSchema.safeParse(await this.#client.xml(response));
    return parsed.success ? parsed.data.ListMultipartUploadsResult.Upload : [];
  }

  async #answer<Schema extends z.ZodType>(
    schema: Schema,
    request: Parameters<S3Client['request']>[0],
  ): Promise<z.infer<Schema>> {
    const parsed = schema.safeParse(await this.#client.xml(await this.#client.request(request)));
    if (parsed.success) return parsed.data;
    const detail = z.prettifyError(parsed.error);
    throw new ProblemError('destination-failed', { name: this.name }, { detail });
  }

  #key(name: string): string {
    return `${this.#prefix}${checkedName(name)}`;
  }
}

async function bytesOf(source: Source, from: number, to: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of source.read(from, to) as AsyncIterable<Buffer>) parts.push(chunk);
  return Buffer.concat(parts);
}

const unquoted = (tag: string) => tag.replaceAll('"', '').replaceAll('&quot;', '');
const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
