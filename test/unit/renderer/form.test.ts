import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import type { CertificateView, ConnectionSettings } from '../../../contract/connection.ts';
import { type InstanceView, setupDraftSchema } from '../../../contract/instance.ts';
import { draftOf, sshHostOf } from '../../../renderer/settings/sshHostDraft.ts';
import { settingsWithAuthority, settingsWithFix } from '../../../renderer/setup/connectionFixes.ts';
import {
  draftOfForm,
  emptyForm,
  type FormValues,
  formOf,
  formWith,
  savedForm,
  settingsOf,
} from '../../../renderer/setup/formValues.ts';
import { trustAnchor } from '../../../renderer/setup/trustAnchor.ts';

const filled: FormValues = { ...emptyForm('own'), addresses: [{ host: 'db.lan', port: '5433' }] };
const settings: ConnectionSettings = {
  hosts: [{ host: 'db.lan', port: 5432 }],
  database: 'aperture',
  user: 'ann',
  tls: { mode: 'verify-full', ca: 'PEM', caPath: '/ca.pem', serverName: 'db.example.com' },
  channelBinding: 'require',
  targetSessionAttrs: 'primary',
  connectTimeoutSeconds: 20,
  options: '-c search_path=public',
};

function certificate(part: Partial<CertificateView>): CertificateView {
  return {
    subject: 'CN=db.lan',
    issuer: 'CN=Home CA',
    names: [],
    validFrom: '2026-01-01T00:00:00Z',
    validTo: '2027-01-01T00:00:00Z',
    fingerprint: 'AA',
    selfSigned: false,
    certificateAuthority: false,
    pem: 'LEAF',
    ...part,
  };
}

function instance(part: Partial<InstanceView>): InstanceView {
  return {
    id: 'i1',
    name: 'Living room',
    kind: 'external',
    createdAt: '',
    updatedAt: '',
    route: { kind: 'direct' },
    password: 'none',
    ...part,
  };
}

describe('the connection form', () => {
  it('gives back the settings that it was filled with', () => {
    expect(settingsOf(formWith(emptyForm('own'), settings)).settings).toEqual(settings);
  });
  it('takes an empty port as 5432 and an IPv6 address out of its brackets', () => {
    const { settings: read } = settingsOf({ ...filled, addresses: [{ host: '[::1]', port: '' }] });
    expect(read?.hosts).toEqual([{ host: '::1', port: 5432 }]);
  });
  it.each([
    [{ addresses: [{ host: '', port: '5432' }] }, 'host', 'screen.form.host-missing'],
    [{ addresses: [{ host: 'postgres://x', port: '5432' }] }, 'host', 'screen.form.host-url'],
    [{ addresses: [{ host: 'db.lan:5432', port: '5432' }] }, 'host', 'screen.form.host-port'],
    [{ addresses: [{ host: 'db lan', port: '5432' }] }, 'host', 'screen.form.host-invalid'],
    [{ addresses: [{ host: 'db.lan', port: '70000' }] }, 'port', 'screen.form.port-invalid'],
    [{ database: ' ' }, 'database', 'screen.form.database-missing'],
    [{ user: '' }, 'user', 'screen.form.user-missing'],
    [{ connectTimeoutSeconds: '0' }, 'timeout', 'screen.form.timeout-invalid'],
    [{ clientCertificatePath: '/client.pem' }, 'clientKey', 'screen.form.client-pair'],
  ] as const)('names what is wrong with %o', (part, field, key) => {
    expect(
      settingsOf({ ...filled, ...part, addresses: [...('addresses' in part ? part.addresses : filled.addresses)] })
        .errors,
    ).toEqual({ [field]: key });
  });
  it('keeps the consent to go without encryption only with the mode that it is for', () => {
    expect(settingsOf({ ...filled, plainAccepted: true }).settings?.tls).toEqual({
      mode: 'prefer',
      plainAccepted: true,
    });
    expect(settingsOf({ ...filled, tlsMode: 'require', plainAccepted: true }).settings?.tls).toEqual({
      mode: 'require',
    });
  });
});

describe('a form that is left half typed', () => {
  const half: FormValues = { ...filled, addresses: [{ host: 'db.la', port: '54x' }], user: '' };
  const draft = (values: FormValues) => setupDraftSchema.parse({ step: 'connection', form: draftOfForm(values) });

  it('comes back as it was, over the settings that were saved before', () => {
    const left = instance({ connection: settings, setup: draft(half) });
    expect(formOf(left)).toEqual({ ...half, password: '' });
    expect(savedForm(left)).toEqual(formWith({ ...half, name: left.name, route: left.route }, settings));
  });
  test.prop([fc.string({ minLength: 8 }).filter((password) => /[^\w.]/.test(password))])(
    'never holds the password, wherever it was typed',
    (password) => {
      const url = `postgresql://ann:${encodeURIComponent(password)}@db.lan/aperture`;
      const everywhere = { ...half, password, options: `password=${password}`, addresses: [{ host: url, port: url }] };
      const kept = setupDraftSchema.parse({ step: 'connection', form: everywhere });
      expect(Object.keys(kept.form ?? {})).not.toContain('password');
      expect(JSON.stringify(kept)).not.toContain(JSON.stringify(password).slice(1, -1));
      expect(JSON.stringify(kept)).not.toContain(encodeURIComponent(password));
      expect(kept).toEqual(draft(everywhere));
    },
  );
});

describe('fixes of the settings', () => {
  const authority = certificate({ certificateAuthority: true, selfSigned: true, pem: 'CA' });
  const report = (chain: CertificateView[]) => ({
    outcome: 'failed' as const,
    milliseconds: 1,
    tls: { offered: true, chain, verdicts: [] },
  });
  it('trust the authority rather than the certificate that it signed', () => {
    expect(trustAnchor([certificate({}), authority])?.pem).toBe('CA');
    expect(settingsWithFix(settings, 'trust-certificate', report([certificate({}), authority]))?.tls).toMatchObject({
      mode: 'verify-full',
      ca: 'CA',
    });
  });
  it('offer no trust where the server sent nothing that could be trusted', () => {
    expect(trustAnchor([certificate({})])).toBeUndefined();
    expect(settingsWithFix(settings, 'trust-certificate', report([certificate({})]))).toBeUndefined();
  });
  it('verify once an authority is named from a file, and keep on verifying the name', () => {
    const prefer: ConnectionSettings = { ...settings, tls: { mode: 'prefer' } };
    expect(settingsWithAuthority(prefer, '/home.pem', 'CA').tls).toEqual({
      mode: 'verify-ca',
      caPath: '/home.pem',
      ca: 'CA',
    });
    expect(settingsWithAuthority(settings, '/home.pem', 'CA').tls).toMatchObject({ mode: 'verify-full', ca: 'CA' });
  });
  it('give consent in mode prefer instead of leaving it', () => {
    const prefer: ConnectionSettings = { ...settings, tls: { mode: 'prefer' } };
    expect(settingsWithFix(prefer, 'use-tls-disable', undefined)?.tls).toEqual({ mode: 'prefer', plainAccepted: true });
  });
});

describe('an SSH host as typed', () => {
  it('is called as the host is when it has no name', () => {
    const { host } = sshHostOf({ ...draftOf(undefined), host: 'nas.lan', user: 'ann' });
    expect(host).toMatchObject({ name: 'nas.lan', host: 'nas.lan', user: 'ann', authentication: { method: 'agent' } });
  });
  it('comes back as it was saved', () => {
    const { host } = sshHostOf({ ...draftOf(undefined), host: 'nas.lan', port: '2222', method: 'key', keyPath: '/k' });
    expect(host && sshHostOf(draftOf(host)).host).toEqual(host);
  });
  it('needs a host without a user, and a key file for the key method', () => {
    expect(sshHostOf({ ...draftOf(undefined), host: 'ann@nas', method: 'key' }).errors).toEqual({
      host: 'screen.ssh.host-invalid',
      key: 'screen.ssh.key-missing',
    });
  });
});
