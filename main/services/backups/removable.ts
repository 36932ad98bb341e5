import type { BackupView } from '../../../contract/backup.ts';

/**
 * Whether a backup may be removed beside these of its instance, newest first. What holds nothing may always; anything else only while
 * another one is known to be good, and the newest of those never.
 */
export function removable(view: BackupView, beside: readonly BackupView[]): boolean {
  const { verification } = view;
  if (verification.state === 'damaged' && (verification.why === 'missing' || verification.why === 'empty')) return true;
  const newestGood = beside.find((other) => other.manifest !== undefined && other.verification.state === 'verified');
  return newestGood !== undefined && newestGood.id !== view.id;
}
