/** One event of a stream, as it was sent. */
export interface RawEvent {
  /** `message` where the stream names none. */
  readonly event: string;
  /** The last id that the stream has named. */
  readonly id: string;
  readonly data: string;
}

/** An event has more characters than a client is willing to hold. */
export class EventTooLarge extends Error {}

/**
 * Parses a stream of server-sent events (WHATWG HTML, section 9.2), whatever the chunks in which it comes. An event that has not
 * ended with a blank line is none.
 */
export class EventParser {
  /** Milliseconds after which the service wants a lost stream to be opened again; null until it has said so. */
  retryMs: number | null = null;
  /** The id of the last complete event; what `Last-Event-ID` takes. */
  lastId: string;
  private readonly maxLength: number;
  private readonly decoder = new TextDecoder();
  private rest = '';
  private isAfterCr = false;
  private event = '';
  private data: string[] = [];
  private length = 0;
  private id: string;

  /** `maxLength`: characters of one event and its unfinished line. */
  constructor(maxLength: number, lastId: string) {
    this.maxLength = maxLength;
    this.lastId = this.id = lastId;
  }

  /**
   * The events that these bytes complete.
   * @throws EventTooLarge
   */
  *push(bytes: Uint8Array): Generator<RawEvent> {
    const decoded = this.decoder.decode(bytes, { stream: true });
    if (decoded === '') return;
    // The second half of a CRLF whose first half ended the chunk before.
    const text = this.isAfterCr && decoded.startsWith('\n') ? decoded.slice(1) : decoded;
    this.isAfterCr = decoded.endsWith('\r');
    const lines = text.split(/\r\n|\n|\r/);
    lines[0] = this.rest + (lines[0] ?? '');
    this.rest = lines.pop() ?? '';
    for (const line of lines) {
      const event = this.readLine(line);
      if (event !== null) yield event;
    }
    this.requireRoom(this.rest.length);
  }

  private readLine(line: string): RawEvent | null {
    if (line === '') return this.complete();
    const [, field = line, value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (field === 'event') this.event = value;
    else if (field === 'data') this.append(value);
    else if (field === 'id' && !value.includes('\0')) this.id = value;
    else if (field === 'retry' && /^\d{1,9}$/.test(value)) this.retryMs = Number(value);
    return null;
  }

  private append(value: string): void {
    this.length += value.length + 1;
    this.data.push(value);
    this.requireRoom(0);
  }

  private requireRoom(more: number): void {
    if (this.length + more > this.maxLength)
      throw new EventTooLarge(`an event of the stream has more than ${this.maxLength} characters`);
  }

  private complete(): RawEvent | null {
    const { event, data } = this;
    this.lastId = this.id;
    this.event = '';
    this.data = [];
    this.length = 0;
    return data.length === 0 ? null : { event: event || 'message', id: this.id, data: data.join('\n') };
  }
}
