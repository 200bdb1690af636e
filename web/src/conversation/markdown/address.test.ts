import { describe, expect, it } from 'vitest';
import { addressOf } from './address.ts';

describe('an address', () => {
  it.each([
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    ' java\nscript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'file:///etc/passwd',
    'blob:https://example.org/1',
    'chappe://x',
    '//example.org/x',
    '/rooms/1',
    'example.org',
    'http://',
    'https://exa mple.org',
  ])('is not linked: %s', (href) => {
    expect(addressOf(href, 'text')).toBeUndefined();
  });

  it.each([
    ['https://example.org/a?b=c#d', 'https://example.org/a?b=c#d'],
    ['http://EXAMPLE.org', 'http://example.org/'],
    ['mailto:ada@example.org', 'mailto:ada@example.org'],
  ])('is linked: %s', (href, written) => {
    expect(addressOf(href, href)).toEqual({ href: written, really: undefined });
  });

  it('tells where it leads when its text names another host', () => {
    expect(addressOf('https://evil.example/login', 'https://bank.example')?.really).toBe('evil.example');
    expect(addressOf('https://evil.example/', 'see www.bank.example for more')?.really).toBe('evil.example');
    expect(addressOf('mailto:eve@evil.example', 'ada@example.org')?.really).toBe('eve@evil.example');
  });

  it('tells where it leads behind a name and password', () => {
    expect(
      addressOf('https://bank.example@evil.example/', 'https://bank.example@evil.example/')?.really,
    ).toBe('evil.example');
  });

  it('tells where it leads when letters of other alphabets imitate a host', () => {
    expect(addressOf('https://аррӏе.com/', 'https://аррӏе.com/')?.really).toMatch(/^xn--/);
  });

  it('says nothing more where the text is the host, or none', () => {
    expect(addressOf('https://www.example.org/x', 'example.org')?.really).toBeUndefined();
    expect(addressOf('https://example.org/x', 'the report')?.really).toBeUndefined();
    expect(addressOf('https://example.org/', 'EXAMPLE.ORG')?.really).toBeUndefined();
  });
});
