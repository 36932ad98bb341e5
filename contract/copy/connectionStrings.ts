/** Reading and writing connection strings, imports, renderings. Keys start with `connecting.string.`, `connecting.import.`, `connecting.render.`. */
export const connectionStrings = {
  'connecting.render.server-name':
    'The certificate is verified for {serverName}, but the server’s own driver always verifies the name that it connects to ({host}). Use {serverName} as the host where the server can resolve it.',
  'connecting.render.address':
    'The server’s own driver cannot verify a certificate for an IP address ({host}). Use a host name that the certificate is valid for, or give the certificate of the CA and verify the chain only (verify-ca).',
  'connecting.render.prefer-plain':
    'The server’s own driver does not fall back to an unencrypted connection, so encryption is switched off for it (sslmode=disable).',
  'connecting.render.prefer-encrypted':
    'The server’s own driver does not fall back to an unencrypted connection: it always encrypts, and does not start when the database offers no TLS.',
  'connecting.render.unverified':
    'The server’s own driver takes sslmode={mode} for verify-full; uselibpqcompat=true makes it encrypt without verifying the certificate, as the PostgreSQL tools do. The tools themselves refuse a URL with this option.',
  'connecting.render.chain':
    'The server’s own driver takes sslmode={mode} for verify-full; uselibpqcompat=true makes it verify the chain only, as the PostgreSQL tools do. The certificate of the CA has to be readable in the container as {path}.',
  'connecting.render.chain-without-ca':
    'The server’s own driver verifies the chain alone only with a CA of its own. Without one it verifies the host name too (verify-full), which is stricter than what the app and the tools do.',
  'connecting.render.ca-in-container': 'The certificate of the CA has to be readable in the container as {path}.',
  'connecting.render.client-certificate':
    'The client certificate and its key have to be readable in the container as {certificatePath} and {keyPath}.',
  'connecting.render.several-hosts':
    'The server’s own driver connects to one address only: {host}. The other addresses are used by the app and the tools.',
  'connecting.render.target-session':
    'The server’s own driver does not look for a server that is {wanted}; it takes the first address as it is.',
  'connecting.render.channel-binding':
    'The server’s own driver does not require channel binding. It logs in without it.',
  'connecting.render.database-name':
    'The server’s own driver cannot read the database name {database} from a URL (a question mark, a number sign, or dots as a path). A database with a plainer name is needed.',
  'connecting.render.password-empty':
    'A URL cannot tell an empty password from none. The server’s own driver logs in without a password.',
} as const;
