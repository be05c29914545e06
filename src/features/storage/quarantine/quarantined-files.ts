import { Injectable } from '@nestjs/common';
import { quarantinePolicy } from '../../../../config/policy/generations/uploads.js';
import { Log } from '../../../observability/log.js';
import { SecurityEvents } from '../../../observability/security-events.js';
import { ObjectStorage } from '../../../ports/object-storage.js';
import {
  FileUnscannable,
  MalwareScanner,
  ScannerUnavailable,
} from '../../../ports/uploads/malware-scanner.js';
import { FileRemoval } from '../removal/file-removal.js';
import type { Sweep } from '../removal/sweep.js';
import { quarantineEnded } from '../uploads/uploads.events.js';
import { QuarantineRepository, type QuarantinedFile } from './quarantine.repository.js';

type Verdict =
  | { readonly kind: 'clean' | 'unscannable' | 'gone' }
  | { readonly kind: 'infected'; readonly signature: string };

/**
 * Scans what was taken while the scanner was away. A clean file is readable from then on, any other is deleted. One that the scanner does
 * not answer for comes behind the others, and the run ends: the next one begins with another file.
 */
@Injectable()
export class QuarantinedFiles implements Sweep {
  readonly name = 'quarantined_files';
  readonly everySeconds = quarantinePolicy.everySeconds;

  constructor(
    private readonly files: QuarantineRepository,
    private readonly storage: ObjectStorage,
    private readonly scanner: MalwareScanner,
    private readonly removal: FileRemoval,
    private readonly events: SecurityEvents,
    private readonly log: Log,
  ) {}

  async run(signal: AbortSignal): Promise<void> {
    // What was to be scanned is not released because nobody scans any more.
    if (!this.scanner.isConfigured) return;
    for (;;) {
      signal.throwIfAborted();
      const file = await this.files.next();
      if (file === null) return;
      try {
        await this.settle(file, await this.judge(file, signal));
      } catch (error) {
        if (signal.aborted) throw error;
        await this.files.postpone(file, quarantinePolicy.retrySeconds);
        if (!(error instanceof ScannerUnavailable) && !isLate(error)) throw error;
        this.log.warn('files in quarantine wait for the malware scanner', { cause: error });
        return;
      }
    }
  }

  private async judge({ objectKey }: QuarantinedFile, signal: AbortSignal): Promise<Verdict> {
    const body = await this.storage.read(objectKey);
    if (body === null) return { kind: 'gone' };
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(quarantinePolicy.scanMs)]);
      const result = await this.scanner.scan(body, limit);
      return result.isClean ? { kind: 'clean' } : { kind: 'infected', signature: result.signature };
    } catch (error) {
      if (error instanceof FileUnscannable) return { kind: 'unscannable' };
      throw error;
    }
  }

  private async settle(file: QuarantinedFile, verdict: Verdict): Promise<void> {
    if (verdict.kind === 'clean') {
      await this.files.release(file);
      this.log.info('a file left quarantine', { file_id: file.id });
      return;
    }
    const signature = verdict.kind === 'infected' ? verdict.signature : null;
    await this.removal.remove(file.userId, [file.id]);
    quarantineEnded(this.events, file.userId, file.id, { reason: verdict.kind, signature });
  }
}

const isLate = (error: unknown): boolean => error instanceof Error && error.name === 'TimeoutError';
