import { IconDownload, IconFileImport, IconPlugConnected, IconSchool } from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { useLocation } from 'wouter';
import { OperationBar } from '../components/OperationBar.tsx';
import { PageHead } from '../components/PageHead.tsx';
import { FailureView, ProblemView } from '../components/ProblemView.tsx';
import surface from '../components/surface.module.css';
import { places } from '../shell/places.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import { usePractice } from './usePractice.ts';
import classes from './WelcomePage.module.css';

/** The ways in: install, connect what is there, import what is configured already, or practice without one. */
export function WelcomePage() {
  const [, go] = useLocation();
  const problem = useStore((state) => state.instancesProblem);
  const practice = usePractice();
  return (
    <>
      <PageHead title={words('screen.welcome.title')} sub={words('screen.welcome.sub')} />
      {problem !== undefined && (
        <div className={`${surface.panel} ${surface.padded} ${classes.problem}`}>
          <ProblemView problem={problem} />
        </div>
      )}
      {practice.operation !== undefined && (
        <div className={classes.running}>
          <OperationBar operation={practice.operation} />
        </div>
      )}
      {practice.failure !== undefined && (
        <div className={`${surface.panel} ${surface.padded} ${classes.problem}`}>
          <FailureView failure={practice.failure} />
        </div>
      )}
      <div className={classes.ways}>
        <Way
          icon={IconDownload}
          title={words('screen.welcome.install')}
          text={words('screen.welcome.install-text')}
          needs={words('screen.welcome.install-needs')}
          onClick={() => go(places.newSetup)}
        />
        <Way
          icon={IconPlugConnected}
          title={words('screen.welcome.connect')}
          text={words('screen.welcome.connect-text')}
          needs={words('screen.welcome.connect-needs')}
          onClick={() => go(places.existing)}
        />
        <Way
          icon={IconFileImport}
          title={words('screen.welcome.import')}
          text={words('screen.welcome.import-text')}
          needs={words('screen.welcome.import-needs')}
          onClick={() => go(places.imports)}
        />
        <Way
          icon={IconSchool}
          title={words('screen.welcome.practice')}
          text={words('screen.welcome.practice-text')}
          needs={words(practice.pending ? 'screen.welcome.practice-starting' : 'screen.welcome.practice-needs')}
          disabled={practice.pending}
          onClick={() => void practice.start()}
        />
      </div>
    </>
  );
}

function Way({
  icon: Icon,
  title,
  text,
  needs,
  disabled = false,
  onClick,
}: {
  icon: ComponentType<{ size?: number; stroke?: number }>;
  title: string;
  text: string;
  needs: string;
  disabled?: boolean;
  onClick(): void;
}) {
  return (
    <button type="button" className={`${surface.panel} ${classes.way}`} onClick={onClick} disabled={disabled}>
      <Icon size={28} stroke={1.5} />
      <strong>{title}</strong>
      <span>{text}</span>
      <span className={classes.needs}>{needs}</span>
    </button>
  );
}
