import type { ConnectionSettings, DatabaseAddress } from '../../contract/connection.ts';
import type { TextKey } from '../../contract/copy/text.ts';
import type { ConnectionDraft, InstanceView } from '../../contract/instance.ts';

/** The connection form, as typed. Everything but the password may be kept as a draft. */
export type FormValues = ConnectionDraft & { password: string };

export type FormErrors = Partial<
  Record<'name' | 'host' | 'port' | 'database' | 'user' | 'timeout' | 'clientKey' | 'route', TextKey>
>;

/** What an empty form starts with. A managed service is reached through the internet, so its certificate is verified. */
export function emptyForm(source: 'own' | 'managed'): FormValues {
  return {
    name: 'Aperture',
    addresses: [{ host: '', port: '5432' }],
    database: 'aperture',
    user: 'aperture',
    password: '',
    route: { kind: 'direct' },
    tlsMode: source === 'managed' ? 'verify-full' : 'prefer',
    ca: '',
    caPath: '',
    clientCertificatePath: '',
    clientKeyPath: '',
    serverName: '',
    plainAccepted: false,
    channelBinding: 'prefer',
    targetSessionAttrs: 'any',
    connectTimeoutSeconds: '15',
    options: '',
  };
}

/** The form filled with settings; name, password and route stay as they were. */
export function formWith(before: FormValues, settings: ConnectionSettings): FormValues {
  return {
    ...before,
    addresses: settings.hosts.map(({ host, port }) => ({ host, port: String(port) })),
    database: settings.database,
    user: settings.user,
    tlsMode: settings.tls.mode,
    ca: settings.tls.ca ?? '',
    caPath: settings.tls.caPath ?? '',
    clientCertificatePath: settings.tls.clientCertificatePath ?? '',
    clientKeyPath: settings.tls.clientKeyPath ?? '',
    serverName: settings.tls.serverName ?? '',
    plainAccepted: settings.tls.plainAccepted ?? false,
    channelBinding: settings.channelBinding,
    targetSessionAttrs: settings.targetSessionAttrs,
    connectTimeoutSeconds: String(settings.connectTimeoutSeconds),
    options: settings.options ?? '',
  };
}

/** The form for an instance as its settings are saved. */
export function savedForm(instance: InstanceView): FormValues {
  const empty = emptyForm(instance.setup?.source === 'managed' ? 'managed' : 'own');
  const named = { ...empty, name: instance.name, route: instance.route };
  return instance.connection === undefined ? named : formWith(named, instance.connection);
}

/** The form as it was left: with what was typed and not fit to be settings yet, if anything. */
export function formOf(instance: InstanceView): FormValues {
  const saved = savedForm(instance);
  return instance.setup?.form === undefined ? saved : { ...saved, ...instance.setup.form };
}

/** What of the form may be kept until it is fit to be settings. */
export function draftOfForm({ password: _, ...draft }: FormValues): ConnectionDraft {
  return draft;
}

/** The form as settings, or what is wrong with it. */
export function settingsOf(
  values: FormValues,
): { settings: ConnectionSettings; errors?: undefined } | { settings?: undefined; errors: FormErrors } {
  const errors: FormErrors = {};
  if (values.name.trim() === '') errors.name = 'screen.form.name-missing';
  const hosts: DatabaseAddress[] = [];
  for (const { host, port } of values.addresses) {
    const number = wholeNumber(port === '' ? '5432' : port);
    if (number === undefined || number < 1 || number > 65535) errors.port = 'screen.form.port-invalid';
    const problem = hostProblem(host.trim());
    if (problem !== undefined) errors.host = problem;
    else if (number !== undefined) hosts.push({ host: withoutBrackets(host.trim()), port: number });
  }
  if (values.database.trim() === '') errors.database = 'screen.form.database-missing';
  if (values.user.trim() === '') errors.user = 'screen.form.user-missing';
  const timeout = wholeNumber(values.connectTimeoutSeconds);
  if (timeout === undefined || timeout < 1 || timeout > 600) errors.timeout = 'screen.form.timeout-invalid';
  if ((values.clientCertificatePath === '') !== (values.clientKeyPath === ''))
    errors.clientKey = 'screen.form.client-pair';
  if (Object.keys(errors).length > 0 || timeout === undefined) return { errors };
  return {
    settings: {
      hosts,
      database: values.database.trim(),
      user: values.user.trim(),
      tls: {
        mode: values.tlsMode,
        ...filled('ca', values.ca),
        ...filled('caPath', values.caPath),
        ...filled('clientCertificatePath', values.clientCertificatePath),
        ...filled('clientKeyPath', values.clientKeyPath),
        ...filled('serverName', values.serverName.trim()),
        ...(values.tlsMode === 'prefer' && values.plainAccepted ? { plainAccepted: true } : {}),
      },
      channelBinding: values.channelBinding,
      targetSessionAttrs: values.targetSessionAttrs,
      connectTimeoutSeconds: timeout,
      ...filled('options', values.options.trim()),
    },
  };
}

function filled<Key extends string>(key: Key, value: string): { [K in Key]?: string } {
  return (value === '' ? {} : { [key]: value }) as { [K in Key]?: string };
}

function wholeNumber(text: string): number | undefined {
  return /^\d{1,6}$/.test(text.trim()) ? Number(text.trim()) : undefined;
}

function withoutBrackets(host: string): string {
  return /^\[.*\]$/.test(host) ? host.slice(1, -1) : host;
}

function hostProblem(host: string): TextKey | undefined {
  if (host === '') return 'screen.form.host-missing';
  if (host.startsWith('/')) return undefined;
  if (host.includes('://')) return 'screen.form.host-url';
  if (/[\s/@]/.test(host)) return 'screen.form.host-invalid';
  if (/^[^:[\]]+:\d+$/.test(host)) return 'screen.form.host-port';
  return undefined;
}
