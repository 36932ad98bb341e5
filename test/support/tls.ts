import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from './processes.ts';
import { supportFolder } from './supportFolder.ts';

/** Paths of a certificate and its private key, both in PEM. */
export interface Certificate {
  /** The certificate, followed by the intermediate where there is one. */
  readonly certificate: string;
  readonly key: string;
}

/** What a certificate is to be like. */
export interface CertificateOptions {
  /** Common name: a host name, or for a client certificate the role's name. */
  readonly name: string;
  /** Names and addresses it is good for, as in `DNS:localhost` or `IP:127.0.0.1`; none for a client's. */
  readonly alternativeNames?: readonly string[];
  /** Days from now; negative ones are in the past. */
  readonly validFrom?: number;
  readonly validTo?: number;
  readonly for?: 'server' | 'client';
}

/** A certificate authority. */
export interface Authority extends Certificate {
  /** Issues a certificate with a key of its own. */
  issue(options: CertificateOptions): Promise<Certificate>;
  /** Makes an authority below this one; what it issues carries its certificate along. */
  intermediate(name: string): Promise<Authority>;
}

/** Good for this computer by name and by both loopback addresses. */
const thisComputer = ['DNS:localhost', 'IP:127.0.0.1', 'IP:::1'] as const;

/** The certificates of one test run, made with openssl in a temporary folder. */
export interface CertificateSet {
  readonly authority: Authority;
  readonly intermediate: Authority;
  /** An authority that nobody asked for. */
  readonly otherAuthority: Authority;
  /** Server certificates by what is wrong with them, or not. */
  readonly server: Readonly<
    Record<
      'good' | 'throughIntermediate' | 'expired' | 'notYetValid' | 'wrongHost' | 'selfSigned' | 'onlyCommonName',
      Certificate
    >
  >;
  /** Client certificate for the superuser of test servers, from the authority. */
  readonly client: Certificate;
  /** A client certificate from the other authority. */
  readonly strangeClient: Certificate;
}

/** Makes all certificates that a test may want: about 0.5 s. */
export async function makeCertificates(): Promise<CertificateSet> {
  const authority = await makeAuthority('Authority of the tests');
  const otherAuthority = await makeAuthority('Another authority');
  const intermediate = await authority.intermediate('Intermediate of the tests');
  const good = { name: 'localhost', alternativeNames: thisComputer };
  return {
    authority,
    intermediate,
    otherAuthority,
    server: {
      good: await authority.issue(good),
      throughIntermediate: await intermediate.issue(good),
      expired: await authority.issue({ ...good, validFrom: -30, validTo: -1 }),
      notYetValid: await authority.issue({ ...good, validFrom: 1, validTo: 30 }),
      wrongHost: await authority.issue({ name: 'elsewhere.example', alternativeNames: ['DNS:elsewhere.example'] }),
      selfSigned: await makeSelfSigned(good),
      onlyCommonName: await authority.issue({ name: 'localhost' }),
    },
    client: await authority.issue({ name: 'postgres', for: 'client' }),
    strangeClient: await otherAuthority.issue({ name: 'postgres', for: 'client' }),
  };
}

/** Makes a root authority of its own. */
async function makeAuthority(name: string): Promise<Authority> {
  const folder = supportFolder('ca');
  const files = await newKey(folder, 'ca');
  await sign(folder, files, { subject: name, extensions: authorityExtensions, validFrom: -365, validTo: 365 });
  return authority(folder, files, '');
}

/** Makes a server certificate that nobody but itself vouches for. */
async function makeSelfSigned(options: CertificateOptions): Promise<Certificate> {
  const folder = supportFolder('self');
  const files = await newKey(folder, 'self');
  await sign(folder, files, described(options));
  return files;
}

function authority(folder: string, files: Certificate, chain: string): Authority {
  let count = 0;
  const under = async (subject: SubjectOptions): Promise<Certificate> => {
    count += 1;
    const issued = await newKey(folder, `issued${count}`);
    await sign(folder, issued, subject, files);
    if (chain) writeFileSync(issued.certificate, readFileSync(issued.certificate, 'utf8') + chain);
    return issued;
  };
  return {
    ...files,
    issue: (options) => under(described(options)),
    async intermediate(name) {
      const made = await under({ subject: name, extensions: authorityExtensions, validFrom: -365, validTo: 365 });
      const below = join(folder, `below${count}`);
      mkdirSync(below);
      return authority(below, made, readFileSync(made.certificate, 'utf8'));
    },
  };
}

interface SubjectOptions {
  readonly subject: string;
  readonly extensions: readonly string[];
  readonly validFrom: number;
  readonly validTo: number;
}

const authorityExtensions = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];

function described(options: CertificateOptions): SubjectOptions {
  const names = options.alternativeNames ?? [];
  return {
    subject: options.name,
    extensions: [
      'basicConstraints=CA:FALSE',
      `extendedKeyUsage=${options.for === 'client' ? 'clientAuth' : 'serverAuth'}`,
      ...(names.length > 0 ? [`subjectAltName=${names.join(',')}`] : []),
    ],
    validFrom: options.validFrom ?? -1,
    validTo: options.validTo ?? 90,
  };
}

async function newKey(folder: string, name: string): Promise<Certificate> {
  const key = join(folder, `${name}.key`);
  await mustRun(['openssl', 'ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', key]);
  return { certificate: join(folder, `${name}.crt`), key };
}

/** `openssl ca` is the only command of OpenSSL 3.0 that takes both ends of the validity. */
async function sign(folder: string, files: Certificate, options: SubjectOptions, issuer = files): Promise<void> {
  const request = `${files.key}.csr`;
  const subject = `/CN=${options.subject}`;
  await mustRun(['openssl', 'req', '-new', '-key', files.key, '-subj', subject, '-out', request]);
  const config = `${files.key}.cnf`;
  const database = `${files.key}.index`;
  writeFileSync(database, '');
  writeFileSync(
    config,
    [
      '[ca]',
      'default_ca=here',
      '[here]',
      `database=${database}`,
      `new_certs_dir=${folder}`,
      'default_md=sha256',
      'policy=any',
      'rand_serial=yes',
      'unique_subject=no',
      'x509_extensions=extensions',
      '[any]',
      'commonName=supplied',
      '[extensions]',
      'subjectKeyIdentifier=hash',
      ...options.extensions,
      '',
    ].join('\n'),
  );
  await mustRun([
    ...(['openssl', 'ca', '-batch', '-notext', '-config', config] as const),
    ...(issuer === files ? ['-selfsign'] : ['-cert', issuer.certificate]),
    ...['-keyfile', issuer.key, '-in', request, '-out', files.certificate],
    ...['-startdate', asn1Time(options.validFrom), '-enddate', asn1Time(options.validTo)],
  ]);
}

/** Days from now as openssl reads a time: YYYYMMDDHHMMSSZ. */
function asn1Time(days: number): string {
  const iso = new Date(Date.now() + days * 86_400_000).toISOString();
  return `${iso.replaceAll(/[-:T]/g, '').slice(0, 14)}Z`;
}
