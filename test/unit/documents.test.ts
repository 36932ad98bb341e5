import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ProblemError } from '../../main/problems/ProblemError.ts';
import { type DocumentDefinition, openDocument, parseDocument } from '../../main/services/documents.ts';
import { temporaryFolder } from '../support/temporaryFolder.ts';

type Pets = { pets: { name: string; kind: string }[] };

/** Version 1 had names only, version 2 called the field `animals`. */
const definition: DocumentDefinition<Pets> = {
  name: 'pets',
  version: 3,
  schema: z.object({ pets: z.array(z.object({ name: z.string(), kind: z.string() })) }),
  empty: () => ({ pets: [] }),
  upgrades: {
    1: (data) => ({
      animals: z
        .array(z.string())
        .parse(data)
        .map((name) => ({ name, kind: 'unknown' })),
    }),
    2: (data) => ({ pets: z.object({ animals: z.unknown() }).parse(data).animals }),
  },
};

const at = () => new Date('2026-01-31T10:11:12.345Z');
const cat = { name: 'Mia', kind: 'cat' };
const dog = { name: 'Rex', kind: 'dog' };
const files = async (folder: string) => (await readdir(folder)).sort();

describe('a stored document', () => {
  it('starts empty, without making a file', async () => {
    const folder = await temporaryFolder();
    expect(await openDocument(definition, { folder }).read()).toEqual({ value: { pets: [] } });
    expect(await files(folder)).toEqual([]);
  });

  it('keeps what was written, and the version before it', async () => {
    const folder = await temporaryFolder();
    const document = openDocument(definition, { folder });
    await document.update(() => ({ pets: [cat] }));
    await document.update((current) => ({ pets: [...current.pets, dog] }));
    expect((await openDocument(definition, { folder }).read()).value).toEqual({ pets: [cat, dog] });
    expect(await files(folder)).toEqual(['pets.json', 'pets.previous.json']);
    expect(parseDocument(definition, await readFile(path.join(folder, 'pets.previous.json'), 'utf8'))).toMatchObject({
      kind: 'good',
      value: { pets: [cat] },
    });
  });

  it('writes nothing when nothing changes', async () => {
    const folder = await temporaryFolder();
    await openDocument(definition, { folder }).update((current) => current);
    expect(await files(folder)).toEqual([]);
  });

  it('reads files of every older version', async () => {
    for (const old of [
      { schemaVersion: 1, data: ['Mia'] },
      { schemaVersion: 2, data: { animals: [{ name: 'Mia', kind: 'unknown' }] } },
    ]) {
      const folder = await temporaryFolder();
      await writeFile(path.join(folder, 'pets.json'), JSON.stringify(old));
      const document = openDocument(definition, { folder });
      expect(await document.read()).toEqual({ value: { pets: [{ name: 'Mia', kind: 'unknown' }] } });
      await document.update(({ pets }) => ({ pets: [...pets, dog] }));
      expect(JSON.parse(await readFile(path.join(folder, 'pets.json'), 'utf8')).schemaVersion).toBe(3);
      expect(JSON.parse(await readFile(path.join(folder, 'pets.previous.json'), 'utf8'))).toEqual(old);
    }
  });

  it.each([
    '',
    '{',
    'null',
    '[]',
    '{"schemaVersion":3,"data":{"pets":[{"name":1}]}}',
    '{"schemaVersion":0,"data":{}}',
    '\0\0\0',
  ])('puts a damaged file (%j) aside, goes on with the version before, and says so', async (damaged) => {
    const folder = await temporaryFolder();
    const first = openDocument(definition, { folder });
    await first.update(() => ({ pets: [cat] }));
    await first.update(() => ({ pets: [cat, dog] }));
    await writeFile(path.join(folder, 'pets.json'), damaged);

    const document = openDocument(definition, { folder, now: at });
    const aside = path.join(folder, 'pets.corrupt-20260131T101112Z.json');
    const { value, problem } = await document.read();
    expect(value).toEqual({ pets: [cat] });
    expect(problem).toMatchObject({
      code: 'store-corrupt',
      values: { path: path.join(folder, 'pets.json'), aside, used: 'previous' },
    });
    expect(await readFile(aside, 'utf8')).toBe(damaged);
    // Said again until the app is started again, and never overwritten by the next damage in the same second.
    expect((await document.read()).problem).toEqual(problem);
    await writeFile(path.join(folder, 'pets.json'), 'again');
    await document.update(({ pets }) => ({ pets: [...pets, dog] }));
    expect(await readFile(aside, 'utf8')).toBe(damaged);
    expect(await readFile(path.join(folder, 'pets.corrupt-20260131T101112Z-2.json'), 'utf8')).toBe('again');
    expect((await openDocument(definition, { folder }).read()).value).toEqual({ pets: [cat, dog] });
  });

  it('puts a file of a newer version aside and never overwrites it', async () => {
    const folder = await temporaryFolder();
    const newer = JSON.stringify({ schemaVersion: 4, data: { future: true } });
    await writeFile(path.join(folder, 'pets.json'), newer);
    const document = openDocument(definition, { folder, now: at });
    const aside = path.join(folder, 'pets.newer-20260131T101112Z.json');
    expect(await document.update(() => ({ pets: [cat] }))).toEqual({ pets: [cat] });
    expect((await document.read()).problem).toEqual({
      code: 'store-newer',
      values: { path: path.join(folder, 'pets.json'), aside, used: 'empty', version: 4, supported: 3 },
    });
    expect(await readFile(aside, 'utf8')).toBe(newer);
  });

  it('goes on with the version before when the file is gone', async () => {
    const folder = await temporaryFolder();
    const document = openDocument(definition, { folder });
    await document.update(() => ({ pets: [cat] }));
    await document.update(() => ({ pets: [dog] }));
    await rm(path.join(folder, 'pets.json'));
    expect((await document.read()).value).toEqual({ pets: [cat] });
  });

  it('loses no change when many are made at once', async () => {
    const folder = await temporaryFolder();
    const two = [openDocument(definition, { folder }), openDocument(definition, { folder })];
    await Promise.all(
      Array.from({ length: 40 }, (_, number) =>
        two[number % 2]?.update(({ pets }) => ({ pets: [...pets, { name: String(number), kind: 'cat' }] })),
      ),
    );
    const { value } = await openDocument(definition, { folder }).read();
    expect(value.pets.map((pet) => Number(pet.name)).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 40 }, (_, n) => n),
    );
  });

  it('goes on after a change that throws, and refuses what its schema does not allow', async () => {
    const folder = await temporaryFolder();
    const document = openDocument(definition, { folder });
    await expect(
      document.update(() => {
        throw new Error('no');
      }),
    ).rejects.toThrow('no');
    await expect(document.update(() => ({ pets: [{ name: 'x' } as never] }))).rejects.toThrow();
    expect(await document.update(() => ({ pets: [cat] }))).toEqual({ pets: [cat] });
    expect(await files(folder)).toEqual(['pets.json']);
  });

  it('is private to the user, and says when the folder cannot be made', async () => {
    const folder = await temporaryFolder();
    await openDocument(definition, { folder }).update(() => ({ pets: [cat] }));
    if (process.platform !== 'win32') {
      expect((await stat(path.join(folder, 'pets.json'))).mode & 0o777).toBe(0o600);
    }
    await writeFile(path.join(folder, 'a file'), '');
    const refused = await openDocument(definition, { folder: path.join(folder, 'a file', 'below') })
      .update(() => ({ pets: [] }))
      .catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(ProblemError);
    expect(refused).toMatchObject({ problem: { code: 'store-unwritable' } });
  });
});
