import type { CertificateView } from '../../contract/connection.ts';
import { KeyValue } from '../components/KeyValue.tsx';
import { useNow } from '../components/Moment.tsx';
import { Tag } from '../components/StatusMark.tsx';
import { formatAgo, formatDay } from '../format/moment.ts';
import { words } from '../words.ts';
import classes from './Report.module.css';
import { validity } from './validity.ts';

/** The chain as the server sent it, its own certificate first. */
export function CertificateChain({ chain }: { chain: readonly CertificateView[] }) {
  const now = useNow();
  return (
    <ol className={classes.chain} aria-label={words('screen.tls.chain')}>
      {chain.map((certificate) => {
        const state = validity(certificate, now);
        return (
          <li key={certificate.fingerprint} className={classes.certificate}>
            <div className={classes.certificateHead}>
              <strong>{certificate.subject}</strong>
              <Tag tone={state === 'valid' ? 'ok' : state === 'soon' ? 'warn' : 'bad'}>
                {words(`screen.tls.validity.${state}`)}
              </Tag>
              {certificate.certificateAuthority && <Tag tone="quiet">{words('screen.tls.authority')}</Tag>}
              {certificate.selfSigned && <Tag tone="quiet">{words('screen.tls.self-signed')}</Tag>}
            </div>
            <KeyValue
              rows={[
                [words('screen.tls.issuer'), certificate.issuer],
                [words('screen.tls.names'), certificate.names.join(', ')],
                [
                  words('screen.tls.valid'),
                  words('screen.tls.valid-line', {
                    from: formatDay(new Date(certificate.validFrom)),
                    to: formatDay(new Date(certificate.validTo)),
                    ago: formatAgo(new Date(certificate.validTo), now),
                  }),
                ],
                [
                  words('screen.tls.fingerprint'),
                  <span key="fingerprint" className={classes.fingerprint}>
                    {certificate.fingerprint}
                  </span>,
                ],
              ]}
            />
          </li>
        );
      })}
    </ol>
  );
}
