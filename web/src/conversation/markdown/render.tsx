/**
 * Elements from the parts of a message. What has no case here is shown as it was typed: nothing from a message
 * becomes an element, an attribute or an address but by a line of this file.
 */
import type { MarkedToken, Token, Tokens } from 'marked';
import { Fragment, type ReactNode } from 'react';
import { addressOf } from './address.ts';
import { inOrder } from './bidi.ts';
import { CodeBlock } from './code_block.tsx';
import { MessageLink } from './message_link.tsx';
import { parse } from './parse.ts';
import { Task } from './task.tsx';

/** Parts deeper than this within others are shown as typed: the page is not that wide. */
const DEEPEST = 10;

/** A table of more cells than this is shown as typed. */
const MOST_CELLS = 1_000;

export function renderMarkdown(text: string): ReactNode {
  const tokens = parse(text);
  return tokens ? blocks(tokens, 0) : <Typed text={text} />;
}

function Typed({ text }: { text: string }) {
  return (
    <p dir="auto" className="whitespace-pre-wrap">
      {inOrder(text)}
    </p>
  );
}

function blocks(tokens: readonly Token[], depth: number): ReactNode {
  return tokens.map((token, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a text's parts never change
    <Fragment key={i}>{block(token as MarkedToken, depth)}</Fragment>
  ));
}

function block(token: MarkedToken, depth: number): ReactNode {
  if (depth > DEEPEST) return <Typed text={token.raw} />;
  switch (token.type) {
    case 'space':
      return null;
    case 'paragraph':
      return (
        <p dir="auto" className="whitespace-pre-wrap">
          {inlines(token.tokens, depth)}
        </p>
      );
    case 'text':
      return token.tokens ? inlines(token.tokens, depth) : inOrder(token.text);
    case 'heading':
      return (
        <p dir="auto" className={token.depth === 1 ? 'font-semibold text-lg' : 'font-semibold'}>
          {inlines(token.tokens, depth)}
        </p>
      );
    case 'code':
      return <CodeBlock code={inOrder(token.text)} language={token.lang} />;
    case 'blockquote':
      return <blockquote dir="auto">{blocks(token.tokens, depth + 1)}</blockquote>;
    case 'list':
      return list(token, depth);
    case 'table':
      return table(token, depth);
    case 'hr':
      return <hr />;
    default:
      return inline(token, depth);
  }
}

function list(token: Tokens.List, depth: number): ReactNode {
  const items = token.items.map((item, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a text's parts never change
    <li key={i} className={item.task ? 'task' : undefined}>
      {blocks(item.tokens, depth + 1)}
    </li>
  ));
  return token.ordered ? (
    <ol dir="auto" start={token.start === '' ? undefined : Math.min(token.start, 999_999)}>
      {items}
    </ol>
  ) : (
    <ul dir="auto">{items}</ul>
  );
}

function table(token: Tokens.Table, depth: number): ReactNode {
  if (token.header.length * (token.rows.length + 1) > MOST_CELLS) return <Typed text={token.raw} />;
  const cell = (Tag: 'th' | 'td') => (content: Tokens.TableCell, i: number) => (
    <Tag key={i} dir="auto" className={content.align ? ALIGNED[content.align] : 'text-start'}>
      {inlines(content.tokens, depth + 1)}
    </Tag>
  );
  return (
    // A wide table scrolls in itself, also by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls
    <div className="table-scroll" tabIndex={0}>
      <table>
        <thead>
          <tr>{token.header.map(cell('th'))}</tr>
        </thead>
        <tbody>
          {token.rows.map((row, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a text's parts never change
            <tr key={i}>{row.map(cell('td'))}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const ALIGNED = { left: 'text-left', center: 'text-center', right: 'text-right' };

function inlines(tokens: readonly Token[], depth: number): ReactNode {
  return tokens.map((token, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a text's parts never change
    <Fragment key={i}>{inline(token as MarkedToken, depth)}</Fragment>
  ));
}

function inline(token: MarkedToken, depth: number): ReactNode {
  if (depth > DEEPEST) return inOrder(token.raw);
  switch (token.type) {
    case 'text':
      return token.tokens ? inlines(token.tokens, depth + 1) : inOrder(token.text);
    case 'paragraph':
      return inlines(token.tokens, depth + 1);
    case 'escape':
      return token.text;
    case 'strong':
      return <strong>{inlines(token.tokens, depth + 1)}</strong>;
    case 'em':
      return <em>{inlines(token.tokens, depth + 1)}</em>;
    case 'del':
      return <del>{inlines(token.tokens, depth + 1)}</del>;
    case 'codespan':
      return <code dir="ltr">{inOrder(token.text)}</code>;
    case 'br':
      return <br />;
    case 'checkbox':
      return <Task done={token.checked} />;
    case 'link':
      return link(token, inlines(token.tokens, depth + 1));
    case 'image':
      return link(token, inOrder(token.text) || token.href);
    default:
      return inOrder(token.raw);
  }
}

/** Images are links too: nothing is fetched from elsewhere before somebody asks for it. */
function link(token: Tokens.Link | Tokens.Image, text: ReactNode): ReactNode {
  const address = addressOf(token.href, token.text);
  return address ? <MessageLink address={address}>{text}</MessageLink> : inOrder(token.raw);
}
