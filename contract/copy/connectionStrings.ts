/** Reading and writing connection strings, imports, renderings. Keys start with `connecting.string.`, `connecting.import.`, `connecting.render.`. */
export const connectionStrings = {
  'connecting.string.wrapping': 'Taken off: this is around the connection string, not part of it.',
  'connecting.string.scheme-missing':
    'A connection URL begins with postgresql://. Without it, no program recognises this as one.',
  'connecting.string.scheme-case': 'The tools of PostgreSQL recognise {scheme}:// in small letters only.',
  'connecting.string.scheme-driver':
    'This is the form of one programming language’s driver ({scheme}://). The rest is read like postgresql://.',
  'connecting.string.scheme-other-database':
    '{scheme}:// is not a PostgreSQL address. Aperture needs PostgreSQL; the rest was read as far as it makes sense.',
  'connecting.string.format-other':
    'This is the form of another driver, with semicolons. It can be rewritten as a PostgreSQL connection string.',
  'connecting.string.format-unknown':
    'This is not a connection string. It looks like postgresql://user:password@host:5432/database, or host=… dbname=… user=… password=….',
  'connecting.string.character-raw':
    'The {place, select, user {user name} other {password}} holds {character} as it is. Programs read that character as a part of the address, and not all in the same way. Percent-encoded, everybody reads the same.',
  'connecting.string.character-forbidden': 'A NUL character cannot be part of a connection string.',
  'connecting.string.line-break': 'The connection string is broken into lines here, as terminals and mails do it.',
  'connecting.string.space-raw':
    'There is a blank here. In a URL it is written as %20; in a key=value string the whole value stands in single quotes.',
  'connecting.string.backslash':
    'A backslash takes the next character as it is and disappears. If it belongs to the password, it is written twice.',
  'connecting.string.placeholder':
    'This is a placeholder, not a password. The real one is entered in its place, or asked for when connecting.',
  'connecting.string.percent-escape':
    'A percent sign begins an escape such as %40, and no two hexadecimal digits follow. If it belongs to the value, it is written as %25.',
  'connecting.string.percent-zero': '%00 stands for a NUL character, which no value may hold.',
  'connecting.string.percent-encoding':
    'These escapes are not UTF-8 text. They probably come from a program with another character set.',
  'connecting.string.quote-unterminated': 'The quote that begins here is never closed.',
  'connecting.string.equals-missing': 'There is no = here; a parameter is written as keyword=value.',
  'connecting.string.equals-extra': 'A second = in one parameter. If it belongs to the value, it is written as %3D.',
  'connecting.string.bracket-missing': 'The bracket of this IPv6 address is never closed.',
  'connecting.string.bracket-after': 'After the closing bracket of an address, only a colon with the port can follow.',
  'connecting.string.address-without-brackets':
    'An IPv6 address stands in brackets in a URL, because its colons look like the one before the port: [{address}].',
  'connecting.string.host-invalid': '{host} cannot be the name of a host.',
  'connecting.string.host-count':
    '{hosts, plural, one {# host is given} other {# hosts are given}} for {addresses, plural, one {# address} other {# addresses}}; there must be as many of one as of the other, and at most 16.',
  'connecting.string.port-invalid':
    '{port} is not a port; ports are numbers from 1 to 65535, and PostgreSQL’s is mostly 5432.',
  'connecting.string.port-count':
    '{ports, plural, one {# port is given} other {# ports are given}} for {hosts, plural, one {# host} other {# hosts}}; there must be one for all or one for each.',
  'connecting.string.keyword-unknown':
    'PostgreSQL does not know the parameter {keyword} and refuses the whole string.{known, select, yes { Perhaps {nearest} was meant.} other {}}',
  'connecting.string.keyword-elsewhere':
    '{keyword} belongs to another driver or to a pooler. The app does not use it, and the PostgreSQL tools refuse it.',
  'connecting.string.keyword-twice': '{keyword} is given more than once; the last one counts.',
  'connecting.string.value-invalid': '{value} is no value for {keyword}. Possible: {allowed}.',
  'connecting.string.value-replaced': '{keyword}={value} is read as {replacement}.',
  'connecting.string.name-too-long': '{keyword} is longer than anything that PostgreSQL accepts ({most} characters).',
  'connecting.import.missing':
    '{field, select, host {No host is given; localhost is taken.} user {No user is given; postgres is taken.} database {No database is given; the one with the user’s name is taken.} other {No password is given; it is asked for when connecting.}}',
  'connecting.import.service':
    'The rest comes from the service {service} of pg_service.conf; that file can be imported itself.',
  'connecting.import.unset':
    'The file uses the variable {variable}, which is set neither in it nor in the .env beside it.',
  'connecting.import.inside-network':
    'The host {host} is a name inside of the container network. From outside, the database is reached at the Docker host’s own address{published, select, none {, and only if its port is published: in this file it is not} other {, port {published}}}.',
  'connecting.import.published':
    'The port {port} is published by the container {container} on the Docker host; localhost stands for that host.',
  'connecting.import.password-file': 'The password is in a file inside of the container ({path}), not in this one.',
  'connecting.import.encoding': 'The file is not UTF-8. Letters with accents may have been read wrongly.',
  'connecting.import.too-many': 'There are more connections in this file; the first {count} are shown.',
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
