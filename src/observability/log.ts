import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';
import { PinoPretty } from 'pino-pretty';
import type { Config } from '../../config/config.js';
import { LogFile } from './log-file.js';
import { redactWithin } from '../redaction/redactor.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * One JSON object a line: `time`, `level`, `msg` and the fields given. Never handed a request, a body or a header as a
 * whole. `security` writes at every LOG_LEVEL, `silent` included.
 */
export class Log implements LoggerService {
  private constructor(
    private readonly lines: Logger,
    private readonly always: Logger,
    private readonly screen: { write(text: string): unknown },
    private readonly file: LogFile | null,
    private readonly flushScreen: () => void,
  ) {}

  /** `debug`: causes are written whole. */
  static open(settings: Config['log'], { debug }: { readonly debug: boolean }): Log {
    const out = pino.destination({ fd: 1, sync: true });
    const screen =
      settings.format === 'pretty'
        ? PinoPretty({
            destination: out,
            singleLine: true,
            translateTime: 'SYS:HH:MM:ss',
            ignore: 'pid,hostname',
          })
        : out;
    const file = settings.file === null ? null : new LogFile(settings.file);
    const stream =
      file === null
        ? screen
        : pino.multistream([
            { stream: screen, level: 'trace' },
            { stream: file, level: 'trace' },
          ]);
    const common = {
      base: null,
      messageKey: 'msg',
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { cause: (cause: unknown) => (debug ? describeWholeCause(cause) : describeCause(cause)) },
    };
    const named = { formatters: { level: (label: string) => ({ level: label }) } };
    return new Log(
      pino({ ...common, ...named, level: settings.level }, stream),
      pino({ ...common, ...named, level: 'trace' }, stream),
      screen,
      file,
      () => {
        out.flushSync();
      },
    );
  }

  info(message: string, fields: Fields = {}): void {
    this.lines.info(fields, message);
  }

  warn(message: string, fields?: unknown): void {
    this.lines.warn(asFields(fields), message);
  }

  error(message: string, fields?: unknown): void {
    this.lines.error(asFields(fields), message);
  }

  debug(message: string, fields?: unknown): void {
    this.lines.debug(asFields(fields), message);
  }

  /** Nest's own start-up messages. */
  log(message: unknown, context?: unknown): void {
    this.lines.debug({ context }, String(message));
  }

  verbose(message: unknown): void {
    this.lines.trace({}, String(message));
  }

  fatal(message: unknown): void {
    this.lines.fatal({}, String(message));
  }

  /** A security event: written whatever LOG_LEVEL says. */
  security(level: 'info' | 'warn' | 'error', message: string, fields: Fields): void {
    this.always[level](fields, message);
  }

  /** How a call of a language model ended: written whatever LOG_LEVEL says. */
  aiCall(message: string, fields: Fields): void {
    this.always.info(fields, message);
  }

  /** Lines of JSON that are put together already, written whatever LOG_LEVEL says. */
  writeLines(text: string): void {
    this.screen.write(text);
    this.file?.write(text);
  }

  /** Opens LOG_FILE again after it was renamed; when that fails, the renamed file is written on. */
  reopen(): void {
    try {
      this.file?.reopen();
    } catch (cause) {
      this.error('LOG_FILE cannot be opened again', { cause });
    }
  }

  /** A log that discards everything, for commands and tests. */
  static silent(): Log {
    const nowhere = pino({ level: 'silent' });
    return new Log(nowhere, nowhere, { write: () => undefined }, null, () => undefined);
  }

  flush(): void {
    this.flushScreen();
    this.file?.flushSync();
  }
}

/** Nest passes a stack or a context's name where we pass fields. */
function asFields(fields: unknown): Fields {
  if (typeof fields === 'object' && fields !== null) return fields as Fields;
  return typeof fields === 'string' ? { context: fields } : {};
}

const sqlState = /^[0-9A-Z]{5}$/;

/** Name, code and stack of an error and of the errors behind it, at most four deep. Queries and their values stay out. */
export function describeCause(cause: unknown, depth = 0): unknown {
  if (!(cause instanceof Error)) return cause === undefined ? undefined : typeof cause;
  const { code } = cause as Error & { code?: unknown };
  return {
    name: cause.name,
    ...(typeof code === 'string' ? { code } : {}),
    stack: cause.stack
      ?.split('\n')
      .filter((line) => line.startsWith('    at '))
      .slice(0, 12)
      .map((line) => line.trim()),
    // A database error quotes input; its code identifies the kind of error.
    message: typeof code === 'string' && sqlState.test(code) ? 'database error' : redactWithin(cause.message),
    ...(cause.cause !== undefined && depth < 3 ? { cause: describeCause(cause.cause, depth + 1) } : {}),
  };
}

/** Causes of causes; one that is its own cause would otherwise never end. */
const wholeDepth = 8;

/** As `describeCause`, with every frame, up to eight causes and the database's messages: for development only. */
export function describeWholeCause(cause: unknown, depth = 0): unknown {
  if (!(cause instanceof Error)) return describeCause(cause);
  const { code } = cause as Error & { code?: unknown };
  return {
    name: cause.name,
    ...(typeof code === 'string' ? { code } : {}),
    message: redactWithin(cause.message),
    stack: cause.stack?.split('\n').map((line) => redactWithin(line.trim())),
    ...(cause.cause === undefined || depth === wholeDepth
      ? {}
      : { cause: describeWholeCause(cause.cause, depth + 1) }),
  };
}
