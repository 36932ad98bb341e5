import type { ProviderId } from '../../contract/connection.ts';
import { catalogue } from '../../contract/copy/catalogue.ts';
import type { TextKey } from '../../contract/copy/text.ts';

/** Keys of what the catalogue says about a provider; none for one that nothing is particular about. */
export function providerAdvice(provider: ProviderId): TextKey[] {
  const own = `check.provider.${provider}`;
  return Object.keys(catalogue).filter((key): key is TextKey => key === own || key.startsWith(`${own}.`));
}
