import { Button } from '@mantine/core';
import { IconCertificate, IconFileCertificate } from '@tabler/icons-react';
import { Fragment, type ReactNode, useCallback } from 'react';
import type { TlsReport, TlsVerdict } from '../../contract/connection.ts';
import { problemText } from '../../contract/copy/problemText.ts';
import { text } from '../../contract/copy/text.ts';
import type { InstanceView } from '../../contract/instance.ts';
import { Panel } from '../components/Panel.tsx';
import { FailureView } from '../components/ProblemView.tsx';
import { Said } from '../components/Said.tsx';
import { StatusMark, type Tone } from '../components/StatusMark.tsx';
import { trustAnchor } from '../setup/trustAnchor.ts';
import { useAction } from '../store/useAction.ts';
import { words } from '../words.ts';
import { CertificateChain } from './CertificateChain.tsx';
import classes from './Report.module.css';

const tones: Record<TlsVerdict['outcome'], Tone> = {
  'encrypted-verified': 'ok',
  'encrypted-unverified': 'warn',
  plain: 'warn',
  refused: 'bad',
};

/** The certificates that the server sent, and what each of the three readers of the settings makes of them. */
export function TlsReportView({
  tls,
  instance,
  onTrust,
  trustOffered,
}: {
  tls: TlsReport;
  instance: InstanceView;
  onTrust(): Promise<void>;
  /** The problem above offers it already. */
  trustOffered: boolean;
}) {
  const trust = useAction(useCallback(() => onTrust(), [onTrust]));
  const anchor = trustAnchor(tls.chain);
  const app = tls.verdicts.find((verdict) => verdict.reader === 'app');
  const trusted = anchor !== undefined && instance.connection?.tls.ca === anchor.pem;
  const offerTrust = anchor !== undefined && !trusted && !trustOffered && app?.outcome !== 'encrypted-verified';
  const unverified = app !== undefined && app.outcome !== 'encrypted-verified' && app.outcome !== 'plain';
  const leafOnly =
    anchor === undefined && tls.chain.length > 0 && instance.connection?.tls.ca === undefined && unverified;
  return (
    <Panel
      title={words('screen.tls.report')}
      sub={
        tls.offered
          ? [tls.protocol, tls.cipher].filter((part) => part !== undefined).join(' · ')
          : words('screen.tls.not-offered')
      }
    >
      <div className={classes.stack}>
        {tls.verdicts.length > 0 && (
          <table className={classes.table}>
            <caption className={classes.quiet}>{words('screen.tls.verdicts')}</caption>
            <thead>
              <tr>
                <th scope="col" className={classes.reader}>
                  {words('screen.tls.reader')}
                </th>
                <th scope="col">{words('screen.tls.verdict')}</th>
                <th scope="col" className={classes.rendered}>
                  {words('screen.tls.rendered')}
                </th>
              </tr>
            </thead>
            <tbody>
              {tls.verdicts.map((verdict) => (
                <tr key={verdict.reader}>
                  <td>{words(`screen.tls.reader.${verdict.reader}`)}</td>
                  <td>
                    <StatusMark tone={tones[verdict.outcome]}>
                      {words(`screen.tls.outcome.${verdict.outcome}`)}
                    </StatusMark>
                    {verdict.problem !== undefined && (
                      <p className={classes.quiet}>{problemText(verdict.problem).cause}</p>
                    )}
                  </td>
                  <td className={classes.mono}>{brokenAtParameters(verdict.rendered)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {tls.chain.length > 0 && <CertificateChain chain={tls.chain} />}
        {trust.failure !== undefined && <FailureView failure={trust.failure} />}
        {leafOnly && (
          <div className={classes.stack}>
            <p className={classes.quiet}>
              <Said text={text('screen.tls.leaf-only', { issuer: tls.chain[0]?.issuer ?? '' })} />
            </p>
            <div>
              <Button
                leftSection={<IconFileCertificate size={16} aria-hidden />}
                loading={trust.pending}
                onClick={() => void trust.run()}
              >
                {words('screen.tls.choose-authority')}
              </Button>
            </div>
          </div>
        )}
        {offerTrust && (
          <div className={classes.actions}>
            <Button
              leftSection={<IconCertificate size={16} aria-hidden />}
              loading={trust.pending}
              onClick={() => void trust.run()}
            >
              {words(anchor.certificateAuthority ? 'screen.tls.trust-authority' : 'screen.tls.trust-certificate')}
            </Button>
            <span className={classes.quiet}>{words('screen.tls.trust-text', { subject: anchor.subject })}</span>
          </div>
        )}
      </div>
    </Panel>
  );
}

/** Long options break between parameters, not within a word. */
function brokenAtParameters(options: string): ReactNode {
  return options.split(/(?<=&)/).map((part) => (
    <Fragment key={part}>
      {part}
      <wbr />
    </Fragment>
  ));
}
