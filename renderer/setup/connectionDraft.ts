import { useEffect, useRef } from 'react';
import type { InstanceView } from '../../contract/instance.ts';
import { useStore } from '../store/store.ts';
import { draftOfForm, type FormValues, formOf } from './formValues.ts';

/** Keeps a form that is not fit to be settings yet; without the password, which has its own place. */
export async function keepDraft(instance: InstanceView, values: FormValues): Promise<void> {
  const setup = { ...instance.setup, step: 'connection' as const, form: draftOfForm(values) };
  await useStore.getState().updateInstance({ id: instance.id, setup });
}

/** Keeps what was typed when one leaves the step in any other way than by its own buttons: by the rail, the palette, the menu. */
export function useDraftKeptOnLeaving(instanceId: string, values: FormValues): void {
  const latest = useRef(values);
  useEffect(() => {
    latest.current = values;
  }, [values]);
  useEffect(
    () => () => {
      const instance = useStore.getState().instances.find((one) => one.id === instanceId);
      if (instance?.setup === undefined || sameForm(latest.current, formOf(instance))) return;
      // Gone on to the next step: what was typed was saved.
      if (instance.setup.step !== 'connection') return;
      void keepDraft(instance, latest.current).catch(() => undefined);
    },
    [instanceId],
  );
}

/** Whether two forms say the same, apart from the password. */
export function sameForm(one: FormValues, other: FormValues): boolean {
  const [a, b] = [draftOfForm(one), draftOfForm(other)];
  return (Object.keys(a) as (keyof typeof a)[]).every((key) => JSON.stringify(a[key]) === JSON.stringify(b[key]));
}
