import { text } from '../../contract/copy/text.ts';
import type { Fix } from '../../contract/fix.ts';
import type { CheckContext } from './check.ts';
import { settingInPortal } from './portals.ts';
import { isManaged, sqlToPaste } from './remedies.ts';

/** A setting of the whole server: in the provider's console, or by a superuser. */
export function changeSystemSetting(context: CheckContext, setting: string, value: string, restart: boolean): Fix[] {
  if (isManaged(context)) return [settingInPortal(setting, value, context)];
  const statements = [`ALTER SYSTEM SET ${setting} = '${value}';`, ...(restart ? [] : ['SELECT pg_reload_conf();'])];
  const title = text('fix.change-setting.title', { setting, value });
  return [sqlToPaste(title, statements.join('\n'), context, restart ? text('fix.needs-restart') : undefined)];
}
