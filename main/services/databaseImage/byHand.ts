import { text } from '../../../contract/copy/text.ts';
import type { Fix } from '../../../contract/fix.ts';
import type { MadeWith } from '../../adapters/docker/madeWith.ts';
import type { KnownImage } from './knownImage.ts';

/** A word for a shell, quoted only where it has to be. */
const word = (value: string): string =>
  /^[\w./:@%+=,-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;

/** The commands that make a container of `docker run` anew from another image, the old one kept aside. */
export function runByHand(container: string, made: MadeWith, { target }: KnownImage): Fix {
  const aside = `${container}-before-pgvector`;
  const run = ['docker', 'run', '--detach', '--name', container, ...made.options, target, ...made.command];
  return {
    kind: 'paste',
    title: text('image.fix.run', { to: target }),
    language: 'shell',
    where: text('reach.where.docker-host'),
    snippet: [
      `docker pull ${target}`,
      `docker stop ${word(container)}`,
      `docker rename ${word(container)} ${word(aside)}`,
      run.map(word).join(' '),
      ...made.networks.map((network) => `docker network connect ${word(network)} ${word(container)}`),
      '# If it does not come up, back to the one of before:',
      `# docker rm --force ${word(container)} && docker rename ${word(aside)} ${word(container)} && docker start ${word(container)}`,
    ].join('\n'),
    why: text('image.fix.run.why'),
  };
}

/** Alpine's C library sorts text in its own way: every index on text is wrong afterwards. */
export function reindexByHand(container: string, superuser: string): Fix {
  return {
    kind: 'paste',
    title: text('image.fix.reindex'),
    language: 'shell',
    where: text('reach.where.docker-host'),
    snippet: ['docker', 'exec', ...[container, ...reindexCommand(superuser)].map(word)].join(' '),
    why: text('image.note.collation'),
  };
}

export const reindexCommand = (superuser: string): string[] => ['reindexdb', '--all', '-w', '-U', superuser];
