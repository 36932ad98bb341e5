import { type ConnectionSettings, connectionSettingsSchema, defaultConnection, tlsModes } from '../connection.ts';
import type { Findings } from './findings.ts';
import { keywordKind, nearestKeyword } from './keywords.ts';
import { type Field, hiddenValue, type MissingField, type Understood } from './parsed.ts';

/** The fields by keyword, as libpq keeps them: the last one of a name counts. */
type Kept = Map<string, Field>;

export type Interpretation = {
  settings: ConnectionSettings;
  password?: string;
  clientKeyPassphrase?: string;
  service?: string;
  missing: MissingField[];
  understood: Understood[];
};

/** Turns fields into settings with libpq's defaults, and reports every value that libpq would refuse. */
export function interpret(fields: readonly Field[], findings: Findings, end: number): Interpretation {
  const { kept, understood } = keep(fields, findings);
  const given = (keyword: string) => kept.get(keyword)?.value ?? '';
  const user = given('user');
  const database = given('dbname');
  const { hosts, serverName, hostGiven } = readHosts(kept, findings);
  const settings: ConnectionSettings = {
    hosts,
    user: bounded('user', user === '' ? 'postgres' : user, kept, findings),
    // libpq's default for the database is the name of the user.
    database: bounded('dbname', database === '' ? user || 'postgres' : database, kept, findings),
    tls: { ...readTls(kept, findings), ...(serverName === undefined ? {} : { serverName }) },
    channelBinding:
      oneOf(kept, 'channel_binding', connectionSettingsSchema.shape.channelBinding.options, findings) ?? 'prefer',
    targetSessionAttrs:
      oneOf(kept, 'target_session_attrs', connectionSettingsSchema.shape.targetSessionAttrs.options, findings) ?? 'any',
    connectTimeoutSeconds: readTimeout(kept, findings),
    ...(given('options') === '' ? {} : { options: bounded('options', given('options'), kept, findings, 4096) }),
  };
  const password = kept.get('password')?.value;
  const passphrase = given('sslpassword');
  const service = given('service');
  const missing: MissingField[] = [];
  if (!hostGiven) missing.push('host');
  if (user === '') missing.push('user');
  if (database === '') missing.push('database');
  if (password === undefined) missing.push('password');
  if (
    password !== undefined &&
    /^(?:\[.*\]|<.*>|\$\{?[A-Za-z_]\w*\}?|\{\{.*\}\}|\*{3,}|your[-_]?password)$/i.test(password)
  ) {
    const field = kept.get('password');
    findings.add('warning', 'placeholder', field?.start ?? end, field?.end ?? end);
  }
  return {
    settings,
    ...(password === undefined ? {} : { password }),
    ...(passphrase === '' ? {} : { clientKeyPassphrase: passphrase }),
    ...(service === '' ? {} : { service }),
    missing,
    understood,
  };
}

function keep(fields: readonly Field[], findings: Findings): { kept: Kept; understood: Understood[] } {
  const kept: Kept = new Map();
  const shown = new Map<string, Understood>();
  for (const original of fields) {
    const field = translateSsl(original, findings);
    const { keyword, start, end } = field;
    const kind = keywordKind(keyword);
    if (kind === 'unknown') {
      const nearest = nearestKeyword(keyword);
      const values = { keyword, nearest: nearest ?? '', known: nearest === undefined ? 'no' : 'yes' };
      const from = Math.max(0, start - keyword.length - 1);
      findings.add('error', 'keyword-unknown', from, end, values);
      continue;
    }
    if (kind === 'elsewhere') {
      findings.add('warning', 'keyword-elsewhere', start, end, { keyword: original.keyword });
    }
    const before = kept.get(keyword);
    if (before !== undefined && before.value !== field.value && /[^,]/.test(before.value)) {
      findings.add('note', 'keyword-twice', before.start, before.end, { keyword });
    }
    kept.set(keyword, field);
    shown.delete(keyword);
    const value = kind === 'secret' ? hiddenValue : field.value;
    shown.set(keyword, {
      field: keyword,
      value,
      start,
      end,
      used: kind === 'used' || keyword === 'password' || keyword === 'sslpassword',
    });
  }
  return {
    kept,
    understood: [...shown.values()].filter(({ value }) => value !== '').sort((a, b) => a.start - b.start),
  };
}

/** `ssl=…` as JDBC and node-postgres write it, `requiressl=1` as libpq 7 did, and node-postgres' `sslmode=no-verify`, as an sslmode. */
function translateSsl(field: Field, findings: Findings): Field {
  const { keyword, value, start, end } = field;
  if (keyword === 'requiressl')
    return { ...field, keyword: 'sslmode', value: value.startsWith('1') ? 'require' : 'prefer' };
  const replaced = (sslmode: string, severity: 'note' | 'warning') => {
    if (sslmode !== value)
      findings.add(severity, 'value-replaced', start, end, { keyword, value, replacement: `sslmode=${sslmode}` });
    return { ...field, keyword: 'sslmode', value: sslmode };
  };
  if (keyword === 'ssl') {
    switch (value.toLowerCase()) {
      case 'true':
      case '1':
      case 'on':
      case 'yes':
      case '':
        return replaced('require', 'note');
      case 'false':
      case '0':
      case 'off':
      case 'no':
        return replaced('disable', 'note');
      case 'no-verify':
        return replaced('require', 'note');
      default:
        return replaced(value.toLowerCase(), 'note');
    }
  }
  if (keyword === 'sslmode' && value === 'no-verify') return replaced('require', 'note');
  // `allow` tries without TLS first; the app has no mode that would rather not encrypt.
  if (keyword === 'sslmode' && value === 'allow') return replaced('prefer', 'warning');
  return field;
}

function oneOf<Value extends string>(
  kept: Kept,
  keyword: string,
  allowed: readonly Value[],
  findings: Findings,
): Value | undefined {
  const field = kept.get(keyword);
  if (field === undefined || field.value === '') return undefined;
  const found = allowed.find((value) => value === field.value);
  if (found !== undefined) return found;
  const lower = allowed.find((value) => value === field.value.trim().toLowerCase());
  const values = { keyword, value: field.value, allowed: allowed.join(', ') };
  findings.add('error', 'value-invalid', field.start, field.end, values, lower);
  return lower;
}

function readTls(kept: Kept, findings: Findings): ConnectionSettings['tls'] {
  const path = (keyword: string) => kept.get(keyword)?.value.slice(0, 4096) ?? '';
  const root = path('sslrootcert');
  const mode = oneOf(kept, 'sslmode', tlsModes, findings);
  const clientCertificatePath = path('sslcert');
  const clientKeyPath = path('sslkey');
  const client = {
    ...(clientCertificatePath === '' ? {} : { clientCertificatePath }),
    ...(clientKeyPath === '' ? {} : { clientKeyPath }),
  };
  if (root === 'system') {
    // libpq: the system's CAs need verify-full, which is then the default.
    const field = kept.get('sslmode');
    if (mode !== undefined && mode !== 'verify-full' && field !== undefined) {
      const values = { keyword: 'sslmode', value: mode, allowed: 'verify-full' };
      findings.add('error', 'value-invalid', field.start, field.end, values, 'verify-full');
    }
    return { mode: 'verify-full', ...client };
  }
  return { mode: mode ?? defaultConnection.tls.mode, ...(root === '' ? {} : { caPath: root }), ...client };
}

function readTimeout(kept: Kept, findings: Findings): number {
  const field = kept.get('connect_timeout');
  if (field === undefined || field.value === '') return defaultConnection.connectTimeoutSeconds;
  if (!/^\s*[+-]?\d+\s*$/.test(field.value)) {
    const values = { keyword: 'connect_timeout', value: field.value, allowed: '1–600' };
    findings.add('error', 'value-invalid', field.start, field.end, values);
    return defaultConnection.connectTimeoutSeconds;
  }
  const seconds = Number(field.value);
  // libpq waits for ever at 0 or less; the app never does.
  const used = seconds <= 0 ? 600 : Math.min(seconds, 600);
  if (used !== seconds) {
    const values = { keyword: 'connect_timeout', value: field.value, replacement: `connect_timeout=${used}` };
    findings.add('note', 'value-replaced', field.start, field.end, values);
  }
  return used;
}

const addressPattern = /^(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*(?:%.+)?)$/;

function readHosts(
  kept: Kept,
  findings: Findings,
): { hosts: ConnectionSettings['hosts']; serverName: string | undefined; hostGiven: boolean } {
  const list = (keyword: string) => {
    const value = kept.get(keyword)?.value ?? '';
    return value === '' ? [] : value.split(',');
  };
  const names = list('host');
  const addresses = list('hostaddr');
  const ports = list('port');
  const place = kept.get('hostaddr') ?? kept.get('host') ?? { start: 0, end: 0 };
  for (const name of names) {
    if (/[\s/?#@<>"'\\;]/.test(name.startsWith('/') || name.startsWith('@') ? '' : name)) {
      findings.add('error', 'host-invalid', place.start, place.end, { host: name });
    }
  }
  if (addresses.length > 0 && names.length > 0 && addresses.length !== names.length) {
    findings.add('error', 'host-count', place.start, place.end, { hosts: names.length, addresses: addresses.length });
  }
  const count = Math.max(addresses.length || names.length, 1);
  const portField = kept.get('port');
  if (portField !== undefined && ports.length > 1 && ports.length !== count) {
    findings.add('error', 'port-count', portField.start, portField.end, { ports: ports.length, hosts: count });
  }
  const readPort = (index: number) => {
    const given = ports.length === 1 ? ports[0] : ports[index];
    if (given === undefined || given === '') return defaultConnection.port;
    const port = /^\s*\+?\d+\s*$/.test(given) ? Number(given) : Number.NaN;
    if (port >= 1 && port <= 65535) return port;
    if (portField !== undefined && (index === 0 || ports.length > 1)) {
      findings.add('error', 'port-invalid', portField.start, portField.end, { port: given.slice(0, 40) });
    }
    return defaultConnection.port;
  };
  const hosts = Array.from({ length: Math.min(count, 16) }, (_, index) => ({
    host: (addresses[index] || names[index] || 'localhost').slice(0, 1024),
    port: readPort(index),
  }));
  if (count > 16) findings.add('error', 'host-count', place.start, place.end, { hosts: count, addresses: 16 });
  // With both, the address is dialled and the name is what the certificate must be valid for.
  const verified = addresses.length > 0 ? names.filter((name) => name !== '' && !addressPattern.test(name)) : [];
  const serverName = verified.length > 0 && new Set(verified).size === 1 ? verified[0]?.slice(0, 255) : undefined;
  return { hosts, serverName, hostGiven: names.some((name) => name !== '') || addresses.some((name) => name !== '') };
}

/** PostgreSQL cuts names at 63 bytes; what is far beyond is no name. */
function bounded(keyword: string, value: string, kept: Kept, findings: Findings, most = 63 * 4): string {
  if (value.length <= most) return value;
  const field = kept.get(keyword);
  findings.add('error', 'name-too-long', field?.start ?? 0, field?.end ?? 0, { keyword, most });
  return value.slice(0, most);
}
