/** Between this computer and an encrypted connection: names, ports, strangers, certificates. */
export const reachingProblems = {
  'problem.dns-not-found.title': 'The name {host} is not known',
  'problem.dns-not-found.cause':
    'The look-up of {host} gave no address. Names of containers and names that end in “.local” or “.lan” are often known only inside their own network.',
  'problem.dns-not-found.next':
    'Check the spelling, or use the IP address. If the name is known only on another computer, reach the database through SSH from there.',

  'problem.connection-refused.title': 'Nothing listens on {host}, port {port}',
  'problem.connection-refused.cause':
    '{host} answered that port {port} is closed: PostgreSQL is not running, uses another port, listens on “localhost” only (listen_addresses), or its container does not publish the port.',
  'problem.connection-refused.next':
    'Check that PostgreSQL runs and on which port. If it listens for its own computer only, reach it through SSH.',

  'problem.host-unreachable.title': '{host} cannot be reached',
  'problem.host-unreachable.cause':
    'There is no way to {host} from this computer’s network: it is switched off, in another network, or a firewall rejects the connection.',
  'problem.host-unreachable.next': 'Check the address, that the machine is on, and whether a VPN is needed.',

  'problem.connection-timeout.title': '{host} does not react on port {port}',
  'problem.connection-timeout.cause':
    'Nothing came back within the time-out. Firewalls and allow-lists of hosted databases usually drop connections in silence like this.',
  'problem.connection-timeout.next':
    'Check the address and port, allow this computer’s IP address at the firewall or provider, or reach the database through SSH.',

  'problem.connection-reset.title': '{host} hung up before the login',
  'problem.connection-reset.cause':
    'The connection to port {port} was accepted and closed at once. Docker does this for a published port whose container does not listen, and firewalls do it, too.',
  'problem.connection-reset.next':
    'Check that the database container is running and listens on the port that is published, then try again.',

  'problem.server-no-answer.title': '{host} accepts connections and says nothing',
  'problem.server-no-answer.cause':
    'Port {port} was opened, but no answer came in time: the server is overloaded or stuck, or something between that is not PostgreSQL holds the connection.',
  'problem.server-no-answer.next':
    'Check that port {port} is PostgreSQL’s own and that the server is not out of memory or disk. A longer time-out helps only with a slow link.',

  'problem.ipv6-only-host.title': '{host} is reachable by IPv6 only',
  'problem.ipv6-only-host.cause': 'The name has no IPv4 address, and this network has no IPv6.',
  'problem.ipv6-only-host.next':
    'Use an address that works with IPv4: at Supabase that is the session pooler (or the IPv4 add-on); other providers list one beside the direct address. Or reach it through an SSH host that has IPv6.',

  'problem.not-postgres-http.title': 'A web server answers on port {port}',
  'problem.not-postgres-http.cause':
    '{host} speaks HTTP on this port. Ports 80, 443, 3000, 3456, 5050 and 8080 usually belong to web interfaces.',
  'problem.not-postgres-http.next': 'Use PostgreSQL’s own port, 5432 unless it was changed.',

  'problem.not-postgres-ssh.title': 'An SSH server answers on port {port}',
  'problem.not-postgres-ssh.cause': '{host} speaks SSH on this port.',
  'problem.not-postgres-ssh.next':
    'Enter this as the SSH host of the connection, and PostgreSQL’s own port, 5432 unless it was changed, as the database’s.',

  'problem.not-postgres-unknown.title': 'Something other than PostgreSQL answers on port {port}',
  'problem.not-postgres-unknown.cause':
    '{host} answered with something that no PostgreSQL server says. Its first words are in the details.',
  'problem.not-postgres-unknown.next': 'Use PostgreSQL’s own port, 5432 unless it was changed.',

  'problem.socket-missing.title': 'There is no usable PostgreSQL socket in {host}',
  'problem.socket-missing.cause':
    'The file .s.PGSQL.{port} is not in this folder, nobody listens on it, or this user may not open it.',
  'problem.socket-missing.next':
    'Check that PostgreSQL runs and where its socket is (unix_socket_directories), often /var/run/postgresql, or use a host name and port.',

  'problem.tls-refused-by-server.title': 'The server has no encryption',
  'problem.tls-refused-by-server.cause':
    'The settings require TLS ({mode}), and {host} answered that it does not offer it (ssl = off).',
  'problem.tls-refused-by-server.next':
    'Turn on “ssl” in the server’s settings, reach it through SSH, or, in a network that you trust, switch encryption off here.',

  'problem.tls-plain-needs-consent.title': 'The server has no encryption',
  'problem.tls-plain-needs-consent.cause':
    '{host} does not offer TLS. Everything that is sent would be readable on the way.',
  'problem.tls-plain-needs-consent.next':
    'Reach it through SSH, turn on “ssl” at the server, or agree to connect without encryption.',

  'problem.tls-required-by-server.title': 'The server insists on encryption',
  'problem.tls-required-by-server.cause': '{host} refuses connections of {user} without TLS.',
  'problem.tls-required-by-server.next': 'Set encryption to “require” or stricter.',

  'problem.tls-self-signed.title': 'The certificate of {host} is self-signed',
  'problem.tls-self-signed.cause':
    'Nobody but the server vouches for its certificate. That is usual on home servers, and also what somebody in between would show.',
  'problem.tls-self-signed.next':
    'Compare the fingerprint with the one on the server, then trust this certificate for this instance.',

  'problem.tls-untrusted.title': 'The certificate of {host} comes from an unknown authority',
  'problem.tls-untrusted.cause':
    'No certificate authority that this connection trusts has signed it. Providers and home networks often have an authority of their own.',
  'problem.tls-untrusted.next':
    'Choose the authority’s certificate file (providers offer it for download), or trust the authority that is shown after comparing its fingerprint.',

  'problem.tls-expired.title': 'A certificate of {host} has expired',
  'problem.tls-expired.cause':
    'It was valid until {validTo}. It also looks expired when this computer’s clock is wrong.',
  'problem.tls-expired.next':
    'Renew the certificate on the server and reload PostgreSQL. Until then, only an unverified connection is possible.',

  'problem.tls-not-yet-valid.title': 'A certificate of {host} is not valid yet',
  'problem.tls-not-yet-valid.cause': 'It becomes valid on {validFrom}. Usually one of the two clocks is wrong.',
  'problem.tls-not-yet-valid.next': 'Check date and time on this computer and on the server.',

  'problem.tls-wrong-name.title': 'The certificate is not for {expected}',
  'problem.tls-wrong-name.cause': 'It is valid for: {names}.',
  'problem.tls-wrong-name.next':
    'Connect by one of these names, enter one as the name to verify, or verify the authority only (verify-ca).',

  'problem.tls-client-certificate-required.title': 'The server wants a client certificate',
  'problem.tls-client-certificate-required.cause':
    '{host} lets {user} in only with a certificate that the server’s authority has signed.',
  'problem.tls-client-certificate-required.next':
    'Choose the client certificate and its key in the encryption settings.',

  'problem.tls-client-certificate-invalid.title': 'The client certificate was not accepted',
  'problem.tls-client-certificate-invalid.cause':
    'It comes from another authority, has expired, is for another role than {user}, or does not belong to the key.',
  'problem.tls-client-certificate-invalid.next':
    'Choose a certificate and key that were made for {user} by the server’s authority.',

  'problem.tls-handshake-failed.title': 'The encrypted connection could not be set up',
  'problem.tls-handshake-failed.cause':
    '{host} and this app found no common way to encrypt, or the connection was cut in the middle. The details have OpenSSL’s reason.',
  'problem.tls-handshake-failed.next':
    'Servers that only know TLS 1.1 or older need an update. Otherwise a proxy or firewall may be interfering.',

  'problem.certificate-file-unreadable.title': 'A certificate file cannot be read',
  'problem.certificate-file-unreadable.cause':
    '{path}: {reason}. The file must be in PEM form and readable by this user.',
  'problem.certificate-file-unreadable.next': 'Choose the file again, or convert it to PEM.',

  'problem.channel-binding-unavailable.title': 'The login could not be tied to the encrypted connection',
  'problem.channel-binding-unavailable.cause':
    'The settings require channel binding (SCRAM-SHA-256-PLUS), and {host} did not offer it: there is no TLS, a pooler in between, or a password that is stored as MD5.',
  'problem.channel-binding-unavailable.next':
    'Set channel binding to “prefer”, or use the direct address with TLS and a SCRAM password.',
} as const;
