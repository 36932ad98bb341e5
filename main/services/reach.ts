import type { Installation } from '../../contract/install.ts';
import type { OperationView } from '../../contract/operation.ts';
import type { ReachReport } from '../../contract/reach.ts';

export interface Reach {
  /**
   * Operation `reach`: both sides try the very same database. `installation` says where the server is to be, before it is installed; without it
   * the instance's own server is meant. The report comes as `reach.report` and with `latest`. Ends well when both tries were made,
   * whatever their verdict. Raises `instance-missing`, `invalid-input` without a connection or without a place of the server.
   */
  run(request: {
    instanceId: string;
    installation?: Installation;
  }): Promise<{ operationId: string; ended: Promise<OperationView> }>;
  /** The last report since the app started. */
  latest(instanceId: string): ReachReport | undefined;
}
