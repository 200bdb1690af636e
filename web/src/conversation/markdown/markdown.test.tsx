// @vitest-environment jsdom
import { cleanup, render } from '@testing-library/react';
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startTranslation } from '#/i18n/index.ts';
import { isEmojiOnly } from './emoji.ts';
import { renderMarkdown } from './render.tsx';

beforeAll(startTranslation);
afterEach(cleanup);

function html(text: string): HTMLElement {
  return render(<div>{renderMarkdown(text)}</div>).container;
}

/** Everything that a message may ever make of a text. */
const ELEMENTS = new Set(
  'div p strong em del code pre blockquote ul ol li a bdi br hr table thead tbody tr th td figure figcaption span button svg path rect'.split(
    ' ',
  ),
);

function expectHarmless(root: HTMLElement) {
  for (const element of root.querySelectorAll('*')) {
    expect(ELEMENTS).toContain(element.tagName.toLowerCase());
    for (const { name } of element.attributes) expect(name).not.toMatch(/^on|^srcdoc$|^formaction$/i);
    expect(element.hasAttribute('src')).toBe(false);
    if (element instanceof HTMLAnchorElement) {
      expect(element.href).toMatch(/^(https?:|mailto:)/);
      expect(element.target).toBe('_blank');
      expect(element.rel).toBe('noopener noreferrer nofollow');
    }
  }
}

const HOSTILE: readonly string[] = [
  '<script>alert(1)</script>',
  '<svg onload=alert(1)>',
  '<svg><script>alert(1)</script></svg>',
  '<img src=x onerror=alert(1)>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<a href="javascript:alert(1)">x</a>',
  '<style>*{display:none}</style>',
  '<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
  '<!--><img src=x onerror=alert(1)>-->',
  '<![CDATA[<script>alert(1)</script>]]>',
  '[x](javascript:alert(1))',
  '[x](JAVASCRIPT:alert(1))',
  '[x](java&#115;cript:alert(1))',
  '[x](java\tscript:alert(1))',
  '[x](\u0001javascript:alert(1))',
  '[x](data:text/html;base64,PHNjcmlwdD4=)',
  '[x](vbscript:msgbox(1))',
  '[x](<javascript:alert(1)>)',
  '[x](javascript&colon;alert(1))',
  '[x]: javascript:alert(1)\n[x]',
  '<javascript:alert(1)>',
  '![x](javascript:alert(1))',
  '![x](https://tracker.example/pixel.png)',
  '[![x](https://a.example/p.png)](javascript:alert(1))',
  '[a](https://x.example "onmouseover=alert(1)")',
  '```html"onload=alert(1)\n<script>alert(1)</script>\n```',
  '```<img src=x onerror=alert(1)>\nx\n```',
  '| <script>alert(1)</script> |\n|-|\n| <img src=x onerror=alert(1)> |',
  '- <script>alert(1)</script>\n  > <svg onload=alert(1)>',
  '**<b onclick=alert(1)>x</b>**',
  '`<script>alert(1)</script>`',
  '\u202Egpj.exe\u202C \u2066x\u2069',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  'https://example.org/"onmouseover="alert(1)',
  'http://example.org/<script>',
  'www.example.org/javascript:alert(1)',
  '__proto__ constructor [__proto__](constructor)',
];

describe('a hostile text', () => {
  it.each(HOSTILE)('is only a text: %s', (text) => {
    expectHarmless(html(text));
  });

  it('stays harmless however it is put together', () => {
    const parts = fc.constantFrom(
      ...HOSTILE,
      '\n',
      '\n\n',
      '> ',
      '- ',
      '# ',
      '```',
      '**',
      '[',
      '](',
      ')',
      '|',
      ' ',
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 12 }), (pieces) => {
        expectHarmless(html(pieces.join('')));
        cleanup();
      }),
      { numRuns: 150 },
    );
  });

  it('loses none of its words: HTML and definitions are shown as they were typed', () => {
    expect(html('<b onclick=x>bold</b>').textContent).toBe('<b onclick=x>bold</b>');
    expect(html('[ref]: https://example.org "title"').textContent).toBe('[ref]: https://example.org "title"');
    expect(html('<!-- secret -->').textContent).toBe('<!-- secret -->');
    expect(html('[x](javascript:alert(1))').textContent).toBe('[x](javascript:alert(1))');
  });

  it('cannot turn around what stands beside it', () => {
    expect(html('\u202Eevil\u202C `\u2066code\u2069` [\u202Elink](https://example.org)').textContent).toBe(
      'evil code link',
    );
  });

  it.each([
    ['quotes', '>'.repeat(10_000)],
    ['quotes with blanks', '> '.repeat(5_000)],
    ['brackets', '['.repeat(10_000)],
    ['links', '[a]('.repeat(2_500)],
    ['emphasis', '*a_'.repeat(3_333)],
    ['underscores', '_a'.repeat(5_000)],
    ['lists', '- '.repeat(5_000)],
    ['numbers', '1. '.repeat(3_333)],
    ['lists of quotes', '> - '.repeat(2_500)],
    ['tildes', '~~a '.repeat(2_500)],
    ['table', `${'a|'.repeat(1_200)}\n${'-|'.repeat(1_200)}\n${`${'|'.repeat(1_200)}\n`.repeat(4)}`],
    ['code', '`'.repeat(10_000)],
    ['indented lists', Array.from({ length: 130 }, (_, i) => `${' '.repeat(i)}- a`).join('\n')],
    ['lines', 'a\n'.repeat(5_000)],
    ['angle brackets', '<a '.repeat(3_333)],
    ['ampersands', '&#'.repeat(5_000)],
    ['addresses', `http://a.b/${'.'.repeat(9_900)})`],
  ])('of 10,000 characters is rendered at once: %s', (_name, text) => {
    const before = performance.now();
    const root = html(text);
    // Forty times what it takes, for slow machines; a bad one takes a second or overflows the stack.
    expect(performance.now() - before).toBeLessThan(2_000);
    expect(root.textContent?.length).toBeGreaterThan(0);
  });
});

describe('Markdown', () => {
  it('keeps lines as they were typed', () => {
    expect(html('one\ntwo').querySelectorAll('br')).toHaveLength(1);
    expect(html('    four spaces').querySelector('code')).toBeNull();
    expect(html('not a heading\n---').querySelector('p.font-semibold')).toBeNull();
  });

  it('marks what is bold, italic, struck and code', () => {
    const root = html('**b** *i* ~~s~~ `c`');
    for (const tag of ['strong', 'em', 'del', 'code']) expect(root.querySelector(tag)).not.toBeNull();
  });

  it('links addresses that stand in the text', () => {
    const links = [...html('see https://example.org/a_b_c. and ada@example.org').querySelectorAll('a')];
    expect(links.map((link) => link.href)).toEqual(['https://example.org/a_b_c', 'mailto:ada@example.org']);
  });

  it('makes an image a link: nothing is fetched from elsewhere', () => {
    const root = html('![a cat](https://cats.example/c.png)');
    expect(root.querySelector('img')).toBeNull();
    expect(root.querySelector('a')?.textContent).toBe('a cat');
  });

  it('shows tasks that cannot be ticked', () => {
    const root = html('- [ ] one\n- [x] two');
    expect(root.querySelector('input')).toBeNull();
    expect([...root.querySelectorAll('svg')].map((box) => box.getAttribute('aria-label'))).toEqual([
      'To do',
      'Done',
    ]);
  });

  it('names the language of code and lets it be copied', () => {
    const root = html('```rust\nfn main() {}\n```');
    expect(root.querySelector('figcaption')?.textContent).toContain('rust');
    expect(root.querySelector('pre')?.textContent).toBe('fn main() {}');
    expect(root.querySelector('button')?.getAttribute('aria-label')).toBe('Copy code');
  });

  it('keeps the number that a list begins with', () => {
    expect(html('3. three\n4. four').querySelector('ol')?.getAttribute('start')).toBe('3');
  });
});

describe('a message of emoji', () => {
  it('is one of up to eight of them and nothing else', () => {
    for (const text of ['🎉', '👩‍👩‍👧‍👦 🇺🇦', '👍🏽\n', '❤️']) expect(isEmojiOnly(text)).toBe(true);
    for (const text of ['', ' ', '5', '#', 'ok 👍', '🎉'.repeat(9)]) expect(isEmojiOnly(text)).toBe(false);
  });
});
