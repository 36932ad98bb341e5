import { Tabs } from '@mantine/core';
import { say, text } from '../../contract/copy/text.ts';
import { Said } from '../components/Said.tsx';
import { words } from '../words.ts';
import { CopyFix } from './CopyFix.tsx';
import classes from './FixView.module.css';
import { fixParts } from './fixParts.ts';
import type { FixViewProps } from './fixSlot.ts';
import { RunFix } from './RunFix.tsx';
import { SettingFix } from './SettingFix.tsx';

/** Every way to make one check pass: do it now, copy it for whoever may, and why it is needed. */
export function FixView({ fixes, why, context }: FixViewProps) {
  const parts = fixParts(fixes, why);
  const now = context === undefined ? [] : parts.now.filter((fix) => fix.kind === 'run' || context.onSetting);
  const first = fixes[0];
  if (first === undefined) return null;
  // Only buttons: tabs around them would say nothing.
  if (
    context !== undefined &&
    now.length > 0 &&
    now.every((fix) => fix.kind === 'setting') &&
    parts.copy.length === 0
  ) {
    return (
      <div className={classes.settings}>
        {now.map(
          (fix) =>
            fix.kind === 'setting' && <SettingFix key={fix.id} fix={fix} context={context} first={fix === now[0]} />,
        )}
      </div>
    );
  }
  const several = fixes.length > 1;
  const administratorNeeded = now.some((fix) => fix.kind === 'run' && fix.as === 'administrator');
  const copies = parts.copy.map((fix) => (
    <CopyFix key={`${fix.kind} ${say(fix.title)}`} fix={fix} context={context} titled={several} />
  ));
  if (now.length === 0 && parts.why.length === 0) {
    return (
      <div className={classes.fix}>
        <div className={classes.head}>
          <strong>{several ? words('screen.fix.several') : say(first.title)}</strong>
        </div>
        <div className={classes.stack}>{copies}</div>
      </div>
    );
  }
  return (
    <div className={classes.fix}>
      <div className={classes.head}>
        <strong>{several ? words('screen.fix.several') : say(first.title)}</strong>
        {administratorNeeded && context !== undefined && (
          <span>
            <Said text={text('screen.fix.administrator-needed', { role: context.user })} />
          </span>
        )}
      </div>
      <Tabs defaultValue={now.length > 0 ? 'now' : 'copy'} keepMounted={false}>
        <Tabs.List className={classes.tabs}>
          {now.length > 0 && (
            <Tabs.Tab value="now" className={classes.tab}>
              {words('screen.fix.now')}
            </Tabs.Tab>
          )}
          {parts.copy.length > 0 && (
            <Tabs.Tab value="copy" className={classes.tab}>
              {words(now.length > 0 ? 'screen.fix.copy' : 'screen.fix.by-hand')}
            </Tabs.Tab>
          )}
          {parts.why.length > 0 && (
            <Tabs.Tab value="why" className={classes.tab}>
              {words('screen.fix.why')}
            </Tabs.Tab>
          )}
        </Tabs.List>
        {context !== undefined && (
          <Tabs.Panel value="now" className={classes.stack}>
            {now.map((fix) =>
              fix.kind === 'run' ? (
                <RunFix key={fix.id} fix={fix} context={context} titled={several} />
              ) : (
                <SettingFix key={fix.id} fix={fix} context={context} first={fix === now[0]} />
              ),
            )}
          </Tabs.Panel>
        )}
        <Tabs.Panel value="copy" className={classes.stack}>
          {copies}
        </Tabs.Panel>
        <Tabs.Panel value="why" className={classes.why}>
          {parts.why.map((reason) => (
            <p key={reason.key}>
              <Said text={reason} />
            </p>
          ))}
        </Tabs.Panel>
      </Tabs>
    </div>
  );
}
