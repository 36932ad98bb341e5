import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../support/postgres.ts';
import { createRole } from '../../support/postgresRoles.ts';
import { randomFrom, seedOf } from '../../support/seed.ts';
import { type Cut, startBreaker } from './breaker.ts';
import {
  type Administrator,
  type Provision,
  passwordOf,
  provision,
  requestFor,
  startProvisioning,
  statementsIn,
  stateOf,
  superuserOf,
} from './harness.ts';

let all: Provision;
let server: PostgresServer;
let breaker: Awaited<ReturnType<typeof startBreaker>>;
let helper: Administrator;

beforeAll(async () => {
  all = await startProvisioning();
  server = await startPostgres({ major: 17 });
  breaker = await startBreaker(server);
  helper = await createRole(server, { user: 'helper', attributes: 'LOGIN CREATEROLE CREATEDB' });
});
afterAll(async () => {
  await breaker.stop();
  await server.stop('immediate');
  await all.services.stop();
});

/** Under other names the same is the same. */
async function stateUnderAnyName(name: string): Promise<unknown> {
  return JSON.parse(JSON.stringify(await stateOf(server, name, name)).replaceAll(name, 'NAME'));
}

/** Milliseconds: each cut is two runs with their checks. */
const patience = 240_000;

describe.each([
  ['a superuser', () => superuserOf(server)],
  ['a role with CREATEROLE and CREATEDB', () => helper],
])('%s', (_, administrator) => {
  const mark = _.startsWith('a sup') ? 's' : 'h';

  test(
    'cut off at every statement, before and after it ran: the next run goes on and ends the same',
    async () => {
      breaker.arm(undefined);
      const whole = await provision(
        all,
        requestFor(breaker, { role: `${mark}whole`, database: `${mark}whole` }),
        administrator(),
      );
      expect(whole.view.state).toBe('succeeded');
      const expected = await stateUnderAnyName(`${mark}whole`);
      const count = breaker.seen();
      expect(count).toBe(statementsIn(whole.plan).length);

      for (let statement = 1; statement <= count; statement += 1) {
        for (const when of ['before', 'after'] as const) {
          const name = `${mark}cut${statement}${when}`;
          const request = requestFor(breaker, { role: name, database: name });
          breaker.arm({ statement, when });
          const broken = await provision(all, request, administrator());
          expect([name, broken.view.state, broken.view.problem?.code]).toEqual([name, 'failed', 'connection-lost']);
          const password = await passwordOf(all.services, broken.instance.id);
          breaker.arm(undefined);
          const again = await provision(all, request, administrator());
          expect([name, again.view.problem, again.view.state]).toEqual([name, undefined, 'succeeded']);
          expect(await passwordOf(all.services, again.instance.id)).toBe(password);
          expect(await stateUnderAnyName(name)).toEqual(expected);
        }
      }
    },
    patience,
  );

  test(
    'cut off again and again, wherever the dice fall',
    async () => {
      const seed = seedOf();
      const random = randomFrom(seed);
      const expected = await stateUnderAnyName(`${mark}whole`);
      for (let round = 0; round < 6; round += 1) {
        const name = `${mark}dice${round}`;
        const request = requestFor(breaker, { role: name, database: name });
        const cuts: Cut[] = [];
        for (let attempt = 0; attempt < 4; attempt += 1) {
          const cut: Cut = { statement: 1 + Math.floor(random() * 4), when: random() < 0.5 ? 'before' : 'after' };
          cuts.push(cut);
          breaker.arm(cut);
          await provision(all, request, administrator());
        }
        breaker.arm(undefined);
        const last = await provision(all, request, administrator());
        const told = `seed ${seed}, cuts ${JSON.stringify(cuts)}`;
        expect([told, last.view.state]).toEqual([told, 'succeeded']);
        expect([told, await stateUnderAnyName(name)]).toEqual([told, expected]);
      }
    },
    patience,
  );
});
