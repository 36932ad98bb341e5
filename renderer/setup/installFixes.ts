import type { SetupStep } from '../../contract/instance.ts';
import type { ProblemCode } from '../../contract/problem.ts';

/** The step of the wizard in which what stopped an installation is put right; undefined where none of them helps. */
export function stepForProblem(code: ProblemCode): SetupStep | undefined {
  if (/^(?:docker-|ssh-|command-)/.test(code)) return 'docker';
  if (/^(?:container-(?:port|name|mount|network)|container-out-of-memory|image-)/.test(code)) return 'server';
  if (/^server-(?:environment-invalid|host-gateway-missing)/.test(code)) return 'server';
  if (/^(?:store-unwritable|disk-full|file-unreadable|compose-|container-image-missing)/.test(code)) return 'server';
  if (/^(?:install-blocked|plan-|file-changed)/.test(code)) return 'review';
  if (
    /^(?:password-|role-|pg-hba-|authentication-|peer-|database-missing|tls-|certificate-|channel-binding)/.test(code)
  )
    return 'connection';
  if (
    /^(?:dns-|connection-|host-unreachable|server-no-answer|server-database-|server-tls-|ipv6-|not-postgres)/.test(code)
  )
    return 'checks';
  if (/^(?:permission-denied|extension-|migration|read-only|server-disk-full|server-in-recovery|pooler-)/.test(code))
    return 'checks';
  return undefined;
}
