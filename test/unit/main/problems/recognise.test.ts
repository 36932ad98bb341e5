import { describe, expect, test } from 'vitest';
import { recognise } from '../../../../main/problems/recognise.ts';
import { hbaName, subnetOf } from '../../../../main/problems/recogniseHba.ts';

const place = { host: 'db.lan', port: 5432, user: 'aperture', database: 'films' };

function serverError(code: string, message: string, more: Record<string, string> = {}): Error {
  return Object.assign(new Error(message), { code, severity: 'FATAL', ...more });
}

describe('refusals of a server that speaks another language', () => {
  const hba = { routine: 'ClientAuthentication' };
  test.each([
    [
      'German',
      'kein pg_hba.conf-Eintrag für Host »172.18.0.5«, Benutzer »aperture«, Datenbank »films«, keine Verschlüsselung',
    ],
    [
      'French',
      "aucune entrée dans pg_hba.conf pour l'hôte « 172.18.0.5 », utilisateur « aperture »,\nbase de données « films », aucun chiffrement",
    ],
    [
      'Japanese',
      'pg_hba.conf にホスト"172.18.0.5"、ユーザー"aperture"、データベース"films, 暗号化なし用のエントリがありません',
    ],
    [
      'Spanish',
      'no hay una línea en pg_hba.conf para «172.18.0.5», usuario «aperture», base de datos «films», sin cifrado',
    ],
    [
      'Russian',
      'в pg_hba.conf нет записи для компьютера "172.18.0.5", пользователя "aperture", базы "films", без шифрования',
    ],
  ])('pg_hba.conf in %s', (_, message) => {
    expect(recognise(serverError('28000', message, hba), place)).toMatchObject({
      code: 'pg-hba-refused',
      values: {
        client: '172.18.0.5',
        subnet: '172.18.0.0/16',
        line: 'host films aperture 172.18.0.0/16 scram-sha-256',
      },
    });
  });

  test.each([
    ['InitializeSessionUserId', '28000', 'Rolle »aperture« existiert nicht', false, 'role-missing'],
    [
      'InitializeSessionUserId',
      '28000',
      'Rolle »aperture« hat keine Berechtigung zum Einloggen',
      true,
      'role-cannot-login',
    ],
    ['InitializeSessionUserId', '53300', 'zu viele Verbindungen von Rolle »aperture«', true, 'role-connection-limit'],
    ['CheckMyDatabase', '53300', 'zu viele Verbindungen für Datenbank »films«', true, 'database-connection-limit'],
    [
      'InitPostgres',
      '53300',
      'die verbleibenden Verbindungen sind für Superuser auf Nicht-Replikationsverbindungen reserviert',
      true,
      'server-connection-limit',
    ],
    [
      'auth_failed',
      '28P01',
      'Passwort-Authentifizierung für Benutzer »aperture« fehlgeschlagen',
      false,
      'password-wrong',
    ],
    [
      'auth_failed',
      '28000',
      'Peer-Authentifizierung für Benutzer »aperture« fehlgeschlagen',
      false,
      'peer-authentication-failed',
    ],
    [
      'ClientAuthentication',
      '28000',
      'Verbindung erfordert ein gültiges Client-Zertifikat',
      false,
      'tls-client-certificate-required',
    ],
    [
      'parse_extension_control_file',
      '0A000',
      'Erweiterung »vector« ist nicht verfügbar',
      true,
      'extension-unavailable',
    ],
    [
      'execute_extension_script',
      '42501',
      'keine Berechtigung, um Erweiterung »vector« zu erzeugen',
      true,
      'extension-not-permitted',
    ],
    ['ProcessStartupPacket', '57P03', 'das Datenbanksystem startet', false, 'server-starting'],
  ])('%s %s: %s', (routine, code, message, authenticated, expected) => {
    expect(recognise(serverError(code, message, { routine }), { ...place, authenticated })?.code).toBe(expected);
  });

  test('a role that is named like a method is not taken for one', () => {
    const error = serverError('28000', 'certificate authentication failed for user "peer"', { routine: 'auth_failed' });
    expect(recognise(error, place)?.code).toBe('tls-client-certificate-invalid');
  });
});

describe('gateways and poolers, in their own words', () => {
  test.each([
    ['08P01', 'unsupported startup parameter: extra_float_digits', 'pooler-refused-option'],
    ['08P01', 'unsupported startup parameter in options: work_mem', 'pooler-refused-option'],
    ['08P01', 'no such database: films', 'database-missing'],
    ['08P01', 'no such user: aperture', 'role-missing'],
    ['08P01', 'no more connections allowed (max_client_conn)', 'server-connection-limit'],
    ['08P01', 'SSL required', 'tls-required-by-server'],
    ['XX000', 'Tenant or user not found', 'role-missing'],
    [
      'XX000',
      'MaxClientsInSessionMode: max clients reached - in Session mode max clients are limited to pool_size',
      'server-connection-limit',
    ],
    ['28000', 'connection is insecure (try using `sslmode=require`)', 'tls-required-by-server'],
  ])('%s %s', (code, message, expected) => {
    expect(recognise(serverError(code, message), place)?.code).toBe(expected);
  });
});

describe('what can be pasted into pg_hba.conf', () => {
  test.each([
    ['172.18.0.5', '172.18.0.0/16'],
    ['172.32.0.5', '172.32.0.5/32'],
    ['192.168.1.77', '192.168.1.0/24'],
    ['10.1.2.3', '10.1.2.0/24'],
    ['127.0.0.1', '127.0.0.1/32'],
    ['100.64.1.2', '100.64.1.2/32'],
    ['203.0.113.9', '203.0.113.9/32'],
    ['::1', '::1/128'],
    ['fd00:1:2:3:aa::5', 'fd00:1:2:3::/64'],
    ['fd00::5', 'fd00:0:0:0::/64'],
    ['2001:db8::5', '2001:db8::5/128'],
  ])('%s lies in %s', (address, subnet) => {
    expect(subnetOf(address)).toBe(subnet);
  });

  test.each([
    ['aperture', 'aperture'],
    ['all', '"all"'],
    ['Replication', '"Replication"'],
    ['two words', '"two words"'],
    ['+group', '"+group"'],
    ['quo"te', '"quo""te"'],
    ['#comment', '"#comment"'],
  ])('%s is written %s', (name, written) => {
    expect(hbaName(name)).toBe(written);
  });
});

describe('what is not recognised', () => {
  test('stays an error', () => {
    expect(recognise(new TypeError('x is not a function'), place)).toBeUndefined();
    expect(recognise('text', place)).toBeUndefined();
  });

  test('an SQLSTATE that nobody planned for is told as it is', () => {
    expect(recognise(serverError('22P02', 'invalid input syntax for type integer: "a"'), place)).toMatchObject({
      code: 'sql-error',
      values: { sqlState: '22P02', message: 'invalid input syntax for type integer: "a"' },
    });
  });

  test('the error behind an error counts', () => {
    const behind = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    expect(recognise(new Error('outer', { cause: behind }), place)?.code).toBe('connection-refused');
  });

  test('of several addresses, the one that answered counts', () => {
    const errors = ['ENETUNREACH', 'ECONNREFUSED'].map((code) => Object.assign(new Error(code), { code }));
    expect(recognise(new AggregateError(errors), place)?.code).toBe('connection-refused');
  });
});
