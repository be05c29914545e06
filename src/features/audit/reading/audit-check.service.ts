import { Injectable } from '@nestjs/common';
import { auditPolicy } from '../../../../config/policy/operations/audit.js';
import { unavailable } from '../../../errors/problem.js';
import { verifyStreams, type AuditSource } from '../chain/audit-verification.js';
import type { ChainFault } from '../chain/verify-chain.js';
import { verifyCheckpoints, type CheckpointFault } from '../checkpoints/checkpoint-verification.js';
import { CheckpointsRepository } from '../checkpoints/checkpoints.repository.js';
import { TrimsRepository } from '../retention/trims.repository.js';
import { AuditKeys } from '../trail/audit-keys.js';
import { AuditRepository } from '../trail/audit.repository.js';

/** What was verified by one request. */
export interface AuditCheck {
  readonly entries: bigint;
  readonly checkpoints: number;
  readonly faults: readonly ChainFault[];
  readonly checkpointFaults: readonly CheckpointFault[];
  /** With which stream to go on; null: all of it is verified. */
  readonly nextStream: number | null;
}

/** Verifies the audit log by requests, each for a bounded time; one at a time on an instance, which those who ask for the same share. */
@Injectable()
export class AuditCheckService {
  private running: { readonly fromStream: number; readonly check: Promise<AuditCheck> } | null = null;
  private readonly source: AuditSource;

  constructor(
    entries: AuditRepository,
    trims: TrimsRepository,
    private readonly keys: AuditKeys,
    private readonly checkpoints: CheckpointsRepository,
  ) {
    this.source = { entries, trims, keys };
  }

  /** From a stream on, for some seconds; the checkpoints come last. @throws Problem `unavailable` while another stream is verified */
  verify(fromStream: number): Promise<AuditCheck> {
    if (this.running === null) {
      const check = this.check(fromStream).finally(() => {
        this.running = null;
      });
      this.running = { fromStream, check };
    }
    if (this.running.fromStream === fromStream) return this.running.check;
    return Promise.reject(unavailable(new Error('the audit log is being verified'), 10));
  }

  private async check(fromStream: number): Promise<AuditCheck> {
    const faults: ChainFault[] = [];
    const checkpointFaults: CheckpointFault[] = [];
    const until = performance.now() + auditPolicy.verifyRequestMs;
    const { entries, nextStream } = await verifyStreams(
      this.source,
      fromStream,
      () => performance.now() < until,
      (fault) => {
        if (faults.length < auditPolicy.verifyFaults) faults.push(fault);
      },
    );
    if (nextStream !== null) return { entries, checkpoints: 0, faults, checkpointFaults, nextStream };
    const { checkpoints } = await verifyCheckpoints(this.checkpoints, this.keys, (fault) => {
      if (checkpointFaults.length < auditPolicy.verifyFaults) checkpointFaults.push(fault);
    });
    return { entries, checkpoints, faults, checkpointFaults, nextStream };
  }
}
