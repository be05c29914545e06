import { mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { pino } from 'pino';

type Stream = ReturnType<typeof pino.destination>;

/** LOG_FILE. Opened at once, so that a path that cannot be written is an error at boot. */
export class LogFile {
  private stream: Stream;

  constructor(private readonly path: string) {
    this.stream = open(path);
  }

  write(text: string): void {
    this.stream.write(text);
  }

  /** Writes into the file that has this path now: the former one was renamed. When it cannot be opened, that one stays. */
  reopen(): void {
    const former = this.stream;
    this.stream = open(this.path);
    former.end();
  }

  flushSync(): void {
    this.stream.flushSync();
  }
}

function open(path: string): Stream {
  mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
  return pino.destination({ fd: openSync(path, 'a', 0o640), sync: true });
}
