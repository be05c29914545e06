import { messengerPolicy } from '../../../../config/policy/assistants/messenger.js';

export type MessageKind = 'text' | 'postback' | 'attachment' | 'sticker';

/** What a person wrote to a page. */
export interface PageMessage {
  readonly pageId: string;
  readonly psid: string;
  /** Null for what has none, as older postbacks: person and time are one. */
  readonly mid: string | null;
  readonly kind: MessageKind;
  /** Null where it has none. */
  readonly text: string | null;
  /** Milliseconds since the epoch, by Meta's clock; null where it says nothing usable. */
  readonly sentAt: number | null;
}

/** What the page sent to a person. */
export interface PageEcho {
  readonly pageId: string;
  readonly psid: string;
  readonly mid: string;
  /** What was sent along; null where nothing was. */
  readonly metadata: string | null;
  /** Milliseconds since the epoch, by Meta's clock; null where it says nothing usable. */
  readonly sentAt: number | null;
}

/** A batch of Meta, as far as it is understood. */
export interface PageUpdate {
  readonly messages: readonly PageMessage[];
  readonly echoes: readonly PageEcho[];
  /** Acknowledged, and otherwise passed over, by kind: `receipts`, `standby`, `unknown`, `malformed`, `excess`. */
  readonly passedOver: Readonly<Record<string, number>>;
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const idPattern = new RegExp(`^\\d{1,${messengerPolicy.idCharacters}}$`, 'u');
const midPattern = new RegExp(`^[\\x21-\\x7e]{1,${messengerPolicy.midCharacters}}$`, 'u');

const idOf = (value: unknown): string | null => {
  const id = isObject(value) ? value['id'] : undefined;
  return typeof id === 'string' && idPattern.test(id) ? id : null;
};
const midOf = (value: unknown): string | null =>
  typeof value === 'string' && midPattern.test(value) ? value : null;

/** At most so many characters, cut at a code point, without what PostgreSQL refuses; null for no text. */
function textOf(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const text = value.slice(0, messengerPolicy.textCharacters).replaceAll('\0', '').toWellFormed().trim();
  return text === '' ? null : text;
}

/** Reads one batch. Whatever is not understood is counted, and keeps nothing else from being read. */
export function readUpdate(body: unknown): PageUpdate {
  const reader = new UpdateReader();
  if (isObject(body) && body['object'] === 'page')
    for (const entry of listOf(body['entry'])) reader.readEntry(entry);
  else reader.passOver('unknown');
  return reader;
}

class UpdateReader implements PageUpdate {
  readonly messages: PageMessage[] = [];
  readonly echoes: PageEcho[] = [];
  readonly passedOver: Record<string, number> = {};

  passOver(what: string): void {
    this.passedOver[what] = (this.passedOver[what] ?? 0) + 1;
  }

  readEntry(entry: unknown): void {
    if (!isObject(entry)) {
      this.passOver('malformed');
      return;
    }
    // Another app answers these.
    listOf(entry['standby']).forEach(() => {
      this.passOver('standby');
    });
    for (const item of listOf(entry['messaging'])) this.readItem(item);
    if (!Array.isArray(entry['messaging']) && !Array.isArray(entry['standby'])) this.passOver('unknown');
  }

  private readItem(item: unknown): void {
    if (!isObject(item)) this.passOver('malformed');
    else if (isObject(item['message'])) this.readMessage(item, item['message']);
    else if (isObject(item['postback'])) this.readPostback(item, item['postback']);
    else if (isObject(item['read']) || isObject(item['delivery'])) this.passOver('receipts');
    else this.passOver('unknown');
  }

  private readMessage(item: Fields, message: Fields): void {
    const [sender, recipient, mid] = [idOf(item['sender']), idOf(item['recipient']), midOf(message['mid'])];
    if (sender === null || recipient === null || mid === null) {
      this.passOver('malformed');
      return;
    }
    if (message['is_echo'] === true) {
      const { metadata } = message;
      if (this.hasRoom())
        this.echoes.push({
          pageId: sender,
          psid: recipient,
          mid,
          metadata:
            typeof metadata === 'string' ? metadata.slice(0, messengerPolicy.metadataCharacters) : null,
          sentAt: timeOf(item),
        });
      return;
    }
    const text = textOf(message['text']);
    const kind = text === null ? kindOf(message) : 'text';
    if (kind === null) this.passOver('unknown');
    else this.add({ pageId: recipient, psid: sender, mid, kind, text, sentAt: timeOf(item) });
  }

  private readPostback(item: Fields, postback: Fields): void {
    const [sender, recipient] = [idOf(item['sender']), idOf(item['recipient'])];
    const sentAt = timeOf(item);
    const mid = midOf(postback['mid']);
    if (sender === null || recipient === null || (mid === null && sentAt === null))
      this.passOver('malformed');
    else
      this.add({
        pageId: recipient,
        psid: sender,
        mid,
        kind: 'postback',
        text: textOf(postback['title']) ?? textOf(postback['payload']),
        sentAt,
      });
  }

  private add(message: PageMessage): void {
    if (this.hasRoom()) this.messages.push(message);
  }

  private hasRoom(): boolean {
    if (this.messages.length + this.echoes.length < messengerPolicy.batchMessages) return true;
    this.passOver('excess');
    return false;
  }
}

/** Of a message without text; null for one that has nothing. */
function kindOf(message: Fields): MessageKind | null {
  const attachments = listOf(message['attachments']).filter(isObject);
  if (message['sticker_id'] !== undefined || attachments.some(({ type }) => type === 'sticker'))
    return 'sticker';
  return attachments.length > 0 ? 'attachment' : null;
}

const timeOf = ({ timestamp }: Fields): number | null =>
  Number.isSafeInteger(timestamp) && (timestamp as number) > 0 ? (timestamp as number) : null;
