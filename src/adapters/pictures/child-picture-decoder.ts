import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { mediaPolicy } from '../../../config/policy/generations/media.js';
import { MediaRefused } from '../../ports/media-refused.js';
import {
  PictureDecoder,
  PictureDecoderFailed,
  type Picture,
  type PictureRules,
} from '../../ports/picture-decoder.js';
import { compileCacheOfParent } from '../compile-cache.js';
import type { DecoderAnswer, DecoderOrder } from './decoder-message.js';

/** A process that decodes one picture at a time. */
class DecoderProcess {
  private readonly child: ChildProcess;
  private settle: ((answer: DecoderAnswer | null) => void) | null = null;
  private idle: NodeJS.Timeout | undefined;
  hasEnded = false;
  orders = 0;

  constructor(file: string, onIdleTooLong: (process: DecoderProcess) => void) {
    // No more environment: it reads untrusted bytes and must not see the service's secrets.
    this.child = fork(file, {
      env: compileCacheOfParent(),
      execArgv: ['--max-old-space-size=128'],
      serialization: 'advanced',
      stdio: 'ignore',
    });
    this.child.on('message', (answer: DecoderAnswer) => {
      this.settled(answer);
    });
    // Not 'exit', which may come before a message that was sent before it.
    for (const event of ['close', 'error'] as const)
      this.child.on(event, () => {
        clearTimeout(this.idle);
        this.hasEnded = true;
        this.settled(null);
      });
    this.onIdleTooLong = () => {
      onIdleTooLong(this);
    };
  }

  private readonly onIdleTooLong: () => void;

  /** Null when the process ended without an answer. */
  run(order: DecoderOrder): Promise<DecoderAnswer | null> {
    clearTimeout(this.idle);
    this.orders += 1;
    this.child.ref();
    this.child.channel?.ref();
    return new Promise((resolve) => {
      this.settle = resolve;
      if (this.hasEnded) this.settled(null);
      else
        this.child.send(order, (error) => {
          if (error !== null) this.settled(null);
        });
    });
  }

  /** Holds the service's process open no more, and ends after a while. */
  rest(): void {
    this.child.unref();
    this.child.channel?.unref();
    this.idle = setTimeout(this.onIdleTooLong, mediaPolicy.decoder.idleMs);
    this.idle.unref();
  }

  end(): void {
    clearTimeout(this.idle);
    this.hasEnded = true;
    this.child.kill('SIGKILL');
    this.settled(null);
  }

  private settled(answer: DecoderAnswer | null): void {
    this.settle?.(answer);
    this.settle = null;
  }
}

/**
 * Decodes in processes that are killed at a limit or an abort, whatever the decoder does. They start with the first picture; the
 * callers bound how many pictures are decoded at once.
 */
export class ChildPictureDecoder extends PictureDecoder {
  private readonly resting: DecoderProcess[] = [];
  private readonly working = new Set<DecoderProcess>();
  private isClosed = false;

  constructor(private readonly file = fileURLToPath(new URL('./picture-decoder.child.js', import.meta.url))) {
    super();
  }

  async decode(received: Uint8Array, rules: PictureRules, signal: AbortSignal): Promise<Picture> {
    signal.throwIfAborted();
    if (this.isClosed) throw new PictureDecoderFailed('the decoder is closed');
    const decoder = this.take();
    const abort = (): void => {
      decoder.end();
    };
    signal.addEventListener('abort', abort, { once: true });
    try {
      const answer = await decoder.run({ received, rules });
      signal.throwIfAborted();
      if (answer === null) throw new PictureDecoderFailed('the decoder ended');
      if (answer.kind === 'exhausted') {
        // Its own end may not be seen yet, and the next picture must not be given to it.
        decoder.end();
        throw new MediaRefused('media_refused', new Error('costs too much to decode'));
      }
      if (answer.kind === 'refused') throw new MediaRefused(answer.code, new Error(answer.message));
      return answer.picture;
    } finally {
      signal.removeEventListener('abort', abort);
      this.giveBack(decoder);
    }
  }

  /** Ends every process; what they decode is rejected. */
  close(): void {
    this.isClosed = true;
    for (const decoder of [...this.resting.splice(0), ...this.working]) decoder.end();
  }

  private take(): DecoderProcess {
    let decoder = this.resting.pop();
    while (decoder?.hasEnded === true) decoder = this.resting.pop();
    decoder ??= new DecoderProcess(this.file, (idle) => {
      this.resting.splice(this.resting.indexOf(idle), 1);
      idle.end();
    });
    this.working.add(decoder);
    return decoder;
  }

  private giveBack(decoder: DecoderProcess): void {
    this.working.delete(decoder);
    if (decoder.hasEnded) return;
    if (this.isClosed || decoder.orders >= mediaPolicy.decoder.ordersPerProcess) {
      decoder.end();
      return;
    }
    decoder.rest();
    this.resting.push(decoder);
  }
}
