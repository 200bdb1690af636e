import { Lexer, type Token, Tokenizer } from 'marked';

/**
 * Markdown as people write it to each other. Nothing that was typed vanishes: no link definitions, and HTML is text.
 * No surprises: neither four spaces nor a line of dashes below a sentence mean anything.
 */
class ChatTokenizer extends Tokenizer {
  override def(): undefined {}
  override html(): undefined {}
  override tag(): undefined {}
  override code(): undefined {}
  override lheading(): undefined {}
}

/** More quotes or lists within each other than this are not read as such. */
const DEEPEST = 12;

/** Emphasis costs the square of its marks: 600 take 5 ms, 6,000 a second. */
const MOST_MARKS = 600;

/** The parts of a message, or `undefined` where looking for them would take long: it is shown as typed then. */
export function parse(text: string): Token[] | undefined {
  if (isExcessive(text)) return undefined;
  return new Lexer({ gfm: true, breaks: true, tokenizer: new ChatTokenizer() }).lex(text);
}

function isExcessive(text: string): boolean {
  let marks = 0;
  let fenced = false;
  for (const line of text.split('\n')) {
    if (/^\s*(?:```|~~~)/.test(line)) fenced = !fenced;
    if (nesting(line) > DEEPEST) return true;
    if (!fenced) marks += line.match(/[*_~]+/g)?.length ?? 0;
    if (marks > MOST_MARKS) return true;
  }
  return false;
}

/** How many quotes and lists a line opens. */
function nesting(line: string): number {
  let depth = 0;
  let i = 0;
  while (i < line.length) {
    const c = line.charAt(i);
    if (c === '>' || c === '-' || c === '+' || c === '*') depth += 1;
    else if (c === '.' || c === ')') depth += 1;
    else if (c !== ' ' && c !== '\t' && !(c >= '0' && c <= '9')) break;
    if (depth > DEEPEST) {
      // A line of dashes or dots is a line, not a list in a list.
      return /^\s*([-+*.)\s])\1*\s*$/.test(line.slice(0, 200)) ? 0 : depth;
    }
    i += 1;
  }
  return depth;
}
