import { environmentOf, type Inspected } from '../../adapters/docker/inspect.ts';

/** An image that the app knows how to leave. */
export type KnownImage = { major: number; flavour: 'debian' | 'alpine'; target: string; hasVector: boolean };

const official = /^(?:(?:index\.)?docker\.io\/)?(?:library\/)?postgres(?::(?<tag>[\w.-]+))?(?:@sha256:[0-9a-f]+)?$/;
const pgvector = /^(?:(?:index\.)?docker\.io\/)?(?:pgvector\/pgvector|ankane\/pgvector)(?::|@|$)/;

/** The official image of PostgreSQL, or pgvector's on top of it; undefined for any other, whose additions would be lost. */
export function knownImage(container: Inspected): KnownImage | undefined {
  const { Image: image } = container.Config;
  const environment = environmentOf(container);
  const tag = official.exec(image)?.groups?.tag ?? '';
  const hasVector = pgvector.test(image);
  if (!official.test(image) && !hasVector) return undefined;
  // The image says it itself; a tag may be "latest".
  const major = Number(environment.PG_MAJOR ?? /^\d+/.exec(tag)?.[0]);
  if (!Number.isInteger(major) || major < 10) return undefined;
  const version = environment.PG_VERSION ?? '';
  const alpine = /alpine/.test(tag) || (version !== '' && !/pgdg/.test(version));
  return { major, flavour: alpine ? 'alpine' : 'debian', target: `pgvector/pgvector:pg${major}`, hasVector };
}
