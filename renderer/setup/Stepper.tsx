import { IconCheck } from '@tabler/icons-react';
import { words } from '../words.ts';
import classes from './Setup.module.css';

export type StepView = {
  id: string;
  name: string;
  hint?: string;
  state: 'done' | 'current' | 'open' | 'closed';
  onOpen?(): void;
};

/** The steps of the wizard: each that can be gone to is a button. */
export function Stepper({ steps }: { steps: readonly StepView[] }) {
  return (
    <ol className={classes.steps} aria-label={words('screen.setup.steps')}>
      {steps.map((step, index) => {
        const inside = (
          <>
            <span className={classes.number}>
              {step.state === 'done' ? <IconCheck size={13} stroke={3} aria-hidden /> : index + 1}
            </span>
            <span>
              <strong>{step.name}</strong>
              {step.hint !== undefined && <small>{step.hint}</small>}
            </span>
          </>
        );
        return (
          <li key={step.id}>
            {step.state === 'closed' || step.onOpen === undefined ? (
              <div className={classes.step} aria-current={step.state === 'current' ? 'step' : undefined}>
                {inside}
              </div>
            ) : (
              <button
                type="button"
                className={classes.step}
                data-done={step.state === 'done' || undefined}
                aria-current={step.state === 'current' ? 'step' : undefined}
                onClick={step.onOpen}
              >
                {inside}
              </button>
            )}
          </li>
        );
      })}
    </ol>
  );
}
