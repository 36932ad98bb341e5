import { say } from '../../contract/copy/text.ts';
import type { OperationView } from '../../contract/operation.ts';
import { Panel } from '../components/Panel.tsx';
import { StatusIcon, type Tone } from '../components/StatusMark.tsx';
import { words } from '../words.ts';
import classes from './Setup.module.css';

/** The steps of an installation: done, under way, where it stopped, still to come. */
export function InstallProgress({ operation }: { operation: OperationView }) {
  return (
    <Panel title={words('screen.install.steps')}>
      <ol className={classes.findings} aria-label={words('screen.install.steps')}>
        {operation.steps.map((step, index) => (
          <li key={say(step.name)} data-state={stateOf(operation, index)}>
            <StatusIcon tone={tones[stateOf(operation, index)]} />
            <span>
              <span className={classes.unseen}>{`${words(`screen.install.step.${stateOf(operation, index)}`)}: `}</span>
              {say(step.name)}
            </span>
          </li>
        ))}
      </ol>
    </Panel>
  );
}

type StepState = 'done' | 'running' | 'stopped' | 'waiting';
const tones: Record<StepState, Tone> = { done: 'ok', running: 'busy', stopped: 'bad', waiting: 'quiet' };

function stateOf({ stepIndex, state }: OperationView, index: number): StepState {
  if (index < stepIndex || state === 'succeeded') return 'done';
  if (index > stepIndex) return 'waiting';
  return state === 'running' ? 'running' : 'stopped';
}
