import { messengerPolicy } from '../../../../config/policy/assistants/messenger.js';

/** UTF-16 units of one message, and how many messages a reply may be. */
interface ReplyLimits {
  readonly replyCharacters: number;
  readonly replyParts: number;
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });
const ellipsis = '…';

/**
 * A text as messages of at most `characters` UTF-16 units each, cut between words, and never inside of what a reader sees as one
 * character; the last one ends with … where something is left out.
 */
export function partsOfReply(
  text: string,
  { replyCharacters: characters, replyParts }: ReplyLimits = messengerPolicy,
): readonly string[] {
  const parts: string[] = [];
  let rest = text.toWellFormed().trim();
  while (rest !== '') {
    if (rest.length <= characters) {
      parts.push(rest);
      break;
    }
    const isLast = parts.length + 1 === replyParts;
    const part = cut(rest, isLast ? characters - ellipsis.length : characters);
    // One character that is longer than a message.
    if (part === '') break;
    parts.push(isLast ? `${part.trimEnd()}${ellipsis}` : part.trimEnd());
    if (isLast) break;
    rest = rest.slice(part.length).trimStart();
  }
  return parts;
}

/** The beginning of a text that is longer than that: up to the last space within, or the last whole character. */
function cut(text: string, characters: number): string {
  // A grapheme may begin within and end behind.
  const head = text.slice(0, characters + 1);
  const space = head.search(/\s\S*$/u);
  // A word that is longer than half of a message is cut itself.
  if (space >= characters / 2) return text.slice(0, space);
  let end = 0;
  for (const { segment, index } of graphemes.segment(text)) {
    if (index + segment.length > characters) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}
