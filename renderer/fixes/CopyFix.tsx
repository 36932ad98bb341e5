import { Button } from '@mantine/core';
import { IconExternalLink } from '@tabler/icons-react';
import { say } from '../../contract/copy/text.ts';
import type { Fix } from '../../contract/fix.ts';
import { ask } from '../api.ts';
import { CopyButton } from '../components/CopyButton.tsx';
import { Snippet } from '../components/Snippet.tsx';
import { words } from '../words.ts';
import classes from './FixView.module.css';
import type { FixContext } from './fixContext.ts';

/** The exact text to paste, where and as whom; or the steps in a provider's console. */
export function CopyFix({
  fix,
  context,
  titled,
}: {
  fix: Exclude<Fix, { kind: 'setting' }>;
  context?: FixContext;
  titled: boolean;
}) {
  const title = say(fix.title);
  if (fix.kind === 'portal') {
    const { link } = fix;
    const steps = fix.steps.map(say);
    return (
      <div className={classes.item}>
        {titled && <p className={classes.itemTitle}>{title}</p>}
        <ol className={classes.steps}>
          {steps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        <div className={classes.actions}>
          {link !== undefined && (
            <Button
              leftSection={<IconExternalLink size={16} aria-hidden />}
              onClick={() => void ask('app.openLink', { url: link })}
            >
              {words('screen.fix.open-console')}
            </Button>
          )}
          <CopyButton text={steps.map((step, index) => `${index + 1}. ${step}`).join('\n')} />
        </div>
      </div>
    );
  }
  const { text, where } =
    fix.kind === 'paste'
      ? { text: fix.snippet, where: say(fix.where) }
      : fix.kind === 'network'
        ? { text: fix.preview, where: words('reach.where.docker-host') }
        : {
            text: fix.preview,
            where: words('screen.fix.where-sql', { host: context?.host ?? '', database: context?.database ?? '' }),
          };
  return (
    <div className={classes.item}>
      {titled && <p className={classes.itemTitle}>{title}</p>}
      <p className={classes.where}>{where}</p>
      <Snippet text={text} label={title} />
      <div className={classes.actions}>
        <CopyButton text={text} />
      </div>
    </div>
  );
}
