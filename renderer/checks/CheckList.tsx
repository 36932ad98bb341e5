import { Button, Modal } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { CheckId } from '../../contract/check.ts';
import type { InstanceView } from '../../contract/instance.ts';
import { FailureView } from '../components/ProblemView.tsx';
import { StatusIcon } from '../components/StatusMark.tsx';
import surface from '../components/surface.module.css';
import type { FixContext } from '../fixes/fixContext.ts';
import { PlanRunner } from '../fixes/PlanRunner.tsx';
import { useConnectionFixes } from '../setup/connectionFixes.ts';
import { checksOf } from '../store/checks.ts';
import { useStore } from '../store/store.ts';
import { words } from '../words.ts';
import classes from './CheckList.module.css';
import { CheckRow } from './CheckRow.tsx';
import { CheckSum } from './CheckSum.tsx';
import { mostUrgentFirst, overlaidResults } from './checkSum.ts';
import { fixesAtOnce } from './fixesAtOnce.ts';

/** The checks of an instance: the sum, then a row each as they arrive. `automatic` runs them when none ran before. */
export function CheckList({ instance, automatic }: { instance: InstanceView; automatic: boolean }) {
  const view = useStore((state) => checksOf(state, instance.id));
  const loadChecks = useStore((state) => state.loadChecks);
  const runChecks = useStore((state) => state.runChecks);
  const onSetting = useConnectionFixes(instance);
  const [together, setTogether] = useState(false);
  const busy = view.run !== undefined;

  useEffect(() => {
    if (!view.loaded) void loadChecks(instance.id);
  }, [view.loaded, instance.id, loadChecks]);
  const never = view.loaded && view.report === undefined && !busy && view.failure === undefined;
  useEffect(() => {
    if (automatic && never) void runChecks(instance.id);
  }, [automatic, never, instance.id, runChecks]);

  const again = useCallback((only?: CheckId[]) => void runChecks(instance.id, only), [runChecks, instance.id]);
  const rows = useMemo(
    () =>
      mostUrgentFirst(
        overlaidResults(view.report?.results ?? [], view.run?.results).map((row) => ({
          ...row,
          fresh: row.fresh || (view.run?.only !== undefined && !view.run.only.includes(row.result.id)),
        })),
        view.report?.results,
      ),
    [view.report, view.run],
  );
  const context = useCallback(
    (ids: CheckId[]): FixContext => ({
      instanceId: instance.id,
      host: instance.connection?.hosts[0]?.host ?? view.report?.server?.platform ?? instance.name,
      database: instance.connection?.database ?? view.report?.server?.database ?? '',
      user: instance.connection?.user ?? view.report?.server?.user ?? '',
      administratorExists: instance.kind !== 'practice',
      onDone: () => again(ids),
      onSetting,
    }),
    [instance, again, onSetting, view.report],
  );
  const atOnce = fixesAtOnce(view.report?.results ?? []);

  return (
    <div className={surface.panel} aria-busy={busy}>
      <CheckSum view={view} results={rows.map((row) => row.result)}>
        {atOnce !== undefined && !busy && (
          <Button onClick={() => setTogether(true)}>
            {words('screen.checks.fix-together', { count: atOnce.fixes.length })}
          </Button>
        )}
        <Button leftSection={<IconRefresh size={16} aria-hidden />} loading={busy} onClick={() => again()}>
          {words(view.report === undefined && !busy ? 'screen.checks.run' : 'screen.checks.again')}
        </Button>
      </CheckSum>
      {view.failure !== undefined && (
        <div className={classes.row}>
          <StatusIcon tone="quiet" />
          <FailureView failure={view.failure} context={context([])} />
        </div>
      )}
      {rows.length > 0 && (
        <ul className={classes.list} aria-label={words('screen.checks.title')}>
          {rows.map(({ result, fresh }) => (
            <CheckRow
              key={result.id}
              result={result}
              fresh={fresh}
              busy={busy}
              context={context([result.id])}
              onAgain={() => again([result.id])}
            />
          ))}
        </ul>
      )}
      {atOnce !== undefined && (
        <Modal
          opened={together}
          onClose={() => setTogether(false)}
          size="lg"
          title={words('screen.checks.fix-together', { count: atOnce.fixes.length })}
        >
          <PlanRunner
            fixes={atOnce.fixes.map((fix) => fix.id)}
            as={atOnce.as}
            preview={atOnce.fixes.map((fix) => fix.preview).join('\n')}
            label={words('screen.checks.fix-together', { count: atOnce.fixes.length })}
            runLabel={words('screen.fix.run-all')}
            context={{
              ...context(atOnce.checks),
              onDone: () => {
                setTogether(false);
                again(atOnce.checks);
              },
            }}
          />
        </Modal>
      )}
    </div>
  );
}
