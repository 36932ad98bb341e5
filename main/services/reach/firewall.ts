import { text } from '../../../contract/copy/text.ts';
import type { Fix } from '../../../contract/fix.ts';

export type FirewallNeed = {
  /** The database is on the Docker host itself. */
  onDockerHost: boolean;
  /** From where the firewall sees the server come. */
  sources: readonly string[];
  port: number;
  /** Of the computer whose firewall it is; empty where nobody knows. */
  systemId: string;
  /** Others get through, so that it is a rule about where the packets come from. */
  likely: boolean;
};

const withFirewalld = /^(?:fedora|rhel|centos|rocky|almalinux|ol|amzn|opensuse.*|sles)$/;
const withUfw = /^(?:debian|ubuntu|linuxmint|pop|raspbian)$/;

/** The rule that lets the server's subnet in, in the words of the firewall of that system; of the usual two where it is not known. */
export function firewallFixes({ sources, port, systemId, likely, onDockerHost }: FirewallNeed): Fix[] {
  if (!likely || sources.length === 0) return [];
  const subnet = sources.join(', ');
  const why = text(onDockerHost ? 'reach.fix.firewall.why' : 'reach.fix.firewall.why-elsewhere', { subnet, port });
  const where = text('reach.where.database-host');
  const ufw: Fix = {
    kind: 'paste',
    title: text('reach.fix.ufw'),
    language: 'shell',
    where,
    snippet: sources.map((from) => `sudo ufw allow from ${from} to any port ${port} proto tcp`).join('\n'),
    why,
  };
  const firewalld: Fix = {
    kind: 'paste',
    title: text('reach.fix.firewalld'),
    language: 'shell',
    where,
    snippet: [
      ...sources.map((from) => {
        const family = from.includes(':') ? 'ipv6' : 'ipv4';
        const rule = `rule family="${family}" source address="${from}" port port="${port}" protocol="tcp" accept`;
        return `sudo firewall-cmd --permanent --add-rich-rule='${rule}'`;
      }),
      'sudo firewall-cmd --reload',
    ].join('\n'),
    why,
  };
  if (systemId === 'synology') {
    return [
      {
        kind: 'portal',
        title: text('reach.fix.synology'),
        steps: [
          text('reach.fix.synology.open'),
          text('reach.fix.synology.rule', { port }),
          ...sources.map((source) => text('reach.fix.synology.source', addressAndMask(source))),
          text('reach.fix.synology.order'),
        ],
        why,
      },
    ];
  }
  if (withUfw.test(systemId)) return [ufw];
  if (withFirewalld.test(systemId)) return [firewalld];
  return [ufw, firewalld];
}

/** Synology asks for the mask in full. */
function addressAndMask(subnet: string): { address: string; mask: string } {
  const [address = '', prefix = '32'] = subnet.split('/');
  if (address.includes(':')) return { address, mask: prefix };
  const bits = Number(prefix);
  const octets = [0, 8, 16, 24].map((start) => 256 - 2 ** (8 - Math.min(8, Math.max(0, bits - start))));
  return { address, mask: octets.join('.') };
}
